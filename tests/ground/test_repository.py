"""The repository as a newcomer meets it: commands, checks and papers agree with the code."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.processes import ROOT
from core.settings import Settings

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
