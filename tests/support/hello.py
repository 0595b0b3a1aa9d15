"""The smallest WSGI application, for tests of the web server itself."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment


def app(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer everything with hello."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
