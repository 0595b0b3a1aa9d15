"""Callbacks that are late: the next level is told, level after level (design.md §1, promise 3)."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Callback
from calls.notices import LEVELS, tell
from calls.policy import Policy
from calls.states import NEEDS_PERSON
from cases.services import note_event


def escalate_late(session: Session, policy: Policy, *, now: datetime) -> int:
    """Tell the next level about each callback that is late, dialled or awaiting a decision.

    First the office's heads, then the office above, then the on-call list, a period apart. One
    bounded look at a partial index, however many callbacks there are; returns how many were told.
    """
    late = (
        select(Callback)
        .where(Callback.escalate_at.is_not(None), Callback.escalate_at <= now)
        .order_by(Callback.escalate_at)
        .limit(policy.escalations_a_sweep)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(late).all()
    for callback in found:
        _escalate(session, callback, policy, now=now)
    return len(found)


def _escalate(session: Session, callback: Callback, policy: Policy, *, now: datetime) -> None:
    level = LEVELS[callback.escalation]
    what = "undecided" if callback.state in NEEDS_PERSON else "late"
    tell(session, callback, f"callback_{what}_{level}", level, now=now)
    callback.escalation += 1
    period = timedelta(seconds=policy.escalate_every_s[callback.severity])
    callback.escalate_at = now + period if callback.escalation < len(LEVELS) else None
    data = {"callback_id": callback.id, "level": level}
    note_event(session, callback.case_id, f"callback_{what}", data, now)
    session.flush()
