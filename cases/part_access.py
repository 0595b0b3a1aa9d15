"""Who may know of a part of a case: the relation is to the part, and no case is opened by it.

Whoever has a part sees what was reported and their own part. The other offices' parts are a number
to them, the lead's notes, people and results are not there at all. Source: domain.md §2 (one report
reaches each school), permissions.yaml, design.md §3a.7.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, exists, false, func, or_, select, text, true
from sqlalchemy.orm import Session, aliased

from agents.models import Staff
from agents.permissions import ASSIGNED, EXCLUDED, office_relation
from cases.access import Standing, Viewer, not_excluded, parents_of, reach
from cases.counting import counted
from cases.deadlines import Owed
from cases.models import OTHER_PART, Assignment, Case, CasePlace
from cases.part_models import CasePart, PartPerson, PartResult
from cases.part_rules import OWED, REVOKED
from cases.states import HAS_PART, SETTLED

VIEW = "part.view"


@dataclass(frozen=True)
class PartFile:
    """A part with its assignment, its case and its place.

    `others` counts the offices besides, the one that leads included: all that a part's own office
    learns about them.
    """

    part: CasePart
    assignment: Assignment
    case: Case
    place: CasePlace | None
    others: int

    @property
    def id(self) -> int:
        """What the part is found by."""
        return self.part.assignment_id

    @property
    def is_open(self) -> bool:
        """Whether its office still owes something."""
        return self.assignment.state in HAS_PART and self.case.status not in SETTLED

    @property
    def owed(self) -> Owed:
        """What decides how long its office may take."""
        case, office = self.case, self.assignment.office_code
        return Owed(case.severity, case.hazard_group, case.hazard_type, office)

    @property
    def step(self) -> str | None:
        """What its office owes next."""
        return OWED[self.assignment.state] if self.is_open else None


class PartRow(NamedTuple):
    """A part on a list: nothing personal, and no word of the lead, is even read."""

    id: int
    office_code: str
    state: str
    due_at: datetime
    severity: str
    hazard_group: str
    hazard_type: str | None
    reference: str
    is_practice: bool


def part_file(session: Session, part_id: int) -> PartFile | None:
    """One part, or None."""
    row = session.execute(_files().where(CasePart.assignment_id == part_id)).first()
    return PartFile(*row) if row else None


def parts_of_case(session: Session, case_id: int) -> list[PartFile]:
    """All parts of a case, ended ones too, in the order in which they were asked for."""
    rows = session.execute(_files().where(CasePart.case_id == case_id))
    return [PartFile(*row) for row in rows.all()]


def open_parts(session: Session, case_id: int) -> Sequence[Assignment]:
    """The parts of a case on which an office owes something."""
    wanted = select(Assignment).join(CasePart, CasePart.assignment_id == Assignment.id)
    of_case = wanted.where(Assignment.case_id == case_id, Assignment.state.in_(HAS_PART))
    return session.scalars(of_case.execution_options(populate_existing=True)).all()


def part_standing(session: Session, viewer: Viewer, file: PartFile) -> Standing:
    """How a person stands to one part; an exclusion from the case denies its parts as well."""
    theirs = file.assignment.office_code
    columns = select(
        exists().where(Case.id == file.case.id, not_excluded(viewer)).label("may_know"),
        exists().where(*_at_work(viewer), PartPerson.assignment_id == file.id).label("has_part"),
    )
    row = session.execute(columns).one()
    parents = parents_of(session, {theirs, *viewer.offices})
    held = [(role, office_relation(mine, theirs, parents)) for role, mine in viewer.roles]
    if row.has_part:
        held += [(role, ASSIGNED) for role, _ in viewer.roles]
    if not row.may_know:
        held.append(("", EXCLUDED))
    return Standing(tuple(held), bool(row.has_part), frozenset({theirs}))


def parts_for(
    session: Session, viewer: Viewer, *, limit: int, own_only: bool = False
) -> Sequence[PartRow]:
    """The open parts that a person may see, the nearest deadline first; at most `limit`.

    What is practised comes after all that is real.
    `own_only`: those of the person's own offices, and those that the person has, which are counted.
    """
    columns = select(
        *(Assignment.id, Assignment.office_code, Assignment.state, Assignment.due_at),
        *(Case.severity, Case.hazard_group, Case.hazard_type, Case.reference),
        Case.is_practice,
    )
    wanted = (
        columns.join(CasePart, CasePart.assignment_id == Assignment.id)
        .join(Case, Case.id == Assignment.case_id)
        .where(*_seen(session, viewer), Case.status.not_in(SETTLED))
    )
    if own_only:
        mine = exists().where(*_at_work(viewer), PartPerson.assignment_id == Assignment.id)
        own = or_(Assignment.office_code.in_(viewer.offices), mine)
        wanted = wanted.where(own, counted(Case.is_practice))
    nearest = wanted.order_by(Case.is_practice, Assignment.due_at, Assignment.id)
    return [PartRow(*row) for row in session.execute(nearest.limit(limit))]


def parts_opened(session: Session, viewer: Viewer, references: Collection[str]) -> dict[str, int]:
    """By a case's reference the part of it that a person may open: of several one that is open,
    of those the newest."""
    if not references:
        return {}
    is_open = Assignment.state.in_(HAS_PART)
    wanted = (
        select(Case.reference, Assignment.id)
        .join(CasePart, CasePart.case_id == Case.id)
        .join(Assignment, Assignment.id == CasePart.assignment_id)
        .where(Case.reference.in_(references), _opens(session, viewer))
        .order_by(is_open, Assignment.id)
    )
    return {row.reference: row.id for row in session.execute(wanted)}


def _seen(session: Session, viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    """Those that are open."""
    # The condition must read as in the index: a planner sees no match behind parameters.
    is_open = cast("ColumnElement[bool]", text(OTHER_PART))
    return (is_open, _opens(session, viewer))


def _opens(session: Session, viewer: Viewer) -> ColumnElement[bool]:
    """Parts of the offices whose parts are seen, and those that the person has."""
    seen = reach(session, viewer, VIEW)
    mine = exists().where(*_at_work(viewer), PartPerson.assignment_id == Assignment.id)
    ways: list[ColumnElement[bool]] = [true()] if seen.everywhere else []
    if seen.has_own:
        ways.append(mine)
    if seen.has_offices:
        ways.append(seen.reaches(Assignment.office_code))
    return or_(false(), *ways) & not_excluded(viewer, Assignment.case_id)


def people_of_part(session: Session, part_id: int) -> list[int]:
    """Ids of the people who have a part now, the first to take it first."""
    wanted = select(PartPerson.staff_id).join(Staff, Staff.id == PartPerson.staff_id)
    wanted = wanted.where(
        PartPerson.assignment_id == part_id, PartPerson.ended_at.is_(None), Staff.active
    )
    return list(session.scalars(wanted.order_by(PartPerson.id)))


def results_of_part(session: Session, part_id: int) -> list[PartResult]:
    """What was reported on a part, the newest first."""
    wanted = select(PartResult).where(PartResult.assignment_id == part_id)
    return list(session.scalars(wanted.order_by(PartResult.id.desc())))


def _at_work(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return (PartPerson.staff_id == viewer.staff_id, PartPerson.ended_at.is_(None))


def _files() -> Any:
    """Parts with all that belongs to them; the others are the lead and what was not withdrawn."""
    other, its_part = aliased(Assignment), aliased(CasePart)
    others = (
        select(func.count())
        .select_from(other)
        .join(its_part, its_part.assignment_id == other.id)
        .where(
            other.case_id == CasePart.case_id,
            other.id != CasePart.assignment_id,
            other.state != REVOKED,
        )
        .correlate(CasePart)
        .scalar_subquery()
    )
    return (
        select(CasePart, Assignment, Case, CasePlace, (others + 1).label("others"))
        .join(Assignment, Assignment.id == CasePart.assignment_id)
        .join(Case, Case.id == CasePart.case_id)
        .outerjoin(CasePlace, CasePlace.id == CasePart.place_id)
        .order_by(CasePart.assignment_id)
        .execution_options(populate_existing=True)
    )
