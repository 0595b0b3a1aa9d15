"""What a person may know of, as conditions that the database answers from an index.

Who that is says cases.access; here is only how it is asked, of one case or of a whole list.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from agents.models import Staff
from cases.counting import counted_case, everything_counts
from cases.models import Assignment, Case, CaseExclusion, CasePerson
from routing.models import Office

SCHOOL: Final = "school"
# So many offices stand in a statement by name, and the planner looks at each.
FEW_OFFICES: Final = 20


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
class Reach:
    """What a person may know of, in the shapes from which the database finds it quickly.

    `offices` and the schools right below one of `above_schools` are those whose cases are seen;
    `everywhere` is every case; `has_own` adds the cases that the person has. `is_wide`: most cases
    that a list meets are seen, so that it is quicker to look at each than to ask every office.
    """

    viewer: Viewer
    everywhere: bool = False
    offices: tuple[str, ...] = ()
    above_schools: tuple[str, ...] = ()
    has_own: bool = False
    is_wide: bool = False
    dialect: str = ""

    def visible(self) -> ColumnElement[bool]:
        """The condition on Case, for whatever finds its few cases in another way."""
        lead = aliased(Assignment)
        office = select(lead.office_code).where(lead.case_id == Case.id, lead.is_lead)
        own: list[ColumnElement[bool]] = [true()] if self.everywhere else []
        if self.has_offices and not self.everywhere:
            own.append(self.reaches(office.correlate(Case).scalar_subquery()))
        others = self.others()
        if others is not None:
            own.append(Case.id.in_(others))
        return and_(or_(false(), *own), not_excluded(self.viewer))

    @cached_property
    def ways(self) -> list[ColumnElement[bool]]:
        """Conditions on the lead Assignment, no case in two of them: each finds its own index."""
        if self.everywhere:
            return [true()]
        found, others = [], self.others()
        reached = self.reaches(Assignment.office_code) if self.has_offices else None
        if reached is not None:
            found.append(reached)
        if others is not None:
            # One common table: a statement that counts nine lists reads it once.
            mine = Assignment.case_id.in_(select(others.cte().c.case_id))
            found.append(mine if reached is None else and_(reached.is_not(true()), mine))
        return found

    @property
    def has_offices(self) -> bool:
        """Whether any office's cases are seen."""
        return bool(self.offices or self.above_schools)

    def reaches(self, office: SQLColumnExpression[str]) -> ColumnElement[bool]:
        """Whether an office is one of those whose cases are seen."""
        if len(self.offices) <= FEW_OFFICES and not self.above_schools:
            return office.in_(self.offices) if len(self.offices) > 1 else office == self.offices[0]
        named = office.in_(select(self._codes))
        if self.above_schools:
            below = Office.parent_code.in_(self.above_schools)
            return or_(named, exists().where(Office.code == office, Office.type == SCHOOL, below))
        # PostgreSQL joins a bare IN, and would then have to sort all that it finds.
        return named.is_(true()) if self.is_wide else named

    @cached_property
    def _codes(self) -> SQLColumnExpression[str]:
        """The offices as one parameter and one common table, however many they are."""
        if self.dialect == "postgresql":
            codes: Any = func.unnest(literal(list(self.offices), ARRAY(String)))
            listed = select(codes.column_valued("code").label("code"))
        else:
            values = func.json_each(json.dumps(self.offices)).table_valued("value")
            listed = select(values.c.value.label("code"))
        code: SQLColumnExpression[str] = listed.cte().c.code
        return code

    def others(self) -> Select[int] | None:
        """The cases that are seen whichever office leads them: those that the person has."""
        if self.everywhere or not self.has_own:
            return None
        return select(CasePerson.case_id).where(*at_work(self.viewer.staff_id))


def not_excluded(
    viewer: Viewer, case_id: SQLColumnExpression[int] = Case.id
) -> ColumnElement[bool]:
    """The condition on Case that neither the person nor an office of theirs is shut out.

    For another table than Case, `case_id` is its column.
    """
    barred = or_(
        CaseExclusion.staff_id == viewer.staff_id,
        CaseExclusion.office_code.in_(sorted(viewer.offices)),
    )
    return and_(
        ~exists().where(CaseExclusion.case_id == case_id, barred),
        may_know_practice(viewer, case_id),
    )


def may_know_practice(
    viewer: Viewer, case_id: SQLColumnExpression[int] = Case.id
) -> ColumnElement[bool]:
    """The condition on Case that it is real, or that the person practises.

    In a practice service everybody does. Who may know is looked up in the same statement: an admin
    who takes the mark away takes it away from every page.
    """
    if everything_counts():
        return true()
    is_real = ~Case.is_practice if case_id is Case.id else counted_case(case_id)
    return or_(is_real, exists().where(Staff.id == viewer.staff_id, Staff.practises))


def at_work(staff_id: int) -> tuple[ColumnElement[bool], ...]:
    """The condition on CasePerson that the person has the case."""
    return (CasePerson.staff_id == staff_id, CasePerson.ended_at.is_(None))
