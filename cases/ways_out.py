"""Leaving an office's ordinary work by a side way: what must hold of a case before it may go."""

from sqlalchemy.orm import Session

from cases.errors import CaseRefused, StaleCase
from cases.holding import hold_case
from cases.models import Case
from cases.states import CASE, OVER


def hold_for(session: Session, case_id: int, status: str) -> Case:
    """The case, held, if it may get this status of the ways out now.

    StaleCase when it is over; CaseRefused "wrong_status" while a hand-over is open or a result was
    reported, "still_on_the_line" while the caller may say more.
    """
    case = hold_case(session, case_id)
    if case.status in OVER:
        raise StaleCase(f"case {case_id} is {case.status}")
    if status not in CASE[case.status]:
        raise CaseRefused("wrong_status")
    if case.finished_at is None:
        raise CaseRefused("still_on_the_line")
    return case
