"""Hand-overs that nobody answers in time: the next level is told, level after level.

A request climbs from office to office, and each that was asked keeps the right to decide; an offer
is told to who asked, to the office that has the case, to the one above; the on-call list is last,
and is told again until somebody answers.
Source: design.md §1 (promise 3), §3a.10.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, select, text
from sqlalchemy.orm import Session

from agents.queries import head_operator_ids
from cases.above import office_above
from cases.approvers import approval_of
from cases.deadlines import clock_policy, escalation_period, next_opening
from cases.handover_models import CLIMBING, Handover, HandoverApprover
from cases.handover_moves import REQUESTED
from cases.handover_notices import tell_approvers, tell_office, tell_on_call, tell_people
from cases.handover_timeline import note_event
from cases.holding import HELD, is_free
from cases.queries import exclusions
from cases.rules import NORMAL
from cases.timeline import SYSTEM
from core.sweeps import in_turn
from routing.graveness import graver_first
from routing.vocabulary import HQ

FROM, ABOVE, ON_CALL = "from", "above", "on_call"
OFFER_LEVELS = (FROM, ABOVE, ON_CALL)


def climb_overdue(session: Session, now: datetime, limit: int) -> int:
    """Tell the next level about each hand-over whose time passed; returns how many.

    Graver ones go ahead where more is due than is taken; bounded looks at partial indexes. A case
    that somebody else holds is left to the next run. What is practised in a real service climbs
    nowhere.
    """
    # The condition must read as in the index: a planner sees no match behind parameters.
    overdue = (
        select(Handover.id, Handover.case_id)
        .where(text(CLIMBING), Handover.climb_at <= now)
        .order_by(Handover.climb_at)
    )

    def look(condition: ColumnElement[bool], most: int) -> Sequence[Row[int, int]]:
        return session.execute(overdue.where(condition).limit(most)).all()

    rows = in_turn(look, graver_first(Handover.severity), limit)
    return sum(_climb(session, *row, now) for row in rows)


def _climb(session: Session, handover_id: int, case_id: int, now: datetime) -> bool:
    if not is_free(session, case_id):
        return False
    handover = session.get_one(Handover, handover_id, with_for_update=HELD, populate_existing=True)
    if handover.climb_at is None or handover.climb_at > now:
        return False
    if exclusions(session, case_id).is_apart:
        handover.climb_at = None
        return False
    level = _ask_above if handover.state == REQUESTED else _tell_above
    told, office = level(session, handover, now)
    handover.level += 1
    handover.version += 1
    handover.climb_at = _next_climb(handover, now)
    session.flush()
    data = {"office_code": office, "level": told}
    note_event(session, handover, "handover_climbed", SYSTEM, now, **data)
    return True


def _next_climb(handover: Handover, now: datetime) -> datetime:
    """A period later; after many in vain when the offices open next, and so on, never silent."""
    if handover.level < clock_policy().repeats:
        return now + escalation_period(handover.severity)
    return next_opening(now)


def _ask_above(session: Session, handover: Handover, now: datetime) -> tuple[str, str]:
    """The on-call list is not the end: a head may come to an office that had none."""
    approval = approval_of(session, handover, now=now)
    office = approval.next or approval.late
    if office is None:
        return ON_CALL, tell_on_call(session, handover, "handover_climbed", now=now)
    session.add(HandoverApprover(handover_id=handover.id, office_code=office, asked_at=now))
    if handover.severity != NORMAL:
        handover.ring_at, handover.ring_round = now, handover.ring_round + 1
    session.flush()
    tell_approvers(session, handover, "handover_climbed", office, approval, now=now)
    return ABOVE, office


def _tell_above(session: Session, handover: Handover, now: datetime) -> tuple[str, str]:
    level, office, people = _offer_level(session, handover)
    if level == ON_CALL:
        return level, tell_on_call(session, handover, "handover_unanswered", now=now)
    if level == FROM:
        tell_people(session, handover, "handover_unanswered", [handover.asked_by], now=now)
    tell_office(session, handover, "handover_unanswered", office, people, now=now)
    return level, office


def _offer_level(session: Session, handover: Handover) -> tuple[str, str, list[int]]:
    office = handover.from_office_code
    barred = exclusions(session, handover.case_id).offices
    if handover.level == OFFER_LEVELS.index(FROM) and office not in barred:
        return FROM, office, head_operator_ids(session, office)
    above = office_above(session, office, barred)
    if handover.level <= OFFER_LEVELS.index(ABOVE) and above is not None:
        return ABOVE, above, head_operator_ids(session, above)
    return ON_CALL, HQ, []
