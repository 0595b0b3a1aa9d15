"""Rings at head operators for an approval: what they are for, and who is rung after one."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from calls.approval_rules import RANKS, TOO_LATE, UNDECIDED
from calls.hours import EMERGENCY
from calls.legs import APPROVAL
from calls.models import ApprovalCall
from calls.policy import current_policy
from calls.ring_rules import GAVE_WAY, Ranks
from calls.staff_rings import StaffRings
from cases.handover_models import Handover
from cases.handover_moves import REQUESTED
from core.queue import enqueue

# The task that rings the next approver of one hand-over (calls.tasks).
RING_APPROVER: Final = "calls.ring_approver"


class Approval:
    """The errand: a hand-over waits for the key."""

    kind = APPROVAL
    ranks: Ranks = RANKS
    vain = TOO_LATE
    model = ApprovalCall

    def is_wanted(self, session: Session, ring: ApprovalCall) -> bool:
        """Whether nobody has decided yet."""
        return _handover(session, ring).state == REQUESTED

    def is_pressing(self, session: Session, ring: ApprovalCall) -> bool:
        """Whether the hand-over is about an emergency."""
        return _handover(session, ring).severity == EMERGENCY

    def settled(self, session: Session, ring: ApprovalCall, *, now: datetime) -> None:
        """Without a decision the next approver is rung at once, unless the round is over; after a
        ring that gave way a little later, so that it takes nobody from the caller in danger."""
        if ring.outcome not in UNDECIDED:
            return
        gave_way = ring.outcome == GAVE_WAY
        if gave_way:
            ring.round = -ring.id  # of no round: the same person may be rung again in this one
        wait = timedelta(seconds=current_policy().all_talking_s if gave_way else 0)
        session.execute(
            update(Handover)
            .where(
                Handover.id == ring.handover_id,
                Handover.state == REQUESTED,
                Handover.ring_at.is_not(None),
            )
            .values(ring_at=now + wait)
            .execution_options(synchronize_session=False)
        )
        if not gave_way:
            enqueue(session, RING_APPROVER, ring.handover_id)


def _handover(session: Session, ring: ApprovalCall) -> Handover:
    return session.get_one(Handover, ring.handover_id, populate_existing=True)


APPROVALS: Final = StaffRings(Approval())
