"""Steps that are not done in time: who is told, level after level (design.md §1, promise 3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, Select, select, text, update
from sqlalchemy.orm import Session

from agents.models import Staff
from agents.queries import head_operator_ids, on_call_ids
from agents.services import owe_notice
from cases.above import office_above
from cases.deadlines import escalation_period, next_opening
from cases.graveness import of_graver_cases
from cases.holding import is_free
from cases.models import WAITING, Assignment, Case, CasePerson
from cases.part_access import people_of_part
from cases.part_clock import owed_status
from cases.queries import Exclusions, exclusions
from cases.states import RECEIVED, WATCHED
from cases.telling import people_or_office, with_office
from cases.timeline import note_event
from core.sweeps import in_turn
from core.zones import bangkok
from routing.vocabulary import HQ

PEOPLE, HEAD, PARENT, ON_CALL = "people", "head", "parent", "on_call"
LEVELS = (PEOPLE, HEAD, PARENT, ON_CALL)
# What whoever owes a step is told before its time has passed (cases.clocks).
REMIND = "deadline_near"


class _Overdue(NamedTuple):
    """An office's part in a case whose step is overdue, with what is known of the case."""

    id: int
    case_id: int
    office_code: str
    escalation: int
    due_at: datetime
    reference: str
    severity: str
    status: str
    status_since: datetime
    is_lead: bool

    @property
    def step(self) -> str:
        """What tells this step from every other one of the case: each is told of anew."""
        moments = (self.status_since, self.due_at)
        return ".".join(
            [str(self.id), self.status, *(str(int(one.timestamp())) for one in moments)]
        )


class _Told(NamedTuple):
    """The level that is told now, its office, and its people but for the excluded ones."""

    level: str
    office_code: str
    staff_ids: list[int]


def escalate_overdue(session: Session, now: datetime, limit: int) -> int:
    """Tell the next level about each step whose deadline passed; returns how many.

    First the people who have the case, then the office's head operators, the office above, the
    on-call list, a period apart; the on-call list again whenever the offices open on another day,
    so that nothing is ever silently forgotten. Graver cases go ahead where more is due than is
    taken; bounded looks at partial indexes, however many cases there are. A case that somebody else
    holds is left to the next run. What is practised in a real service is nobody's to hurry with.
    """

    def look(condition: ColumnElement[bool], most: int) -> Sequence[Row[int, int]]:
        return session.execute(overdue_assignments(now).where(condition).limit(most)).all()

    rows = in_turn(look, of_graver_cases(Assignment.case_id), limit)
    return sum(_escalate(session, row.id, row.case_id, now) for row in rows)


def overdue_assignments(now: datetime) -> Select[int, int]:
    """Which parts are overdue and of which cases, the longest first."""
    # The condition must read as in the index: a planner sees no match behind parameters.
    wanted = select(Assignment.id, Assignment.case_id)
    overdue = wanted.where(text(WAITING), Assignment.escalate_at <= now)
    return overdue.order_by(Assignment.escalate_at)


def _escalate(session: Session, assignment_id: int, case_id: int, now: datetime) -> bool:
    # The case before its parts, as everybody else: so nobody locks crosswise.
    if not is_free(session, case_id):
        return False
    overdue = _still_overdue(session, assignment_id, now)
    if overdue is None:
        return False
    if overdue.status not in WATCHED:
        _set(session, overdue.id, escalate_at=None)
        return True
    secret = exclusions(session, case_id)
    if secret.is_apart:
        _set(session, overdue.id, escalate_at=None)
        return True
    told = _next_level(session, overdue, secret)
    _owe(session, told, overdue, secret, now)
    done = LEVELS.index(told.level) + 1
    climbs = done < len(LEVELS)
    again = now + escalation_period(overdue.severity) if climbs else next_opening(now)
    _set(session, overdue.id, escalation=done, escalate_at=again)
    if overdue.escalation < len(LEVELS):
        note_event(session, case_id, "escalated", told._asdict(), now)
    return True


def _still_overdue(session: Session, assignment_id: int, now: datetime) -> _Overdue | None:
    columns = select(
        *(Assignment.id, Assignment.case_id, Assignment.office_code, Assignment.escalation),
        *(Assignment.due_at, Case.reference, Case.severity, owed_status(), Case.status_since),
        Assignment.is_lead,
    ).join(Case, Case.id == Assignment.case_id)
    wanted = columns.where(Assignment.id == assignment_id, Assignment.escalate_at <= now)
    row = session.execute(wanted).one_or_none()
    return _Overdue._make(row) if row else None


def _next_level(session: Session, overdue: _Overdue, secret: Exclusions) -> _Told:
    office = overdue.office_code
    if overdue.escalation == LEVELS.index(PEOPLE):
        people = secret.without(people_owing(session, overdue, overdue.status))
        if people:
            return _Told(PEOPLE, office, people)
    if overdue.escalation <= LEVELS.index(HEAD) and office not in secret.offices:
        return _Told(HEAD, office, secret.without(head_operator_ids(session, office)))
    if overdue.escalation <= LEVELS.index(PARENT):
        above = office_above(session, office, secret.offices)
        if above is not None:
            return _Told(PARENT, above, secret.without(head_operator_ids(session, above)))
    return _Told(ON_CALL, HQ, secret.without(on_call_ids(session)))


def people_owing(session: Session, part: Assignment | _Overdue, status: str) -> list[int]:
    """Who has the case, or a further part of it, and can still be told.

    Nobody owes what nobody has acknowledged.
    """
    if status == RECEIVED:
        return []
    if not part.is_lead:
        return people_of_part(session, part.id)
    wanted = select(CasePerson.staff_id).join(Staff, Staff.id == CasePerson.staff_id)
    at_work = wanted.where(
        CasePerson.case_id == part.case_id, CasePerson.ended_at.is_(None), Staff.active
    )
    return list(session.scalars(at_work.order_by(CasePerson.id)))


def _owe(
    session: Session, told: _Told, overdue: _Overdue, secret: Exclusions, now: datetime
) -> None:
    """A notice to each person and their office, or to the office where nobody can be named.

    Who has the case is told alone: the words speak to that person.
    """
    template = f"overdue_{told.level}"
    again = f".{bangkok(now).date()}" if overdue.escalation >= len(LEVELS) else ""
    if told.level == PEOPLE:
        receivers = people_or_office(told.staff_ids, told.office_code, secret)
    else:
        receivers = with_office(session, told.staff_ids, told.office_code, secret)
    for receiver in receivers:
        owe_notice(
            session,
            template,
            **receiver,
            reference=overdue.reference,
            occasion=overdue.step + again,
            severity=overdue.severity,
            barred=secret.staff,
            is_practice=secret.is_apart,
            due_at=now,
            now=now,
        )


def _set(session: Session, assignment_id: int, **values: object) -> None:
    session.execute(
        update(Assignment)
        .where(Assignment.id == assignment_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
