"""Live parts of pages: server-sent events, one whenever what the reader may see has changed.

Only where the telephone has web processes of its own (docs/decisions/0014-live-refresh.md).
"""

import re
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    make_response,
    request,
    stream_with_context,
    url_for,
)
from sqlalchemy.exc import SQLAlchemyError

from core.logs import logger
from core.web_server import is_stopping
from webapp.console import guard
from webapp.console.watching import Watch

log = logger(__name__)
STREAMS = "desk_streams"
EVENT = "part"
STILL_HERE = ": still here\n\n"
LINE_END = re.compile(r"\r\n|\r|\n")
# All streams of a stopped process come back, but not all in the same moment.
BACK_AFTER_MS, SPREAD_MS = 1000, 4000
# Looking whether the reader has left costs next to nothing.
GLANCE_S = 1.0
# Whoever opens pages must find the processor and the database's connections free: few lists are
# rendered at once, and in a storm of changes each stream rests the longer the more there are.
AT_ONCE = 2
REST_S = 0.1


@dataclass(frozen=True)
class Part:
    """The changing part of a page as it stands; the same digest says that nothing has changed."""

    digest: str
    html: str


@dataclass(frozen=True)
class Pace:
    """How many streams there may be, each in a thread of core.service.CONSOLE, and for how long."""

    most: int = 64
    heartbeat_s: float = 15.0
    longest_s: float = 300.0


class Streams:
    """The open streams of one process."""

    def __init__(self, pace: Pace | None = None, watch: Watch | None = None) -> None:
        self.pace = pace or Pace()
        self.watch = watch or Watch()
        self.turns = threading.BoundedSemaphore(AT_ONCE)
        self._places = threading.BoundedSemaphore(self.pace.most)

    @property
    def rest_s(self) -> float:
        """How long a stream leaves changes alone after it has looked."""
        return REST_S * self.watch.watchers

    def enter(self) -> bool:
        """Take a place; False when none is left."""
        if not self._places.acquire(blocking=False):
            return False
        self.watch.join()
        return True

    def leave(self) -> None:
        """Give the place back."""
        self.watch.leave()
        self._places.release()


def register(app: Flask, *, streams: bool) -> None:
    """Say whether this process gives live parts by streams; else its pages ask by themselves."""
    app.extensions[STREAMS] = Streams() if streams else None


def address(endpoint: str, **values: Any) -> str | None:
    """The address of a stream; None where this process has none."""
    return url_for(endpoint, **values) if current_app.extensions[STREAMS] else None


def stream(action: str, look: Callable[[], Part]) -> Response:
    """Answer with a stream of parts, for as long as the reader may do `action`.

    204 when there is no place: browsers take it as a no, and the page asks by itself (HTML
    Standard, 9.2.3). The place is given back when the server closes the answer.
    """
    streams: Streams | None = current_app.extensions[STREAMS]
    if streams is None:
        abort(HTTPStatus.NOT_FOUND)
    if request.method != "GET" or not streams.enter():
        return make_response("", HTTPStatus.NO_CONTENT)
    events = stream_with_context(_events(streams, action, look))
    answer = Response(events, content_type="text/event-stream; charset=utf-8")
    answer.call_on_close(streams.leave)
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _events(streams: Streams, action: str, look: Callable[[], Part]) -> Iterator[str]:
    """The part at once, then again whenever it differs; a sign of life where it does not."""
    roles = guard.current_person().roles
    until = time.monotonic() + streams.pace.longest_s
    yield f"retry: {BACK_AFTER_MS + secrets.randbelow(SPREAD_MS)}\n\n"
    shown, beat_at = "", 0.0
    while time.monotonic() < until:
        changes = streams.watch.changes
        with streams.turns:
            part = _seen_now(roles, action, look)
        if part is None:
            return
        is_new, shown = part.digest != shown, part.digest
        if is_new or time.monotonic() >= beat_at:
            yield event(part.html) if is_new else STILL_HERE
            beat_at = time.monotonic() + streams.pace.heartbeat_s
        rested_at = time.monotonic() + streams.rest_s
        if not _wait(streams.watch, changes, rested_at, min(beat_at, until)):
            return


def _seen_now(
    roles: tuple[tuple[str, str], ...], action: str, look: Callable[[], Part]
) -> Part | None:
    """The part with the rights in force now; None for who has signed out or has other roles.

    The rights are looked at last: what was written after somebody signed out is never shown.
    """
    try:
        part = look()
        person = guard.still_here(action)
        return part if person is not None and person.roles == roles else None
    except SQLAlchemyError as error:
        log.warning("a stream ends, the database did not answer", kind=type(error).__name__)
        return None


def _wait(watch: Watch, changes: int, rested_at: float, until: float) -> bool:
    """Wait for a change, without the database; False when the reader or the process has gone."""
    while (left := until - time.monotonic()) > 0:
        if is_stopping() or _has_left():
            return False
        if (rest := rested_at - time.monotonic()) > 0:
            time.sleep(min(rest, left, GLANCE_S))
        elif watch.wait(changes, min(left, GLANCE_S)):
            return True
    return True


def _has_left() -> bool:
    """Whether the browser has hung up: a page that was left must not keep its place."""
    server = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    if server is None:
        return False
    try:
        return not server.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True


def event(html: str) -> str:
    """HTML as one event; each of its lines is a line of data."""
    lines = [f"event: {EVENT}", *(f"data: {line}" for line in LINE_END.split(html))]
    return "\n".join(lines) + "\n\n"
