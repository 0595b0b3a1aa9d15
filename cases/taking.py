"""Taking a case on: the acknowledgement by which a person has it, with its trace."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.access import Viewer
from cases.errors import StaleCase
from cases.holding import hold_case
from cases.models import CasePerson
from cases.services import move_case
from cases.states import RECEIVED, SETTLED
from cases.timeline import note_event
from core.inserts import insert_unless_there

OPERATOR = "operator"


def acknowledge(session: Session, case_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Acknowledge a case and have it from now on; StaleCase when somebody has done so already.

    A second click finds the case moved by the first one, and changes nothing. The status alone is
    compared: a caller who is still pressing keys changes the case, and must not hold this up.
    """
    case = hold_case(session, case_id)
    if case.status != RECEIVED:
        raise StaleCase(f"case {case_id} is {case.status}")
    move_case(session, case_id, "acknowledged", now=now, actor=viewer.actor)
    take_part(session, case_id, viewer.staff_id, now=now)


def take_on(session: Session, case_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Have an open case as well as whoever acknowledged it; once more changes nothing.

    StaleCase when nobody has acknowledged it yet, or when it is over.
    """
    case = hold_case(session, case_id)
    if case.status == RECEIVED or case.status in SETTLED:
        raise StaleCase(f"case {case_id} is {case.status}")
    if take_part(session, case_id, viewer.staff_id, now=now):
        note_event(session, case_id, "taken_on", {}, now, viewer.actor)


def take_part(
    session: Session, case_id: int, staff_id: int, *, now: datetime, part: str = OPERATOR
) -> bool:
    """Write down that a person has a case; False when that was so already."""
    insert = insert_unless_there(session.connection(), CasePerson)
    row = insert.values(case_id=case_id, staff_id=staff_id, since=now, part=part)
    return session.execute(row.returning(CasePerson.id)).first() is not None


def people_of(session: Session, case_id: int) -> list[int]:
    """Ids of the people who have the case now, the first to take it first."""
    wanted = select(CasePerson.staff_id).where(
        CasePerson.case_id == case_id, CasePerson.ended_at.is_(None)
    )
    return list(session.scalars(wanted.order_by(CasePerson.id)))
