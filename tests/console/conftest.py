"""The web doors on a test database, and browsers in front of them."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask

from core.runtime import Runtime, configure
from tests.console.callback_people import FRIDAY
from tests.console.people import Browser
from tests.console_cases.people import Desk, hired
from tests.support.web_doors import web_doors


@pytest.fixture
def https_runtime(runtime: Runtime) -> Iterator[Runtime]:
    """The same database, as the public reaches it: by https, behind a proxy."""
    settings = runtime.settings.model_copy(update={"public_url": "https://desk.example.org"})
    yield configure(settings)
    configure(runtime.settings)


@pytest.fixture
def app(runtime: Runtime) -> Iterator[Flask]:
    """The doors of a process that opens all of them; a page that fails answers 500."""
    yield from web_doors(runtime.settings.secret_key)


@pytest.fixture
def browser(app: Flask) -> Callable[..., Browser]:
    """Makes a browser of its own."""

    def made(**values: str) -> Browser:
        return Browser(app, **values)

    return made


@pytest.fixture
def desk_of(app: Flask) -> Callable[..., Desk]:
    """Hire a person with these (role, office) pairs and sign them in."""

    def signed_in(*roles: tuple[str, str], language: str = "th") -> Desk:
        return Desk(app, hired("สมใจ ทดสอบ", *roles, language=language))

    return signed_in


@pytest.fixture
def friday() -> Iterator[None]:
    """The clock at ten in the morning of a working day in Thailand."""
    with time_machine.travel(FRIDAY):
        yield
