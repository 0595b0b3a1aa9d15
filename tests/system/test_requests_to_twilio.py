"""Every request that our adapter sends fits Twilio's own description of its REST interface.

`make dev` fetches the description from the npm package @twilio/cli-core. The recording's sound is
not in it: only its address is checked, against that of the recording's description.
"""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from openapi_core import OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from core.links import public_url
from core.processes import ROOT
from core.runtime import Runtime
from core.telephony import CallLinks, Telephony, TwilioTelephony

DESCRIPTION = ROOT / "node_modules" / ".twilio" / "twilio_api_v2010.json"
TWILIO = "https://api.twilio.com"
FORM = "application/x-www-form-urlencoded"
E164 = r"^\+[1-9]\d{1,14}$"
ACCOUNT = "AC" + "0" * 32
CALL, RECORDING = "CA" + "1" * 32, "RE" + "2" * 32
OPERATOR = "+66810000021"
PARTS = ("/Calls.json", "/Calls/{Sid}.json", "/Recordings/{Sid}.json")
# How soon the listener notices that it is to stop.
LOOKS_EVERY_S = 0.02
# What twilio-python reads of a call.
A_CALL = {
    "sid": CALL,
    "status": "completed",
    "direction": "outbound-api",
    "to": OPERATOR,
    "start_time": "Sat, 21 Nov 2026 03:00:00 +0000",
    "date_created": "Sat, 21 Nov 2026 03:00:00 +0000",
}


@pytest.fixture(scope="module")
def described() -> OpenAPI:
    """The part of the description that we use, with two things said in words that checkers know."""
    if not DESCRIPTION.exists():
        raise FileNotFoundError(f"{DESCRIPTION} is missing. Run the tests with: make test")
    whole = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    start = "/2010-04-01/Accounts/{AccountSid}"
    whole["paths"] = {start + part: whole["paths"][start + part] for part in PARTS}
    operations = [
        operation
        for path in whole["paths"].values()
        for method, operation in path.items()
        if method in ("get", "post", "delete")
    ]
    for operation in operations:
        _say_plainly(operation)
    return OpenAPI.from_dict(whole)


def _say_plainly(operation: dict[str, Any]) -> None:
    """Twilio's "phone-number" is E.164; a list is a name that stands there several times."""
    for parameter in operation["parameters"]:
        if parameter["schema"].get("format") == "phone-number":
            parameter["schema"] = {"type": "string", "pattern": E164}
    if "requestBody" in operation:
        form = operation["requestBody"]["content"][FORM]
        kinds = form["schema"]["properties"].items()
        lists = [name for name, kind in kinds if kind.get("type") == "array"]
        form["encoding"] = {name: {"style": "form", "explode": True} for name in lists}


class Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Listener:
    """Stands where Twilio stands, keeps what it is sent and answers the least that is needed."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._server = make_server("127.0.0.1", 0, self._answer, handler_class=Quiet)
        serve = partial(self._server.serve_forever, LOOKS_EVERY_S)
        self._thread = threading.Thread(target=serve, daemon=True)
        self._thread.start()
        self.base = f"http://127.0.0.1:{self._server.server_port}"

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        as_sent = {**environ, "wsgi.url_scheme": "https", "HTTP_HOST": "api.twilio.com"}
        self.requests.append(Request({**as_sent, "wsgi.input": BytesIO(body)}))
        return self._response(environ)(environ, start_response)

    def _response(self, environ: dict[str, Any]) -> Response:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if method == "DELETE":
            return Response(status=204)
        if path.endswith(".wav"):
            return Response(b"RIFF", mimetype="audio/x-wav")
        is_list = path.endswith("/Calls.json") and method == "GET"
        told = {"calls": [A_CALL], "page_size": 50} if is_list else A_CALL
        return Response(json.dumps(told), 201 if method == "POST" else 200, mimetype="text/json")

    def stop(self) -> None:
        """Listen no longer."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Where Twilio would be."""
    made = Listener()
    yield made
    made.stop()


@pytest.fixture
def adapter(listener: Listener, runtime: Runtime) -> TwilioTelephony:
    """The real adapter, told another base."""
    more = {"twilio_api_base": listener.base, "twilio_account_sid": ACCOUNT}
    return TwilioTelephony(runtime.settings.model_copy(update=more))


def wrong(described: OpenAPI, request: Request) -> list[str]:
    """What Twilio's description says against a request."""
    found = described.unmarshal_request(WerkzeugOpenAPIRequest(request))
    understood = {*found.parameters.query, *(found.body or {})}
    unknown = {*request.args, *request.form} - understood
    faults = [f"{error!r}: {error.__cause__!r}" for error in found.errors]
    return faults + [f"unknown parameter {name}" for name in sorted(unknown)]


def ring(telephony: Telephony) -> None:
    links = CallLinks(
        document=public_url("/ivr/leg/k/0", "twiml"),
        fallback=public_url("/ivr/leg-fallback", "twiml"),
        status=public_url("/ivr/leg-status/k", "event"),
    )
    telephony.create_call(to=OPERATOR, links=links, ring_s=25)


# The requests of callbacks, sweeps and recordings, by the method of the adapter.
USES: dict[str, Callable[[TwilioTelephony], object]] = {
    "create_call": ring,
    "cancel_ring": lambda adapter: adapter.cancel_ring(CALL),
    "call_status": lambda adapter: adapter.call_status(CALL),
    "calls_to": lambda adapter: adapter.calls_to(OPERATOR, datetime(2026, 11, 21, tzinfo=UTC)),
    "calls_in": lambda adapter: adapter.calls_in(
        datetime(2026, 11, 21, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC), 1000
    ),
    "delete_recording": lambda adapter: adapter.delete_recording(RECORDING),
}


@pytest.mark.parametrize("name", USES)
def test_a_request_of_ours_is_one_that_twilio_describes(
    name: str, adapter: TwilioTelephony, listener: Listener, described: OpenAPI
) -> None:
    USES[name](adapter)
    [request] = listener.requests
    assert wrong(described, request) == []


def test_the_address_of_a_recordings_sound_is_its_own_with_another_ending(
    adapter: TwilioTelephony, listener: Listener, described: OpenAPI
) -> None:
    assert b"".join(adapter.recording_media(RECORDING)) == b"RIFF"
    [request] = listener.requests
    path = request.path.removesuffix(".wav") + ".json"
    assert request.path.endswith(".wav")
    assert wrong(described, Request({**request.environ, "PATH_INFO": path})) == []


def test_no_method_of_the_adapter_is_left_out() -> None:
    methods = {name for name in vars(TwilioTelephony) if not name.startswith("_")}
    assert methods - {name.split()[0] for name in USES} == {"recording_media"}


def test_all_progress_events_are_asked_for_one_by_one(
    adapter: TwilioTelephony, listener: Listener
) -> None:
    ring(adapter)
    [request] = listener.requests
    wanted = ["initiated", "ringing", "answered", "completed"]
    assert request.form.getlist("StatusCallbackEvent") == wanted


GOOD = {"To": OPERATOR, "From": "+6621266565", "Url": f"{TWILIO}/document"}


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("Calls.json", {"To": OPERATOR}),
        ("Calls.json", {**GOOD, "Timeout": "abc"}),
        ("Calls.json", {**GOOD, "StatusCallbackMethod": "PATCH"}),
        ("Calls.json", {**GOOD, "Patience": "25"}),
        (f"Calls/{CALL}.json", {"Status": "over"}),
        ("Calls/CA1.json", {"Status": "completed"}),
        ("Ringing.json", GOOD),
    ],
)
def test_a_request_that_twilio_would_refuse_is_noticed(
    path: str, form: dict[str, str], described: OpenAPI
) -> None:
    builder = EnvironBuilder(
        f"/2010-04-01/Accounts/{ACCOUNT}/{path}",
        TWILIO,
        method="POST",
        data=urlencode(form),
        content_type=FORM,
        headers={"Authorization": "Basic eDp5"},
    )
    assert wrong(described, builder.get_request()) != []
