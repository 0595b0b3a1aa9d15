"""The case is graver than it was, or of another type: the callbacks that are owed for it hurry.

Source: decisions 0045 and 0042.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from calls.following import in_line
from calls.hours import late_from, limits_of, usually_due
from calls.line_rules import place_of
from calls.models import Callback
from calls.moves import mark
from calls.nudging import ring_soon
from calls.policy import Policy, current_policy
from calls.states import NEEDS_PERSON, WAITING
from cases.reviving import is_graver


def hasten_callbacks(session: Session, case_id: int, severity: str, *, now: datetime) -> None:
    """Each callback that is owed has the place and the times of this severity, and none later.

    What a caller allowed stays as it was: no window grows. A ring that goes on, goes on.
    """
    policy = current_policy()
    for callback in in_line(session, Callback.case_id == case_id):
        if is_graver(callback.severity, severity):
            _hasten(session, callback, severity, policy, now=now)


def shorten_callbacks(session: Session, case_id: int, *, now: datetime) -> None:
    """The case is of another type: each callback that is owed has its time, where that is earlier.

    A rule for the type counts from now on, as for a callback that is asked for now.
    """
    policy = current_policy()
    for callback in in_line(session, Callback.case_id == case_id):
        late_at = _late_at(session, callback, now=now)
        if late_at < callback.late_at:
            _bring_forward(session, callback, late_at, policy, now=now)


def _hasten(
    session: Session, callback: Callback, severity: str, policy: Policy, *, now: datetime
) -> None:
    own = place_of(
        severity,
        callback.waiting_since,
        policy.head_start_s,
        immediate=callback.immediate,
    )
    mark(session, callback, severity=severity, place=min(own, callback.place))
    _bring_forward(session, callback, _late_at(session, callback, now=now), policy, now=now)


def _late_at(session: Session, callback: Callback, *, now: datetime) -> datetime:
    """When it is late by what its case is now, and never later than before."""
    limits = limits_of(session, callback, now=now)
    return min(callback.late_at, late_from(session, callback, limits, now=now))


def _bring_forward(
    session: Session, callback: Callback, late_at: datetime, policy: Policy, *, now: datetime
) -> None:
    mark(session, callback, late_at=late_at, escalate_at=_told_at(callback, late_at, policy, now))
    if callback.state in WAITING:
        _ring_earlier(session, callback, policy, now=now)


def _told_at(callback: Callback, late_at: datetime, policy: Policy, now: datetime) -> datetime:
    """When the next level is told: soon after the last one, and never later than before."""
    again = now + timedelta(seconds=policy.escalate_every_s[callback.severity])
    is_climbing = callback.escalation > 0 or callback.state in NEEDS_PERSON
    told_at = again if is_climbing else max(late_at, now)
    return min(callback.escalate_at or told_at, told_at)


def _ring_earlier(session: Session, callback: Callback, policy: Policy, *, now: datetime) -> None:
    due = usually_due(session, callback, policy, now=now)
    moments = [one for one in (callback.due_at, due.at) if one is not None]
    values: dict[str, Any] = {"due_at": min(moments, default=None), "reason": due.reason}
    mark(session, callback, **values)
    ring_soon(session, callback, now=now)
