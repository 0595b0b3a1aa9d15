"""The database as the floors see it: one base, one way to commit, sealed columns, aware times."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Engine, LargeBinary, MetaData
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from core import runtime
from core.crashpoints import crashpoint
from core.errors import HotlineError
from core.looking import Look
from core.queue import send_nudges

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all mapped classes."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment on both databases; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive values and store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give back aware UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class SealedText(TypeDecorator[str]):
    """Text that is encrypted at rest; the context names table and column."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Seal on the way in."""
        if value is None:
            return None
        return runtime.current().keyring.seal(value.encode(), self.context)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Open on the way out."""
        if value is None:
            return None
        return runtime.current().keyring.open(bytes(value), self.context).decode()


_open: ContextVar[bool] = ContextVar("transaction_open", default=False)


@lru_cache(maxsize=1)
def _writing(engine: Engine) -> Engine:
    """The engine whose transactions lock at once on SQLite; made once, not for each webhook."""
    return engine.execution_options(immediate=True)


@contextmanager
def transaction() -> Iterator[Session]:
    """The one place that commits: a door opens it once, services flush inside it.

    Nudges registered with `core.queue.enqueue` leave after the commit and never hold it up.
    """
    if _open.get():
        raise HotlineError("a transaction is open already: commit once, at the door")
    token = _open.set(True)
    try:
        with Session(_writing(runtime.current().engine), expire_on_commit=False) as session:
            yield session
            crashpoint("before_commit")
            session.commit()
            crashpoint("after_commit")
            send_nudges(session)
            crashpoint("nudges_sent")
    finally:
        _open.reset(token)


@contextmanager
def trial() -> Iterator[Session]:
    """A session that writes and locks as `transaction` does, and never commits."""
    with Session(_writing(runtime.current().engine), expire_on_commit=False) as session:
        yield session


@lru_cache(maxsize=1)
def _autocommitting(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def single_statements() -> Iterator[Connection]:
    """A connection on which each statement is a transaction of its own and durable by itself.

    For compare-and-set without a lock: no BEGIN, no COMMIT, no ORM. Not inside `transaction()`.
    """
    with _autocommitting(runtime.current().engine).connect() as connection:
        yield connection


@contextmanager
def reading() -> Iterator[Session]:
    """A session for looking only, which asks each thing once; what it changed is rolled back."""
    with Look(runtime.current().engine, expire_on_commit=False) as session:
        yield session
