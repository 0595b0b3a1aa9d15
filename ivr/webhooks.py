"""Who may speak to the telephone's door: Twilio's signature, our account, well-formed parameters.

A request says by AccountSid whose it is, and is signed with that account's own token: practice
beside a real telephone cannot speak for it, nor the other way round, and comes from this machine.
Unsigned, foreign or malformed requests get 403, 400, 413 or 415 and write nothing. The signature
is over PUBLIC_URL and the raw request URI, never over what a Host header or a decoded path says
(telephony.md §1.2).
"""

import base64
import hmac
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from flask import Request, abort, g, request
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from core import runtime
from core.settings import LOOPBACK

FORM = "application/x-www-form-urlencoded"
LARGEST_BODY = 256 * 1024
MOST_PARAMETERS = 200
SIGNATURE = "X-Twilio-Signature"
CALL_SID = re.compile(r"CA[0-9a-f]{32}")
LEG_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
PASSED_ON = ("X-Forwarded-For", "X-Real-IP", "Forwarded")
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
    told = MultiDict(_pairs(request))
    if any(len(told.getlist(name)) > 1 for name in ONCE):
        abort(400)
    account = runtime.current().settings.account_of(told.get("AccountSid", ""))
    if account is None or (account.is_apart(account.twilio_account_sid) and not _is_local(request)):
        abort(403)
    _check_signature(request, told, account.twilio_auth_token)
    params = told.to_dict()
    call_sid = params.get("CallSid", "")
    if not CALL_SID.fullmatch(call_sid):
        abort(400)
    g.webhook = Webhook(params, call_sid, params["AccountSid"])


def check_leg_key(key: str) -> None:
    """400 for what cannot be the key of a leg of ours."""
    if not LEG_KEY.fullmatch(key):
        abort(400)


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


def _is_local(incoming: Request) -> bool:
    """Whether nobody but this very machine asks: the practice provider has no other way here."""
    is_passed_on = any(incoming.headers.get(name) for name in PASSED_ON)
    return incoming.remote_addr in LOOPBACK and not is_passed_on


def _check_signature(
    incoming: Request, params: MultiDict[str, str], tokens: tuple[str, ...]
) -> None:
    """403 unless one of the tokens of that very account has signed the request."""
    settings = runtime.current().settings
    signature = incoming.headers.get(SIGNATURE, "")
    address = settings.public_url + _raw_uri(incoming)
    if not signature or not any(
        _is_exact(token, address, params, signature)
        or _validator(token).validate(address, params, signature)
        for token in tokens
    ):
        abort(403)


def _is_exact(token: str, address: str, params: MultiDict[str, str], signature: str) -> bool:
    """Whether the address was signed as PUBLIC_URL writes it; the port may also be left out.

    The same sum as the provider's library, which takes ten times as long to reckon it for both
    spellings of the port; the library is still asked about what does not match.
    https://www.twilio.com/docs/usage/webhooks/webhooks-security
    """
    pairs = (name + value for name in sorted(params) for value in sorted(set(params.getlist(name))))
    message = (address + "".join(pairs)).encode()
    ours = base64.b64encode(hmac.digest(token.encode(), message, "sha1"))
    return hmac.compare_digest(ours, signature.encode())


def _raw_uri(incoming: Request) -> str:
    """Path and query as they stood on the wire: Flask's own are decoded and no longer signed."""
    environ = incoming.environ
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or incoming.full_path.rstrip("?")
    if not raw.startswith("/"):
        abort(400)  # an absolute request target names a host of its own choice
    return str(raw)


@lru_cache(maxsize=8)
def _validator(token: str) -> RequestValidator:
    return RequestValidator(token)
