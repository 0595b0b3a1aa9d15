"""Starting the service from the environment: what is missing is named, and nothing else is said."""

import os
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.processes import ROOT
from core.settings import load_settings
from tests.support.stack import free_port

Hotline = Callable[..., subprocess.CompletedProcess[str]]
SECRETS = ("SECRET_KEY", "DATA_KEYS", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
GOOD = {
    "SECRET_KEY": "made-up-secret-key-0123456789abcdef",
    "DATA_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "made-up-token-0123456789abcdefghij",
    "PUBLIC_URL": "https://hotline.example.org",
}


@pytest.fixture
def hotline(tmp_path: Path) -> Hotline:
    """Run ./hotline with an environment of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}

    def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        env = {**kept, "VAR_DIR": str(tmp_path / "var"), "PORT": str(free_port()), **environ}
        argv = [str(ROOT / "hotline"), *arguments]
        return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=60)

    return run


def test_serve_names_every_missing_secret_and_takes_none_of_practice(
    hotline: Hotline, tmp_path: Path
) -> None:
    load_settings({"TELEPHONY": "practice", "VAR_DIR": str(tmp_path / "var")})
    assert (tmp_path / "var" / "practice.json").exists()
    done = hotline("serve")
    assert done.returncode != 0
    assert [
        name for name in (*SECRETS, "PUBLIC_URL") if f"{name}: is missing" not in done.stderr
    ] == []
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", ["", "too-short"])
def test_a_missing_or_short_secret_is_named_and_never_shown(
    name: str, value: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({"VAR_DIR": str(tmp_path), **GOOD, name: value})
    assert [other for other in GOOD if f"{other}:" in str(refused.value)] == [name]
    assert "too-short" not in str(refused.value)


def test_serve_refuses_a_short_token_without_showing_it(hotline: Hotline) -> None:
    done = hotline("serve", **{**GOOD, "TWILIO_AUTH_TOKEN": "too-short"})
    assert done.returncode != 0
    assert "TWILIO_AUTH_TOKEN:" in done.stderr
    assert "too-short" not in done.stderr + done.stdout


def test_serve_says_that_a_migration_is_due_and_changes_nothing(
    hotline: Hotline, tmp_path: Path
) -> None:
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as old:
        old.execute("CREATE TABLE something (id INTEGER)")
    done = hotline("serve", DATABASE_URL=f"sqlite:///{path}", **GOOD)
    assert done.returncode != 0
    assert "A migration is due" in done.stderr
    with sqlite3.connect(path) as old:
        assert old.execute("SELECT name FROM sqlite_master").fetchall() == [("something",)]


def test_serve_says_that_the_database_does_not_answer_without_its_password(
    hotline: Hotline,
) -> None:
    url = f"postgresql://someone:a-password@127.0.0.1:{free_port()}/hotline"
    done = hotline("serve", DATABASE_URL=url, **GOOD)
    assert done.returncode != 0
    assert "DATABASE_URL: the database does not answer" in done.stderr
    assert "a-password" not in done.stderr + done.stdout


def test_practice_never_starts_with_a_real_telephone_company(hotline: Hotline) -> None:
    done = hotline("practice", "run", TELEPHONY="twilio", **GOOD)
    assert done.returncode != 0
    assert "TELEPHONY must be practice" in done.stderr


def test_commands_beside_the_practice_service_need_no_environment(
    hotline: Hotline, tmp_path: Path
) -> None:
    load_settings({"TELEPHONY": "practice", "VAR_DIR": str(tmp_path / "var")})
    done = hotline("db", "upgrade")
    assert (done.returncode, done.stdout) == (0, "The database is current.\n")


def test_a_folder_that_is_not_set_up_says_so(tmp_path: Path) -> None:
    copy = tmp_path / "hotline"
    copy.write_bytes((ROOT / "hotline").read_bytes())
    copy.chmod(0o755)
    done = subprocess.run([copy, "serve"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        "hotline: this folder is not set up yet. Run: make setup\n",
    )
