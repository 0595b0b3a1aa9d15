"""A telephone rings: how it is told about, and how a leg ends."""

import math

from practice import params
from practice.legs import utc_now
from practice.phones import Phone, may_ring
from practice.postman import Post
from practice.stage import Stage

REFUSAL_S = 2.0
INVALID_NUMBER = 13224


def begin_ringing(stage: Stage, phone: Phone) -> None:
    """Put a call through to a telephone; a number that cannot ring never does."""
    leg = stage.leg
    leg.status = "initiated"
    stage.progress("initiated", "initiated")
    if not may_ring(leg.number_to, stage.exchange.settings.number):
        stage.exchange.ledger.add_problem(INVALID_NUMBER, leg.sid, "a number that may not ring")
        return
    leg.rang_at = utc_now()
    stage.exchange.ledger.add_ring(leg)
    if phone.behaviour != "failed":
        leg.status = "ringing"
        stage.progress("ringing", "ringing")


def outcome_s(stage: Stage, phone: Phone, timeout_s: float) -> tuple[float, str]:
    """After how many seconds of ringing what happens: a final status, or in-progress."""
    if stage.leg.rang_at is None or phone.behaviour == "failed":
        return 0.0, "failed"
    if phone.behaviour == "busy":
        return REFUSAL_S, "busy"
    if phone.behaviour == "no_answer" or phone.ring_s >= timeout_s:
        return timeout_s, "no-answer"
    return phone.ring_s, "in-progress"


def answer(stage: Stage, phone: Phone) -> None:
    """Somebody or something picks up."""
    stage.leg.picked_up_by = phone.answered_by
    stage.leg.status = "in-progress"
    stage.leg.answered_at = utc_now()
    stage.answered_s = stage.now
    stage.progress("answered", "in-progress")


def send_verdict(stage: Stage, url: str, *, method: str, phone: Phone) -> None:
    """Tell asynchronously who answered, some seconds after the answer."""

    def send() -> None:
        stage.leg.answered_by = phone.answered_by
        found = params.verdict(stage.leg, stage.exchange.settings, phone.answered_by, phone.amd_s)
        stage.exchange.postman.tell(stage.leg, Post("amd", url, found, method))

    stage.after(phone.amd_s, send)


def close_leg(stage: Stage, status: str, by: str) -> None:
    """End a leg once: its facts, what is still owed, its last event."""
    leg = stage.leg
    if leg.is_over:
        return
    leg.status, leg.ended_by = status, by
    leg.ended_at = utc_now()
    if stage.answered_s is not None:
        leg.duration = math.ceil(stage.now - stage.answered_s)
    stage.settle()
    stage.progress("completed", status)
    if leg.parent is None:
        stage.exchange.postman.release(leg)
    stage.exchange.ledger.finish(leg)
