"""What one process has one of: settings, database engine, keyring."""

from dataclasses import dataclass

from sqlalchemy import Engine

from core.crypto import Keyring
from core.engine import create_database_engine
from core.errors import HotlineError
from core.settings import Settings


@dataclass(frozen=True)
class Runtime:
    """The parts that every floor may reach by `current()`."""

    settings: Settings
    engine: Engine
    keyring: Keyring


_runtimes: list[Runtime] = []


def configure(settings: Settings) -> Runtime:
    """Build the parts from checked settings; a second call replaces the first (tests do)."""
    runtime = Runtime(
        settings=settings,
        engine=create_database_engine(settings.database_url),
        keyring=Keyring(settings.data_keys, settings.secret_key),
    )
    for old in _runtimes:
        old.engine.dispose()
    _runtimes[:] = [runtime]
    return runtime


def current() -> Runtime:
    """The parts of this process; an error before `configure`."""
    if not _runtimes:
        raise HotlineError("core.runtime.configure has not been called")
    return _runtimes[0]
