"""What head operators decide about a hand-over that was asked for: it is offered, or it is not."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from agents.notices import withdraw
from cases.approvers import Approval, approval_of
from cases.deadlines import Owed, due_of
from cases.errors import HandoverRefused, StaleCase
from cases.handover_models import Handover
from cases.handover_moves import (
    APPROVED,
    OFFERED,
    QUIET,
    REJECTED,
    REQUESTED,
    end_answer,
    held_in,
    kept_words,
    move,
    refuse_if,
)
from cases.handover_notices import tell_people, tell_receivers
from cases.handover_rules import TELEPHONE, Wish, back_to, receiver_fault
from cases.handover_targets import people_asked, receivers_known
from cases.handover_timeline import GIVEN, REJECTED_KIND, UNSAID, note_event, note_reason
from cases.holding import hold_handover
from cases.services import move_case
from cases.states import ASSIGNED, WAITING_APPROVAL

OWED = "handover_reason_owed"


def approve(
    session: Session, handover_id: int, *, staff_id: int, way: str, now: datetime
) -> Handover:
    """Let a case go: whoever is to have it is asked now. StaleCase when it was decided already."""
    case, handover = held_in(session, handover_id, REQUESTED)
    _refuse_unless_decider(approval_of(session, handover, now=now), staff_id)
    wish = Wish(
        handover.kind, handover.reason, handover.to_office_code, people_asked(session, handover)
    )
    known = receivers_known(session, case.id, handover.from_office_code, wish)
    refuse_if(receiver_fault(wish, known))
    receiver = handover.to_office_code or handover.from_office_code
    owed = Owed(handover.severity, case.hazard_group, case.hazard_type, receiver)
    due_at = due_of(session, "accept", owed, now).at
    # Nobody has to act between the two: what is approved is offered at once.
    move(session, handover, APPROVED, **_decided(staff_id, way, None, now), **QUIET)
    move(session, handover, OFFERED, due_at=due_at, climb_at=due_at, level=0)
    actor = f"staff:{staff_id}"
    note_event(session, handover, "handover_approved", actor, now, way=way)
    if case.status == WAITING_APPROVAL:
        move_case(session, case.id, ASSIGNED, now=now, actor=actor)
    tell_receivers(session, handover, "handover_offered", now=now)
    tell_people(session, handover, "handover_approved", [handover.asked_by], now=now)
    return handover


def reject(
    session: Session,
    handover_id: int,
    *,
    staff_id: int,
    way: str,
    words: str | None,
    now: datetime,
) -> Handover:
    """Do not let a case go; the words say why, and after a telephone key they follow."""
    case, handover = held_in(session, handover_id, REQUESTED)
    _refuse_unless_decider(approval_of(session, handover, now=now), staff_id)
    kept = kept_words(words, needed=way != TELEPHONE)
    values = _decided(staff_id, way, kept, now)
    end_answer(session, case, now=now)
    move(session, handover, REJECTED, **values, ended_at=now, ended_by=staff_id, **QUIET)
    actor = f"staff:{staff_id}"
    noted = UNSAID if kept is None else way
    note_reason(session, handover, REJECTED_KIND, kept, actor, now, way=noted)
    if case.status == WAITING_APPROVAL:
        move_case(session, case.id, back_to(handover.status_before), now=now, actor=actor)
    tell_people(session, handover, "handover_rejected", [handover.asked_by], now=now)
    if kept is None:
        tell_people(session, handover, OWED, [staff_id], now=now)
    return handover


def owes_reason(handover: Handover) -> bool:
    """Whether it was rejected by a telephone key and nobody has said yet why."""
    return handover.state == REJECTED and handover.decision_words is None


def explain(
    session: Session, handover_id: int, *, staff_id: int, words: str | None, now: datetime
) -> Handover:
    """Say afterwards why a telephone key rejected it: whoever pressed it, and once."""
    case, handover = hold_handover(session, handover_id)
    if handover.decided_by != staff_id:
        raise HandoverRefused("not_yours")
    if not owes_reason(handover):
        raise StaleCase(f"hand-over {handover_id} is explained")
    handover.decision_words = kept_words(words, needed=True)
    handover.version += 1
    session.flush()
    note_reason(session, handover, GIVEN, handover.decision_words, f"staff:{staff_id}", now)
    withdraw(session, OWED, case.reference, occasion=f"{handover.id}.")
    tell_people(session, handover, GIVEN, [handover.asked_by], now=now)
    return handover


def _refuse_unless_decider(approval: Approval, staff_id: int) -> None:
    if not approval.may_decide(staff_id):
        raise HandoverRefused("not_yours")


def _decided(staff_id: int, way: str, words: str | None, now: datetime) -> dict[str, Any]:
    decided = {"decided_by": staff_id, "decided_at": now, "decided_way": way}
    return decided | {"decision_words": words}
