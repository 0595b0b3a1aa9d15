"""Watches for changes: one thread per process asks the database, however many pages are open."""

import threading
from collections.abc import Callable, Hashable

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from calls.models import CallbackAttempt
from cases.models import TimelineEvent
from core.database import reading
from core.logs import logger

log = logger(__name__)
LOOK_EVERY_S = 1.0
# Ids are given out before the commit: one that comes late lies below the newest, and still counts.
NEWEST = 100


def change_mark() -> Hashable:
    """A value that differs once anything was written on a case, or a callback was tried.

    Two walks along the end of an index, whatever the tables hold. What it does not tell (a
    deadline that passes, an office that is renamed) shows with the next heartbeat of a stream.
    """
    sums = []
    for column in (TimelineEvent.id, CallbackAttempt.id):
        newest = select(column.label("id")).order_by(column.desc()).limit(NEWEST).subquery()
        sums.append(select(func.sum(newest.c.id)).scalar_subquery())
    with reading() as session:
        return tuple(session.execute(select(*sums)).one())


class Watch:
    """Counts the changes while anybody is watching; its thread runs only then."""

    def __init__(
        self, look: Callable[[], Hashable] = change_mark, every_s: float = LOOK_EVERY_S
    ) -> None:
        self._look = look
        self._every_s = every_s
        self._changed = threading.Condition()
        self._changes = 0
        self._watchers = 0
        self._idle = threading.Event()
        self._idle.set()
        self._thread: threading.Thread | None = None

    @property
    def watchers(self) -> int:
        """How many are watching now."""
        return self._watchers

    @property
    def is_running(self) -> bool:
        """Whether the database is being asked."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def changes(self) -> int:
        """How many changes were seen so far."""
        return self._changes

    def join(self) -> None:
        """Begin to watch; each who joins leaves once."""
        with self._changed:
            self._watchers += 1
            if self._idle.is_set() or not self.is_running:
                self._idle = threading.Event()
                self._thread = threading.Thread(
                    target=self._run, args=(self._idle,), name="watch", daemon=True
                )
                self._thread.start()

    def leave(self) -> None:
        """Watch no longer; the last one who leaves ends the thread."""
        with self._changed:
            self._watchers -= 1
            if self._watchers == 0:
                self._idle.set()

    def wait(self, seen: int, timeout_s: float) -> bool:
        """Wait until there is a change beyond `seen`; False when there was none in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._changes != seen, timeout_s)

    def _run(self, idle: threading.Event) -> None:
        # The first look counts as a change: what happened just before it is not known.
        mark: Hashable = None
        while not idle.is_set():
            found = self._looked()
            if found is not None and found != mark:
                mark = found
                with self._changed:
                    self._changes += 1
                    self._changed.notify_all()
            idle.wait(self._every_s)

    def _looked(self) -> Hashable:
        try:
            return self._look()
        except SQLAlchemyError as error:
            log.warning("nobody could look for changes", kind=type(error).__name__)
            return None
