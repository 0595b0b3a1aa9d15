"""Handing a case over: asked for, approved by a head operator, taken on by who is to have it.

Whoever calls holds no lock: each of these holds the case first, so that of two people at once the
second one gets StaleCase. Help never waits for it: cases.beginning acts while a request is open.
Source: domain.md B7-B9, design.md §3a.10.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.access import Viewer
from cases.approvers import approval_of, approvers_to_ring, may_decide
from cases.deadlines import Owed, due_of
from cases.errors import HandoverRefused
from cases.handover_answers import accept, decline, revoke
from cases.handover_climbing import climb_overdue
from cases.handover_decisions import approve, explain, owes_reason, reject
from cases.handover_files import (
    CaseBrief,
    HandoverFile,
    Receiver,
    handover_file,
)
from cases.handover_models import Handover, HandoverApprover, HandoverPerson
from cases.handover_moves import REQUESTED, held_in, refuse_if
from cases.handover_moves import unanswered as open_handover
from cases.handover_notices import tell_approvers
from cases.handover_rules import ASKABLE, Wish, receiver_fault, wish_fault
from cases.handover_targets import receivers_known
from cases.handover_timeline import note_event, note_reason
from cases.holding import hold_case, lead_of
from cases.models import Case, TimelineEvent
from cases.rules import NORMAL
from cases.services import move_case
from cases.states import WAITING_APPROVAL
from cases.timeline import SYSTEM
from routing.vocabulary import HQ

RING_ASKED: Final = "handover_ring_asked"
RING_PAUSE: Final = timedelta(minutes=3)
__all__ = [
    "CaseBrief",
    "HandoverFile",
    "Receiver",
    "Wish",
    "accept",
    "approve",
    "approvers_to_ring",
    "ask",
    "ask_to_ring",
    "climb_overdue",
    "decline",
    "explain",
    "handover_file",
    "may_decide",
    "open_handover",
    "owes_reason",
    "reject",
    "revoke",
]


def ask(session: Session, case_id: int, wish: Wish, *, viewer: Viewer, now: datetime) -> Handover:
    """Ask the head operators to let a case go to an office below, a person or a committee.

    HandoverRefused says what is wrong with the wish. Emergencies and urgent cases ring at once.
    """
    case = hold_case(session, case_id)
    if open_handover(session, case_id) is not None:
        raise HandoverRefused("open_handover")
    if case.status not in ASKABLE:
        raise HandoverRefused("wrong_status")
    from_office = lead_of(session, case_id).office_code
    refuse_if(wish_fault(wish))
    refuse_if(receiver_fault(wish, receivers_known(session, case_id, from_office, wish)))
    handover = _requested(session, case, wish, from_office, viewer, now)
    approval = approval_of(session, handover, now=now)
    # Nobody up to the top may decide: the on-call list is told now, and each period looks again.
    office = approval.first or (None if HQ in approval.request.barred_offices else HQ)
    if office is not None:
        session.add(HandoverApprover(handover_id=handover.id, office_code=office, asked_at=now))
    session.flush()
    words, actor = handover.reason, viewer.actor
    note_reason(session, handover, "handover_asked", words, actor, now, approver_code=office)
    tell_approvers(session, handover, "handover_asked", office, approval, now=now)
    move_case(session, case_id, WAITING_APPROVAL, now=now, actor=viewer.actor)
    return handover


def ask_to_ring(session: Session, handover_id: int, *, now: datetime) -> bool:
    """Have the approvers rung now; False when nobody who may decide can be, or just now were."""
    _, handover = held_in(session, handover_id, REQUESTED)
    if _asked_just_now(session, handover, now):
        return False
    if not approvers_to_ring(session, handover, now=now):
        return False
    handover.ring_at, handover.ring_round = now, handover.ring_round + 1
    handover.version += 1
    session.flush()
    note_event(session, handover, RING_ASKED, SYSTEM, now)
    return True


def _asked_just_now(session: Session, handover: Handover, now: datetime) -> bool:
    """Whether somebody had the approvers rung a moment ago: a telephone is no bell to play with."""
    wanted = select(TimelineEvent.data).where(
        TimelineEvent.case_id == handover.case_id,
        TimelineEvent.kind == RING_ASKED,
        TimelineEvent.at > now - RING_PAUSE,
    )
    return any(data["handover_id"] == handover.id for data in session.scalars(wanted))


def _requested(
    session: Session, case: Case, wish: Wish, from_office: str, viewer: Viewer, now: datetime
) -> Handover:
    owed = Owed(case.severity, case.hazard_group, case.hazard_type, from_office)
    due_at = due_of(session, "approve", owed, now).at
    handover = Handover(
        case_id=case.id,
        kind=wish.kind,
        severity=case.severity,
        from_office_code=from_office,
        to_office_code=wish.to_office,
        reason=wish.reason.strip(),
        asked_by=viewer.staff_id,
        asked_at=now,
        status_before=case.status,
        due_at=due_at,
        climb_at=due_at,
        ring_at=None if case.severity == NORMAL else now,
    )
    session.add(handover)
    session.flush()
    session.add_all(
        HandoverPerson(handover_id=handover.id, staff_id=one, chair=one == wish.chair)
        for one in sorted(set(wish.people))
    )
    session.flush()
    return handover
