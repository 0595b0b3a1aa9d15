"""Sealed copies rest in a bucket as they do in a folder."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from core import runtime as core_runtime
from core.settings import load_settings
from recordings import playing, tasks
from tests.recordings.conftest import Service
from tests.recordings.media_server import SPEECH, MediaServer, Reply, wav

LONG_S = 400  # 6.4 MB: more than one part


class Bucket(ThreadingHTTPServer):
    """As much of S3 as a client needs to put an object, in one piece or in parts, and get it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, bytes] = {}
        self.status = 200


class _Handler(BaseHTTPRequestHandler):
    server: Bucket
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        path, _, query = self.path.partition("?")
        if self.server.status == 200:
            (self.server.parts if query else self.server.objects)[query or path] = body
        self._answer(b"", self.server.status)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path, _, query = self.path.partition("?")
        if query.startswith("uploads"):
            self._answer(
                b"<InitiateMultipartUploadResult><UploadId>up</UploadId>"
                b"</InitiateMultipartUploadResult>"
            )
            return
        self.server.objects[path] = b"".join(part for _, part in sorted(self.server.parts.items()))
        self._answer(
            b"<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>"
        )

    def do_GET(self) -> None:
        body = self.server.objects.get(self.path)
        self._answer(body or b"", 200 if body else 404)

    def _answer(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("ETag", '"e"')
        self.send_header("Last-Modified", "Mon, 01 Jun 2026 09:00:00 GMT")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


@pytest.fixture
def bucket(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """The service with its recordings in a bucket."""
    server = Bucket()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    # A folder of its own each time: stores are kept by their address for as long as we run.
    url = f"s3://voices/at-{server.server_port}"
    started = core_runtime.configure(load_settings({**service.environment, "RECORDINGS_URL": url}))
    yield server
    started.engine.dispose()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("seconds", [4, LONG_S])
def test_a_recording_rests_sealed_in_the_bucket(
    service: Service, media: MediaServer, bucket: Bucket, seconds: int
) -> None:
    """Put whole or in parts, read back, and then deleted at the provider."""
    media.replies = [Reply(body=wav(seconds))]
    recording_id = service.register(duration_s=seconds) or 0
    tasks.take(recording_id)
    tasks.delete_upstream(recording_id)
    row = service.row(recording_id)
    assert row.upstream_deleted_at is not None
    [(path, sealed)] = bucket.objects.items()
    assert path == f"/voices/at-{bucket.server_port}/{row.path}"
    assert SPEECH not in sealed
    assert b"".join(playing.opening(recording_id, row.path or "")) == wav(seconds)


def test_a_bucket_that_refuses_keeps_the_providers_copy(
    service: Service, media: MediaServer, bucket: Bucket
) -> None:
    """Tried again later."""
    bucket.status = 403
    recording_id = service.register()
    tasks.take(recording_id)
    row = service.row(recording_id)
    assert (row.state, row.reason, media.statuses("DELETE")) == ("registered", "storage", [])
