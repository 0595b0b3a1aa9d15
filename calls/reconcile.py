"""Attempts that nobody reported on: look before anything is asked again (reliability.md §3).

An attempt's `check_at` says when a sweep looks next. A look is three short steps: say what to ask
(one transaction), ask the provider (none open), take the answer in (one transaction).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Staff
from calls.dialling import Ring, ask_again
from calls.leg_events import OPERATOR, apply_status, caller_outcome
from calls.models import Callback, CallbackAttempt, Leg
from calls.moves import hold
from calls.outcomes import close_legs, settle
from calls.policy import Policy
from calls.states import ENDED, PROVIDER_STATUS
from core.telephony import NotFound, RemoteCall, Telephony, TelephonyError

# Our clock and the provider's may differ a little.
CLOCKS_APART: Final = timedelta(seconds=5)
DIRECTION: Final = {"callback_operator": "outbound-api", "callback_caller": "outbound-dial"}


@dataclass(frozen=True)
class Question:
    """What the provider is asked about one leg: its call by sid, or calls to its number."""

    attempt_id: int
    account_sid: str
    leg_key: str
    kind: str
    sid: str | None
    since: datetime
    to: str = field(repr=False)


@dataclass(frozen=True)
class Look:
    """What the provider said; `reached` is False when it said nothing at all."""

    calls: tuple[RemoteCall, ...] = ()
    reached: bool = True


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
    return session.scalar(select(Staff.phone).where(Staff.id == attempt.staff_id)) or ""


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
    return Question(
        attempt_id=attempt.id,
        account_sid=leg.account_sid,
        leg_key=leg.key,
        kind=leg.kind,
        sid=leg.call_sid,
        since=(since or attempt.intent_at) - CLOCKS_APART,
        to=number or "",
    )


def ask_provider(question: Question, telephony: Telephony) -> Look:
    """Ask; whatever ails the provider means that nothing was learnt."""
    try:
        if question.sid:
            return Look((telephony.call_status(question.sid),))
        found = telephony.calls_to(question.to, question.since)
    except NotFound:
        return Look()
    except TelephonyError:
        return Look(reached=False)
    wanted = DIRECTION[question.kind]
    ours = [call for call in found if call.direction == wanted and _is_recent(call, question.since)]
    return Look(tuple(sorted(ours, key=lambda call: call.started_at or question.since)))


def _is_recent(call: RemoteCall, since: datetime) -> bool:
    return call.started_at is None or call.started_at >= since


def take_in(
    session: Session, question: Question, look: Look, policy: Policy, *, now: datetime
) -> None:
    """Let the provider's answer have its effect, as if its webhook had come."""
    attempt = _held(session, question.attempt_id)
    leg = session.get_one(Leg, question.leg_key, populate_existing=True)
    if not look.reached:
        return
    call = _not_taken(session, leg, look.calls)
    if call is None:
        _not_found(session, attempt, leg, policy, now=now)
        return
    leg.call_sid = call.sid
    attempt.looks = 0
    if attempt.state == "asking":
        attempt.state = "ringing"
    status = PROVIDER_STATUS.get(call.status)
    if status:
        apply_status(session, leg, status, policy, now=now)
    if leg.state != "ended":
        wait_s = policy.talk_check_s if attempt.state == "connected" else policy.look_every_s
        attempt.check_at = now + timedelta(seconds=wait_s)
    elif attempt.outcome is not None:
        attempt.check_at = now


def _not_taken(session: Session, leg: Leg, calls: Sequence[RemoteCall]) -> RemoteCall | None:
    """The first of the calls that no other leg owns."""
    sids = [call.sid for call in calls]
    owned = set(session.scalars(select(Leg.call_sid).where(Leg.call_sid.in_(sids))))
    return next((c for c in calls if c.sid == leg.call_sid or c.sid not in owned), None)


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
