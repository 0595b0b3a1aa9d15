"""The console before a directory of the test's own, which it may change."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from core.runtime import Runtime
from tests.console_cases.people import Desk, hired
from tests.routing.files import Write
from tests.support.web_doors import web_doors

Hire = Callable[..., Desk]
ADMIN = ("admin", "HQ")


@pytest.fixture
def runtime(own_runtime: Runtime) -> Runtime:
    """A copy of the country that nobody else looks at."""
    return own_runtime


@pytest.fixture
def app(runtime: Runtime) -> Iterator[Flask]:
    """The doors of a process that opens all of them; a page that fails answers 500."""
    yield from web_doors(runtime.settings.secret_key)


@pytest.fixture
def desk_of(app: Flask) -> Hire:
    """Hire a person with these (role, office) pairs and sign them in."""

    def signed_in(*roles: tuple[str, str], language: str = "th") -> Desk:
        return Desk(app, hired("สมใจ ทดสอบ", *roles, language=language))

    return signed_in


@pytest.fixture
def admin(desk_of: Hire) -> Desk:
    """Who looks after the directory of the whole country."""
    return desk_of(ADMIN)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a CSV file of these lines, as UTF-8."""

    def write_file(name: str, *lines: str) -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write_file
