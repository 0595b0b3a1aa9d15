"""A web application on a test database, and clients with tokens."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from agents.services import add_token
from core.database import transaction
from core.runtime import Runtime
from tests.support.web_doors import web_doors
from tests.webapp.building import NOW, Api


@pytest.fixture
def app(runtime: Runtime) -> Iterator[Flask]:
    """The web doors of a process that opens all of them."""
    yield from web_doors(runtime.settings.secret_key)


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
