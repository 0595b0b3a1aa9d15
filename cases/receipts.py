"""Who has read that a case came or waits for an answer: on its timeline, for whoever waits."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Notice
from cases.arrivals import CASE_ARRIVED
from cases.models import Case
from cases.timeline import note_event

# The entry that reading a notice leaves, by the notice's template.
ENTRIES: Final = {
    CASE_ARRIVED: "arrival_read",
    "handover_asked": "approval_read",
    "handover_climbed": "approval_read",
    "handover_offered": "offer_read",
}


def note_readings(
    session: Session, staff_id: int, notices: Iterable[Notice], *, now: datetime
) -> None:
    """A person has just read these for the first time; other kinds leave no entry."""
    read = {(one.reference, ENTRIES[one.template]) for one in notices if one.template in ENTRIES}
    if not read:
        return
    wanted = select(Case.reference, Case.id).where(Case.reference.in_({one for one, _ in read}))
    ids = {row.reference: row.id for row in session.execute(wanted)}
    for reference, kind in sorted(read, key=str):
        if reference in ids:
            note_event(session, ids[reference], kind, {}, now, f"staff:{staff_id}")
