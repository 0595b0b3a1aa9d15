"""The practice phone without a practice provider, and what strangers send to its pages."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from flask import Flask

from core.runtime import Runtime, configure
from tests.console_cases.people import Desk
from tests.support.stack import free_port

Hire = Callable[..., Desk]
OPERATOR = ("operator", "ESA-9202")
SID = "CA" + "0" * 32


@pytest.fixture
def alone(runtime: Runtime) -> Iterator[None]:
    """No practice provider listens."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    configure(runtime.settings.model_copy(update={"twilio_api_base": nowhere}), runtime.engine)
    yield
    configure(runtime.settings, runtime.engine)


@pytest.mark.usefixtures("alone")
def test_without_a_provider_the_page_says_what_to_do(app: Flask, desk_of: Hire) -> None:
    desk = desk_of(OPERATOR, language="en")
    for caller in ("pupil", "follow-up"):
        answer = desk.post("/phone/calls", caller=caller, how="hand")
        assert answer.status_code == 503
        assert "Start the practice service again." in answer.get_data(as_text=True)
    assert desk.get(f"/phone/calls/{SID}").status_code == 503
    assert desk.post(f"/phone/calls/{SID}/act", press="1").status_code == 503


class Refusing(BaseHTTPRequestHandler):
    """A provider that takes no call."""

    def do_POST(self) -> None:
        """Say no."""
        self.send_error(409)

    def log_message(self, *_args: object) -> None:
        """Nothing."""


@pytest.fixture
def refusing(runtime: Runtime) -> Iterator[None]:
    """A practice provider listens and says no."""
    with provider(runtime, Refusing):
        yield


@contextmanager
def provider(runtime: Runtime, answers: type[BaseHTTPRequestHandler]) -> Iterator[None]:
    """A practice provider that answers like this."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), answers)
    thread = Thread(target=server.serve_forever)
    thread.start()
    there = f"http://127.0.0.1:{server.server_port}"
    configure(runtime.settings.model_copy(update={"twilio_api_base": there}), runtime.engine)
    yield
    configure(runtime.settings, runtime.engine)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.usefixtures("refusing")
@pytest.mark.parametrize("caller", ["", "pupil", "follow-up"])
def test_a_call_that_the_provider_refuses_leads_back_to_the_choice(
    caller: str, app: Flask, desk_of: Hire
) -> None:
    answer = desk_of(OPERATOR).post("/phone/calls", caller=caller, how="script")
    assert answer.status_code == 503
    assert 'role="alert"' in answer.get_data(as_text=True)


class Answering(BaseHTTPRequestHandler):
    """A provider that tells of a call which goes on, and of no request in it."""

    def do_GET(self) -> None:
        """Tell it."""
        call = {"over": False, "status": "in-progress", "doing": "listening", "transcript": []}
        body = json.dumps([] if "webhooks" in self.path else call).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Nothing."""


@pytest.fixture
def answering(runtime: Runtime) -> Iterator[None]:
    """A practice provider listens and tells of a call."""
    with provider(runtime, Answering):
        yield


@pytest.mark.usefixtures("answering")
def test_each_button_of_the_telephone_sends_its_own_wish_alone(app: Flask, desk_of: Hire) -> None:
    """The provider refuses two at once: silence beside a field that was left empty."""
    html = desk_of(OPERATOR).get(f"/phone/calls/{SID}").get_data(as_text=True)
    sent = [
        (*(wishes_of("input", form) or [""]), button)
        for form in re.findall(r"<form [^>]*/act[^>]*>(.*?)</form>", html, re.DOTALL)
        for button in wishes_of("button", form) or [""]
    ]
    keys = [("", "press")] * 12
    assert sent == [*keys, ("", "hang_up"), ("", "silence"), ("say", "")]


def wishes_of(tag: str, form: str) -> list[str]:
    """What the fields or buttons of a form are called, in order."""
    names = re.findall(rf'<{tag} [^>]*?\bname="(\w+)"', form)
    return [one for one in names if one != "csrf_token"]


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("sid", ["CA", SID[:-1], f"{SID}0", SID.replace("0", "Z"), "..", "x" * 500])
def test_what_is_no_call_is_not_there(sid: str, app: Flask, desk_of: Hire) -> None:
    desk = desk_of(OPERATOR)
    assert desk.get(f"/phone/calls/{sid}").status_code == 404
    assert desk.get(f"/phone/calls/{sid}/so-far").status_code == 404
    assert desk.post(f"/phone/calls/{sid}/act", press="1").status_code == 404


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("caller", ["nobody", "../pupil", "<b>", "pupil\x00"])
def test_nobody_but_a_prepared_caller_is_played(caller: str, app: Flask, desk_of: Hire) -> None:
    assert desk_of(OPERATOR).post("/phone/calls", caller=caller).status_code == 400


def test_where_real_people_would_be_rung_there_is_no_practice_phone(
    runtime: Runtime, app: Flask, desk_of: Hire
) -> None:
    desk = desk_of(OPERATOR)
    assert 'href="/desk/phone"' in desk.get("/").get_data(as_text=True)
    configure(runtime.settings.model_copy(update={"telephony": "twilio"}), runtime.engine)
    assert desk.get("/phone").status_code == 404
    assert desk.post("/phone/calls", caller="pupil").status_code == 404
    assert 'href="/desk/phone"' not in desk.get("/").get_data(as_text=True)
    configure(runtime.settings, runtime.engine)
