"""The whole web application on a test database, and the provider that phones it."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from core.runtime import Runtime
from tests.webhooks.serving import RemoteCalls, listening, serving
from tests.webhooks.telephone import CALLER, Caller, Provider


@pytest.fixture
def app(runtime: Runtime) -> Iterator[Flask]:
    """The service as a web process runs it, on practice settings."""
    with serving(runtime.settings) as made:
        yield made


@pytest.fixture
def provider(app: Flask) -> Provider:
    """The telephone company."""
    return Provider(app)


@pytest.fixture
def phone(provider: Provider) -> Callable[..., Caller]:
    """Makes callers who have phoned and hear the welcome."""

    def dial(number: str = CALLER) -> Caller:
        caller = Caller(provider, number)
        caller.dial()
        return caller

    return dial


@pytest.fixture
def call(phone: Callable[..., Caller]) -> Caller:
    """One caller who hears the welcome."""
    return phone()


@pytest.fixture
def remote() -> Iterator[RemoteCalls]:
    """What the provider tells about calls when it is asked."""
    with listening(RemoteCalls()) as server:
        yield server
