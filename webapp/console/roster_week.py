"""One week of a roster, drawn: people, days, shifts as bars, and the hours that nobody covers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from agents.coverage_rules import gaps, opening, whole_day
from agents.hours import hours_of
from agents.roster_queries import Days, Team, on_call_team, team_of
from agents.roster_rules import ON_CALL, ONE_DAY, Roster, Turn, turns
from agents.rosters import RosterKey, rung_at
from core.zones import BANGKOK
from routing.directory import current_directory
from routing.vocabulary import HQ

WEEK: Final = timedelta(days=7)
# Of an office two people are wanted in its hours (domain.md B5), of the on-call list one always.
FEWEST: Final = {"office": 2, "on_call": 1}
MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Bar:
    """A part of a shift on one day: minutes from midnight, and its times in words."""

    start: int
    length: int
    text: str
    is_cover: bool


@dataclass(frozen=True)
class Cell:
    """One person on one day."""

    bars: list[Bar]
    is_away: bool


@dataclass(frozen=True)
class Row:
    """One person's week."""

    staff_id: int
    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class Missing:
    """Hours of a day that lack people: their times, and how many people there are."""

    text: str
    people: int


@dataclass(frozen=True)
class DayOf:
    """One column: the day, whether it is a day off, which hours lack people."""

    day: date
    is_holiday: bool
    gaps: list[Missing]


@dataclass(frozen=True)
class Week:
    """The drawn week; `is_kept` is False where the office has no roster."""

    monday: date
    days: list[DayOf]
    rows: list[Row]
    is_kept: bool

    @property
    def has_gaps(self) -> bool:
        """Whether any hour lacks people."""
        return any(one.gaps for one in self.days)


def monday_of(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.isoweekday() - 1)


def week_of(session: Session, key: RosterKey, monday: date) -> Week:
    """A week with a fixed number of queries."""
    days = [monday + ONE_DAY * ahead for ahead in range(7)]
    span = Days(monday - ONE_DAY, days[-1])
    team = team_for(session, key, span)
    found = list(turns(team.roster, [span.first, *days]))
    wanted = {day: _wanted(session, key, day, span) for day in days}
    return Week(
        monday=monday,
        days=[
            DayOf(
                day,
                day in team.roster.holidays,
                [
                    Missing(clock_span(day, gap.begins, gap.ends), gap.people)
                    for gap in gaps(wanted[day], found, fewest=FEWEST[key.kind])
                    if team.roster.is_kept
                ],
            )
            for day in days
        ],
        rows=_rows(team, found, days),
        is_kept=team.roster.is_kept,
    )


def team_for(session: Session, key: RosterKey, days: Days) -> Team:
    """The people of a roster."""
    if key.kind == ON_CALL:
        return on_call_team(session, days)
    return team_of(session, key.office_code, rung_at(key.office_code), days)


def _wanted(
    session: Session, key: RosterKey, day: date, span: Days
) -> list[tuple[datetime, datetime]]:
    """The hours in which somebody is wanted: the whole day for the on-call list."""
    if key.kind == ON_CALL:
        return whole_day(day)
    of_agents = key.office_code == HQ
    usual = hours_of(key.office_code, span.first, span.last, of_agents=of_agents)
    own = None if of_agents else current_directory(session).hours.get(key.office_code)
    return opening(day, own, usual)


def _rows(team: Team, found: Sequence[Turn], days: Sequence[date]) -> list[Row]:
    people = sorted(team.members, key=lambda one: one.staff_id)
    return [
        Row(
            one.staff_id,
            one.name,
            [_cell(one.staff_id, team.roster, found, day) for day in days],
        )
        for one in people
    ]


def _cell(staff_id: int, roster: Roster, found: Iterable[Turn], day: date) -> Cell:
    mine = (one for one in found if one.taken_by == staff_id)
    bars = [bar for one in mine if (bar := bar_on(day, one)) is not None]
    bars.sort(key=lambda bar: bar.start)
    return Cell(bars, roster.is_away(staff_id, day))


def bar_on(day: date, turn: Turn) -> Bar | None:
    """The part of a shift that lies on a day."""
    midnight = datetime.combine(day, datetime.min.time(), BANGKOK)
    begins, ends = max(turn.begins, midnight), min(turn.ends, midnight + ONE_DAY)
    if begins >= ends:
        return None
    start, length = (begins - midnight) // MINUTE, (ends - begins) // MINUTE
    is_cover = turn.taken_by != turn.shift.staff_id
    return Bar(start, length, clock_span(day, begins, ends), is_cover)


def clock_span(day: date, begins: datetime, ends: datetime) -> str:
    """ "22:00–24:00": two moments of one day."""
    is_whole = ends.astimezone(BANGKOK).date() > day
    return f"{begins:%H:%M}–{'24:00' if is_whole else f'{ends:%H:%M}'}"
