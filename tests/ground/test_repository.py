"""The repository as a newcomer meets it: commands, checks and papers agree with the code."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from core.processes import ROOT
from core.settings import Settings
from tests.support.long_files import LONG_FILES, SERVICE_FILES

ENVIRONMENT = re.compile(r"^\| `([A-Z][A-Z_]+)`", re.MULTILINE)


def test_imports_only_go_down() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_names_every_setting_and_no_other() -> None:
    documented = set(ENVIRONMENT.findall((ROOT / "README.md").read_text()))
    assert documented == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("command", ["make test", "make lint"])
def test_ci_runs_what_the_readme_says(command: str) -> None:
    assert command in (ROOT / ".ci" / "run").read_text().splitlines()
    assert command in (ROOT / "README.md").read_text()


def test_every_file_that_is_begun_first_or_last_is_there() -> None:
    files = (*LONG_FILES, *SERVICE_FILES)
    assert [one for one in files if not (ROOT / one).is_file()] == []
    assert len(set(files)) == len(files)


def test_no_text_that_people_see_stands_in_python() -> None:
    """Letters and names that are looked for do; sentences live in flows, templates, catalogues."""
    sentence = re.compile("[ก-๛][ก-๛ ]{15,}")
    products = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    files = [path for name in products["root_packages"] for path in (ROOT / name).rglob("*.py")]
    assert files
    assert [path for path in files if sentence.search(path.read_text(encoding="utf-8"))] == []


def test_make_alone_explains_every_command() -> None:
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    makefile = (ROOT / "Makefile").read_text()
    [targets] = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert re.findall(r"^  make (\w+)", done.stdout, re.MULTILINE) == targets.split()


def test_pinned_packages_are_named_by_the_list_they_come_from() -> None:
    pinned = (ROOT / "requirements.txt").read_text().lower().replace("_", "-")
    wanted = (ROOT / "requirements.in").read_text().lower()
    names = re.findall(r"^[a-z][a-z0-9-]*", wanted, re.MULTILINE)
    assert [name for name in names if f"\n{name}==" not in f"\n{pinned}"] == []


def test_no_lock_file_names_a_registry() -> None:
    address = re.compile(r"https?://[^\s\"]*(?:registry|pypi|simple)")
    for name in ("requirements.txt", "requirements-dev.txt", "package-lock.json"):
        assert address.findall((ROOT / name).read_text()) == []
