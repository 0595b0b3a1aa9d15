"""An office is told that a case has come to it, once its call is over (0040).

No webhook writes a notice: who is told is found by a sweep, one bounded look at a partial index.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from agents.notices import withdraw
from agents.queries import operator_ids
from agents.services import owe_notice
from cases.above import office_above
from cases.holding import is_free
from cases.models import UNTOLD, Assignment, Case
from cases.queries import exclusions
from cases.states import RECEIVED
from cases.telling import with_office
from routing.vocabulary import HQ

CASE_ARRIVED: Final = "case_arrived"


def tell_arrivals(session: Session, now: datetime, limit: int) -> int:
    """Tell the offices of cases that have come to them; returns how many cases.

    Whoever talks with the caller has the case meanwhile: it has come when the call is over. What
    somebody has acknowledged by then needs no telling. A case that somebody else holds is left to
    the next run.
    """
    rows = session.execute(untold().limit(limit)).all()
    return sum(_tell(session, row.id, row.case_id, now) for row in rows)


def untold() -> Select[int, int]:
    """The parts whose offices have not been told, and of which cases, the most pressing first."""
    # The condition must read as in the index: a planner sees no match behind parameters.
    wanted = select(Assignment.id, Assignment.case_id).join(Case, Case.id == Assignment.case_id)
    return wanted.where(text(UNTOLD), Case.finished_at.is_not(None)).order_by(Assignment.due_at)


def _tell(session: Session, assignment_id: int, case_id: int, now: datetime) -> bool:
    # The case before its parts, as everybody else: so nobody locks crosswise.
    if not is_free(session, case_id):
        return False
    part = session.get_one(Assignment, assignment_id, populate_existing=True)
    if not part.is_lead or part.case_status != RECEIVED or part.told_at is not None:
        return False
    part.told_at = now
    session.flush()
    case = session.get_one(Case, case_id, populate_existing=True)
    # The office that had it until now need not hear of it any more.
    withdraw(session, CASE_ARRIVED, case.reference)
    secret = exclusions(session, case_id)
    office = part.office_code
    if office in secret.offices:
        # Shut out by what was told last, of a case that people had sent there.
        office = office_above(session, office, secret.offices) or HQ
    for receiver in with_office(session, operator_ids(session, office), office, secret):
        owe_notice(
            session,
            CASE_ARRIVED,
            **receiver,
            reference=case.reference,
            occasion=f"{part.id}.{int(now.timestamp())}",
            severity=case.severity,
            barred=secret.staff,
            is_practice=secret.is_apart,
            answer_by=part.due_at,
            due_at=now,
            now=now,
        )
    return True
