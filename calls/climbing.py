"""The people of the levels that are rung when an office's operators cannot be had."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Staff
from agents.queries import OnDuty, heads_of, on_call_in_turn, operators_on_duty
from agents.rules import Head
from calls.climbing_rules import ABOVE, DEPUTIES, HEADS, HOTLINE, levels_joined
from calls.hours import EMERGENCY
from calls.models import Callback
from calls.policy import current_policy
from cases.above import office_above
from cases.queries import exclusions
from routing.vocabulary import HQ

OFF: Final = "off"


def people_who_joined(session: Session, callback: Callback, *, now: datetime) -> list[OnDuty]:
    """Whom the levels add by now, in their order; whoever may not know is left to the caller."""
    climb_s = current_policy().climb_s
    joined = levels_joined(callback.severity, callback.late_at, climb_s, now)
    found: list[OnDuty] = []
    if DEPUTIES in joined or HEADS in joined:
        heads = heads_of(session, [callback.office_code], now=now)
        found += _rung(session, callback, (one for one in heads if one.deputy))
        if HEADS in joined:
            found += _rung(session, callback, (one for one in heads if not one.deputy))
    if ABOVE in joined:
        found += _above(session, callback, now=now)
    if HOTLINE in joined:
        found += on_call_in_turn(session, now=now)
    return list({one.staff_id: one for one in found}.values())


def _rung(session: Session, callback: Callback, heads: Iterable[Head]) -> list[OnDuty]:
    """Those with a phone, at any hour; whoever switched off duty in an emergency alone."""
    people = [OnDuty(one.staff_id, one.phone, one.name) for one in heads if one.phone]
    if callback.severity == EMERGENCY:
        return people
    ids = [one.staff_id for one in people]
    off = set(session.scalars(select(Staff.id).where(Staff.id.in_(ids), Staff.duty == OFF)))
    return [one for one in people if one.staff_id not in off]


def _above(session: Session, callback: Callback, *, now: datetime) -> list[OnDuty]:
    """The nearest office above that takes part and may know: operators on duty, then heads."""
    secret = exclusions(session, callback.case_id)
    office = office_above(session, callback.office_code, secret.offices)
    if office is None or office == HQ:
        return []
    heads = heads_of(session, [office], now=now)
    return [*operators_on_duty(session, office, now=now), *_rung(session, callback, heads)]
