"""Acting at once: every operator is an SC-Action ex officio, and help waits for no approval.

Source: domain.md B10 and C3, design.md §3a.10.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from cases.access import Viewer
from cases.errors import StaleCase
from cases.holding import hold_case
from cases.services import move_case
from cases.states import ACKNOWLEDGED, IN_PROGRESS, OVER, RECEIVED
from cases.taking import take_part
from cases.timeline import note_event


def begin(session: Session, case_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Begin to solve a case without any hand-over; one that was asked for stays open.

    A case that nobody has acknowledged is acknowledged by it. Once more changes nothing; StaleCase
    when the case is over.
    """
    case = hold_case(session, case_id)
    if case.status in OVER:
        raise StaleCase(f"case {case_id} is {case.status}")
    joined = take_part(session, case_id, viewer.staff_id, now=now)
    if case.status == IN_PROGRESS:
        if joined:
            note_event(session, case_id, "taken_on", {}, now, viewer.actor)
        return
    if case.status == RECEIVED:
        move_case(session, case_id, ACKNOWLEDGED, now=now, actor=viewer.actor)
    note_event(session, case_id, "begun", {}, now, viewer.actor)
    move_case(session, case_id, IN_PROGRESS, now=now, actor=viewer.actor)
