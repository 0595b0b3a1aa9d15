"""Who may speak to the telephone's door: Twilio's signature, our account, well-formed parameters.

Unsigned, foreign or malformed requests get 403, 400, 413 or 415 and write nothing. The signature
is over PUBLIC_URL and the raw request URI, never over what a Host header or a decoded path says
(telephony.md §1.2).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from flask import Request, abort, g, request
from twilio.request_validator import RequestValidator

from core import runtime

FORM = "application/x-www-form-urlencoded"
LARGEST_BODY = 256 * 1024
MOST_PARAMETERS = 200
SIGNATURE = "X-Twilio-Signature"
CALL_SID = re.compile(r"^CA[0-9a-f]{32}$")
ONCE = ("CallSid", "AccountSid", "From", "To", "Digits", "CallStatus", "RecordingSid")


@dataclass(frozen=True)
class Webhook:
    """A request that the provider signed: its parameters, and the call it is about."""

    params: dict[str, str]
    call_sid: str
    account_sid: str

    def get(self, name: str, default: str = "") -> str:
        """One parameter."""
        return self.params.get(name, default)


def check_webhook() -> None:
    """Refuse what the provider did not send; leaves the Webhook in `flask.g`."""
    if request.method != "POST":
        return  # the route answers 405 by itself
    pairs = _pairs(request)
    params = dict(pairs)
    _check_signature(request, params)
    if any(sum(name == once for name, _ in pairs) > 1 for once in ONCE):
        abort(400)
    if params.get("AccountSid") != runtime.current().settings.twilio_account_sid:
        abort(403)
    call_sid = params.get("CallSid", "")
    if not CALL_SID.match(call_sid):
        abort(400)
    g.webhook = Webhook(params, call_sid, params["AccountSid"])


def _pairs(incoming: Request) -> list[tuple[str, str]]:
    """The form's parameters in order; only a plain form is signed the way we check it."""
    if incoming.mimetype != FORM or "bodySHA256" in incoming.query_string.decode("latin-1"):
        abort(415)
    length = incoming.content_length
    if length is None or length > LARGEST_BODY:
        abort(413 if length else 411)
    body = incoming.get_data(cache=False)
    try:
        return parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=MOST_PARAMETERS,
        )
    except ValueError:
        abort(400)


def _check_signature(incoming: Request, params: dict[str, str]) -> None:
    settings = runtime.current().settings
    signature = incoming.headers.get(SIGNATURE, "")
    address = settings.public_url + _raw_uri(incoming)
    if not signature or not any(
        _validator(token).validate(address, params, signature)
        for token in settings.twilio_auth_token
    ):
        abort(403)


def _raw_uri(incoming: Request) -> str:
    """Path and query as they stood on the wire: Flask's own are decoded and no longer signed."""
    environ = incoming.environ
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    return str(raw) if raw else incoming.full_path.rstrip("?")


@lru_cache(maxsize=8)
def _validator(token: str) -> RequestValidator:
    return RequestValidator(token)
