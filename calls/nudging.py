"""Ringing at once what has just fallen due, without passing those who wait in the same line."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from calls.hours import is_pressing
from calls.models import CLAIMABLE, Callback
from calls.moves import DIAL, mark
from calls.policy import current_policy
from core.queue import enqueue


def ring_soon(session: Session, callback: Callback, *, now: datetime) -> None:
    """Nudge a worker about a due callback; nothing for one that is due later.

    While others of its office wait ahead of it for an operator to be free, it is looked at with
    them instead, in their order: a nudge would take the operator away from whoever waited longer.
    Danger, and whoever asked to be rung, wait for nobody.
    """
    if callback.due_at is None or callback.due_at > now:
        return
    waits_for_nobody = is_pressing(callback) or callback.wanted_staff_id is not None
    ahead = None if waits_for_nobody else _looked_at(session, callback, now=now)
    if ahead is None:
        enqueue(session, DIAL, callback.id)
    else:
        mark(session, callback, due_at=ahead)


def _looked_at(session: Session, callback: Callback, *, now: datetime) -> datetime | None:
    """When those ahead, for whom everybody was on the phone, are looked at again."""
    soon = now + timedelta(seconds=current_policy().all_talking_s)
    waiting = select(func.max(Callback.due_at)).where(
        text(CLAIMABLE),
        Callback.account_sid == callback.account_sid,
        Callback.office_code == callback.office_code,
        Callback.place < callback.place,
        Callback.due_at > now,
        Callback.due_at <= soon,
    )
    return session.scalar(waiting)
