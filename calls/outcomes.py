"""How an attempt goes on and how it ends; the callback's next step follows from it.

Everything here expects the callback to be held (calls.moves.hold) by this transaction.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from calls.errors import LineTaken
from calls.hours import limits_of, usual_moment
from calls.models import Callback, CallbackAttempt, Leg
from calls.moves import NOBODYS, latest_number, move, move_if_free, supersede
from calls.notices import owe_decision, tell
from calls.nudging import ring_soon
from calls.numbers import number_refusal
from calls.policy import Policy, current_policy
from calls.queries import (
    case_is_over,
    decisions_made,
    halted_by,
    last_decision,
    line_is_rung,
)
from calls.retry import HALTING, Standing, Step, next_step, outranks
from calls.rules import may_ring
from calls.states import NEEDS_PERSON, WAITING, may_move
from cases.queries import exclusions
from cases.services import note_event

# What the provider adds to the ring that it is asked for.
RING_EXTRA_S: Final = 5
# How long the legs of an attempt that is over may stay unreported before we ask about them.
LAST_WORD: Final = timedelta(seconds=60)


def accept(
    session: Session, leg: Leg, caller_key: str, policy: Policy, *, now: datetime
) -> Callback | None:
    """The operator takes it: the caller may be rung, under the leg key given.

    None where that may no longer be: the hours are over, the permission was taken back, the
    attempt was given up, the line is rung by another callback, the case was put aside, or the
    operator must not know of it since: then the next one is rung.
    """
    attempt, callback = _parts(session, leg)
    if not may_move(attempt.state, "accepted") or leg.state == "ended":
        return None
    if _is_barred(session, attempt, callback):
        settle(session, attempt, "operator_no_answer", policy, now=now)
        return None
    # The phone stops ringing inside the caller's hours too.
    rings_s = policy.caller_ring_s + RING_EXTRA_S
    in_time = may_ring(now, limits_of(session, callback, now=now), margin_s=rings_s)
    free = {"claimed_until": None, "claim_token": None}
    may_go_on = in_time and _is_free(session, callback)
    if not (may_go_on and move(session, callback, "dialling_caller", **free)):
        settle(session, attempt, "failed", policy, now=now)
        return None
    attempt.state, attempt.caller_leg_key, attempt.caller_rung_at = "accepted", caller_key, now
    attempt.check_at = now + timedelta(seconds=policy.caller_ring_s + policy.unknown_wait_s)
    leg.state, leg.touched_at = "accepted", now
    session.add(_caller_leg(leg, caller_key, now))
    session.flush()
    return callback


def _is_barred(session: Session, attempt: CallbackAttempt, callback: Callback) -> bool:
    """Whether the operator was shut out of the case while a telephone rang (design.md §3a.7)."""
    return attempt.staff_id in exclusions(session, callback.case_id).staff


def _is_free(session: Session, callback: Callback) -> bool:
    """Whether nothing has come up since the operator was rung."""
    is_rung = line_is_rung(session, callback, ("dialling_caller", "connected"))
    decided = decisions_made(session, callback.id) > 0
    return not (
        is_rung
        or halted_by(session, callback)
        or case_is_over(session, callback)
        or number_refusal(session, callback.number, decided=decided)
    )


def _caller_leg(operator: Leg, key: str, now: datetime) -> Leg:
    return Leg(
        key=key,
        kind="callback_caller",
        account_sid=operator.account_sid,
        parent_call_sid=operator.call_sid,
        attempt_id=operator.attempt_id,
        created_at=now,
        touched_at=now,
    )


def connect(session: Session, leg: Leg, policy: Policy, *, now: datetime) -> bool:
    """The caller can talk: join the two. False where that may no longer be."""
    attempt, callback = _parts(session, leg)
    if not may_move(attempt.state, "connected") or leg.state == "ended":
        return False
    if _is_barred(session, attempt, callback):
        return False
    if not move(session, callback, "connected"):
        return False
    attempt.state, attempt.identity = "connected", "confirmed"
    attempt.check_at = now + timedelta(seconds=policy.talk_check_s)
    leg.state, leg.touched_at = "accepted", now
    data = {"callback_id": callback.id, "number": attempt.number}
    note_event(session, callback.case_id, "callback_connected", data, now)
    return True


def settle(
    session: Session, attempt: CallbackAttempt, outcome: str, policy: Policy, *, now: datetime
) -> bool:
    """Give the attempt this outcome if it tells more than what is known, and take the next step.

    Repeats, delays and disorder end in the same outcome, because only a higher one replaces it.
    """
    if not outranks(outcome, attempt.outcome):
        return False
    attempt.outcome, attempt.state = outcome, "ended"
    attempt.ended_at = attempt.ended_at or now
    attempt.check_at = now + LAST_WORD
    session.flush()
    callback = session.get_one(Callback, attempt.callback_id)
    data = {"callback_id": callback.id, "number": attempt.number, "outcome": outcome}
    note_event(session, callback.case_id, "callback_attempt", data, now)
    if outcome in HALTING:
        _halt_line(session, callback, outcome, now=now)
    elif latest_number(session, callback.id) != attempt.number:
        return True
    if callback.state == "withdrawn":
        return True
    step = next_step(outcome, _standing(session, callback, attempt, now), policy, now=now)
    if callback.wanted_staff_id is not None and step.state == "due":
        # Whoever asked did not answer: it rings when it would have rung anyway.
        usual = usual_moment(session, callback, policy, now=now)
        step = replace(step, due_at=usual or step.due_at)
    _take(session, callback, step, policy, now=now)
    if outcome == "failed" and attempt.caller_rung_at is None:
        tell(session, callback, "callback_failed", "head", now=now)
        close_legs(session, attempt.id, now=now)
    return True


def _standing(
    session: Session, callback: Callback, attempt: CallbackAttempt, now: datetime
) -> Standing:
    return Standing(
        severity=callback.severity,
        limits=limits_of(session, callback, now=now),
        rung=attempt.caller_rung_at is not None,
        tries=_tries(session, callback.id),
        refusals=_refusals(session, callback.id),
    )


def _tries(session: Session, callback_id: int) -> int:
    """How often the caller was rung since a person last decided."""
    rung = select(func.count()).where(
        CallbackAttempt.callback_id == callback_id, CallbackAttempt.caller_rung_at.is_not(None)
    )
    decided_at = last_decision(session, callback_id)
    if decided_at:
        rung = rung.where(CallbackAttempt.caller_rung_at >= decided_at)
    return session.scalar(rung) or 0


def _refusals(session: Session, callback_id: int) -> int:
    """How often running the provider refused to ring an operator since a person last decided."""
    last = (
        select(CallbackAttempt.outcome, CallbackAttempt.caller_rung_at)
        .where(CallbackAttempt.callback_id == callback_id)
        .order_by(CallbackAttempt.number.desc())
        .limit(20)
    )
    decided_at = last_decision(session, callback_id)
    if decided_at:
        last = last.where(CallbackAttempt.intent_at >= decided_at)
    rows = session.execute(last).all()
    refused = [row.outcome == "failed" and row.caller_rung_at is None for row in rows]
    return refused.index(False) if False in refused else len(refused)


def _take(
    session: Session, callback: Callback, step: Step, policy: Policy, *, now: datetime
) -> None:
    values: dict[str, Any] = {
        "due_at": step.due_at,
        "reason": step.reason,
        "tries": _tries(session, callback.id),
    } | NOBODYS
    if step.state == "done":
        values["escalate_at"] = None
    if step.state == "retry":
        # A new try at the caller may ring every operator again.
        values["round"] = callback.round + 1
    if step.state in NEEDS_PERSON:
        values |= _undecided(callback, policy, now=now)
    try:
        moved = move_if_free(session, callback, step.state, **values)
    except LineTaken:
        # The caller rang again meanwhile and gave another permission: that one is due.
        supersede(session, callback, now=now)
        return
    if moved:
        _follow(session, callback, step, now=now)


def _follow(session: Session, callback: Callback, step: Step, *, now: datetime) -> None:
    """Whoever must know is told, and what may ring at once does."""
    if step.state in NEEDS_PERSON:
        owe_decision(session, callback, now=now)
    elif step.state == "done":
        data = {"callback_id": callback.id}
        note_event(session, callback.case_id, "callback_done", data, now)
        _done_with(session, callback, now=now)
    else:
        ring_soon(session, callback, now=now)


def _done_with(session: Session, callback: Callback, *, now: datetime) -> None:
    """Who was reached was reached: no permission given before that ring rings again."""
    last = select(func.max(CallbackAttempt.caller_rung_at)).where(
        CallbackAttempt.callback_id == callback.id
    )
    others = select(Callback).where(
        Callback.case_id == callback.case_id,
        Callback.number_fingerprint == callback.number_fingerprint,
        Callback.id != callback.id,
        Callback.state.in_((*WAITING, "claimed")),
        Callback.waiting_since <= last.scalar_subquery(),
    )
    for other in session.scalars(
        others.order_by(Callback.id).with_for_update(key_share=True)
    ).all():
        supersede(session, other, now=now)


def _halt_line(session: Session, callback: Callback, outcome: str, *, now: datetime) -> None:
    """ "Do not call again" and "wrong person" are about the line: nothing else rings it either.

    Only permissions given before count; a later call may give a new one (design.md §3a.6).
    """
    others = select(Callback).where(
        Callback.number_fingerprint == callback.number_fingerprint,
        Callback.number_fingerprint.is_not(None),
        Callback.id != callback.id,
        Callback.state.in_((*WAITING, "claimed")),
        Callback.waiting_since <= now,
    )
    for other in session.scalars(
        others.order_by(Callback.id).with_for_update(key_share=True)
    ).all():
        halt(session, other, outcome, now=now)


def halt(session: Session, callback: Callback, outcome: str, *, now: datetime) -> None:
    """The line wants no ring any more: the callback becomes a person's decision."""
    target = "stopped" if outcome == "stopped" else "decision"
    leave_to_person(session, callback, outcome, state=target, now=now)


def leave_to_person(
    session: Session, callback: Callback, reason: str, *, state: str = "decision", now: datetime
) -> None:
    """Nothing rings until a person has decided; that is told, and climbs until it is done."""
    values = NOBODYS | {"reason": reason, "due_at": None}
    values |= _undecided(callback, current_policy(), now=now)
    if move(session, callback, state, **values):
        owe_decision(session, callback, now=now)


def _undecided(callback: Callback, policy: Policy, *, now: datetime) -> dict[str, Any]:
    """Whatever was told before, all levels are told of a decision that nobody takes."""
    period = timedelta(seconds=policy.escalate_every_s[callback.severity])
    return {"escalation": 0, "escalate_at": now + period, "decided_at": None}


def close_legs(session: Session, attempt_id: int, *, now: datetime) -> None:
    """Nothing more will be heard of the attempt's legs: they bind nobody any longer."""
    session.execute(
        update(Leg)
        .where(Leg.attempt_id == attempt_id, Leg.state != "ended")
        .values(state="ended", touched_at=now)
        .execution_options(synchronize_session=False)
    )


def _parts(session: Session, leg: Leg) -> tuple[CallbackAttempt, Callback]:
    attempt = session.get_one(CallbackAttempt, leg.attempt_id)
    return attempt, session.get_one(Callback, attempt.callback_id)
