"""The load driver, a process of its own: JSON orders on stdin, JSON results on stdout.

One thread and a few keep-alive connections, each with one request under way: what it takes from
the processors is a small part of what a server takes.
"""

import json
import re
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any

from tests.bench.conversations import Callers, CallFailed, Conversation, floor
from tests.bench.wire import Account

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
NO_CONTENT = b"204"
GOOD = (b"200", NO_CONTENT)
CHUNK = 65536
PATIENCE_S = 20.0


class Connection:
    """One keep-alive connection with one conversation on it."""

    def __init__(self, port: int, latencies: list[float]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._latencies = latencies
        self._heard = b""
        self._talk: Conversation | None = None

    def begin(self, talk: Conversation) -> None:
        """Start a conversation with its first request."""
        self._talk = talk
        self._send(next(talk))

    def _send(self, request: bytes) -> None:
        self._heard = b""
        self._sent_at = time.perf_counter()
        self.socket.sendall(request)

    def hear(self) -> bool:
        """Take what has come; True when the conversation is over."""
        chunk = self.socket.recv(CHUNK)
        if not chunk:
            raise CallFailed("the server hung up")
        self._heard += chunk
        head, found, body = self._heard.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return False
        self._latencies.append(time.perf_counter() - self._sent_at)
        try:
            self._send(self._talk.send(body.decode()))
        except StopIteration:
            return True
        return False


def _length(head: bytes) -> int:
    status = head[9:12]
    if status not in GOOD:
        raise CallFailed(head.partition(b"\r\n")[0].decode())
    found = LENGTH.search(head)
    if found is None and status != NO_CONTENT:
        raise CallFailed("an answer without a length")
    return int(found[1]) if found else 0


def drive(port: int, talks: Iterator[Conversation], connections: int) -> dict[str, Any]:
    """Let so many conversations go on at once until all are over; what it took."""
    latencies: list[float] = []
    started = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _, talk in zip(range(connections), talks, strict=False):
            connection = Connection(port, latencies)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.begin(talk)
        while selector.get_map():
            ready = selector.select(PATIENCE_S)
            if not ready:
                raise CallFailed(f"no answer within {PATIENCE_S} s")
            for key, _events in ready:
                if key.data.hear():
                    _next(selector, key.data, talks)
    return _figures(latencies, time.perf_counter() - started)


def _next(
    selector: selectors.BaseSelector, connection: Connection, talks: Iterator[Conversation]
) -> None:
    talk = next(talks, None)
    if talk is None:
        selector.unregister(connection.socket)
        connection.socket.close()
    else:
        connection.begin(talk)


def _figures(latencies: list[float], seconds: float) -> dict[str, Any]:
    inorder = sorted(latencies)
    last = len(inorder) - 1
    return {
        "requests": len(inorder),
        "seconds": seconds,
        "p50_ms": inorder[last // 2] * 1000,
        "p99_ms": inorder[last * 99 // 100] * 1000,
    }


class Driver:
    """Carries out orders; remembers the callers who have been answered."""

    def __init__(self) -> None:
        self._callers: dict[str, Callers] = {}

    def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """`what` is floor, ring, press or whole, done `count` times."""
        account = Account(**order["account"])
        callers = self._callers.setdefault(account.base, Callers(account))
        count, keys = order["count"], tuple(order.get("keys", ()))
        each = order["connections"]
        talks = {
            "floor": lambda: (floor(account, count // each) for _ in range(each)),
            "ring": lambda: (callers.ring() for _ in range(count)),
            "press": lambda: (callers.press(keys) for _ in range(count)),
            "whole": lambda: (callers.whole(keys) for _ in range(count)),
        }[order["what"]]()
        return drive(order["port"], talks, each)


def main() -> None:
    """Answer each line with one line until stdin ends."""
    driver = Driver()
    for line in sys.stdin:
        try:
            answer = driver.obey(json.loads(line))
        except (CallFailed, OSError) as error:
            answer = {"error": str(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
