"""The telephone's routes: parse, one transaction, answer; always valid TwiML, whatever fails."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, abort, g
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from calls.leg_events import record_amd, record_leg_status
from calls.states import PROVIDER_STATUS
from calls.statuses import sequence_number
from core import clock
from core.database import transaction
from core.logs import logger
from ivr import recorded, services
from ivr.callback_legs import LegRequest, answer_leg
from ivr.twiml import render
from ivr.verbs import Hangup, Say
from ivr.versions import current_flow, flow_in_force
from ivr.webhooks import Webhook, check_leg_key, check_webhook
from ivr.worlds import check_call, check_leg

bp = Blueprint("ivr", __name__, url_prefix="/ivr")
bp.before_request(check_webhook)
log = logger(__name__)
View = Callable[..., Any]


def document(body: bytes) -> Response:
    """A TwiML document; never cached, for it may hold a reference or a PIN."""
    response = Response(body, content_type="text/xml; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def apology() -> Response:
    """What a caller hears when we fail: numbers that answer, in both languages."""
    return document(farewell("system"))


def farewell(error: str) -> bytes:
    """A text of the flow's errors in every language, and the end of the call."""
    flow = current_flow()
    said = flow.errors[error]
    spoken = [Say(said[lang], lang) for lang in flow.languages if lang in said]
    return render([*spoken, Hangup()], flow.languages)


def silence() -> Response:
    """What somebody whom we rang hears when we fail: nothing that tells who rang (design §3a.5)."""
    return document(render([Hangup()], current_flow().languages))


def speaks(failure: Callable[[], Response]) -> Callable[[View], View]:
    """Answer with the view's document, or with `failure` when there is none.

    A database that went away once is asked once more: the transaction left nothing behind.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(*args: Any, **kwargs: Any) -> Response:
            for is_last in (False, True):
                try:
                    return document(view(*args, **kwargs))
                except HTTPException:
                    raise
                except OperationalError as error:
                    log.warning("database failed", error=type(error).__name__, last=is_last)
                except Exception as error:
                    log.exception("webhook failed", error=type(error).__name__)
                    break
            return failure()

        return answer

    return decorate


def heard() -> Webhook:
    """The request that the guard let in."""
    webhook: Webhook = g.webhook
    return webhook


@bp.post("/voice")
@speaks(apology)
def voice() -> bytes:
    """A call comes in."""
    webhook = heard()
    services.check_number_called(webhook)
    if services.is_loop(webhook):
        return farewell("loop")
    with transaction() as session:
        check_call(session, webhook)
        return services.begin_call(session, webhook, now=clock.now())


@bp.post("/turn/<token>/<int:number>")
@speaks(apology)
def turn(token: str, number: int) -> bytes:
    """The caller pressed, spoke, stayed silent, or a dial came to its end."""
    webhook = heard()
    services.check_token(webhook, token)
    quick = services.quick_turn(webhook, number, now=clock.now())
    if quick is not None:
        return quick
    with transaction() as session:
        check_call(session, webhook)
        return services.take_turn(session, webhook, number, now=clock.now())


@bp.post("/fallback")
def fallback() -> Response:
    """The provider could not have our document: needs nothing but the signature."""
    return apology()


@bp.post("/leg-fallback")
def leg_fallback() -> Response:
    """The same for somebody whom we rang: hang up without a word."""
    return silence()


@bp.post("/status")
def status() -> tuple[str, int]:
    """How the call goes, and how it ended."""
    webhook = heard()
    known = PROVIDER_STATUS.get(webhook.get("CallStatus"))
    sequence = sequence_number(webhook.get("SequenceNumber"))
    if known is None or sequence is None:
        abort(400)
    with transaction() as session:
        check_call(session, webhook)
        services.hear_status(session, webhook, known, sequence, now=clock.now())
    return "", 204


@bp.post("/recording")
def recording() -> tuple[str, int]:
    """A recording is ready, or there is none."""
    with transaction() as session:
        check_call(session, heard())
        recorded.hear_recording(session, heard(), now=clock.now())
    return "", 204


@bp.post("/leg/<key>/<int:number>")
@speaks(silence)
def leg(key: str, number: int) -> bytes:
    """Somebody whom we rang picked up, or pressed a key."""
    check_leg_key(key)
    now = clock.now()
    with transaction() as session:
        check_leg(session, heard(), key)
        request = LegRequest(key, number, heard().params)
        return answer_leg(session, request, flow=flow_in_force(session, now), now=now)


@bp.post("/leg-status/<key>")
def leg_status(key: str) -> tuple[str, int]:
    """How a leg that we caused goes, and how it ended."""
    check_leg_key(key)
    if sequence_number(heard().get("SequenceNumber")) is None:
        abort(400)
    with transaction() as session:
        check_leg(session, heard(), key)
        record_leg_status(session, key, heard().params, now=clock.now())
    return "", 204


@bp.post("/leg-amd/<key>")
def leg_amd(key: str) -> tuple[str, int]:
    """Who answered a leg: a person, a machine, a fax, or nobody can tell."""
    check_leg_key(key)
    with transaction() as session:
        check_leg(session, heard(), key)
        record_amd(session, key, heard().get("AnsweredBy"), now=clock.now())
    return "", 204
