"""The lists of the desk: cases by what is waiting, each list and each count behind `visible`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, true
from sqlalchemy.orm import Session

from cases.models import Assignment, Case, CasePlace
from cases.states import NEXT_STEPS, RECEIVED, SETTLED

# Counts stop here: nobody needs to know whether 2,000 or 3,000 wait, and a count stays cheap.
COUNT_LIMIT = 100
OPEN = tuple(sorted(NEXT_STEPS))
CLOSED = tuple(sorted(SETTLED))


@dataclass(frozen=True)
class DeskFilter:
    """What somebody chose to see; None is all. `since` is compared with the opening."""

    status: str | None = None
    severity: str | None = None
    group: str | None = None
    office: str | None = None
    since: datetime | None = None


class Mark(NamedTuple):
    """Where a page ended: the deadline and the id of its last row."""

    due_at: datetime
    case_id: int


@dataclass(frozen=True)
class DeskList:
    """Which list: its condition on Case and Assignment, and whether the newest come first."""

    condition: ColumnElement[bool]
    newest_first: bool = False


class Row(NamedTuple):
    """One case on a list: nothing personal is even read."""

    case_id: int
    reference: str
    severity: str
    status: str
    danger: bool
    quiet: bool
    hazard_group: str
    hazard_type: str | None
    opened_at: datetime
    finished_at: datetime | None
    office_code: str
    due_at: datetime
    district_code: str | None
    province_code: str | None


def to_acknowledge() -> ColumnElement[bool]:
    """Cases that nobody has acknowledged."""
    return Case.status == RECEIVED


def is_open() -> ColumnElement[bool]:
    """Cases on which somebody owes something."""
    return Case.status.in_(OPEN)


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """Open cases whose next step should have been done by now."""
    return and_(is_open(), Assignment.due_at < now)


def is_over() -> ColumnElement[bool]:
    """Cases on which nobody owes anything."""
    return Case.status.in_(CLOSED)


def page(
    session: Session,
    seen: ColumnElement[bool],
    wanted: DeskList,
    *,
    chosen: DeskFilter,
    after: Mark | None,
    limit: int,
) -> Sequence[Row]:
    """At most `limit` rows after the mark: the nearest deadline first, or the newest first.

    `seen` is the predicate of cases.access.visible: no list is read without it.
    """
    query = _columns().where(seen, wanted.condition, *_conditions(chosen))
    if wanted.newest_first:
        query = query.order_by(Case.id.desc())
        if after:
            query = query.where(Case.id < after.case_id)
    else:
        query = query.order_by(Assignment.due_at, Case.id)
        if after:
            query = query.where(_later(after))
    return [Row(*row) for row in session.execute(query.limit(limit))]


def counts(
    session: Session,
    seen: ColumnElement[bool],
    lists: Mapping[str, DeskList],
    *,
    chosen: DeskFilter,
) -> dict[str, int]:
    """How many cases each list holds, at most COUNT_LIMIT; one query for all of them."""
    columns = []
    for wanted in lists.values():
        conditions = (seen, wanted.condition, *_conditions(chosen))
        some = _joined(select(literal(1).label("one"))).where(*conditions).limit(COUNT_LIMIT)
        columns.append(select(func.count()).select_from(some.subquery()).scalar_subquery())
    row = session.execute(select(*columns)).one()
    return dict(zip(lists, row, strict=True))


def find(session: Session, reference: str) -> int | None:
    """The id of the case with this reference."""
    return session.scalar(select(Case.id).where(Case.reference == reference))


def _columns() -> Any:
    return _joined(
        select(
            *(Case.id, Case.reference, Case.severity, Case.status, Case.danger, Case.quiet),
            *(Case.hazard_group, Case.hazard_type, Case.opened_at, Case.finished_at),
            *(Assignment.office_code, Assignment.due_at),
            *(CasePlace.district_code, CasePlace.province_code),
        )
    )


def _joined(query: Any) -> Any:
    return (
        query.select_from(Case)
        .join(Assignment, (Assignment.case_id == Case.id) & Assignment.is_lead)
        .join(CasePlace, (CasePlace.case_id == Case.id) & CasePlace.is_lead)
    )


def _later(mark: Mark) -> ColumnElement[bool]:
    same = and_(Assignment.due_at == mark.due_at, Case.id > mark.case_id)
    return or_(Assignment.due_at > mark.due_at, same)


def _conditions(chosen: DeskFilter) -> list[ColumnElement[bool]]:
    equal = (
        (Case.status, chosen.status),
        (Case.severity, chosen.severity),
        (Case.hazard_group, chosen.group),
        (Assignment.office_code, chosen.office),
    )
    found: list[ColumnElement[bool]] = [true()]
    found += [column == value for column, value in equal if value is not None]
    if chosen.since is not None:
        found.append(Case.opened_at >= chosen.since)
    return found
