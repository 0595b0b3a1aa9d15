"""The own shifts of the next two weeks, and the own days away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import StaffRole
from agents.own_leave import own_leave, rosters_of
from agents.queries import AGENT, OPERATORS
from agents.roster_queries import Days, Team, on_call_team, teams
from agents.roster_rules import LEAVE, ON_CALL, ONE_DAY, turns
from agents.sessions import SignedIn
from core.zones import bangkok
from routing.models import Office
from webapp.console.dates import long_date, short_day
from webapp.console.language import gettext
from webapp.console.pages import named
from webapp.console.roster_page import KIND_TEXTS, REASON_TEXTS

AHEAD_DAYS: Final = 14


@dataclass(frozen=True)
class MyTurn:
    """One of the own shifts."""

    day: str
    hours: str
    place: str
    is_cover: bool


@dataclass(frozen=True)
class MyLeave:
    """Days on which the person does not come; whoever entered them may take them back."""

    id: int
    days: str
    may_end: bool


@dataclass(frozen=True)
class MyRoster:
    """All that the page shows of a person's own time."""

    turns: list[MyTurn]
    away: list[MyLeave]
    is_kept: bool
    may_enter: bool
    reasons: list[tuple[str, str]]
    today: date


def my_roster_page(session: Session, person: SignedIn, *, now: datetime) -> MyRoster:
    """The own shifts from today on, at every office and on the on-call list."""
    today = bangkok(now).date()
    days = Days(today - ONE_DAY, today + ONE_DAY * AHEAD_DAYS)
    mine = StaffRole.office_code.in_(sorted({office for _, office in person.roles}))
    found = teams(session, (AGENT, *OPERATORS), days, mine)
    called = on_call_team(session, days)
    offices = select(Office).where(Office.code.in_(found))
    places = [(found[one.code], named(one)) for one in session.scalars(offices)]
    places.append((called, gettext(KIND_TEXTS[ON_CALL])))
    taken = sorted(
        (turn for team, place in places for turn in _turns(team, person.staff_id, place, days)),
        key=lambda one: one[0],
    )
    rosters = [team.roster for team, _ in places]
    away = own_leave(session, person.staff_id, today)
    return MyRoster(
        turns=[turn for begins, turn in taken],
        away=[
            MyLeave(one.id, _days(one.first_day, one.last_day), one.created_by == person.staff_id)
            for one in away
        ],
        is_kept=any(roster.is_kept for roster in rosters),
        may_enter=bool(rosters_of(person.roles)),
        reasons=[(one, gettext(REASON_TEXTS[one])) for one in LEAVE],
        today=today,
    )


def _turns(team: Team, staff_id: int, place: str, days: Days) -> Iterator[tuple[datetime, MyTurn]]:
    every = [days.first + ONE_DAY * ahead for ahead in range((days.last - days.first).days + 1)]
    for one in turns(team.roster, every):
        if one.taken_by == staff_id and one.day > days.first:
            hours = f"{one.begins:%H:%M}–{one.ends:%H:%M}"
            is_cover = one.shift.staff_id != staff_id
            yield one.begins, MyTurn(short_day(one.day), hours, place, is_cover)


def _days(first: date, last: date) -> str:
    return long_date(first) if first == last else f"{long_date(first)} – {long_date(last)}"
