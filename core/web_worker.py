"""Gunicorn's threads, with limits for how long a slow client may hold one."""

import os
import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers import gthread

# Until its first byte a connection waits with the others, in no thread of its own.
FIRST_BYTE_S = 0.05
# For the head of a request, then for its body. A webhook is small and its sender is near; a person
# may send a form over a bad line.
OF_WEBHOOKS = (2.0, 2.0)
OF_PEOPLE = (5.0, 10.0)


class Worker(gthread.ThreadWorker):
    """Threads that wait for a client's next byte so long and no longer.

    As it comes, a thread waits 5 s for the first byte of a connection, and for ever for the rest
    of the request: a hundred clients that send a byte now and then silence the telephone
    (reliability.md B64). The limits are for reading alone; an answer may take its time.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reading: dict[Any, float] = {}
        is_voice = os.environ.get("PROCESS_TYPE") == "voice"
        self._head_s, self._body_s = OF_WEBHOOKS if is_voice else OF_PEOPLE

    def handle(self, conn: Any) -> Any:
        """Serve what a connection sends, once it sends anything."""
        if not conn.initialized and not conn.wait_for_data(FIRST_BYTE_S):
            return gthread._DEFER
        self._reading[conn] = time.monotonic() + self._head_s
        try:
            return super().handle(conn)
        finally:
            self._reading.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose head is whole."""
        if req.method in ("GET", "HEAD"):
            self._reading.pop(conn, None)
        else:
            self._reading[conn] = time.monotonic() + self._body_s
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Each second, in the main thread: nothing more is read from who was too slow."""
        super().murder_pending()
        now = time.monotonic()
        for conn, until in list(self._reading.items()):
            if until < now:
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RD)
