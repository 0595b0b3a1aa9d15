"""Callbacks go where their case goes, and ring as their office now wants."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from calls.call_rules import PRESSING
from calls.hours import late_from, limits_of, usually_due
from calls.models import Callback
from calls.moves import mark
from calls.notices import office_left, owe_decision, tell_unattended
from calls.nudging import ring_soon
from calls.policy import Policy, current_policy
from calls.states import DIALLING, NEEDS_PERSON, WAITING

# Of one office; the sweep takes what is left when it falls due anyway.
MOST_AT_ONCE = 500
# A line that says "do not call again" holds the callback being rung first, then the others.
_ORDER: Final = (Callback.state.in_(DIALLING).desc(), Callback.id)


def hold_owed(session: Session, case_id: int) -> None:
    """Hold the callbacks that may go with a case before its notices are touched.

    The case is held already; a decision holds its callback first, then notices.
    """
    still = Callback.state.in_((*WAITING, "claimed", *DIALLING, *NEEDS_PERSON))
    owed = select(Callback.id).where(Callback.case_id == case_id, still)
    session.execute(owed.order_by(*_ORDER).with_for_update(key_share=True)).all()


def follow_case(session: Session, case_id: int, office_code: str, *, now: datetime) -> None:
    """The case has another office now: the callbacks that somebody still owes go with it.

    An attempt that runs goes on with the operator who is rung; nothing looks at the office before
    it is over, and its next step is the new office's.
    """
    policy = current_policy()
    elsewhere = (Callback.case_id == case_id, Callback.office_code != office_code)
    for callback in in_line(session, *elsewhere):
        office_left(session, callback)
        mark(session, callback, office_code=office_code)
        _begin_anew(session, callback, policy, now=now)


def in_line(session: Session, *which: ColumnElement[bool]) -> Sequence[Callback]:
    """The callbacks of these that somebody still owes, or owes a decision about; all held."""
    owed = select(Callback).where(
        *which,
        Callback.state.in_((*WAITING, "claimed", *DIALLING, *NEEDS_PERSON)),
        Callback.decided_at.is_(None) | Callback.state.not_in(NEEDS_PERSON),
    )
    return session.scalars(owed.order_by(*_ORDER).with_for_update(key_share=True)).all()


def _begin_anew(session: Session, callback: Callback, policy: Policy, *, now: datetime) -> None:
    """The new office's moments: never later than was promised, and its own levels are told."""
    limits = limits_of(session, callback, now=now)
    late_at = min(callback.late_at, late_from(callback, limits, policy, now=now))
    values: dict[str, Any] = {"late_at": late_at, "escalation": 0}
    values["escalate_at"] = max(late_at, now)
    if callback.state not in DIALLING:
        values["wanted_staff_id"] = None
    if callback.state in NEEDS_PERSON:
        period = timedelta(seconds=policy.escalate_every_s[callback.severity])
        values["escalate_at"] = now + period
        owe_decision(session, callback, now=now)
    mark(session, callback, **values)
    if callback.state in WAITING:
        _ring_again(session, callback, policy, now=now)


def _ring_again(session: Session, callback: Callback, policy: Policy, *, now: datetime) -> None:
    """Due when the rules allow it now, with everybody to be rung anew."""
    due = usually_due(session, callback, policy, now=now)
    again = {"due_at": due.at or callback.due_at, "round": callback.round + 1}
    mark(session, callback, reason=due.reason, **again)
    ring_soon(session, callback, now=now)
    tell_unattended(session, callback, now=now)


def ringing_changed(session: Session, office_code: str, *, now: datetime) -> None:
    """The office rings in another way: what waited for its list is due when the rules allow it.

    Going back to the list needs nothing: the next worker that takes a callback puts it off.
    """
    waiting = (
        select(Callback)
        .where(
            Callback.office_code == office_code,
            Callback.state.in_(WAITING),
            Callback.severity.not_in(PRESSING),
            Callback.late_at > now,
            Callback.due_at >= Callback.late_at,
        )
        .order_by(Callback.id)
        .limit(MOST_AT_ONCE)
    )
    for callback in session.scalars(waiting.with_for_update(key_share=True)).all():
        _ring_again(session, callback, current_policy(), now=now)
