"""Who is rung for a callback: the owning office's operators on duty, in turn."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import StaffRole
from agents.queries import OnDuty, on_call_people, operators_on_duty
from calls.legs import take_person
from calls.models import Callback, CallbackAttempt
from cases.queries import exclusions
from core import runtime
from core.phones import dialable

EMERGENCY: Final = "emergency"


@dataclass(frozen=True)
class Choice:
    """The operator to ring; without one, whether all were tried in this round or some only talk."""

    operator: OnDuty | None = field(default=None, repr=False)
    round_over: bool = False
    talking: bool = False


def choose_operator(session: Session, callback: Callback, *, now: datetime) -> Choice:
    """The operator who was rung longest ago and neither talks nor was tried in this round.

    The chosen one's row is held, so that two callbacks at once never ring the same person.
    """
    people = _allowed(session, callback, now=now)
    tried = _tried(session, callback)
    fresh = [one for one in people if one.staff_id not in tried]
    for one in fresh:
        if take_person(session, one.staff_id, now=now):
            return Choice(one)
    return Choice(round_over=bool(people) and not fresh, talking=bool(fresh))


def _allowed(session: Session, callback: Callback, *, now: datetime) -> list[OnDuty]:
    """Who is on duty and may know; past its deadline an emergency rings the on-call list too."""
    people = operators_on_duty(session, callback.office_code, now=now)
    if callback.severity == EMERGENCY and callback.late_at <= now:
        known = {one.staff_id for one in people}
        people = [*people, *(p for p in on_call_people(session) if p.staff_id not in known)]
    secret = exclusions(session, callback.case_id)
    allowed = set(secret.without([one.staff_id for one in people]))
    allowed -= _members(session, allowed, secret.offices)
    own = frozenset({runtime.current().settings.hotline_number})
    return [
        one
        for one in people
        if one.staff_id in allowed and dialable(one.phone, own) and one.phone != callback.number
    ]


def _members(session: Session, staff: set[int], offices: frozenset[str]) -> set[int]:
    """Those who hold a role at an excluded office too."""
    if not offices or not staff:
        return set()
    held = select(StaffRole.staff_id).where(
        StaffRole.staff_id.in_(staff), StaffRole.office_code.in_(offices)
    )
    return set(session.scalars(held))


def _tried(session: Session, callback: Callback) -> set[int | None]:
    query = select(CallbackAttempt.staff_id).where(
        CallbackAttempt.callback_id == callback.id, CallbackAttempt.round == callback.round
    )
    return set(session.scalars(query))
