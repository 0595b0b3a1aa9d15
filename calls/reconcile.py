"""Attempts that nobody reported on: look before anything is asked again (reliability.md §3).

An attempt's `check_at` says when a sweep looks next. A look is three short steps: say what to ask
(one transaction), ask the provider (none open), take the answer in (one transaction).
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Staff
from calls.adopting import adopt
from calls.dialling import Ring, ask_again
from calls.leg_events import caller_outcome
from calls.legs import OPERATOR
from calls.looking import Look, Question, question_about
from calls.models import Callback, CallbackAttempt, Leg
from calls.moves import hold
from calls.outcomes import close_legs, settle
from calls.policy import Policy
from calls.stand_ins import phone_for
from calls.states import ENDED


def next_look(
    session: Session, attempt_id: int, policy: Policy, *, now: datetime
) -> Ring | Question | None:
    """What to do about an attempt now: ring again after a 429, ask the provider, or nothing.

    The check is put off at once, so that no other worker does the same meanwhile.
    """
    attempt = _held(session, attempt_id)
    if attempt.check_at is None or attempt.check_at > now:
        return None
    if attempt.state == "busy":
        return ask_again(session, attempt, policy, to=_operator_phone(session, attempt), now=now)
    attempt.check_at = now + timedelta(seconds=policy.look_every_s)
    leg = _open_leg(session, attempt)
    if leg is None:
        _conclude(session, attempt, policy, now=now)
        return None
    return _question(session, attempt, leg)


def _held(session: Session, attempt_id: int) -> CallbackAttempt:
    attempt = session.get_one(CallbackAttempt, attempt_id)
    hold(session, attempt.callback_id)
    return session.get_one(CallbackAttempt, attempt_id, populate_existing=True)


def _operator_phone(session: Session, attempt: CallbackAttempt) -> str:
    phone = session.scalar(select(Staff.phone).where(Staff.id == attempt.staff_id)) or ""
    leg = session.get_one(Leg, attempt.operator_leg_key)
    return phone_for(leg.account_sid, attempt.staff_id or 0, phone)


def _open_leg(session: Session, attempt: CallbackAttempt) -> Leg | None:
    """The leg to ask about: the operator's while it is open, then the caller's."""
    query = select(Leg).where(Leg.attempt_id == attempt.id, Leg.state != "ended")
    legs = session.scalars(query.execution_options(populate_existing=True)).all()
    return max(legs, key=lambda leg: leg.kind == OPERATOR, default=None)


def _question(session: Session, attempt: CallbackAttempt, leg: Leg) -> Question:
    is_operator = leg.kind == OPERATOR
    callback = session.get_one(Callback, attempt.callback_id)
    number = _operator_phone(session, attempt) if is_operator else callback.number
    since = attempt.intent_at if is_operator else attempt.caller_rung_at
    rung_at = since or attempt.intent_at
    return question_about(leg, attempt.id, to=number or "", rung_at=rung_at)


def take_in(
    session: Session, question: Question, look: Look, policy: Policy, *, now: datetime
) -> None:
    """Let the provider's answer have its effect, as if its webhook had come."""
    attempt = _held(session, question.row_id)
    leg = session.get_one(Leg, question.leg_key, populate_existing=True)
    if not look.reached:
        return
    if not adopt(session, leg, attempt, look, policy, now=now):
        _not_found(session, attempt, leg, policy, now=now)
        return
    if leg.state != "ended":
        wait_s = policy.talk_check_s if attempt.state == "connected" else policy.look_every_s
        attempt.check_at = now + timedelta(seconds=wait_s)
    elif attempt.outcome is not None:
        attempt.check_at = now


def _not_found(
    session: Session, attempt: CallbackAttempt, leg: Leg, policy: Policy, *, now: datetime
) -> None:
    """The provider's list lags behind: only after several looks is a call taken as never made."""
    attempt.looks += 1
    if attempt.looks < policy.max_looks:
        return
    attempt.looks = 0
    leg.state, leg.touched_at = "ended", now
    session.flush()
    if leg.kind == OPERATOR and attempt.outcome is None and attempt.caller_rung_at is None:
        settle(session, attempt, "unknown", policy, now=now)
    attempt.check_at = now


def _conclude(session: Session, attempt: CallbackAttempt, policy: Policy, *, now: datetime) -> None:
    """No leg is open any more: the last word is ours."""
    if attempt.outcome is None:
        settle(session, attempt, _outcome(session, attempt), policy, now=now)
    close_legs(session, attempt.id, now=now)
    attempt.check_at = None


def _outcome(session: Session, attempt: CallbackAttempt) -> str:
    operator = session.get_one(Leg, attempt.operator_leg_key)
    if attempt.caller_rung_at is None:
        return "operator_no_answer" if operator.status in ENDED else "unknown"
    caller = session.get(Leg, attempt.caller_leg_key)
    if attempt.state == "connected":
        return "reached"
    return caller_outcome(caller, connected=False)
