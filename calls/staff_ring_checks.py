"""Rings at members of staff that nobody reported on: look before anybody is rung again.

The same three short steps as for attempts (calls.reconcile): say what to ask, ask the provider
with no transaction open, take the answer in.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Staff
from calls.adopting import adopt
from calls.looking import Look, Question, question_about
from calls.models import Leg
from calls.policy import Policy
from calls.ring_rules import FAILED
from calls.staff_rings import Row, StaffAsking, StaffRings, outcome_of_leg
from calls.stand_ins import phone_for


def next_look(
    session: Session, rings: StaffRings[Row], ring_id: int, policy: Policy, *, now: datetime
) -> StaffAsking | Question | None:
    """What to do about a ring now: ring again after a 429, ask the provider, or nothing.

    The check is put off at once, so that no other worker does the same meanwhile.
    """
    ring, leg = rings.hold(session, ring_id)
    if ring.check_at is None or ring.check_at > now:
        return None
    phone = session.scalar(select(Staff.phone).where(Staff.id == ring.staff_id)) or ""
    to = phone_for(leg.account_sid, ring.staff_id, phone)
    if ring.state == "busy":
        return rings.ask_again(session, ring, leg, policy, to=to, now=now)
    ring.check_at = now + timedelta(seconds=policy.look_every_s)
    if leg.state == "ended":
        rings.settle(session, ring, outcome_of_leg(leg), now=now)
        ring.check_at = None
        return None
    return question_about(leg, ring.id, to=to, rung_at=ring.intent_at)


def take_in(
    session: Session,
    rings: StaffRings[Row],
    question: Question,
    look: Look,
    policy: Policy,
    *,
    now: datetime,
) -> None:
    """Let the provider's answer have its effect, as if its webhook had come."""
    ring, leg = rings.hold(session, question.row_id)
    if not look.reached:
        return
    if not adopt(session, leg, ring, look, policy, now=now):
        _not_found(session, rings, ring, leg, policy, now=now)
        return
    if leg.state != "ended":
        ring.check_at = now + timedelta(seconds=policy.look_every_s)


def _not_found(
    session: Session,
    rings: StaffRings[Row],
    ring: Row,
    leg: Leg,
    policy: Policy,
    *,
    now: datetime,
) -> None:
    """The provider's list lags behind: only after several looks is a call taken as never made."""
    ring.looks += 1
    if ring.looks >= policy.max_looks:
        rings.give_up(session, ring, leg, FAILED, now=now)
