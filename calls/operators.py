"""Who is rung for a callback: whoever asked for it, or the owning office's operators in turn."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.office_settings import ringing
from agents.queries import OnDuty, operators_on_duty, person_to_ring
from calls.call_rules import WISH_LIFE, rings_by_itself
from calls.climbing import people_who_joined
from calls.legs import OPERATOR, take_person
from calls.models import Callback, CallbackAttempt
from calls.numbers import can_be_dialled
from cases.queries import exclusions


@dataclass(frozen=True)
class Choice:
    """The operator to ring; without one, why not.

    `round_over`: all were tried in this round. `talking`: some are on the phone. `from_list`: it
    waits until somebody calls from the work list, or until it is late.
    """

    operator: OnDuty | None = field(default=None, repr=False)
    round_over: bool = False
    talking: bool = False
    from_list: bool = False


def choose_operator(session: Session, callback: Callback, *, now: datetime) -> Choice:
    """The operator who was rung longest ago and neither talks nor was tried in this round.

    Somebody who asked to be rung is the only choice. The chosen one's row is held, so that two
    callbacks at once never ring the same person.
    """
    if callback.wanted_staff_id is not None:
        return Choice(_who_asked(session, callback, now=now))
    by_itself = rings_by_itself(
        ringing(session, callback.office_code),
        callback.severity,
        is_late=callback.late_at <= now,
    )
    people = _allowed(session, callback, always_only=not by_itself, now=now)
    if not people and not by_itself:
        return Choice(from_list=True)
    tried = _tried(session, callback)
    fresh = [one for one in people if one.staff_id not in tried]
    for one in fresh:
        if take_person(session, one.staff_id, callback.account_sid, OPERATOR, now=now):
            return Choice(one)
    return Choice(round_over=bool(people) and not fresh, talking=bool(fresh))


def _who_asked(session: Session, callback: Callback, *, now: datetime) -> OnDuty | None:
    """Whoever asked to be rung, whatever the duty; None when it is too late or cannot be."""
    asked_at = callback.due_at
    person = person_to_ring(session, callback.wanted_staff_id or 0)
    if person is None or asked_at is None or asked_at + WISH_LIFE <= now:
        return None
    if not (may_know(session, callback, [person]) and can_be_rung(person)):
        return None
    is_free = take_person(session, person.staff_id, callback.account_sid, OPERATOR, now=now)
    return person if is_free else None


def _allowed(
    session: Session, callback: Callback, *, always_only: bool, now: datetime
) -> list[OnDuty]:
    """Who is on duty and may know, then those who join as the deadline comes near."""
    people = operators_on_duty(session, callback.office_code, now=now, always_only=always_only)
    known = {one.staff_id for one in people}
    joined = people_who_joined(session, callback, now=now)
    people = [*people, *(one for one in joined if one.staff_id not in known)]
    return [one for one in may_know(session, callback, people) if can_be_rung(one)]


def may_know(session: Session, callback: Callback, people: Iterable[OnDuty]) -> list[OnDuty]:
    """Those who are not shut out of the case, and are not the caller."""
    known = list(people)
    secret = exclusions(session, callback.case_id)
    allowed = set(secret.without([one.staff_id for one in known]))
    return [one for one in known if one.staff_id in allowed and one.phone != callback.number]


def can_be_rung(person: OnDuty) -> bool:
    """Whether the person's phone is one that we dial."""
    return can_be_dialled(person.phone)


def _tried(session: Session, callback: Callback) -> set[int | None]:
    query = select(CallbackAttempt.staff_id).where(
        CallbackAttempt.callback_id == callback.id, CallbackAttempt.round == callback.round
    )
    return set(session.scalars(query))
