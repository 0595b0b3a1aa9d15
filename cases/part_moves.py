"""The one way that a part of a case changes its state: while its case is held."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cases.errors import StaleCase
from cases.holding import hold_case
from cases.lateness import end_part_step
from cases.part_access import PartFile, open_parts, part_file
from cases.part_models import CasePart, PartNote, PartPerson
from cases.part_notices import settle
from cases.part_rules import REVOKED
from cases.states import check_assignment
from cases.timeline import note_event
from core.errors import NotFoundError
from core.inserts import insert_unless_there

PART_JOINED = "part_joined"


def held_part(session: Session, part_id: int) -> PartFile:
    """An open part as it is now, its case held; StaleCase when nothing is owed on it any longer."""
    case_id = session.scalar(select(CasePart.case_id).where(CasePart.assignment_id == part_id))
    if case_id is None:
        raise NotFoundError("there is no such part")
    hold_case(session, case_id)
    file = part_file(session, part_id)
    if file is None or not file.is_open:
        raise StaleCase(f"part {part_id} is over")
    return file


def end_part(session: Session, file: PartFile, state: str, *, now: datetime) -> None:
    """Nothing is owed on a part any longer: it was done or taken back."""
    check_assignment(file.assignment.state, state)
    end_part_step(session, file.assignment, now=now)
    file.assignment.state = state
    file.assignment.escalate_at = file.assignment.look_at = None
    file.part.ended_at = now
    settle(session, file)
    session.flush()


def take_part_on(session: Session, part_id: int, staff_id: int, *, now: datetime) -> bool:
    """Write down that a person has a part; False when that was so already."""
    insert = insert_unless_there(session.connection(), PartPerson)
    row = insert.values(assignment_id=part_id, staff_id=staff_id, since=now)
    return session.execute(row.returning(PartPerson.id)).first() is not None


def end_people(session: Session, part_id: int, *, now: datetime) -> None:
    """Nobody has the part any longer."""
    session.execute(
        update(PartPerson)
        .where(PartPerson.assignment_id == part_id, PartPerson.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


def join_lead(session: Session, case_id: int, office_code: str, *, now: datetime) -> None:
    """An office gets the lead of a case of which it has an open part: the two become one.

    What it wrote on its part stays readable to the same people, on the case.
    """
    for assignment in open_parts(session, case_id):
        file = part_file(session, assignment.id)
        if file is None or assignment.office_code != office_code:
            continue
        session.execute(delete(PartNote).where(PartNote.assignment_id == file.id))
        end_part(session, file, REVOKED, now=now)
        end_people(session, file.id, now=now)
        data = {"part_id": file.id, "office_code": office_code}
        note_event(session, case_id, PART_JOINED, data, now)
