"""What goes ahead where more is owed than can be done at once: emergencies, then what is urgent."""

from typing import Any, Final

from sqlalchemy import ColumnElement, and_, text

from routing.vocabulary import EMERGENCY, URGENT

GRAVE: Final = (EMERGENCY, URGENT)
# The condition of partial indexes, which a query says word for word: a planner sees no match behind
# parameters.
IS_GRAVE: Final = "severity IN ('emergency','urgent')"


def graver_first(severity: Any) -> list[ColumnElement[bool]]:
    """The conditions of what goes ahead, one after another; `severity` is the table's column."""
    return [and_(text(IS_GRAVE), severity == one) for one in GRAVE]
