"""Reads what REST asks of a call, and refuses what Twilio would refuse."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict

from practice.calls import Order
from practice.legs import Callback, DocumentRequest, Interrupt, Leg
from practice.phones import may_ring
from practice.rest_shapes import RestError
from practice.settings import Settings

INLINE_LIMIT = 4000
_EVENTS = {"initiated", "ringing", "answered", "completed"}
_DEFAULT_TIMEOUT_S, _LONGEST_TIMEOUT_S = 60, 600


def read_order(form: MultiDict[str, str], settings: Settings) -> Order:
    """Read a request to make a call; raise RestError 400 with Twilio's number."""
    to, number_from = form.get("To", ""), form.get("From", "")
    if not to:
        raise RestError(400, 21201, "No 'To' number is specified")
    if not may_ring(to, settings.number):
        raise RestError(400, 21211, "The number in 'To' is not a valid phone number")
    if number_from != settings.number:
        raise RestError(400, 21210, "The number in 'From' does not belong to this account")
    return Order(
        to,
        number_from,
        first=_document(form, "Url", "Method"),
        fallback=_optional(form, "FallbackUrl", "FallbackMethod"),
        callback=_callback(form),
        timeout_s=_timeout(form),
        detects="MachineDetection" in form and "SendDigits" not in form,
        verdict=_verdict(form),
    )


def read_change(form: Mapping[str, str], leg: Leg) -> Interrupt | None:
    """Read a request to change a call; None where nothing changes."""
    status = form.get("Status")
    if status is not None:
        return _new_status(status, leg)
    if "Url" not in form and "Twiml" not in form:
        return None
    if leg.status != "in-progress":
        raise RestError(400, 21220, "Call is not in-progress. Cannot redirect.")
    return Interrupt(request=_document(form, "Url", "Method"))


def _new_status(status: str, leg: Leg) -> Interrupt | None:
    if status not in ("completed", "canceled"):
        raise RestError(400, 20001, "Status is completed or canceled")
    if not leg.is_active:
        raise RestError(400, 21220, "Call is not in-progress. Cannot redirect.")
    if status == "canceled" and leg.status == "in-progress":
        return None
    return Interrupt(status=status)


def _document(form: Mapping[str, str], url: str, method: str) -> DocumentRequest:
    inline = form.get("Twiml")
    if inline is not None and url in form:
        raise RestError(400, 21218, "Url and Twiml exclude each other")
    if inline is not None:
        if len(inline.encode()) > INLINE_LIMIT:
            raise RestError(400, 32018, "Twiml is longer than 4000 characters")
        return DocumentRequest("", inline=inline)
    return DocumentRequest(_address(form.get(url, "")), _method(form, method))


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or "_" in parts.hostname:
        raise RestError(400, 21205, "Url is not a valid URL")
    return value


def _optional(form: Mapping[str, str], url: str, method: str) -> DocumentRequest | None:
    value = form.get(url)
    return DocumentRequest(_address(value), _method(form, method)) if value else None


def _method(form: Mapping[str, str], name: str) -> str:
    method = form.get(name, "POST").upper()
    if method not in ("GET", "POST"):
        raise RestError(400, 20001, f"{name} is GET or POST")
    return method


def _callback(form: MultiDict[str, str]) -> Callback | None:
    wish = _optional(form, "StatusCallback", "StatusCallbackMethod")
    if wish is None:
        return None
    events = frozenset(form.getlist("StatusCallbackEvent")) or frozenset({"completed"})
    if not events <= _EVENTS:
        raise RestError(400, 21626, "StatusCallbackEvent is not known")
    return Callback(wish.url, wish.method, events)


def _timeout(form: Mapping[str, str]) -> float:
    raw = form.get("Timeout", str(_DEFAULT_TIMEOUT_S))
    if not raw.isdigit() or not 0 < int(raw) <= _LONGEST_TIMEOUT_S:
        raise RestError(400, 20001, "Timeout is between 1 and 600 seconds")
    return float(raw)


def _verdict(form: Mapping[str, str]) -> Callback | None:
    if form.get("AsyncAmd", "false").lower() != "true" or "MachineDetection" not in form:
        return None
    wish = _optional(form, "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod")
    return Callback(wish.url, wish.method) if wish else None
