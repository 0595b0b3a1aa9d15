"""Which rows of other tables go ahead, by the severity of their cases."""

from typing import Any

from sqlalchemy import ColumnElement, select, text

from cases.models import GRAVE_OPEN, Case
from routing.graveness import GRAVE


def of_graver_cases(case_id: Any) -> list[ColumnElement[bool]]:
    """The conditions of what goes ahead; `case_id` is the column that names the case.

    An index holds the open cases that are grave, few at any time: so no table repeats a severity,
    and a case that turns out to be graver goes ahead from that moment on.
    """
    return [
        case_id.in_(select(Case.id).where(text(GRAVE_OPEN), Case.severity == one)) for one in GRAVE
    ]
