"""The control side under /practice: phone the hotline, set phones, order faults, read the ledger.

Only this machine may use it.
"""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, jsonify, request

from practice import control_views, live_calls
from practice.calls import Script, phone_in
from practice.exchange import Exchange
from practice.faults import FaultError, read_connection
from practice.keys import Keys, ScriptError
from practice.legs import Leg
from practice.outbox import view
from practice.phones import PhoneError, may_ring

bp = Blueprint("control", __name__, url_prefix="/practice")
_LONGEST_WAIT_S = 600.0
_CALL_FIELDS = {"from", "keys", "lang", "hangup_after", "speech", "connection"}


def exchange() -> Exchange:
    """The provider that this request is for."""
    found: Exchange = current_app.extensions["exchange"]
    return found


@bp.before_request
def only_from_here() -> None:
    """Refuse everybody who is not on this machine, and pages that reach it under another name."""
    host = urlsplit(request.host_url).hostname
    if host not in ("127.0.0.1", "localhost", "::1"):
        abort(403)
    if not ipaddress.ip_address(request.remote_addr or "::").is_loopback:
        abort(403)


@bp.errorhandler(FaultError)
@bp.errorhandler(PhoneError)
@bp.errorhandler(ScriptError)
def refuse(error: ValueError) -> tuple[Response, int]:
    """Say what a request has wrong."""
    return jsonify({"error": str(error)}), 400


@bp.get("/health")
def health() -> Response:
    """Alive, and what went wrong so far."""
    return jsonify(control_views.health(exchange()))


@bp.post("/calls")
def start_call() -> tuple[Response, int]:
    """Let a caller phone the hotline: one with a script, or a person at a screen ("live")."""
    data = _json()
    if set(data) == {"from", "live"} and data["live"] is True:
        return jsonify({"sid": live_calls.begin(exchange(), str(data["from"])).sid}), 201
    if not set(data) <= _CALL_FIELDS:
        raise ScriptError(f"a call has {', '.join(sorted(_CALL_FIELDS))}")
    speech = data.get("speech") or []
    script = Script(
        str(data.get("from", "+66810000001")),
        Keys(str(data.get("keys", ""))),
        speech=[speech] if isinstance(speech, str) else speech,
        wants_english=data.get("lang") == "en",
        hangs_up_after=data.get("hangup_after"),
        connection=read_connection(data.get("connection")),
    )
    return jsonify({"sid": phone_in(exchange(), script).sid}), 201


@bp.post("/calls/<sid>/act")
def act_in_call(sid: str) -> Response:
    """Press a key, say words, keep silent or hang up in the call of a person at a screen."""
    live_calls.act(exchange(), _leg(sid), _json())
    return Response(status=204)


@bp.put("/calls/<sid>/sound")
def say_in_recording(sid: str) -> Response:
    """Keep a WAV as what is said in the recording that goes on."""
    live_calls.keep_sound(exchange(), _leg(sid), request.get_data())
    return Response(status=204)


@bp.get("/calls")
def list_calls() -> Response:
    """Every leg, newest first, without its conversation."""
    return jsonify([control_views.summary(leg) for leg in exchange().ledger.legs()])


@bp.get("/calls/<sid>")
def show_call(sid: str) -> Response:
    """One leg with its conversation; ?wait=seconds waits until it is over."""
    leg = _leg(sid)
    wait = request.args.get("wait", 0.0, type=float)
    if wait > 0:
        exchange().ledger.wait(leg, min(wait, _LONGEST_WAIT_S))
    return jsonify(control_views.call(leg, exchange().ledger))


@bp.get("/phones")
def list_phones() -> Response:
    """Every phone that was set."""
    phones = exchange().phones.all()
    return jsonify({number: control_views.phones(found) for number, found in phones.items()})


@bp.put("/phones/<number>")
def set_phone(number: str) -> Response:
    """Set how a number reacts when it rings."""
    if not may_ring(number, exchange().settings.number):
        raise PhoneError("practice never rings this number")
    return jsonify(control_views.phones(exchange().phones.put(number, request.get_json())))


@bp.get("/ledger")
def show_ledger() -> Response:
    """Every ring ever made, oldest first."""
    return jsonify([control_views.ring(leg) for leg in exchange().ledger.rings()])


@bp.delete("/ledger")
def clear_ledger() -> Response:
    """Forget everything: calls, rings, recordings, webhooks, phones, faults, messages."""
    exchange().faults.clear()
    exchange().phones.clear()
    exchange().ledger.clear()
    exchange().outbox.clear()
    return Response(status=204)


@bp.get("/outbox")
def show_outbox() -> Response:
    """Every mail, LINE push and SMS, oldest first; ?kind= narrows it to mail, line or sms."""
    return jsonify([view(one) for one in exchange().outbox.all(request.args.get("kind"))])


@bp.post("/mails")
def keep_mail() -> tuple[Response, int]:
    """Keep one mail; the same key again keeps nothing, as a mail system drops a second copy."""
    data = _json()
    if set(data) != {"to", "subject", "text", "key"}:
        return jsonify({"error": "a mail has to, subject, text and key"}), 400
    told = {name: str(value) for name, value in data.items()}
    outbox = exchange().outbox
    sent = outbox.known("mail", told["key"]) or outbox.keep("mail", **told)
    return jsonify(view(sent)), 201


@bp.get("/webhooks")
def list_webhooks() -> Response:
    """Every webhook ever sent, in order; ?sid= narrows it to one call with its children."""
    sid = request.args.get("sid")
    found = exchange().ledger.webhooks()
    return jsonify([w.view() for w in found if sid in (None, w.call_sid, w.root_sid)])


@bp.post("/replay")
def replay() -> tuple[Response, int]:
    """Send a webhook once more, byte for byte."""
    index, webhooks = _json().get("index"), exchange().ledger.webhooks()
    if not isinstance(index, int) or not 0 <= index < len(webhooks):
        return jsonify({"error": "no such webhook"}), 404
    webhook = webhooks[index]
    reply = exchange().postman.replay(webhook)
    body = reply.body.decode("utf-8", "replace")
    same = (reply.status, body) == (webhook.status, webhook.body)
    return jsonify({"status": reply.status, "body": body, "same": same}), 200


@bp.get("/faults")
def list_faults() -> Response:
    """The faults still to come."""
    return jsonify(exchange().faults.pending())


@bp.post("/faults")
def order_faults() -> Response:
    """Order faults."""
    data = _json()
    if not set(data) <= {"rest", "media", "webhooks"}:
        raise FaultError("faults are rest, media and webhooks")
    exchange().faults.order(data)
    return jsonify(exchange().faults.pending())


@bp.delete("/faults")
def clear_faults() -> Response:
    """Forget all faults."""
    exchange().faults.clear()
    return Response(status=204)


def _leg(sid: str) -> Leg:
    return exchange().ledger.leg(sid) or abort(404)


def _json() -> dict[str, Any]:
    data = request.get_json(force=True, silent=True)
    if not isinstance(data, dict):
        raise ScriptError("the body is no JSON object")
    return data
