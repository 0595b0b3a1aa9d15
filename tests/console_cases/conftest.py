"""The console on a test database, and people who look at it."""

from collections.abc import Callable

import pytest
from flask import Flask

from core.runtime import Runtime
from tests.console_cases.people import Desk, hired
from webapp import doors


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    """The web doors of a process that opens all of them."""
    made = Flask("desk-test", static_folder=None)
    made.secret_key = "a secret of this test alone"
    doors.register(made, "all")
    return made


@pytest.fixture
def desk_of(app: Flask) -> Callable[..., Desk]:
    """Hire a person with these (role, office) pairs and sign them in."""

    def signed_in(*roles: tuple[str, str], language: str = "th") -> Desk:
        return Desk(app, hired("สมใจ ทดสอบ", *roles, language=language))

    return signed_in
