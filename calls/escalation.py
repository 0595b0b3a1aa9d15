"""Callbacks that are late: the next level is told, level after level (design.md §1, promise 3).

When the last level was told in vain it is told again each working day, so that nothing is ever
silently forgotten.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session

from calls.models import ESCALATING, Callback
from calls.notices import LEVELS, tell
from calls.policy import Policy
from calls.queries import case_is_over
from calls.states import NEEDS_PERSON
from cases.deadlines import next_opening
from cases.queries import exclusions
from cases.services import note_event
from core.sweeps import in_turn
from routing.graveness import graver_first


def escalate_late(session: Session, policy: Policy, *, now: datetime) -> int:
    """Tell the next level about each callback that is late, dialled or awaiting a decision.

    First the office's heads, then the office above, then the on-call list, a period apart; the
    on-call list again whenever the offices open on another day, until somebody has acted. Nobody
    is told about a case that is over, unless somebody opens it again, and nobody ever about one
    that is practised in a real service. Graver ones go ahead where more is due than is taken;
    bounded looks at partial indexes, however many callbacks there are; returns how many were
    looked at.
    """
    late = (
        select(Callback)
        .where(text(ESCALATING), Callback.escalate_at <= now)
        .order_by(Callback.escalate_at)
        .with_for_update(key_share=True, skip_locked=True)
    )

    def look(condition: ColumnElement[bool], most: int) -> Sequence[Callback]:
        return session.scalars(late.where(condition).limit(most)).all()

    found = in_turn(look, graver_first(Callback.severity), policy.escalations_a_sweep)
    for callback in found:
        _escalate(session, callback, policy, now=now)
    return len(found)


def _escalate(session: Session, callback: Callback, policy: Policy, *, now: datetime) -> None:
    if case_is_over(session, callback):
        callback.escalate_at = next_opening(now)
        return
    if exclusions(session, callback.case_id).is_apart:
        callback.escalate_at = None
        return
    is_again = callback.escalation >= len(LEVELS)
    level = LEVELS[-1] if is_again else LEVELS[callback.escalation]
    what = "undecided" if callback.state in NEEDS_PERSON else "late"
    tell(session, callback, f"callback_{what}_{level}", level, now=now, is_again=is_again)
    if not is_again:
        callback.escalation += 1
        data = {"callback_id": callback.id, "level": level}
        note_event(session, callback.case_id, f"callback_{what}", data, now)
    callback.escalate_at = _next_time(callback, policy, now)
    session.flush()


def _next_time(callback: Callback, policy: Policy, now: datetime) -> datetime:
    if callback.escalation < len(LEVELS):
        return now + timedelta(seconds=policy.escalate_every_s[callback.severity])
    return next_opening(now)
