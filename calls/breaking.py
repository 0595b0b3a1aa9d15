"""A ring that nobody has answered gives way to danger: it is broken off, and rings again later.

Written down here, asked of the provider by a task (calls.break_tasks). Where the request is lost or
refused the ring goes to its end some seconds later, as it did before; an answered one is let be.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, case, exists, or_, select
from sqlalchemy.orm import Session

from calls.hours import EMERGENCY
from calls.legs import APPROVAL, FORGOTTEN, LIVE, NOTICE
from calls.models import ApprovalCall, Call, Leg
from cases.handover_models import Handover
from cases.models import SilentEvent
from core import runtime
from core.queue import enqueue

# The task that asks the provider (calls.break_tasks).
BREAK: Final = "calls.break_ring"
RINGS: Final = "ringing"
# The provider has said that it rings, and nobody has heard a document.
_RINGS_UNANSWERED: Final = (
    Leg.state != "ended",
    Leg.status == RINGS,
    Leg.call_sid.is_not(None),
    Leg.answer.is_(None),
)


def break_one(
    session: Session,
    staff_ids: Collection[int],
    queues: Collection[str],
    account_sid: str,
    *,
    now: datetime,
) -> bool:
    """Have the ring at one of these people that matters least broken off; False where none may be.

    `queues` are the nodes where danger waits: rings for those, for an emergency's approval and for
    a callback, whose caller waits too, are let be, and so are those of another account: practice
    beside the real telephone keeps nobody from answering.
    """
    found = (
        select(Leg)
        .where(Leg.staff_id.in_(staff_ids), *_RINGS_UNANSWERED, _may_wait(queues))
        .where(Leg.account_sid == account_sid)
        .where(Leg.broken_at.is_(None), Leg.touched_at > now - FORGOTTEN)
        .order_by(_least_first(), Leg.created_at.desc())
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    leg = session.scalars(found).first()
    if leg is None:
        return False
    leg.broken_at = now
    session.flush()
    enqueue(session, BREAK, int(leg.staff_id or 0))
    return True


def rings_to_break(session: Session, staff_id: int) -> list[tuple[str, str]]:
    """Account and sid of the rings at this person that are to be broken off, the service's own
    before those that are practised beside it; none where they are over or answered."""
    is_apart = Leg.account_sid != runtime.current().settings.twilio_account_sid
    found = (
        select(Leg.account_sid, Leg.call_sid)
        .where(Leg.staff_id == staff_id, Leg.broken_at.is_not(None), *_RINGS_UNANSWERED)
        .order_by(is_apart, Leg.broken_at.desc())
    )
    newest: dict[str, str] = {}
    for row in session.execute(found):
        newest.setdefault(row.account_sid, row.call_sid)
    return list(newest.items())


def _least_first() -> Any:
    """A notice before an approval, then a caller who waits, and last a caller who is silent."""
    silent = exists().where(
        SilentEvent.open,
        or_(
            SilentEvent.last_call_sid == Leg.parent_call_sid,
            SilentEvent.call_sid == Leg.parent_call_sid,
        ),
    )
    return case((Leg.kind == NOTICE, 0), (Leg.kind == APPROVAL, 1), (~silent, 2), else_=3)


def _may_wait(queues: Collection[str]) -> Any:
    waits_here = exists().where(Call.sid == Leg.parent_call_sid, Call.node.not_in(queues))
    ordinary = exists().where(
        ApprovalCall.leg_key == Leg.key,
        Handover.id == ApprovalCall.handover_id,
        Handover.severity != EMERGENCY,
    )
    return or_(
        and_(Leg.kind == LIVE, waits_here),
        and_(Leg.kind == APPROVAL, ordinary),
        Leg.kind == NOTICE,
    )
