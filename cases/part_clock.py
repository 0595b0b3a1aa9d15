"""The time on a case's further parts: it goes by the same rules, and is watched, marked and climbs
like the lead's own step."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.orm import Session

from cases.deadlines import Owed, due_of
from cases.lateness import end_part_step
from cases.models import Assignment, Case
from cases.part_models import CasePart
from cases.part_rules import ACCEPTED, OWED, STATUS
from cases.states import HAS_PART, OFFERED, SETTLED

# Nobody is reminded of a part, and nobody told that it is overdue.
UNWATCHED: dict[str, Any] = {"escalate_at": None, "look_at": None}


def owed_status() -> ColumnElement[str]:
    """The status by which an assignment's step is watched (cases.part_rules.STATUS for a part).

    When the case is over, neither the lead nor a part owes anything.
    """
    return case(
        (Assignment.is_lead | Case.status.in_(SETTLED), Case.status),
        (Assignment.state == OFFERED, STATUS[OFFERED]),
        else_=STATUS[ACCEPTED],
    )


def owed_from(session: Session, state: str, owed: Owed, now: datetime) -> dict[str, Any]:
    """The columns of a part on which its office owes the next step from now on."""
    due = due_of(session, OWED[state], owed, now)
    return due.values() | {"escalate_at": due.at, "escalation": 0}


def pause_parts(session: Session, case_id: int, *, now: datetime) -> None:
    """The case is over: nothing of its parts is watched; what was late by then stays marked."""
    for part in session.execute(_open_parts(case_id)).all():
        end_part_step(session, part, now=now)
        _set(session, part.id, UNWATCHED)


def resume_parts(session: Session, case_id: int, severity: str, *, now: datetime) -> None:
    """The case is open again: what is open of its parts is owed from now on."""
    for part in session.execute(_open_parts(case_id)).all():
        owed = Owed(severity, part.hazard_group, part.hazard_type, part.office_code)
        _set(session, part.id, owed_from(session, part.state, owed, now))


def _open_parts(case_id: int) -> Any:
    columns = select(
        *(Assignment.id, Assignment.case_id, Assignment.office_code, Assignment.is_lead),
        *(Assignment.state, Assignment.due_at, Assignment.owed_since),
        *(Case.hazard_group, Case.hazard_type),
    )
    return (
        columns.join(CasePart, CasePart.assignment_id == Assignment.id)
        .join(Case, Case.id == Assignment.case_id)
        .where(CasePart.case_id == case_id, Assignment.state.in_(HAS_PART))
        .order_by(Assignment.id)
    )


def _set(session: Session, part_id: int, values: dict[str, Any]) -> None:
    session.execute(
        update(Assignment)
        .where(Assignment.id == part_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
