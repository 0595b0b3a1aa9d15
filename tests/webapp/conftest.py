"""A web application on a test database, and clients with tokens."""

from collections.abc import Callable

import pytest
from flask import Flask

from agents.services import add_token
from core.database import transaction
from core.runtime import Runtime
from tests.webapp.building import NOW, Api
from webapp import doors


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    """The web doors of a process that opens all of them."""
    made = Flask("hotline-test", static_folder=None)
    doors.register(made, "all")
    return made


@pytest.fixture
def api(app: Flask) -> Callable[..., Api]:
    """Makes a client whose token holds the given scopes."""

    def with_scopes(*scopes: str) -> Api:
        if not scopes:
            return Api(app.test_client())
        with transaction() as session:
            plain = add_token(session, "test", scopes, now=NOW)
        return Api(app.test_client(), {"Authorization": f"Bearer {plain}"})

    return with_scopes
