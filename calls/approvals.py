"""The first steps of ringing a head operator for an approval: claim, choose, write the ring.

The steps after them are the same for all rings at members of staff (calls.staff_rings).
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, exists, select, update
from sqlalchemy.orm import Session

from agents.queries import OnDuty
from calls.approval_calls import APPROVALS
from calls.dialling import new_key, unknown_check
from calls.hours import EMERGENCY
from calls.legs import APPROVAL, take_person
from calls.models import ApprovalCall
from calls.numbers import can_be_dialled
from calls.pace import NotNow, take_ring
from calls.policy import Policy
from calls.staff_rings import StaffAsking
from calls.stand_ins import phone_for
from cases.handover_models import Handover
from cases.handover_moves import REQUESTED
from cases.handovers import approvers_to_ring
from cases.models import Case
from cases.queries import exclusions
from core import runtime


def due_to_ring(now: datetime) -> Any:
    """The condition of a hand-over whose next approver is to be rung now."""
    asked = (Handover.state == REQUESTED) & Handover.ring_at.is_not(None)
    return asked & (Handover.ring_at <= now)


def handovers_to_ring(session: Session, now: datetime, limit: int) -> list[int]:
    """Ids of hand-overs whose next approver is to be rung: by severity, then the longest due.

    What is practised comes after all that is real.
    """
    urgency = case({"emergency": 0, "urgent": 1}, value=Handover.severity, else_=2)
    query = select(Handover.id).join(Case, Case.id == Handover.case_id).where(due_to_ring(now))
    order = (Case.is_practice, urgency, Handover.ring_at)
    return list(session.scalars(query.order_by(*order).limit(limit)))


def claim(session: Session, handover_id: int, policy: Policy, *, now: datetime) -> datetime | None:
    """Take a hand-over to ring for; the moment until which it is ours, None when it is not."""
    until = now + timedelta(seconds=policy.lease_s)
    claimed = session.execute(
        update(Handover)
        .where(Handover.id == handover_id, due_to_ring(now))
        .values(ring_at=until)
        .returning(Handover.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return until if claimed else None


def prepare_ring(
    session: Session, handover_id: int, claimed_until: datetime, policy: Policy, *, now: datetime
) -> StaffAsking | None:
    """Choose the next approver and write ring and leg; None when nobody is to be rung now."""
    handover = session.get_one(Handover, handover_id, with_for_update=True, populate_existing=True)
    if handover.state != REQUESTED or handover.ring_at != claimed_until:
        return None
    if _is_rung(session, handover):
        handover.ring_at = now + timedelta(seconds=policy.look_every_s)
        return None
    try:
        with session.begin_nested():
            return _ring_somebody(session, handover, policy, now=now)
    except NotNow as reason:
        handover.ring_at = now + reason.wait
        return None


def _ring_somebody(
    session: Session, handover: Handover, policy: Policy, *, now: datetime
) -> StaffAsking | None:
    """Take an approver and one of the second's rings, or none of them (NotNow)."""
    account = _account(session, handover)
    if account is None:
        handover.ring_at = None
        return None
    fresh = _fresh(session, handover, now=now)
    free = (one for one in fresh if take_person(session, one.staff_id, account, APPROVAL, now=now))
    person = next(free, None)
    if person is None:
        wait = timedelta(seconds=policy.all_talking_s)
        handover.ring_at = now + wait if fresh else None
        return None
    # Should nobody ever report on this ring, it is looked after before anybody else is rung.
    handover.ring_at = unknown_check(policy, now=now) + timedelta(seconds=policy.look_every_s)
    ring = ApprovalCall(
        handover_id=handover.id,
        staff_id=person.staff_id,
        leg_key=new_key(),
        round=handover.ring_round,
        intent_at=now,
        check_at=unknown_check(policy, now=now),
    )
    to = phone_for(account, person.staff_id, person.phone)
    asking = APPROVALS.write(session, ring, policy, account=account, to=to, now=now)
    pressing = handover.severity == EMERGENCY
    take_ring(session, account, policy, pressing=pressing, now=now)
    return asking


def _account(session: Session, handover: Handover) -> str | None:
    """The account that rings for it; None for practice in a service that practises no longer."""
    settings = runtime.current().settings
    if not exclusions(session, handover.case_id).is_apart:
        return settings.twilio_account_sid
    return settings.practice_account_sid if settings.has_practice_beside else None


def _is_rung(session: Session, handover: Handover) -> bool:
    """Whether somebody is rung, or heard out, for it now: approvers are rung one after another."""
    open_ring = exists().where(
        ApprovalCall.handover_id == handover.id, ApprovalCall.ended_at.is_(None)
    )
    return bool(session.scalar(select(open_ring)))


def _fresh(session: Session, handover: Handover, *, now: datetime) -> list[OnDuty]:
    """Who may be rung and was not in this round, in order."""
    rung = select(ApprovalCall.staff_id).where(
        ApprovalCall.handover_id == handover.id,
        ApprovalCall.round == handover.ring_round,
    )
    tried = set(session.scalars(rung))
    return [
        one
        for one in approvers_to_ring(session, handover, now=now)
        if one.staff_id not in tried and can_be_dialled(one.phone)
    ]
