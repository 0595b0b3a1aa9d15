"""The hotline's desk sends a case on whose area was not known: one click, to a candidate only."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.access import Viewer
from cases.deadlines import ACKNOWLEDGE, Owed, due_of
from cases.errors import CaseRefused, StaleCase
from cases.handover_moves import unanswered
from cases.holding import hold_case, lead_of, start_clock
from cases.parts import end_office, pass_lead, reason_of
from cases.queries import exclusions
from cases.senders import SENT_ON
from cases.services import move_case
from cases.states import ACKNOWLEDGED, CHECKING, OVER, RECEIVED
from cases.timeline import note_event
from routing.models import Office
from routing.vocabulary import PARTNER

SENDABLE = (RECEIVED, ACKNOWLEDGED, CHECKING)


def send_to_candidate(
    session: Session, case_id: int, office_code: str, *, viewer: Viewer, now: datetime
) -> None:
    """Give a case to one of the offices that came into question; it acknowledges the case anew.

    No hand-over: nobody here was ever meant to have it. CaseRefused "partner" for a body outside
    the ministry, where nobody of ours would see the case again (decision 0016), "not_a_candidate"
    for any other office, "wrong_status" once work has begun; StaleCase when it is over.
    """
    case = hold_case(session, case_id)
    if case.status in OVER:
        raise StaleCase(f"case {case_id} is {case.status}")
    lead = lead_of(session, case_id)
    barred = exclusions(session, case_id).offices
    is_candidate = office_code in lead.candidates and office_code not in barred
    office_type = _type_of_open(session, office_code) if is_candidate else None
    if office_type == PARTNER:
        raise CaseRefused("partner")
    if office_type is None:
        raise CaseRefused("not_a_candidate")
    if case.status not in SENDABLE or unanswered(session, case_id) is not None:
        raise CaseRefused("wrong_status")
    sender = lead.office_code
    if case.status != RECEIVED:
        move_case(session, case_id, RECEIVED, now=now, actor=viewer.actor)
    owed = Owed(case.severity, case.hazard_group, case.hazard_type, office_code)
    due = due_of(session, ACKNOWLEDGE, owed, now)
    reason = reason_of(session, SENT_ON, office_code)
    pass_lead(session, case_id, office_code, reason, accepted=False, due_at=due.at, now=now)
    start_clock(session, case_id, due)
    # Whoever still talks with the caller keeps the case until the call is over (cases.senders).
    if case.finished_at is not None:
        end_office(session, case_id, sender, office_code, now=now)
    case.version += 1
    session.flush()
    data = {"office_code": office_code, "from_code": sender}
    note_event(session, case_id, "sent_on", data, now, viewer.actor)


def _type_of_open(session: Session, office_code: str) -> str | None:
    """What an office is that takes cases; it may have closed since the call, or is switched off."""
    wanted = select(Office.type).where(Office.code == office_code, Office.active, Office.is_on)
    return session.scalar(wanted)
