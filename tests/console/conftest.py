"""The web doors on a test database, and browsers in front of them."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from core.runtime import Runtime, configure
from tests.console.people import Browser
from webapp import doors


@pytest.fixture
def https_runtime(runtime: Runtime) -> Iterator[Runtime]:
    """The same database, as the public reaches it: by https, behind a proxy."""
    settings = runtime.settings.model_copy(update={"public_url": "https://desk.example.org"})
    yield configure(settings)
    configure(runtime.settings)


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    """The doors of a process that opens all of them; a page that fails answers 500."""
    made = Flask("hotline-test", static_folder=None)
    made.secret_key = runtime.settings.secret_key
    doors.register(made, "all")
    return made


@pytest.fixture
def browser(app: Flask) -> Callable[..., Browser]:
    """Makes a browser of its own."""

    def made(**values: str) -> Browser:
        return Browser(app, **values)

    return made
