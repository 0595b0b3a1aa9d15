"""The console on a directory that a test may change, and people who look at it."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from core.runtime import Runtime
from tests.console_cases.people import Desk, hired
from tests.support.web_doors import web_doors


@pytest.fixture
def app(own_runtime: Runtime) -> Iterator[Flask]:
    """The web doors of a process that opens all of them."""
    yield from web_doors(own_runtime.settings.secret_key)


@pytest.fixture
def desk_of(app: Flask) -> Callable[..., Desk]:
    """Hire a person with these (role, office) pairs and sign them in."""

    def signed_in(*roles: tuple[str, str], language: str = "en") -> Desk:
        return Desk(app, hired("สมใจ ทดสอบ", *roles, language=language))

    return signed_in
