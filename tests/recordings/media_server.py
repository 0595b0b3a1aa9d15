"""The provider's side of a recording on loopback: media with basic auth, deletion, a ledger."""

import base64
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ACCOUNT = "AC" + "5e" * 16
TOKEN = "made-up-token-for-tests-0123456789ab"
CALL = "CA" + "01" * 16
SID = "RE" + "0a" * 16
SPEECH = b"the voice of nobody at all "


def wav(seconds: int = 4, *, claimed: int | None = None, filling: bytes = SPEECH) -> bytes:
    """A WAV as the provider records it: 8 kHz, 16 bit, one channel; `claimed` bytes in its head."""
    sound = (filling * (seconds * 16000 // len(filling) + 1))[: seconds * 16000]
    length = len(sound) if claimed is None else claimed
    form = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", length)
    return b"RIFF" + struct.pack("<I", min(len(body) + length, 2**32 - 1)) + body + sound


@dataclass(frozen=True)
class Reply:
    """One scripted answer to a request for the media."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    repeat_for_ever: bool = False


class MediaServer(ThreadingHTTPServer):
    """The provider's REST for recordings: media with basic auth, delete, a ledger of all asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies = [Reply(body=wav())]
        self.delete_status = 204
        self.endless_bytes = 0
        self.is_there = True
        self.asked: list[tuple[str, str, int]] = []
        self.before_delete: Callable[[], None] = lambda: None

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"

    def statuses(self, method: str) -> list[int]:
        """How the requests of one method were answered, in order."""
        return [status for asked, _, status in self.asked if asked == method]


class _Handler(BaseHTTPRequestHandler):
    server: MediaServer

    def do_GET(self) -> None:
        replies = self.server.replies
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if not self._is_ours(".wav"):
            reply = Reply(401)
        elif not self.server.is_there:
            reply = Reply(404)
        self._answer(reply)

    def do_DELETE(self) -> None:
        self.server.before_delete()
        status = self.server.delete_status if self._is_ours(".json") else 401
        if status == 204 and not self.server.is_there:
            status = 404
        self.server.is_there = self.server.is_there and status != 204
        body = b"" if status == 204 else json.dumps({"code": 20404, "message": "no"}).encode()
        self._answer(Reply(status, body))

    def _is_ours(self, ending: str) -> bool:
        login = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        path = f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/{SID}{ending}"
        return self.headers["Authorization"] == f"Basic {login}" and self.path == path

    def _answer(self, reply: Reply) -> None:
        self.server.asked.append((self.command, self.path, reply.status))
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if not reply.repeat_for_ever and "Content-Length" not in reply.headers:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        try:
            self.wfile.write(reply.body)
            while reply.repeat_for_ever:
                self.server.endless_bytes += self.wfile.write(bytes(1 << 20))
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""
