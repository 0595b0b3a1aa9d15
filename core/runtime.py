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


def configure(settings: Settings, engine: Engine | None = None) -> Runtime:
    """Build the parts from checked settings; a second call replaces the first (tests do).

    An engine of that database which is there already may be given: it knows its statements. The one
    of the call before stays where the database does.
    """
    kept = [old.engine for old in _runtimes if old.settings.database_url == settings.database_url]
    runtime = Runtime(
        settings=settings,
        engine=engine or (kept[0] if kept else create_database_engine(settings.database_url)),
        keyring=Keyring(settings.data_keys, settings.secret_key),
    )
    for old in _runtimes:
        if old.engine.pool is not runtime.engine.pool:
            old.engine.dispose()
    _runtimes[:] = [runtime]
    return runtime


def current() -> Runtime:
    """The parts of this process; an error before `configure`."""
    if not _runtimes:
        raise HotlineError("core.runtime.configure has not been called")
    return _runtimes[0]
