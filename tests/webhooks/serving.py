"""The whole web application in this process, and loopback servers for it to speak with."""

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar

from flask import Flask

from app import create_app
from core import runtime
from core.settings import Settings

Server = TypeVar("Server", bound=ThreadingHTTPServer)


@contextmanager
def serving(settings: Settings) -> Iterator[Flask]:
    """The service as a web process runs it; afterwards the logs are as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield create_app(settings)
    finally:
        runtime.current().engine.dispose()
        root.handlers[:], root.level = handlers, level


@contextmanager
def listening(server: Server) -> Iterator[Server]:
    """A loopback server that answers for as long as this lasts."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class RemoteCalls(ThreadingHTTPServer):
    """The provider's REST for calls: it tells the status of a call that it knows."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Calls)
        self.statuses: dict[str, str] = {}
        self.answer = 200
        self.asked: list[str] = []

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"


class _Calls(BaseHTTPRequestHandler):
    server: RemoteCalls

    def do_GET(self) -> None:
        sid = self.path.rpartition("/")[2].removesuffix(".json")
        self.server.asked.append(sid)
        status = self.server.statuses.get(sid)
        code = self.server.answer if status or self.server.answer != 200 else 404
        body = {"sid": sid, "status": status, "direction": "inbound", "to": "", "code": 20404}
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
