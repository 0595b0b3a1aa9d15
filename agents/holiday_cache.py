"""The changes of holidays as this process knows them: read anew when a moment has passed.

Whoever asks for a deadline or for the hours has a moment and no session, so the changes are read on
a connection of their own, at most once in FRESH_S seconds: that long a change may take to be
noticed by another process. A database that does not answer leaves what was known last.
"""

import time
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from agents.holiday_rules import Change
from agents.roster_models import HOLDS
from core import runtime
from core.errors import HotlineError
from core.logs import logger

FRESH_S: Final = 2.0
# More than a year of changes: what lies further back decides nothing any more.
MOST: Final = 5_000
WANTED: Final = (
    "SELECT day, office_code, is_off FROM holiday_changes"
    f" WHERE {HOLDS} ORDER BY day DESC LIMIT {MOST}"
)

log = logger(__name__)


@dataclass(frozen=True)
class _Kept:
    runtime: runtime.Runtime
    read_at: float
    changes: tuple[Change, ...]


_lock = Lock()
_kept: list[_Kept] = []


def known_changes() -> tuple[Change, ...]:
    """The changes in force; none before the process has a database."""
    try:
        mine = runtime.current()
    except HotlineError:
        return ()
    kept = _kept[0] if _kept else None
    if kept and kept.runtime is mine and abs(time.monotonic() - kept.read_at) < FRESH_S:
        return kept.changes
    # Who comes while another reads takes what is known, if anything is.
    if not _lock.acquire(blocking=kept is None or kept.runtime is not mine):
        return kept.changes if kept else ()
    try:
        found = _read(mine, kept)
        _kept[:] = [found]
    finally:
        _lock.release()
    return found.changes


def forget_changes() -> None:
    """Read them anew at the next question: this process has just changed them."""
    _kept.clear()


def _read(mine: runtime.Runtime, kept: _Kept | None) -> _Kept:
    """Straight from the driver: this look is no part of anybody's transaction."""
    broken = (SQLAlchemyError, mine.engine.dialect.loaded_dbapi.Error)
    try:
        with closing(mine.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute(WANTED)
            rows = cursor.fetchall()
    except broken as error:
        log.warning("holidays were not read", reason=type(error).__name__)
        known = kept.changes if kept and kept.runtime is mine else ()
        return _Kept(mine, time.monotonic(), known)
    return _Kept(mine, time.monotonic(), tuple(_change(*row) for row in rows))


def _change(day: Any, office_code: str, is_off: Any) -> Change:
    # SQLite's driver gives a date as text and a yes as 1.
    return Change(date.fromisoformat(str(day)), office_code, bool(is_off))
