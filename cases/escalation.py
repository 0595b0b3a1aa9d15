"""Deadlines that pass unacknowledged: who is told, level after level (design.md §1, promise 3)."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from agents.queries import head_operator_ids, on_call_ids
from agents.services import owe_notice
from cases.deadlines import escalation_period
from cases.models import WAITING, Assignment, Case
from cases.queries import Exclusions, exclusions
from cases.states import SETTLED
from cases.timeline import note_event
from routing.models import Office
from routing.vocabulary import HQ

HEAD, PARENT, ON_CALL = "head", "parent", "on_call"
LEVELS = (HEAD, PARENT, ON_CALL)
# A tree of offices is at most this deep; a cycle that slipped in must not hang the sweep.
DEEPEST = 8


class _Overdue(NamedTuple):
    id: int
    case_id: int
    office_code: str
    escalation: int


class _Told(NamedTuple):
    """The level that is told now, its office, and its people but for the excluded ones."""

    level: str
    office_code: str
    staff_ids: list[int]


def escalate_overdue(session: Session, now: datetime, limit: int) -> int:
    """Tell the next level about each assignment whose deadline passed; returns how many.

    First the office's head operators, then the office above, then the on-call list, a period
    apart. One bounded look at a partial index, however many cases there are.
    """
    # The condition must read as in the index: a planner sees no match behind parameters.
    overdue = (
        select(Assignment.id, Assignment.case_id, Assignment.office_code, Assignment.escalation)
        .where(text(WAITING), Assignment.escalate_at <= now)
        .order_by(Assignment.escalate_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = [_Overdue(*row) for row in session.execute(overdue)]
    for row in rows:
        _escalate(session, row, now)
    return len(rows)


def _escalate(session: Session, overdue: _Overdue, now: datetime) -> None:
    case = session.execute(
        select(Case.reference, Case.severity, Case.status).where(Case.id == overdue.case_id)
    ).one()
    if case.status in SETTLED:
        _set(session, overdue.id, escalate_at=None)
        return
    told = _next_level(session, overdue, exclusions(session, overdue.case_id))
    _owe(session, told, case.reference, now)
    done = LEVELS.index(told.level) + 1
    again = now + escalation_period(case.severity) if done < len(LEVELS) else None
    _set(session, overdue.id, escalation=done, escalate_at=again)
    note_event(session, overdue.case_id, "escalated", told._asdict(), now)


def _next_level(session: Session, overdue: _Overdue, secret: Exclusions) -> _Told:
    office = overdue.office_code
    if overdue.escalation == LEVELS.index(HEAD) and office not in secret.offices:
        return _Told(HEAD, office, secret.without(head_operator_ids(session, office)))
    if overdue.escalation <= LEVELS.index(PARENT):
        above = _office_above(session, office, secret)
        if above is not None:
            return _Told(PARENT, above, secret.without(head_operator_ids(session, above)))
    return _Told(ON_CALL, HQ, secret.without(on_call_ids(session)))


def _office_above(session: Session, code: str, secret: Exclusions) -> str | None:
    """The nearest office above that may know of the case."""
    above: str | None = code
    for _ in range(DEEPEST):
        above = session.scalar(select(Office.parent_code).where(Office.code == above))
        if above is None or above not in secret.offices:
            return above
    return None


def _owe(session: Session, told: _Told, reference: str, now: datetime) -> None:
    """A notice to each person, or to the office itself where nobody can be named."""
    template = f"overdue_{told.level}"
    for staff_id in told.staff_ids:
        owe_notice(session, template, staff_id=staff_id, reference=reference, due_at=now, now=now)
    if not told.staff_ids:
        office = told.office_code
        owe_notice(session, template, office_code=office, reference=reference, due_at=now, now=now)


def _set(session: Session, assignment_id: int, **values: object) -> None:
    session.execute(
        update(Assignment)
        .where(Assignment.id == assignment_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
