"""Reading cases: by reference, in lists, with all that belongs to them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from agents.queries import members, no_trainees
from cases import counting
from cases.handover_models import UNANSWERED, Handover, HandoverApprover
from cases.models import Assignment, Case, CaseCall, CaseExclusion, CasePlace, TimelineEvent
from cases.states import ASSIGNED, NEXT_STEPS, WAITING_APPROVAL
from core.looking import learnt

# Processes of one service may disagree about the time by far less than this.
CLOCK_SKEW = timedelta(minutes=1)


@dataclass(frozen=True)
class Exclusions:
    """Who must not know of a case, not even that it exists.

    `is_apart`: it was practised in a real service. All but the trainees are shut out of it then,
    and nobody is told anything of it, trainees neither.
    """

    offices: frozenset[str]
    staff: frozenset[int]
    is_apart: bool = False

    def without(self, staff_ids: Iterable[int]) -> list[int]:
        """The people who may know."""
        return [one for one in staff_ids if one not in self.staff]


@dataclass(frozen=True)
class CaseFile:
    """A case with its lead place, its lead assignment and its calls, the first call first.

    `handover` is the one on which somebody owes an answer.
    """

    case: Case
    place: CasePlace
    assignment: Assignment
    call_sids: tuple[str, ...]
    handover: "OpenHandover | None" = None

    @property
    def approver_code(self) -> str | None:
        """The office that was asked last to approve the hand-over."""
        return self.handover.approver_code if self.handover else None


class OpenHandover(NamedTuple):
    """A hand-over on which somebody owes an answer: no word of why, which is sealed.

    `approver_code` is the office that was asked last to approve it.
    """

    case_id: int
    id: int
    state: str
    to_office_code: str | None
    approver_code: str | None


@dataclass(frozen=True)
class NextStep:
    """What somebody owes next on a case."""

    what: str
    office_code: str
    due_at: datetime


@dataclass(frozen=True)
class CaseFilter:
    """Which cases a list wants; None is all, but of `practice` what counts.

    `before_id` is where the last page ended. Who names a call gets its case, practice or not.
    """

    call_sid: str | None = None
    office: str | None = None
    status: str | None = None
    since: datetime | None = None
    before_id: int | None = None
    practice: bool | None = None


def exclusions(session: Session, case_id: int) -> Exclusions:
    """The offices and people who are shut out of a case, and whoever works at such an office.

    Source: design.md §3a.7; one other role elsewhere does not let a person in again.
    """
    return learnt(session, ("exclusions", case_id), lambda: exclusions_of(session, (case_id,)))


def exclusions_of(session: Session, case_ids: Collection[int]) -> Exclusions:
    """The same of several cases together: whoever is shut out of any one of them."""
    columns = select(CaseExclusion.office_code, CaseExclusion.staff_id, Case.is_practice)
    with_mark = columns.select_from(Case).outerjoin(CaseExclusion, CaseExclusion.case_id == Case.id)
    rows = session.execute(with_mark.where(Case.id.in_(case_ids))).all()
    offices = frozenset(row.office_code for row in rows if row.office_code is not None)
    staff = frozenset(row.staff_id for row in rows if row.staff_id is not None)
    staff |= members(session, offices)
    is_apart = not counting.everything_counts() and any(row.is_practice for row in rows)
    return Exclusions(offices, staff | no_trainees(session) if is_apart else staff, is_apart)


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
    else:
        newest = newest.where(counting.listed(Case.is_practice, wanted.practice))
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
    """What is owed next, by which office and when; None when the case is over.

    It is the lead office but for a hand-over: then the office that was asked last to approve it,
    and after that the one that is to have the case.
    """
    what = NEXT_STEPS.get(file.case.status)
    if what is None:
        return None
    lead = file.assignment.office_code
    office = owing_office(file.case.status, lead, file.handover)
    return NextStep(what, office, file.assignment.due_at)


def owing_office(status: str, lead: str, handover: OpenHandover | None) -> str:
    """The office that owes the next step on a case in this status."""
    office: str | None = None
    if handover is not None and status == WAITING_APPROVAL:
        office = handover.approver_code
    elif handover is not None and status == ASSIGNED:
        office = handover.to_office_code
    return office or lead


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
    handovers = unanswered_handovers(session, calls)
    return [
        CaseFile(
            *(row.Case, row.CasePlace, row.Assignment, tuple(calls[row.Case.id])),
            handovers.get(row.Case.id),
        )
        for row in rows
    ]


def unanswered_handovers(session: Session, case_ids: Iterable[int]) -> dict[int, OpenHandover]:
    """The hand-overs of these cases that wait for an answer, by case.

    Nothing sealed is opened: a list must not fail because of one row whose key is lost.
    """
    asked_last = (
        select(HandoverApprover.office_code)
        .where(HandoverApprover.handover_id == Handover.id)
        .order_by(HandoverApprover.asked_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    # The condition must read as in the index: a planner sees no match behind parameters.
    columns = (Handover.case_id, Handover.id, Handover.state, Handover.to_office_code)
    wanted = select(*columns, asked_last.label("approver_code")).where(
        Handover.case_id.in_(case_ids), text(UNANSWERED)
    )
    return {row.case_id: OpenHandover(*row) for row in session.execute(wanted)}


def _first_since(session: Session, since: datetime) -> int:
    """A case id below which none is as new: ids and times rise together, but for the skew."""
    oldest = select(Case.id).where(Case.opened_at >= since - CLOCK_SKEW)
    return session.scalar(oldest.order_by(Case.opened_at, Case.id).limit(1)) or 0
