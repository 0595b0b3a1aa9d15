"""Who may know of which case: one rule, as a predicate in SQL for lists and as a check for a page.

Source: agents/data/permissions.yaml, design.md §3a.7 (an exclusion denies by list, count, address).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from agents.permissions import (
    ANCESTOR,
    ASSIGNED,
    DESCENDANT,
    EXCLUDED,
    FORMER,
    OFFERED,
    OWN,
    RELATIONS,
    SIBLING,
    UNRELATED,
    Grant,
    best_grant,
    grant,
    office_relation,
    office_relations,
)
from cases.handover_models import Handover, HandoverPerson
from cases.models import Assignment, Case, CasePerson
from cases.part_models import CasePart
from cases.reach import SCHOOL, Reach, Viewer, at_work, not_excluded
from core.looking import learnt
from routing.directory import current_directory
from routing.models import Office

EVERYWHERE = frozenset({OWN, DESCENDANT, ANCESTOR, SIBLING, UNRELATED})
# Relations for which no other office has to be looked at.
AT_HOME = frozenset({OWN, ASSIGNED, OFFERED, FORMER})
# The schools below a person's offices are named up to here, and looked up one by one beyond.
MOST_SCHOOLS = 500
# With more offices than this, schools aside, a person sees a good part of the country.
WIDE = 60
__all__ = [
    "Reach",
    "Standing",
    "Viewer",
    "not_excluded",
    "parents_of",
    "reach",
    "standing",
    "visible",
]

Parents = Mapping[str, str | None]


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
    return reach(session, viewer, action).visible()


def reach(session: Session, viewer: Viewer, action: str) -> Reach:
    """Everything that the person may do `action` with."""
    granted = {(role, office): _granted(role, action) for role, office in viewer.roles}
    if any(relations >= EVERYWHERE for relations in granted.values()):
        return Reach(viewer, everywhere=True)
    offices, above_schools = _at_offices(session, granted)
    is_wide = len(offices) > WIDE
    if above_schools:
        schools = _schools_below(session, tuple(sorted(above_schools)))
        if len(schools) <= MOST_SCHOOLS:
            offices, above_schools = offices | set(schools), set()
    return Reach(
        viewer,
        offices=tuple(sorted(offices)),
        is_wide=is_wide,
        above_schools=tuple(sorted(above_schools)),
        has_own=any(ASSIGNED in relations for relations in granted.values()),
        dialect=session.get_bind().dialect.name,
    )


def standing(session: Session, viewer: Viewer, case_id: int) -> Standing:
    """How the person stands to one case now; the same rule as `visible`, and what is offered.

    It is the office that leads the case that counts: a further part of it opens that part alone
    (cases.part_access).
    What is offered is on no list of cases: whoever is asked sees the hand-over, not the case.
    """
    return learnt(
        session, ("standing", viewer, case_id), lambda: _standing(session, viewer, case_id)
    )


def _standing(session: Session, viewer: Viewer, case_id: int) -> Standing:
    rows = session.execute(_bonds(viewer, case_id)).all()
    if not rows:
        return Standing((("", EXCLUDED),), False, frozenset())
    now = {row.office_code for row in rows if row.is_lead}
    before = {row.office_code for row in rows if row.office_code} - now
    held = _pairs(viewer, now, before, parents_of(session, now | viewer.offices))
    case = rows[0]
    if case.has_case:
        held += [(role, ASSIGNED) for role, _ in viewer.roles]
    # A hand-over waits for the person, or for an office of theirs, to answer.
    held += [
        (role, OFFERED)
        for role, office in viewer.roles
        if case.is_asked or office == case.offered_to
    ]
    if not case.may_know:
        held.append(("", EXCLUDED))
    return Standing(tuple(held), bool(case.has_case), frozenset(now))


def _bonds(viewer: Viewer, case_id: int) -> Any:
    """All that ties a person to a case: a row for each office that leads it or has led it."""
    parts = select(CasePart.assignment_id).where(CasePart.case_id == case_id)
    led = and_(Assignment.case_id == Case.id, Assignment.id.not_in(parts))
    offered = and_(Handover.case_id == Case.id, Handover.state == "offered")
    is_asked = exists().where(
        HandoverPerson.handover_id == Handover.id,
        HandoverPerson.staff_id == viewer.staff_id,
        HandoverPerson.answer.is_(None),
    )
    has_case = exists().where(CasePerson.case_id == Case.id, *at_work(viewer.staff_id))
    return (
        select(
            *(Assignment.office_code, Assignment.is_lead),
            not_excluded(viewer).label("may_know"),
            has_case.label("has_case"),
            Handover.to_office_code.label("offered_to"),
            is_asked.label("is_asked"),
        )
        .select_from(Case)
        .outerjoin(Assignment, led)
        .outerjoin(Handover, offered)
        .where(Case.id == case_id)
    )


def parents_of(session: Session, codes: Iterable[str]) -> Parents:
    """The tree of offices with those of `codes` that are schools, which no snapshot holds."""
    parents = current_directory(session).parents
    missing = frozenset(code for code in codes if code not in parents)
    if not missing:
        return parents
    return {**parents, **_parents_of_schools(session, missing)}


def _parents_of_schools(session: Session, codes: frozenset[str]) -> Parents:
    wanted = select(Office.code, Office.parent_code).where(Office.code.in_(codes))
    return learnt(
        session,
        ("parents", codes),
        lambda: {row.code: row.parent_code for row in session.execute(wanted)},
    )


def _schools_below(session: Session, codes: tuple[str, ...]) -> Sequence[str]:
    """The schools right below these offices; with more than MOST_SCHOOLS there are too many."""
    wanted = select(Office.code).where(Office.type == SCHOOL, Office.parent_code.in_(codes))
    limited = wanted.limit(MOST_SCHOOLS + 1)
    return current_directory(session).schools_below(codes, lambda: session.scalars(limited))


def _granted(role: str, action: str) -> frozenset[str]:
    return frozenset(one for one in RELATIONS if grant(role, action, one) is not Grant.DENY)


def _at_offices(
    session: Session, granted: Mapping[tuple[str, str], frozenset[str]]
) -> tuple[set[str], set[str]]:
    """The offices that stand to one of the person's as was granted; whose schools do as well."""
    parents = parents_of(session, {office for _, office in granted})
    seen = {mine for (_, mine), relations in granted.items() if OWN in relations}
    above_schools: set[str] = set()
    for (_, mine), relations in granted.items():
        if relations <= AT_HOME:
            continue
        relation = office_relations(mine, parents)
        seen |= {one for one, how in relation.items() if how in relations}
        if DESCENDANT in relations:
            above_schools |= {one for one, how in relation.items() if how in (OWN, DESCENDANT)}
    return seen, above_schools


def _pairs(
    viewer: Viewer, now: set[str], before: set[str], parents: Parents
) -> list[tuple[str, str]]:
    held: list[tuple[str, str]] = []
    for role, mine in viewer.roles:
        held += [(role, office_relation(mine, theirs, parents)) for theirs in sorted(now)]
        if mine in before:
            held.append((role, FORMER))
    return held
