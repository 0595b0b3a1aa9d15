"""What counts: the one place that keeps practice out of figures.

In a real service no figure counts a practice call or a practice case. In a practice service
everything is practice, and its figures would all be zero: there everything counts.
"""

from typing import Any

from sqlalchemy import ColumnElement, exists, not_, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from cases.models import Case
from core import runtime


def counted(mark: InstrumentedAttribute[bool]) -> ColumnElement[bool]:
    """The condition that a row with a mark of its own (Case.is_practice) counts."""
    return true() if everything_counts() else not_(mark)


def counted_case(case_id: Any) -> ColumnElement[bool]:
    """The condition that the case with this id counts, for a query that may know no cases."""
    return true() if everything_counts() else ~_is_practice(case_id)


def listed(mark: InstrumentedAttribute[bool], practice: bool | None) -> ColumnElement[bool]:
    """What a list holds: practice alone, all but practice, or, where nobody asked, what counts."""
    if practice is None:
        return counted(mark)
    return true() & mark if practice else not_(mark)


def listed_case(case_id: Any, practice: bool | None) -> ColumnElement[bool]:
    """The same by the id of a case."""
    if practice is None:
        return counted_case(case_id)
    return _is_practice(case_id) if practice else ~_is_practice(case_id)


def alike(mark: InstrumentedAttribute[bool], practice: bool) -> ColumnElement[bool]:
    """The condition that a row belongs to practice, or to what is real, as a call does.

    In a practice service there is one world only.
    """
    if everything_counts():
        return true()
    return true() & mark if practice else not_(mark)


def everything_counts() -> bool:
    """Whether this service is for practice as a whole."""
    return runtime.current().settings.is_practice


def _is_practice(case_id: Any) -> ColumnElement[bool]:
    practised = aliased(Case)
    found = exists().where(practised.id == case_id, practised.is_practice)
    # Left to itself SQLAlchemy sees one level up only, and the row may be one of further above.
    return found.correlate_except(practised)
