"""A key that a head operator pressed: it counts as the same decision on the page would."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from calls.approval_calls import APPROVALS
from calls.approval_rules import APPROVED, NOT_ALLOWED, REJECTED, TOO_LATE
from calls.models import ApprovalCall, Leg
from cases.errors import HandoverRefused, StaleCase
from cases.handover_models import Handover
from cases.handover_moves import REQUESTED
from cases.handover_rules import TELEPHONE
from cases.handovers import approve, may_decide, reject


def refusal(session: Session, leg: Leg, *, now: datetime) -> str | None:
    """Why there is nothing to decide for this person any more; the ring is settled by it."""
    approval = APPROVALS.of_leg(session, leg)
    why = _refusal(session, approval, now=now)
    if why is not None:
        APPROVALS.settle(session, approval, why, now=now)
    return why


def _refusal(session: Session, approval: ApprovalCall, *, now: datetime) -> str | None:
    handover = session.get_one(Handover, approval.handover_id, populate_existing=True)
    if handover.state != REQUESTED:
        return TOO_LATE
    may = may_decide(session, handover, approval.staff_id, now=now)
    return None if may else NOT_ALLOWED


def decide(session: Session, leg: Leg, effect: str, *, now: datetime) -> str:
    """Let "approve" or "reject" count; what became of it: the ring's outcome.

    Why it was rejected is asked for in the console: nothing that is said is written down.
    """
    approval = APPROVALS.of_leg(session, leg)
    outcome = APPROVED if effect == "approve" else REJECTED
    by: dict[str, Any] = {"staff_id": approval.staff_id, "way": TELEPHONE, "now": now}
    try:
        with session.begin_nested():
            if outcome == APPROVED:
                approve(session, approval.handover_id, **by)
            else:
                reject(session, approval.handover_id, words=None, **by)
    except StaleCase:
        outcome = TOO_LATE
    except HandoverRefused:
        # Not this person's to decide any more, or a receiver who cannot have it any more.
        outcome = NOT_ALLOWED
    APPROVALS.settle(session, approval, outcome, now=now)
    return outcome


def forgo(session: Session, leg: Leg, outcome: str, *, now: datetime) -> None:
    """The person was heard out and pressed nothing that decides."""
    APPROVALS.settle(session, APPROVALS.of_leg(session, leg), outcome, now=now)
