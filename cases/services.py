"""What may be done to a case; the parts live in modules of their own, one for each use."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from cases.errors import UnknownCase
from cases.escalation import escalate_overdue
from cases.finishing import CaseFacts, end_unchanged, finish_case, update_case
from cases.models import Assignment, Case, CaseCall
from cases.opening import OpenedCase, open_case
from cases.pins import FoundCase, check_pin, set_pin
from cases.silent import lift_silent_event, record_silent_call
from cases.states import OFFERED, check_case
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

    Whatever leaves "received" is acknowledged: the lead office has accepted, and its deadline for
    the first action is no longer watched.
    """
    case = session.get(Case, case_id, with_for_update=True)
    if case is None:
        raise UnknownCase(str(case_id))
    check_case(case.status, status)
    data = {"from": case.status, "to": status}
    case.status, case.status_since, case.version = status, now, case.version + 1
    session.flush()
    session.execute(
        update(Assignment)
        .where(Assignment.case_id == case_id, Assignment.is_lead)
        .where(Assignment.state == OFFERED)
        .values(state="accepted", escalate_at=None)
        .execution_options(synchronize_session=False)
    )
    note_event(session, case_id, "status", data, now, actor)
