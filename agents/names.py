"""What people are called, for pages that mention them; a look asks for each person once."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Staff
from core.looking import learnt


def names_of(session: Session, staff_ids: Iterable[int | None]) -> dict[int, str]:
    """Names by id, of those who are known; None in the place of an id is nobody."""
    known: dict[int, str] = learnt(session, "names of people", dict)
    wanted = {one for one in staff_ids if one is not None}
    if new := wanted - known.keys():
        rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(new)))
        known.update((row.id, row.name) for row in rows)
    return {one: known[one] for one in wanted if one in known}
