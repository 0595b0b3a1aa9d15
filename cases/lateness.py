"""Late marks: a step whose time passed stays marked, whoever does it and however late.

Plain statements, no ORM: a step may end inside a webhook (design.md §3).
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, func, select, text, update
from sqlalchemy.orm import Session

from cases.counting import counted_case
from cases.deadline_models import STILL_LATE, LateMark
from cases.models import Assignment
from cases.part_models import CasePart
from cases.part_rules import STATUS
from cases.queries import owing_office, unanswered_handovers
from cases.reach import Viewer, not_excluded
from cases.states import NEXT_STEPS
from cases.timeline import note_event
from core.inserts import insert_unless_there, table_of

LATE: Final = "step_late"
PART_LATE: Final = "part_late"
# An office sees how many of its steps were late in the last days.
COUNTED: Final = timedelta(days=30)
_CLOCK: Final = (
    *(Assignment.id, Assignment.case_id, Assignment.office_code, Assignment.case_status),
    *(Assignment.due_at, Assignment.owed_since, Assignment.is_lead),
)


def end_step(session: Session, case_id: int, *, now: datetime) -> None:
    """The step that the lead office owed is done or owed no longer: if late, it stays marked."""
    lead = session.execute(
        select(*_CLOCK).where(Assignment.case_id == case_id, Assignment.is_lead)
    ).one()
    _end(session, lead, lead.case_status, now)


def end_part_step(session: Session, part: Any, *, now: datetime) -> None:
    """The same of a further part (the columns of Assignment), whatever the lead owes."""
    _end(session, part, STATUS[part.state], now)


def mark_if_late(session: Session, part: Any, status: str, *, now: datetime) -> None:
    """Mark the step of an office's part where its time has passed, before the sweep comes to it.

    Whoever moves the time of a step does this first: what was late stays marked.
    """
    if part.owed_since is not None and part.due_at < now:
        mark_late(session, part, status, now=now)


def _end(session: Session, part: Any, status: str, now: datetime) -> None:
    """A mark may be older than the time that holds now: a stopped clock moves that."""
    mark_if_late(session, part, status, now=now)
    marks = table_of(LateMark)
    session.connection().execute(
        update(marks).where(marks.c.assignment_id == part.id, text(STILL_LATE)).values(done_at=now)
    )


def mark_late(session: Session, part: Any, status: str, *, now: datetime) -> bool:
    """Mark the step of an office's part (the columns of Assignment) as late, once.

    `status` is the one by which its step is owed. False where it is marked already, or where
    nothing is owed.
    """
    step = NEXT_STEPS.get(status)
    if step is None:
        return False
    handover = unanswered_handovers(session, [part.case_id]).get(part.case_id)
    office = owing_office(status, part.office_code, handover)
    connection = session.connection()
    made = connection.execute(
        insert_unless_there(connection, LateMark)
        .values(
            case_id=part.case_id,
            assignment_id=part.id,
            office_code=office,
            step=step,
            owed_since=part.owed_since,
            due_at=part.due_at,
            marked_at=now,
        )
        .returning(table_of(LateMark).c.id)
    ).first()
    if made is None:
        return False
    kind = LATE if part.is_lead else PART_LATE
    note_event(session, part.case_id, kind, {"step": step, "office_code": office}, now)
    return True


def late_cases(session: Session, case_ids: Collection[int]) -> frozenset[int]:
    """Which of these cases were late with any step of whoever led them, over or not."""
    if not case_ids:
        return frozenset()
    marked = select(LateMark.case_id).where(LateMark.case_id.in_(case_ids), _of_lead())
    return frozenset(session.scalars(marked.distinct()))


def marks_of(session: Session, case_id: int) -> Sequence[LateMark]:
    """The late steps of whoever led a case, the first one first."""
    wanted = select(LateMark).where(LateMark.case_id == case_id, _of_lead())
    return session.scalars(wanted.order_by(LateMark.due_at, LateMark.id)).all()


def late_counts(
    session: Session, offices: Collection[str], viewer: Viewer, *, now: datetime
) -> dict[str, int]:
    """How many steps of each office were late lately; what the reader must not know of is left out.

    An index of its own: the cost follows what was late, not what is stored.
    """
    counted = (
        select(LateMark.office_code, func.count())
        .where(LateMark.office_code.in_(offices), LateMark.marked_at > now - COUNTED)
        .where(not_excluded(viewer, LateMark.case_id), counted_case(LateMark.case_id))
        .group_by(LateMark.office_code)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def _of_lead() -> ColumnElement[bool]:
    """A late part is its own office's, and no word about who leads the case."""
    return ~exists().where(CasePart.assignment_id == LateMark.assignment_id)
