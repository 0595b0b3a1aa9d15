"""How the two databases are opened: SQLite on one machine, PostgreSQL for anything more."""

import sqlite3
import time
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect, Engine, create_engine, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

# Every wait stays well under the provider's 15 s ceiling (telephony.md §1.1).
POSTGRESQL_TIMEOUTS = "-c statement_timeout=5000 -c lock_timeout=2000"
# A little more than the server's own deadline: it speaks first wherever it still can.
ANSWER_WITHIN_S = 6.0
IDLE_S = 5.0
# More than the 500 of the library: the console alone has as many, and each costs milliseconds
# to write anew.
STATEMENTS = 2000
POOL = {"pool_size": 10, "max_overflow": 20, "pool_timeout": 2}


def create_database_engine(url: str, *, answer_within_s: float = ANSWER_WITHIN_S) -> Engine:
    """An engine with the locking and the deadlines that the house rules ask for."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(url, parsed.database)
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        hide_parameters=True,  # an error must not carry personal data into a log
        query_cache_size=STATEMENTS,
        pool_recycle=1800,
        connect_args={"connect_timeout": 2, "options": POSTGRESQL_TIMEOUTS},
        **POOL,
    )
    event.listen(engine, "do_connect", partial(_connect, answer_within_s))
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_ping_if_idle, engine.dialect))
    return engine


def _connect(answer_within_s: float, _dialect: Any, _record: Any, places: Any, names: Any) -> Any:
    # Loaded where PostgreSQL is spoken only: on SQLite its driver would be dead weight.
    postgres = import_module("core.postgres")
    return postgres.bounded(answer_within_s).connect(*places, **names)


def _note_use(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = time.monotonic()


def _ping_if_idle(
    dialect: Dialect, connection: Any, record: ConnectionPoolEntry, _proxy: Any
) -> None:
    """Look whether a connection still works, but not for each of a call's key presses.

    One that broke within the last seconds fails the webhook's first try; its second gets a new one.
    """
    if time.monotonic() - record.info.get("used_at", 0) < IDLE_S:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error  # the pool drops it and opens another


def _sqlite(url: str, path: str | None) -> Engine:
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        connect_args={"timeout": 4},
        hide_parameters=True,
        query_cache_size=STATEMENTS,
        **POOL,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # pysqlite's own BEGIN comes too late: read-then-write loses updates without an error.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    immediate = options.get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
