"""What may be done to a case; the parts live in modules of their own, one for each use."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from agents.notices import withdraw_all
from cases.arrivals import CASE_ARRIVED
from cases.deadlines import Owed, due_of
from cases.escalation import LEVELS, REMIND, escalate_overdue
from cases.finishing import CaseFacts, end_unchanged, finish_case, update_case
from cases.handover_moves import withdraw_unanswered
from cases.holding import hold_case, lead_of
from cases.lateness import end_step
from cases.models import Assignment, Case, CaseCall
from cases.opening import OpenedCase, open_case
from cases.part_clock import pause_parts, resume_parts
from cases.part_models import CasePart
from cases.pins import FoundCase, check_pin, set_pin
from cases.queries import owing_office, unanswered_handovers
from cases.silent import lift_silent_event, record_silent_call
from cases.states import (
    ASSIGNED,
    NEXT_STEPS,
    OFFERED,
    OVER,
    REPORTED,
    SETTLED,
    WATCHED,
    check_case,
)
from cases.stopping import end_stops
from cases.taxonomy import load_taxonomy
from cases.timeline import note_event, note_reveal
from core.inserts import insert_unless_there

__all__ = [
    "CaseFacts",
    "FoundCase",
    "OpenedCase",
    "check_pin",
    "end_unchanged",
    "escalate_overdue",
    "finish_case",
    "lift_silent_event",
    "link_call",
    "load_taxonomy",
    "move_case",
    "note_event",
    "note_reveal",
    "open_case",
    "owe_next_step",
    "record_silent_call",
    "set_pin",
    "update_case",
]


def link_call(session: Session, case_id: int, call_sid: str, now: datetime) -> bool:
    """Add a call that follows a case up; False when the call belongs to a case already."""
    connection = session.connection()
    insert = insert_unless_there(connection, CaseCall)
    call = {"call_sid": call_sid, "case_id": case_id, "linked_at": now}
    row = connection.execute(insert.values(**call).returning(CaseCall.call_sid)).first()
    if row is None:
        return False
    note_event(session, case_id, "followed_up", {"call_sid": call_sid}, now, actor="caller")
    return True


def move_case(session: Session, case_id: int, status: str, *, now: datetime, actor: str) -> None:
    """Give a case its next status; IllegalTransition where that may not follow.

    Whatever leaves "received" is acknowledged: the lead office has accepted. From now on the next
    step's deadline counts, and it is watched like the first one. A case that is reported or over
    takes a hand-over back that nobody has answered.
    """
    case = hold_case(session, case_id)
    check_case(case.status, status)
    data = {"from": case.status, "to": status}
    end_step(session, case_id, now=now)
    case.status, case.status_since, case.version = status, now, case.version + 1
    session.flush()
    session.execute(
        update(Assignment)
        .where(Assignment.case_id == case_id)
        .values(case_status=status)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Assignment)
        .where(Assignment.case_id == case_id, Assignment.is_lead)
        .where(Assignment.state == OFFERED)
        .values(state="accepted")
        .execution_options(synchronize_session=False)
    )
    owe_next_step(session, case, now=now)
    _pause_or_resume(session, case, data["from"], now)
    note_event(session, case_id, "status", data, now, actor)
    if status in OVER or status == REPORTED:
        withdraw_unanswered(session, case_id, now=now, actor=actor)


def _owing(session: Session, case: Case) -> str:
    """The office whose time counts: the lead one, or the one that is to take the case."""
    lead = lead_of(session, case.id).office_code
    if case.status != ASSIGNED:
        return lead
    return owing_office(case.status, lead, unanswered_handovers(session, [case.id]).get(case.id))


def owe_next_step(session: Session, case: Case, *, now: datetime) -> None:
    """Put a time on what the office that has a case owes next, and have it watched.

    Whoever was told that the step before was overdue need not be told any longer, and its clock
    stands still no longer. Nothing is watched of a case that is over, nor while a hand-over climbs
    in its stead.
    """
    values: dict[str, Any] = {"escalation": 0, "escalate_at": None, "look_at": None}
    if case.status in NEXT_STEPS:
        office = _owing(session, case)
        owed = Owed(case.severity, case.hazard_group, case.hazard_type, office)
        values |= due_of(session, NEXT_STEPS[case.status], owed, now).values()
    if case.status in WATCHED:
        values["escalate_at"] = values["due_at"]
    session.execute(
        update(Assignment)
        .where(Assignment.case_id == case.id, Assignment.is_lead)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    _settle_overdue(session, case)
    end_stops(session, case.id, case.reference, now=now)


def _settle_overdue(session: Session, case: Case) -> None:
    """Nobody need hear that the case came, nor that the step before was overdue.

    Of further parts that still holds.
    """
    parts = select(CasePart.assignment_id).where(
        CasePart.case_id == case.id, CasePart.ended_at.is_(None)
    )
    occasions = [""]
    if session.scalars(parts).all():
        others = Assignment.id.not_in(parts)
        led = select(Assignment.id).where(Assignment.case_id == case.id, others)
        occasions = [f"{one}." for one in session.scalars(led)]
    told = (*(f"overdue_{level}" for level in LEVELS), REMIND, CASE_ARRIVED)
    for occasion in occasions:
        withdraw_all(session, told, case.reference, occasion=occasion)


def _pause_or_resume(session: Session, case: Case, old: str, now: datetime) -> None:
    """A case that is over or open again takes its further parts along."""
    if case.status in SETTLED and old not in SETTLED:
        pause_parts(session, case.id, now=now)
    elif old in SETTLED and case.status not in SETTLED:
        resume_parts(session, case.id, case.severity, now=now)
