"""Reading cases: by reference, in lists, with all that belongs to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from agents.queries import members
from cases.models import Assignment, Case, CaseCall, CaseExclusion, CasePlace, TimelineEvent
from cases.states import NEXT_STEPS

# Processes of one service may disagree about the time by far less than this.
CLOCK_SKEW = timedelta(minutes=1)


@dataclass(frozen=True)
class Exclusions:
    """Who must not know of a case, not even that it exists."""

    offices: frozenset[str]
    staff: frozenset[int]

    def without(self, staff_ids: Iterable[int]) -> list[int]:
        """The people who may know."""
        return [one for one in staff_ids if one not in self.staff]


@dataclass(frozen=True)
class CaseFile:
    """A case with its lead place, its lead assignment and its calls, the first call first."""

    case: Case
    place: CasePlace
    assignment: Assignment
    call_sids: tuple[str, ...]


@dataclass(frozen=True)
class NextStep:
    """What somebody owes next on a case."""

    what: str
    office_code: str
    due_at: datetime


@dataclass(frozen=True)
class CaseFilter:
    """Which cases a list wants; None is all. `before_id` is where the last page ended."""

    call_sid: str | None = None
    office: str | None = None
    status: str | None = None
    since: datetime | None = None
    before_id: int | None = None


def exclusions(session: Session, case_id: int) -> Exclusions:
    """The offices and people who are shut out of a case, and whoever works at such an office.

    Source: design.md §3a.7; one other role elsewhere does not let a person in again.
    """
    columns = select(CaseExclusion.office_code, CaseExclusion.staff_id)
    rows = session.execute(columns.where(CaseExclusion.case_id == case_id)).all()
    offices = frozenset(row.office_code for row in rows if row.office_code is not None)
    staff = frozenset(row.staff_id for row in rows if row.staff_id is not None)
    return Exclusions(offices, staff | members(session, offices))


def case_file(session: Session, reference: str) -> CaseFile | None:
    """The case with this reference, or None."""
    found = _files(session, _with_parts().where(Case.reference == reference))
    return found[0] if found else None


def list_cases(session: Session, wanted: CaseFilter, limit: int) -> Sequence[CaseFile]:
    """The newest cases first, at most `limit`; every filter is served by an index."""
    newest = _with_parts().order_by(Case.id.desc()).limit(limit)
    if wanted.call_sid is not None:
        belongs = select(CaseCall.case_id).where(CaseCall.call_sid == wanted.call_sid)
        newest = newest.where(Case.id.in_(belongs))
    if wanted.office is not None:
        newest = newest.where(Assignment.office_code == wanted.office)
    if wanted.status is not None:
        newest = newest.where(Case.status == wanted.status)
    if wanted.since is not None:
        first = _first_since(session, wanted.since)
        newest = newest.where(Case.opened_at >= wanted.since, Case.id >= first)
    if wanted.before_id is not None:
        newest = newest.where(Case.id < wanted.before_id)
    return _files(session, newest)


def next_step(file: CaseFile) -> NextStep | None:
    """What the lead office owes next, by when; None when the case is over."""
    what = NEXT_STEPS.get(file.case.status)
    if what is None:
        return None
    return NextStep(what, file.assignment.office_code, file.assignment.due_at)


def timeline(session: Session, case_id: int) -> Sequence[TimelineEvent]:
    """Everything that happened to a case, in order."""
    events = select(TimelineEvent).where(TimelineEvent.case_id == case_id)
    return session.scalars(events.order_by(TimelineEvent.id)).all()


def references_of(session: Session, case_ids: Iterable[int]) -> dict[int, str]:
    """References by case ids."""
    rows = session.execute(select(Case.id, Case.reference).where(Case.id.in_(set(case_ids))))
    return {row.id: row.reference for row in rows}


def _with_parts() -> Select[Case, CasePlace, Assignment]:
    return (
        select(Case, CasePlace, Assignment)
        .join(CasePlace, (CasePlace.case_id == Case.id) & CasePlace.is_lead)
        .join(Assignment, (Assignment.case_id == Case.id) & Assignment.is_lead)
    )


def _files(session: Session, wanted: Select[Case, CasePlace, Assignment]) -> list[CaseFile]:
    rows = session.execute(wanted).all()
    calls: dict[int, list[str]] = {row.Case.id: [] for row in rows}
    pairs = (
        select(CaseCall.case_id, CaseCall.call_sid)
        .where(CaseCall.case_id.in_(calls))
        .order_by(CaseCall.linked_at, CaseCall.call_sid)
    )
    for pair in session.execute(pairs):
        calls[pair.case_id].append(pair.call_sid)
    return [
        CaseFile(row.Case, row.CasePlace, row.Assignment, tuple(calls[row.Case.id])) for row in rows
    ]


def _first_since(session: Session, since: datetime) -> int:
    """A case id below which none is as new: ids and times rise together, but for the skew."""
    oldest = select(Case.id).where(Case.opened_at >= since - CLOCK_SKEW)
    return session.scalar(oldest.order_by(Case.opened_at, Case.id).limit(1)) or 0
