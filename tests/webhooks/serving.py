"""The whole web application in this process, and loopback servers for it to speak with."""

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from flask import Flask

from app import open_doors, prepare
from core import runtime
from core.settings import Settings
from tests.support.web_doors import put_back

Server = TypeVar("Server", bound=ThreadingHTTPServer)


@contextmanager
def serving(settings: Settings) -> Iterator[Flask]:
    """The service as a web process runs it; afterwards the logs are as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    before = runtime.current()
    try:
        prepare(settings)
        with put_back(_doors(settings.secret_key)) as app:
            yield app
    finally:
        if runtime.current().engine is not before.engine:
            runtime.current().engine.dispose()
        root.handlers[:], root.level = handlers, level


@cache
def _doors(secret_key: str) -> Flask:
    """The doors, opened once: to build them costs more than most calls."""
    return open_doors(secret_key, "all")


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
        self.listed: list[dict[str, str]] = []
        self.lists: list[dict[str, str]] = []

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"


class _Calls(BaseHTTPRequestHandler):
    server: RemoteCalls

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        sid = address.path.rpartition("/")[2].removesuffix(".json")
        if sid == "Calls":
            self._list(dict(parse_qsl(address.query)))
            return
        self.server.asked.append(sid)
        status = self.server.statuses.get(sid)
        code = self.server.answer if status or self.server.answer != 200 else 404
        self._send(
            code, {"sid": sid, "status": status, "direction": "inbound", "to": "", "code": 20404}
        )

    def _list(self, asked: dict[str, str]) -> None:
        """The calls of a span, newest first, cut off at the size that was asked for."""
        self.server.lists.append(asked)
        since, until = (datetime.fromisoformat(asked[one]) for one in ("StartTime>", "StartTime<"))
        found = [
            one
            for one in self.server.listed
            if since <= parsedate_to_datetime(one["start_time"]) <= until
        ]
        body = {"calls": found[: int(asked["PageSize"])], "page_size": int(asked["PageSize"])}
        self._send(self.server.answer, body | {"next_page_uri": None})

    def _send(self, code: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
