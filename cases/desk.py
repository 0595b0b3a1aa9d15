"""The lists of the desk: cases by what is waiting, each list and each count behind `reach`.

A list is read from the lead assignments, which repeat the case's status beside office and deadline:
a page is the first rows of one index, a count stops at COUNT_LIMIT, however many cases there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    and_,
    exists,
    false,
    func,
    literal,
    select,
    text,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from cases.access import Reach, Viewer, not_excluded
from cases.counting import counted_case
from cases.handover_conditions import answerable_by, approvable_by
from cases.handover_models import Handover
from cases.models import (
    ONE_LEAD,
    OPEN_LEAD,
    OVER_LEAD,
    RECEIVED_LEAD,
    Assignment,
    Case,
    CasePerson,
    CasePlace,
)
from cases.states import RECEIVED
from core.database import UtcDateTime

# Counts stop here: nobody needs to know whether 2,000 or 3,000 wait, and a count stays cheap.
COUNT_LIMIT = 100


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
    """Which list: conditions on the lead Assignment, and whether the newest come first.

    A case meets at most one of `parts`, each of which is found by an index of its own.
    `is_asked`: it shows what else is asked of its reader, who need not see the cases yet.
    """

    parts: tuple[ColumnElement[bool], ...]
    newest_first: bool = False
    is_asked: bool = False


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
    is_practice: bool
    district_code: str | None
    province_code: str | None


def to_acknowledge() -> ColumnElement[bool]:
    """Leads of cases that nobody has acknowledged."""
    return _lead(RECEIVED_LEAD)


def to_approve(
    session: Session,
    viewer: Viewer,
    *,
    now: datetime,
    case_id: SQLColumnExpression[int] = Case.id,
) -> ColumnElement[bool]:
    """Cases with a hand-over that the person's office was asked to approve, and the person may."""
    return case_id.in_(select(Handover.case_id).where(approvable_by(session, viewer, now=now)))


def to_accept(
    viewer: Viewer, *, case_id: SQLColumnExpression[int] = Case.id
) -> ColumnElement[bool]:
    """Cases that are offered to the person, or to an office of theirs.

    They are on no other list of theirs yet: a DeskList of them `is_asked`.
    """
    return case_id.in_(select(Handover.case_id).where(answerable_by(viewer)))


def are_unassigned() -> ColumnElement[bool]:
    """Leads of open cases that were acknowledged and that no person has any longer."""
    rest = and_(Assignment.case_status != RECEIVED, ~_has_person(Assignment.case_id))
    return and_(are_open(), rest)


def are_open() -> ColumnElement[bool]:
    """Leads of cases on which somebody owes something."""
    return _lead(OPEN_LEAD)


def are_overdue(now: datetime) -> ColumnElement[bool]:
    """Leads of open cases whose next step should have been done by now."""
    return and_(are_open(), Assignment.due_at < now)


def are_over() -> ColumnElement[bool]:
    """Leads of cases on which nobody owes anything."""
    return _lead(OVER_LEAD)


def page(
    session: Session,
    seen: Reach,
    wanted: DeskList,
    *,
    chosen: DeskFilter,
    after: Mark | None,
    limit: int,
) -> Sequence[Row]:
    """At most `limit` rows after the mark: the nearest deadline first, or the newest first.

    `seen` is what cases.access.reach says of the reader: no list is read without it. Each way
    to a case gives its first rows from an index; whatever else a row shows is read for those alone.
    """
    begins = _after(wanted, after) if after else None
    found = union_all(*_firsts(seen, wanted, chosen, limit, begins)).subquery()
    nearest = select(found.c.case_id).order_by(*_order(wanted, found.c.due_at, found.c.case_id))
    chosen_ids = nearest.limit(limit).subquery()
    query = _columns(chosen_ids.c.case_id).order_by(*_order(wanted, Assignment.due_at, Case.id))
    return [Row(*row) for row in session.execute(query)]


def counts(
    session: Session,
    seen: Reach,
    lists: Mapping[str, DeskList],
    *,
    chosen: DeskFilter,
) -> dict[str, int]:
    """How many cases each list holds, at most COUNT_LIMIT; one query for all of them.

    Practice is on the lists, with its mark, and in no count of a real service.
    A way is counted in the list's order, for which its index is made; the next one only while the
    limit is not reached.
    """
    columns = []
    counts_too = counted_case(Assignment.case_id)
    for wanted in lists.values():
        firsts = _firsts(seen, wanted, chosen, COUNT_LIMIT, counts_too)
        some = union_all(*firsts).limit(COUNT_LIMIT)
        columns.append(select(func.count()).select_from(some.subquery()).scalar_subquery())
    row = session.execute(select(*columns)).one()
    return dict(zip(lists, row, strict=True))


def find(session: Session, reference: str) -> int | None:
    """The id of the case with this reference."""
    return session.scalar(select(Case.id).where(Case.reference == reference))


def _lead(condition: str) -> ColumnElement[bool]:
    # The condition must read as in the index: a planner sees no match behind parameters.
    return cast("ColumnElement[bool]", text(condition))


def _has_person(case_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    return exists().where(CasePerson.case_id == case_id, CasePerson.ended_at.is_(None))


def _firsts(
    seen: Reach,
    wanted: DeskList,
    chosen: DeskFilter,
    limit: int,
    rest: ColumnElement[bool] | None = None,
) -> list[Any]:
    """The first rows of every way; of a list that nothing leads to, none."""
    order = _order(wanted, Assignment.due_at, Assignment.case_id)
    ways = _ways(seen, wanted, chosen) or [_leads(chosen).where(false())]
    also = true() if rest is None else rest
    return [select(way.where(also).order_by(*order).limit(limit).subquery()) for way in ways]


def _ways(seen: Reach, wanted: DeskList, chosen: DeskFilter) -> list[Any]:
    """Every way to a case of the list, none of which leads to the same case as another."""
    leads = _leads(chosen)
    if wanted.is_asked:
        return [leads.where(part) for part in wanted.parts]
    may_know = not_excluded(seen.viewer, Assignment.case_id)
    return [leads.where(part, way, may_know) for way in seen.ways for part in wanted.parts]


def _leads(chosen: DeskFilter) -> Any:
    leads = select(Assignment.case_id, Assignment.due_at).where(text(ONE_LEAD))
    if chosen.status is not None:
        leads = leads.where(Assignment.case_status == chosen.status)
    if chosen.office is not None:
        leads = leads.where(Assignment.office_code == chosen.office)
    of_case = _conditions(chosen)
    return leads.join(Case, Case.id == Assignment.case_id).where(*of_case) if of_case else leads


def _columns(case_id: Any) -> Any:
    return (
        select(
            *(Case.id, Case.reference, Case.severity, Case.status, Case.danger, Case.quiet),
            *(Case.hazard_group, Case.hazard_type, Case.opened_at, Case.finished_at),
            *(Assignment.office_code, Assignment.due_at, Case.is_practice),
            *(CasePlace.district_code, CasePlace.province_code),
        )
        .join_from(Case, Assignment, (Assignment.case_id == Case.id) & Assignment.is_lead)
        .join(CasePlace, (CasePlace.case_id == Case.id) & CasePlace.is_lead)
        .where(Case.id.in_(select(case_id)))
    )


def _order(wanted: DeskList, due_at: Any, case_id: Any) -> tuple[Any, ...]:
    return (case_id.desc(),) if wanted.newest_first else (due_at, case_id)


def _after(wanted: DeskList, mark: Mark) -> ColumnElement[bool]:
    if wanted.newest_first:
        return Assignment.case_id < mark.case_id
    here = tuple_(Assignment.due_at, Assignment.case_id)
    return here > tuple_(literal(mark.due_at, UtcDateTime), literal(mark.case_id))


def _conditions(chosen: DeskFilter) -> list[ColumnElement[bool]]:
    """What was chosen of the case itself."""
    equal = ((Case.severity, chosen.severity), (Case.hazard_group, chosen.group))
    found: list[ColumnElement[bool]] = []
    found += [column == value for column, value in equal if value is not None]
    if chosen.since is not None:
        found.append(Case.opened_at >= chosen.since)
    return found
