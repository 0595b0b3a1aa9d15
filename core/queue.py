"""The job queue: a row is the truth, a message is a nudge that may be lost.

A nudge waits in a bounded queue of this process for a thread that hands it to the broker, so that
no request ever waits for Redis; a full queue or a dead broker drops it, and a beat sweep finds the
due row a little later (design.md §3).
"""

import queue
import threading
from functools import cache

from celery import Celery
from sqlalchemy.orm import Session

from core.errors import HotlineError
from core.logs import logger
from core.settings import Settings

NUDGES = "nudges"
NUDGE_LIFE_S = 60
LONGEST_BACKLOG = 1000

log = logger(__name__)
celery_app = Celery("hotline")
_outbox: queue.Queue[tuple[str, int]] = queue.Queue(LONGEST_BACKLOG)


def broker_url(redis_url: str) -> str:
    """Celery's spelling of a Redis address (it writes Unix sockets in its own way)."""
    return redis_url.replace("unix://", "redis+socket://", 1)


def configure_queue(settings: Settings) -> Celery:
    """Point Celery at the broker, with the options that survive a killed worker."""
    celery_app.conf.update(
        broker_url=broker_url(settings.redis_url),
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": 300,
            "unacked_restore_interval": 2,
            "unacked_restore_throttle": 1,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
        },
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        timezone="UTC",
    )
    return celery_app


def enqueue(session: Session, task_name: str, row_id: int) -> None:
    """Nudge a task about a row once this session has committed; an unknown task is an error."""
    if task_name not in celery_app.tasks:
        raise HotlineError(f"no task is named {task_name}")
    session.info.setdefault(NUDGES, []).append((task_name, row_id))


def send_nudges(session: Session) -> None:
    """Hand the session's nudges to the sender; called by `transaction()` after its commit."""
    for nudge in session.info.pop(NUDGES, ()):
        try:
            _outbox.put_nowait(nudge)
        except queue.Full:
            log.warning("nudge dropped", task=nudge[0], reason="outbox full")
        else:
            _sender()


@cache
def _sender() -> threading.Thread:
    thread = threading.Thread(target=_send_for_ever, name="nudges", daemon=True)
    thread.start()
    return thread


def _send_for_ever() -> None:
    while True:
        name, row_id = _outbox.get()
        try:
            celery_app.tasks[name].apply_async((row_id,), retry=False, expires=NUDGE_LIFE_S)
        except Exception as error:  # whatever ails the broker, the sweep will find the row
            log.warning("nudge dropped", task=name, reason=type(error).__name__)
