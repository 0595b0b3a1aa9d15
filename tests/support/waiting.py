"""Waiting for something real to happen, with a deadline instead of a guess."""

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

from sqlalchemy import Engine, text

T = TypeVar("T")
WAITING = text("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
LOOK_EVERY_S = 0.05


def wait_for(look: Callable[[], T], deadline_s: float = 20.0) -> T:
    """What `look` returns as soon as that is true; AssertionError with the last look when never."""
    end = time.monotonic() + deadline_s
    while not (found := look()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline_s} s; the last look saw {found!r}")
        Event().wait(LOOK_EVERY_S)
    return found


def somebody_waits(engine: Engine) -> bool:
    """Whether a transaction waits for another one's lock; PostgreSQL alone can say so."""
    with engine.connect() as connection:
        return bool(connection.scalar(WAITING))
