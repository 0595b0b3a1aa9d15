"""The whole web application on a test database, and the provider that phones it."""

import logging
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from app import create_app
from core import runtime as core_runtime
from core.runtime import Runtime
from tests.webhooks.telephone import CALLER, Caller, Provider


@pytest.fixture
def app(runtime: Runtime) -> Iterator[Flask]:
    """The service as a web process runs it, on practice settings."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    made = create_app(runtime.settings)
    yield made
    core_runtime.current().engine.dispose()
    root.handlers[:], root.level = handlers, level


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
