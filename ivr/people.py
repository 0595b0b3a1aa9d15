"""Who may be rung for a live call, and when that person is wanted for a graver one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from agents.profiles import skills_of
from agents.queries import OnDuty, agents_on_duty, trainees_of
from calls.ring_limits import lets_graver_calls_first, waits_in_danger
from core import runtime
from core.phones import dialable
from ivr.turns import Ring

# Everybody speaks it: no profile need say so.
FIRST_LANGUAGE: Final = "th"


def people_on_duty(
    session: Session,
    *,
    urgent: bool,
    prefers: str = "",
    speaks: str | None = None,
    is_apart: bool = False,
    now: datetime,
) -> list[OnDuty]:
    """Whom a live call may ring, in turn; a number that may not be dialled is left out.

    A call that `is_apart`, practised beside the real telephone, rings trainees alone.
    Those who speak the preferred language come first; with `speaks` there is nobody else.
    """
    own = frozenset({runtime.current().settings.hotline_number})
    people = agents_on_duty(session, now=now, urgent=urgent)
    people = [person for person in people if dialable(person.phone, own)]
    people = trainees_of(session, people) if is_apart else people
    wanted = speaks or prefers
    if not people or wanted in ("", FIRST_LANGUAGE):
        return people
    skills = skills_of(session, [person.staff_id for person in people])
    speakers = [person for person in people if wanted in skills.get(person.staff_id, ())]
    if speaks is not None:
        return speakers
    return [*speakers, *(person for person in people if person not in speakers)]


def waits_for_another(
    session: Session, asked: Ring, call_sid: str, people: Iterable[OnDuty], *, now: datetime
) -> bool:
    """Whether a call waits a little before it rings one of these people."""
    if asked.alike:
        staff_ids = [person.staff_id for person in people]
        return waits_in_danger(session, call_sid, asked.alike, staff_ids, now=now)
    # One of those who are free would be rung now: the others must do for the graver calls.
    return _lets_first(session, asked.graver, call_sid, taken=1, now=now)


def is_wanted_elsewhere(
    session: Session, graver: tuple[str, ...], call_sid: str, *, now: datetime
) -> bool:
    """Whether a person who is being rung for this call is needed for a graver one."""
    return _lets_first(session, graver, call_sid, taken=0, now=now)


def _lets_first(
    session: Session, graver: tuple[str, ...], call_sid: str, *, taken: int, now: datetime
) -> bool:
    if not graver:
        return False

    def staff_ids() -> list[int]:
        return [one.staff_id for one in people_on_duty(session, urgent=True, now=now)]

    return lets_graver_calls_first(session, call_sid, graver, staff_ids, taken=taken, now=now)
