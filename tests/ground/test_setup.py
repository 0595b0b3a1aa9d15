"""scripts/setup.sh: quick when there is nothing to do, plain when it may not do it."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from core.processes import ROOT

Setup = Callable[..., subprocess.CompletedProcess[str]]
FILES = ("requirements.txt", "requirements-dev.txt", "package.json", "package-lock.json")
OTHER_PYTHONS = {f"python3.{minor}": "exit 1" for minor in (11, 12, 13)}
OLD_PYTHON = '[ "$1" = --version ] && echo Python 3.9.2; exit 1'
PYTHON_WITHOUT_VENV = 'case "$2" in *version_info*) exit 0;; esac; exit 1'
ORDINARY_USER = "echo 1000"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A fresh clone, as far as the setup looks at it."""
    clone = tmp_path / "clone"
    shutil.copytree(ROOT / "scripts", clone / "scripts")
    for name in FILES:
        shutil.copy(ROOT / name, clone / name)
    return clone


@pytest.fixture
def setup(folder: Path, tmp_path: Path) -> Setup:
    """Run it with some commands of the machine replaced."""

    def run(want: str = "runtime", **commands: str) -> subprocess.CompletedProcess[str]:
        fakes = tmp_path / "bin"
        fakes.mkdir(exist_ok=True)
        for name, script in commands.items():
            fake = fakes / name
            fake.write_text(f"#!/bin/sh\n{script}\n")
            fake.chmod(0o755)
        env = {**os.environ, "PATH": f"{fakes}:{os.environ['PATH']}"}
        argv = [str(folder / "scripts" / "setup.sh"), want]
        return subprocess.run(argv, env=env, capture_output=True, text=True, check=False)

    return run


def stamp(folder: Path, name: str, *files: str) -> None:
    """Pretend that a step is done."""
    stamps = folder / ".venv" / ".stamps"
    stamps.mkdir(parents=True, exist_ok=True)
    content = b"".join((folder / file).read_bytes() for file in files)
    (stamps / name).write_text(hashlib.sha256(content).hexdigest() + "\n")


def test_nothing_is_done_twice(setup: Setup, folder: Path) -> None:
    stamp(folder, "requirements.txt", "requirements.txt")
    stamp(folder, "node_modules", "package.json", "package-lock.json")
    (folder / "node_modules").mkdir()
    done = setup(**OTHER_PYTHONS, **{"python3": "exit 1", "npm": "exit 1", "apt-get": "exit 1"})
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_changed_list_of_packages_is_installed(setup: Setup, folder: Path) -> None:
    stamp(folder, "requirements.txt", "requirements.txt")
    (folder / "requirements.txt").write_text("something-else==1\n")
    done = setup(python3="exit 1", **OTHER_PYTHONS)
    assert (done.returncode, done.stderr[:37]) == (1, "setup: Python 3.11 or newer is needed")


def test_an_old_python_is_named(setup: Setup) -> None:
    done = setup(python3=OLD_PYTHON, **OTHER_PYTHONS)
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed; python3 here is Python 3.9.2" in done.stderr


def test_a_person_who_may_not_install_is_told_the_packages(setup: Setup) -> None:
    done = setup(python3=PYTHON_WITHOUT_VENV, id=ORDINARY_USER)
    assert done.returncode == 1
    assert done.stderr == (
        "setup: a virtual environment needs the Debian packages: python3-venv. As root: "
        "apt-get update && apt-get install -y --no-install-recommends python3-venv\n"
    )


def test_root_gets_the_packages_installed(setup: Setup, tmp_path: Path) -> None:
    """The fake apt-get writes down what it was asked for; the venv then fails, as the fake must."""
    log = tmp_path / "apt.log"
    fakes = {"python3": PYTHON_WITHOUT_VENV, "id": "echo 0", "apt-get": f'echo "$@" >> {log}'}
    done = setup(**fakes)
    assert done.returncode == 1
    assert log.read_text().splitlines() == [
        "update",
        "install -y --no-install-recommends python3-venv",
    ]


def test_an_unknown_wish_is_refused(setup: Setup) -> None:
    done = setup("everything")
    assert (done.returncode, done.stderr) == (1, "setup: say runtime or dev, not 'everything'.\n")
