"""The REST side, as Twilio publishes it: calls and recordings of one account."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, jsonify, request

from practice import rest_faults, rest_shapes
from practice.calls import prepare_out
from practice.exchange import Exchange
from practice.legs import Leg
from practice.orders import read_change, read_order
from practice.rest_shapes import RestError

bp = Blueprint("rest", __name__, url_prefix="/2010-04-01/Accounts/<account>")
_LARGEST_PAGE = 1000


def exchange() -> Exchange:
    """The provider that this request is for."""
    found: Exchange = current_app.extensions["exchange"]
    return found


@bp.errorhandler(RestError)
def refuse(error: RestError) -> tuple[Response, int]:
    """Answer a refused request in Twilio's form."""
    return jsonify(error.body()), error.status


@bp.before_request
def authenticate() -> None:
    """Let in who knows the account's secrets, and only to that account."""
    given, settings = request.authorization, exchange().settings
    name = (given.username or "") if given else ""
    password = (given.password or "") if given else ""
    account = (request.view_args or {}).pop("account", "")
    if not settings.opens(name, password) or account != settings.account_sid:
        raise RestError(401, 20003, "Authenticate")


@bp.post("/Calls.json")
def create_call() -> Response | tuple[Response, int]:
    """Make a call, or fail as a test ordered."""
    fault, faults = exchange().faults.next_rest(), exchange().faults
    broken = rest_faults.fail_before(fault, faults)
    if broken is not None:
        return broken
    leg, start = prepare_out(exchange(), read_order(request.form, exchange().settings))
    made = jsonify(rest_shapes.call(leg, exchange().settings))
    start()
    return rest_faults.fail_after(fault, faults) or (made, 201)


@bp.get("/Calls.json")
def list_calls() -> Response:
    """List calls, newest first."""
    wanted = [leg for leg in exchange().ledger.legs() if _matches(leg)]
    settings = exchange().settings
    return page_of("calls", [rest_shapes.call(leg, settings) for leg in wanted])


@bp.get("/Calls/<name>")
def fetch_call(name: str) -> Response:
    """Tell one call."""
    return jsonify(rest_shapes.call(_leg(name), exchange().settings))


@bp.post("/Calls/<name>")
def update_call(name: str) -> Response:
    """End a call or send it to another document."""
    leg = _leg(name)
    interrupt = read_change(request.form, leg)
    if interrupt is not None:
        leg.disturb(interrupt)
    return jsonify(rest_shapes.call(leg, exchange().settings))


@bp.get("/Recordings.json")
def list_recordings() -> Response:
    """List recordings, newest first."""
    sid = request.args.get("CallSid")
    found = [r for r in exchange().ledger.recordings() if sid in (None, r.call_sid)]
    settings = exchange().settings
    return page_of("recordings", [rest_shapes.recording(r, settings) for r in found])


@bp.get("/Recordings/<name>")
def fetch_recording(name: str) -> Response:
    """Tell one recording (.json), or hand out its sound (.wav or no ending)."""
    sid, _, ending = name.partition(".")
    found = exchange().ledger.recording(sid)
    if found is None or ending not in ("", "json", "wav"):
        raise _not_found()
    if ending == "json":
        return jsonify(rest_shapes.recording(found, exchange().settings))
    return rest_faults.media(found, exchange().faults.next_media())


@bp.delete("/Recordings/<name>")
def delete_recording(name: str) -> Response:
    """Delete one recording."""
    sid = name.removesuffix(".json")
    if exchange().ledger.recording(sid) is None:
        raise _not_found()
    exchange().ledger.drop_recording(sid)
    return Response(status=204)


def _leg(name: str) -> Leg:
    leg = exchange().ledger.leg(name.removesuffix(".json"))
    if leg is None or not name.endswith(".json"):
        raise _not_found()
    return leg


def _not_found() -> RestError:
    return RestError(404, 20404, "The requested resource was not found")


def _matches(leg: Leg) -> bool:
    args = request.args
    facts = {
        "To": leg.number_to,
        "From": leg.number_from,
        "Status": rest_shapes.status_of(leg),
        "ParentCallSid": leg.parent.sid if leg.parent else "",
    }
    if any(args.get(name, fact) != fact for name, fact in facts.items()):
        return False
    began = leg.rang_at or leg.created_at
    earliest, latest = _time("StartTime>"), _time("StartTime<")
    return not (earliest and began < earliest) and not (latest and began > latest)


def _time(name: str) -> datetime | None:
    raw = request.args.get(name)
    if raw is None:
        return None
    try:
        found = datetime.fromisoformat(raw)
    except ValueError as error:
        raise RestError(400, 20001, f"{name[:9]} is not a date") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def page_of(key: str, items: list[dict[str, Any]]) -> Response:
    """One page of a list, as the request asks for it."""
    number, size = _number("Page", 0), min(_number("PageSize", 50), _LARGEST_PAGE)
    kept = {k: v for k, v in request.args.items() if k not in ("Page", "PageToken")}
    query = urlencode(kept | {"PageSize": str(size), "Page": ""})
    uri = f"{request.path}?{query}"
    return jsonify(rest_shapes.page(key, items, number=number, size=max(size, 1), uri=uri))


def _number(name: str, default: int) -> int:
    raw = request.args.get(name, str(default))
    if not raw.isdigit():
        raise RestError(400, 20001, f"{name} is a number")
    return int(raw)
