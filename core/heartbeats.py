"""Signs of life of the background processes, as rows that `/readyz` can read from any process.

"beat" is written by a task, so it proves that beat, broker and worker all work; a worker that
lives but no longer consumes (celery issues 8030, 10205) lets it grow old. "worker" is written by
the worker's own clock.
"""

import time
from datetime import datetime
from typing import Any

from celery import shared_task
from celery.signals import beat_init, heartbeat_sent, worker_ready
from kombu.exceptions import OperationalError
from sqlalchemy import String, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import clock
from core.database import Base, UtcDateTime, transaction
from core.inserts import insert_unless_there
from core.logs import logger

BEAT = "beat"
WORKER = "worker"
EVERY_S = 10.0
HEARTBEAT = "core.heartbeat"
SWEEPS = {HEARTBEAT: EVERY_S}

log = logger(__name__)


class Heartbeat(Base):
    """When a process was last known to work."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def beat(session: Session, name: str, now: datetime) -> None:
    """Write that `name` works now."""
    connection = session.connection()
    known = connection.execute(update(Heartbeat).where(Heartbeat.name == name).values(at=now))
    if known.rowcount == 0:
        connection.execute(insert_unless_there(connection, Heartbeat).values(name=name, at=now))


@shared_task(name=HEARTBEAT)
def heartbeat() -> None:
    """The sign of life that came through beat, broker and worker."""
    with transaction() as session:
        beat(session, BEAT, clock.now())


class Throttle:
    """Lets something through at most once in a while, by a clock that never goes back."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._last: float | None = None

    def is_time(self, seconds: float) -> bool:
        """Whether enough time has passed since the last yes."""
        if self._last is not None and seconds - self._last < self._every_s:
            return False
        self._last = seconds
        return True


_throttle = Throttle(EVERY_S)


@beat_init.connect
def beat_at_once(**_kwargs: Any) -> None:
    """Send the first sign of life when beat starts: its schedule would wait a whole round."""
    try:
        heartbeat.apply_async(retry=False, expires=EVERY_S)
    except OperationalError as error:
        log.warning("first heartbeat not sent", reason=type(error).__name__)


@worker_ready.connect
@heartbeat_sent.connect
def write_worker(**_kwargs: Any) -> None:
    """The worker's own sign of life; Celery sends the signal every two seconds."""
    if not _throttle.is_time(time.monotonic()):
        return
    try:
        with transaction() as session:
            beat(session, WORKER, clock.now())
    except SQLAlchemyError as error:
        # The worker must outlive a database that is away; the row growing old says enough.
        log.warning("heartbeat not written", reason=type(error).__name__)
