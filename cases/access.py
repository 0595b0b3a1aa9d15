"""Who may know of which case: one rule, as a predicate in SQL for lists and as a check for a page.

Source: agents/data/permissions.yaml, design.md §3a.7 (an exclusion denies by list, count, address).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session

from agents.permissions import (
    ANCESTOR,
    ASSIGNED,
    DESCENDANT,
    EXCLUDED,
    FORMER,
    OWN,
    RELATIONS,
    SIBLING,
    UNRELATED,
    Grant,
    best_grant,
    grant,
    office_relation,
)
from cases.models import Assignment, Case, CaseExclusion, CasePerson
from routing.directory import current_directory
from routing.models import Office

# An office has a part in a case from the moment that it is offered until it is done.
HAS_PART = ("offered", "accepted")
EVERYWHERE = frozenset({OWN, DESCENDANT, ANCESTOR, SIBLING, UNRELATED})
# Relations for which no other office has to be looked at.
AT_HOME = frozenset({OWN, ASSIGNED, FORMER})
SCHOOL = "school"

Parents = Mapping[str, str | None]


@dataclass(frozen=True)
class Viewer:
    """A person who looks: `roles` are pairs of role and office code."""

    staff_id: int
    roles: tuple[tuple[str, str], ...]

    @property
    def offices(self) -> frozenset[str]:
        """Every office that the person works at, in whatever role."""
        return frozenset(office for _, office in self.roles)

    @property
    def actor(self) -> str:
        """The person as a timeline names them."""
        return f"staff:{self.staff_id}"


@dataclass(frozen=True)
class Standing:
    """How a person stands to one case: (role, relation) pairs, and whether the person has it."""

    pairs: tuple[tuple[str, str], ...]
    is_assigned: bool
    case_offices: frozenset[str]

    def grant(self, action: str) -> Grant:
        """What the person may do with the case."""
        return best_grant(self.pairs, action)

    def may(self, action: str) -> bool:
        """Whether the action is granted in any way."""
        return self.grant(action) is not Grant.DENY


def visible(session: Session, viewer: Viewer, action: str) -> ColumnElement[bool]:
    """The condition on Case of everything that the person may do `action` with."""
    granted = {(role, office): _granted(role, action) for role, office in viewer.roles}
    ways: list[ColumnElement[bool]] = []
    if any(ASSIGNED in relations for relations in granted.values()):
        ways.append(_has_case(viewer.staff_id))
    if any(relations >= EVERYWHERE for relations in granted.values()):
        ways.append(true())
    else:
        ways.append(_at_offices(session, granted))
    return and_(or_(false(), *ways), not_excluded(viewer))


def not_excluded(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on Case that neither the person nor an office of theirs is shut out."""
    barred = or_(
        CaseExclusion.staff_id == viewer.staff_id,
        CaseExclusion.office_code.in_(sorted(viewer.offices)),
    )
    return ~exists().where(CaseExclusion.case_id == Case.id, barred)


def standing(session: Session, viewer: Viewer, case_id: int) -> Standing:
    """How the person stands to one case now; the same rule as `visible`."""
    parts = session.execute(
        select(Assignment.office_code, Assignment.is_lead, Assignment.state).where(
            Assignment.case_id == case_id
        )
    ).all()
    now = {row.office_code for row in parts if row.is_lead or row.state in HAS_PART}
    before = {row.office_code for row in parts} - now
    barred = exists().where(Case.id == case_id, not_excluded(viewer))
    has_case = exists().where(CasePerson.case_id == case_id, *_at_work(viewer.staff_id))
    row = session.execute(select(barred.label("may_know"), has_case.label("has_case"))).one()
    held = _pairs(viewer, now, before, parents_of(session, now | viewer.offices))
    if row.has_case:
        held += [(role, ASSIGNED) for role, _ in viewer.roles]
    if not row.may_know:
        held.append(("", EXCLUDED))
    return Standing(tuple(held), bool(row.has_case), frozenset(now))


def parents_of(session: Session, codes: Iterable[str]) -> Parents:
    """The tree of offices with those of `codes` that are schools, which no snapshot holds."""
    directory = current_directory(session)
    missing = [code for code in codes if directory.office(code) is None]
    parents = {code: office.parent_code for code, office in directory.offices.items()}
    if missing:
        rows = session.execute(
            select(Office.code, Office.parent_code).where(Office.code.in_(missing))
        )
        parents |= {row.code: row.parent_code for row in rows}
    return parents


def _granted(role: str, action: str) -> frozenset[str]:
    return frozenset(one for one in RELATIONS if grant(role, action, one) is not Grant.DENY)


def _at_work(staff_id: int) -> tuple[ColumnElement[bool], ...]:
    return (CasePerson.staff_id == staff_id, CasePerson.ended_at.is_(None))


def _has_case(staff_id: int) -> ColumnElement[bool]:
    return Case.id.in_(select(CasePerson.case_id).where(*_at_work(staff_id)))


def _at_offices(
    session: Session, granted: Mapping[tuple[str, str], frozenset[str]]
) -> ColumnElement[bool]:
    """Cases in which an office has a part that stands to one of the person's as was granted."""
    parents = parents_of(session, {office for _, office in granted})
    own = {mine for (_, mine), relations in granted.items() if OWN in relations}
    others: set[str] = set()
    above_schools: set[str] = set()
    for (_, mine), relations in granted.items():
        if relations <= AT_HOME:
            continue
        relation = {one: office_relation(mine, one, parents) for one in {*parents, mine}}
        others |= {one for one, how in relation.items() if how in relations}
        if DESCENDANT in relations:
            above_schools |= {one for one, how in relation.items() if how in (OWN, DESCENDANT)}
    reached: ColumnElement[bool] = Assignment.office_code.in_(sorted(own))
    if others or above_schools:
        reached = or_(reached, Assignment.office_code.in_(_reached(others, above_schools)))
    part = or_(Assignment.is_lead, Assignment.state.in_(HAS_PART))
    return Case.id.in_(select(Assignment.case_id).where(reached, part))


def _reached(others: set[str], above_schools: set[str]) -> Select[str]:
    """The codes as one common table: a statement that counts six lists names them once."""
    schools = and_(Office.type == SCHOOL, Office.parent_code.in_(sorted(above_schools)))
    codes = select(Office.code).where(or_(Office.code.in_(sorted(others)), schools))
    return select(codes.cte("reached_offices").c.code)


def _pairs(
    viewer: Viewer, now: set[str], before: set[str], parents: Parents
) -> list[tuple[str, str]]:
    held: list[tuple[str, str]] = []
    for role, mine in viewer.roles:
        held += [(role, office_relation(mine, theirs, parents)) for theirs in sorted(now)]
        if mine in before:
            held.append((role, FORMER))
    return held
