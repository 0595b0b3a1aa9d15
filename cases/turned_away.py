"""How many reports an office would have had, were it on already: they went to the level above.

A case of which anybody must not know is left out, for a count may tell that it exists
(design.md §3a.7).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select, text
from sqlalchemy.orm import Session

from cases.counting import counted_case
from cases.models import TURNED_AWAY, Assignment, CaseExclusion


@dataclass(frozen=True)
class TurnedAway:
    """So many reports, the first and the last of them."""

    reports: int
    first_at: datetime
    last_at: datetime


def turned_away(
    session: Session, codes: Collection[str] | None = None, *, since: datetime | None = None
) -> dict[str, TurnedAway]:
    """By office, of these or of all; offices without any are not there. Read from a partial
    index: what it costs follows what was turned away, not what is stored."""
    wanted = _counted()
    if codes is not None:
        wanted = wanted.where(Assignment.meant_for.in_(sorted(codes)))
    if since is not None:
        wanted = wanted.where(Assignment.created_at >= since)
    rows = session.execute(wanted)
    return {row.meant_for: TurnedAway(row.reports, row.first_at, row.last_at) for row in rows}


def _counted() -> Any:
    is_barred = exists().where(CaseExclusion.case_id == Assignment.case_id)
    columns = (
        Assignment.meant_for,
        func.count().label("reports"),
        func.min(Assignment.created_at).label("first_at"),
        func.max(Assignment.created_at).label("last_at"),
    )
    # The condition must read as in the index: a planner sees no match behind parameters.
    wanted = select(*columns).where(text(TURNED_AWAY), ~is_barred)
    return wanted.where(counted_case(Assignment.case_id)).group_by(Assignment.meant_for)
