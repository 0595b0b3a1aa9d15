"""Putting a call aside as no case: by one person, or by two where a child may be lost by it."""

from datetime import datetime

from sqlalchemy.orm import Session

from cases.access import Viewer
from cases.models import Case
from cases.result_models import JunkProposal
from cases.result_rules import JunkFacts, needs_second_person
from cases.services import move_case
from cases.states import NOT_A_CASE
from cases.taxonomy import type_facts
from cases.timeline import note_event
from cases.ways_out import hold_for

DONE = "done"
SECOND_PERSON_NEEDED = "second_person_needed"


def mark_not_a_case(
    session: Session, case_id: int, *, viewer: Viewer, has_recording: bool, now: datetime
) -> str:
    """Say that this is no case: "done", or "second_person_needed" where another must say so too.

    The same person once more changes nothing. StaleCase when the case is over; CaseRefused
    "wrong_status" while a hand-over is open or a result was reported, "still_on_the_line" while
    the caller may say more.
    """
    case = hold_for(session, case_id, NOT_A_CASE)
    if needs_second_person(_facts(session, case, has_recording)):
        first = session.get(JunkProposal, case_id, populate_existing=True)
        if first is None:
            session.add(JunkProposal(case_id=case_id, staff_id=viewer.staff_id, at=now))
            session.flush()
            note_event(session, case_id, "junk_proposed", {}, now, viewer.actor)
        if first is None or first.staff_id == viewer.staff_id:
            return SECOND_PERSON_NEEDED
    move_case(session, case_id, NOT_A_CASE, now=now, actor=viewer.actor)
    return DONE


def junk_proposal(session: Session, case_id: int) -> JunkProposal | None:
    """Who has said first that this is no case, if anybody."""
    return session.get(JunkProposal, case_id)


def _facts(session: Session, case: Case, has_recording: bool) -> JunkFacts:
    return JunkFacts(
        danger=case.danger,
        quiet=case.quiet,
        silent=case.silent_event,
        sensitive=type_facts(session, case.hazard_type).sensitive,
        has_recording=has_recording,
    )
