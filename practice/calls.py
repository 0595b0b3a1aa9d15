"""Calls from beginning to end, each in a thread of its own: into the hotline, or made by REST."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from practice.exchange import Exchange
from practice.faults import ConnectionFault
from practice.keys import Keys
from practice.legs import Callback, DocumentRequest, Leg, utc_now
from practice.performance import perform
from practice.person import Person, answerer
from practice.phones import Phone
from practice.ringing import answer, begin_ringing, close_leg, outcome_s, send_verdict
from practice.stage import LineClosed, Stage

_log = logging.getLogger("practice")
# Twilio rings five seconds longer than it is asked to (Calls resource, Timeout).
RING_BUFFER_S = 5.0
DETECTION_S = 4.0


@dataclass(frozen=True)
class Script:
    """What a simulated caller does."""

    number: str
    keys: Keys
    speech: list[str] = field(default_factory=list)
    wants_english: bool = False
    hangs_up_after: int | None = None
    connection: list[ConnectionFault] = field(default_factory=list)


@dataclass(frozen=True)
class Order:
    """A call that the service asked for by REST."""

    to: str
    number_from: str
    first: DocumentRequest
    fallback: DocumentRequest | None = None
    callback: Callback | None = None
    timeout_s: float = 60.0
    detects: bool = False
    verdict: Callback | None = None


def phone_in(exchange: Exchange, script: Script) -> Leg:
    """A caller phones the hotline; returns at once."""
    leg = inbound_leg(exchange, script.number)
    person = Person(
        "caller",
        script.keys,
        speech=list(script.speech),
        wants_english=script.wants_english,
        hangs_up_after=script.hangs_up_after,
    )
    stage = Stage(exchange, exchange.ledger.add_leg(leg), person)
    stage.connection = list(script.connection)
    play_inbound(stage)
    return leg


def inbound_leg(exchange: Exchange, number: str) -> Leg:
    """The leg of a caller whose telephone has begun to ring at the hotline."""
    settings = exchange.settings
    leg = Leg("inbound", number, settings.number, status="ringing")
    leg.rang_at = utc_now()
    if settings.fallback_url:
        leg.fallback = DocumentRequest(settings.fallback_url)
    if settings.status_url:
        leg.callback = Callback(settings.status_url)
    return leg


def play_inbound(stage: Stage) -> None:
    """Let a call into the hotline take its course; returns at once."""
    _start(stage, lambda: _play_inbound(stage))


def _play_inbound(stage: Stage) -> None:
    stage.answered_s = stage.now
    stage.leg.answered_at = utc_now()
    perform(stage, DocumentRequest(stage.exchange.settings.voice_url))


def prepare_out(exchange: Exchange, order: Order) -> tuple[Leg, Callable[[], None]]:
    """Make the call that REST asked for, still queued, and what starts it."""
    phone = exchange.phones.pick(order.to)
    leg = Leg("outbound-api", order.number_from, order.to)
    leg.fallback, leg.callback = order.fallback, order.callback
    person = answerer(f"phone {order.to}", phone)
    stage = Stage(exchange, exchange.ledger.add_leg(leg), person)
    return leg, lambda: _start(stage, lambda: _play_outbound(stage, order, phone))


def _play_outbound(stage: Stage, order: Order, phone: Phone) -> None:
    stage.check()
    begin_ringing(stage, phone)
    stage.note(stage.person.name, "rings")
    seconds, status = outcome_s(stage, phone, order.timeout_s + RING_BUFFER_S)
    stage.tick(seconds)
    if status != "in-progress":
        stage.note(stage.person.name, status)
        raise LineClosed(stage, "provider", status)
    stage.note(stage.person.name, "answers")
    answer(stage, phone)
    first = order.first
    if order.verdict:
        send_verdict(stage, order.verdict.url, method=order.verdict.method, phone=phone)
    elif order.detects:
        stage.tick(DETECTION_S)
        stage.leg.answered_by = phone.answered_by
        about = {"AnsweredBy": phone.answered_by}
        first = DocumentRequest(first.url, first.method, about, first.inline)
    perform(stage, first)


def _start(stage: Stage, play: Callable[[], None]) -> None:
    thread = threading.Thread(target=_run, args=(stage, play), name=stage.leg.sid, daemon=True)
    thread.start()


def _run(stage: Stage, play: Callable[[], None]) -> None:
    """Play a leg and close it, whatever happens: nobody may wait for it for ever."""
    status, by = "completed", "hotline"
    try:
        play()
        stage.note("system", "the last document has ended")
    except LineClosed as closed:
        status, by = _ending(stage, closed)
    except Exception:
        _log.exception("call %s broke inside the practice provider", stage.leg.sid)
        status, by = "failed", "provider"
    close_leg(stage, status, by)


def _ending(stage: Stage, closed: LineClosed) -> tuple[str, str]:
    was_answered = stage.answered_s is not None
    if closed.by == "api" and not was_answered:
        return "canceled", closed.by
    if closed.by == "api":
        return "completed", closed.by
    return closed.status, closed.by
