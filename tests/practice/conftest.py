"""A practice provider and a small service of the tests' own, both on real sockets."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from flask import Flask, Response, request
from twilio.request_validator import RequestValidator
from werkzeug.serving import WSGIRequestHandler, make_server

from practice.server import build_server
from practice.settings import Settings

TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT = "AC" + "1" * 32
HOTLINE = "+6621266565"

Page = str | Response | Callable[[], "str | Response"]


class Quiet(WSGIRequestHandler):
    """Writes nothing."""

    def log(self, type, message, *args):
        """Write nothing."""


@dataclass(frozen=True)
class Seen:
    """One request that the service got."""

    path: str
    form: dict[str, str]
    headers: dict[str, str]


@dataclass
class Toy:
    """A service under practice: pages by path, every request kept, every signature checked."""

    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    forged: list[str] = field(default_factory=list)

    def answer(self, path: str) -> Response:
        """Answer one request."""
        self._check()
        self.seen.append(Seen("/" + path, request.form.to_dict(), dict(request.headers)))
        page = self.pages.get("/" + path, Response(status=204))
        found = page if isinstance(page, str | Response) else page()
        return twiml(found) if isinstance(found, str) else found

    def _check(self) -> None:
        url = self.url + request.environ["RAW_URI"]
        given = request.headers.get("X-Twilio-Signature", "")
        if not RequestValidator(TOKEN).validate(url, request.form.to_dict(), given):
            self.forged.append(request.path)

    def got(self, path: str) -> list[dict[str, str]]:
        """The parameters of every request to a path, in order."""
        return [seen.form for seen in self.seen if seen.path == path]

    def paths(self) -> list[str]:
        """The paths of all requests, in order."""
        return [seen.path for seen in self.seen]


def twiml(inner: str) -> Response:
    """A TwiML document."""
    return Response(f"<Response>{inner}</Response>", mimetype="text/xml")


@dataclass
class World:
    """The provider as its users see it."""

    url: str
    toy: Toy

    def control(self, method: str, path: str, data: Any = None) -> Any:
        """One request to the control side; its JSON, None where there is none."""
        found = requests.request(method, f"{self.url}/practice{path}", json=data, timeout=30)
        found.raise_for_status()
        return found.json() if found.content else None

    def call(self, **script: Any) -> dict[str, Any]:
        """Phone the service and wait until the call is over."""
        sid = self.control("POST", "/calls", script)["sid"]
        return self.over(sid)

    def over(self, sid: str) -> dict[str, Any]:
        """One call, when it is over."""
        found = self.control("GET", f"/calls/{sid}?wait=30")
        assert found["over"], "the call did not end"
        return found

    def until(self, is_true: Callable[[], Any]) -> Any:
        """Wait for something, ten seconds at most."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            found = is_true()
            if found:
                return found
            threading.Event().wait(0.01)
        raise AssertionError("it did not happen within ten seconds")

    def problems(self) -> list[int]:
        """The numbers of the mistakes that the provider noticed."""
        return [problem["code"] for problem in self.control("GET", "/health")["problems"]]

    def said(self, call: dict[str, Any], who: str = "hotline") -> list[str]:
        """What somebody said or did in a call."""
        return [line["text"] for line in call["transcript"] if line["who"] == who]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def toy() -> Iterator[Toy]:
    """The service; after the test no signature may have been wrong."""
    app = Flask("toy")
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    found = Toy(f"http://127.0.0.1:{server.server_port}")
    app.add_url_rule("/<path:path>", view_func=found.answer, methods=["GET", "POST"])
    with _served(server):
        yield found
    assert found.forged == []


def settings_for(toy: Toy, speed: float = 0.0) -> Settings:
    """How a provider is told about the service."""
    return Settings(
        ACCOUNT,
        TOKEN,
        HOTLINE,
        voice_url=f"{toy.url}/voice",
        status_url=f"{toy.url}/status",
        fallback_url=f"{toy.url}/fallback",
        api_key="SK" + "2" * 32,
        api_secret="secret",
        port=_free_port(),
        speed=speed,
    )


@pytest.fixture
def world(toy: Toy) -> Iterator[World]:
    """The provider, phoning the service without ever waiting."""
    settings = settings_for(toy)
    with _served(build_server(settings)):
        yield World(settings.base_url, toy)


@pytest.fixture
def slow_world(toy: Toy) -> Iterator[World]:
    """The provider in real time: a second is a second."""
    settings = settings_for(toy, speed=1.0)
    with _served(build_server(settings)):
        yield World(settings.base_url, toy)


class _served:  # noqa: N801
    """Serve in a thread while the test runs."""

    def __init__(self, server):
        self._server = server

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def __exit__(self, *error):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def free_port() -> int:
    """A port of this machine that nobody listens on."""
    return _free_port()
