"""Holding a case: whoever changes it, its hand-overs or its people holds the case's row first.

So two people who act at once follow each other, nobody locks crosswise, and the second one sees
what the first one did. The key stays shared: whoever writes on the timeline of a case that somebody
else holds need not wait, and two such can never wait for each other.
"""

from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from cases.deadlines import Due
from cases.errors import UnknownCase
from cases.handover_models import Handover
from cases.models import Assignment, Case, CasePlace
from core.errors import NotFoundError

HELD: dict[str, Any] = {"key_share": True}


def hold_case(session: Session, case_id: int) -> Case:
    """The case as it is now, held until this transaction ends."""
    session.flush()
    case = session.get(Case, case_id, with_for_update=HELD, populate_existing=True)
    if case is None:
        raise UnknownCase(str(case_id))
    return case


def hold_handover(session: Session, handover_id: int) -> tuple[Case, Handover]:
    """A hand-over and its case as they are now, both held."""
    case_id = session.scalar(select(Handover.case_id).where(Handover.id == handover_id))
    if case_id is None:
        raise NotFoundError("there is no such hand-over")
    case = hold_case(session, case_id)
    handover = session.get_one(Handover, handover_id, with_for_update=HELD, populate_existing=True)
    return case, handover


def is_free(session: Session, case_id: int) -> bool:
    """Hold a case that nobody else holds; a sweep leaves one that is held to its next run."""
    wanted: Select[int] = select(Case.id).where(Case.id == case_id)
    return session.scalar(wanted.with_for_update(skip_locked=True, key_share=True)) is not None


def start_clock(session: Session, case_id: int, due: Due) -> None:
    """The lead office owes a step from now on, until it is due."""
    session.execute(
        update(Assignment)
        .where(Assignment.case_id == case_id, Assignment.is_lead)
        .values(**due.values())
        .execution_options(synchronize_session=False)
    )


def lead_of(session: Session, case_id: int) -> Assignment:
    """The lead office's part in a case, as it is now."""
    session.flush()
    wanted = select(Assignment).where(Assignment.case_id == case_id, Assignment.is_lead)
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def place_of(session: Session, case_id: int) -> CasePlace:
    """The lead place of a case, as it is now."""
    session.flush()
    wanted = select(CasePlace).where(CasePlace.case_id == case_id, CasePlace.is_lead)
    return session.scalars(wanted.execution_options(populate_existing=True)).one()
