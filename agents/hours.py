"""The hours and holidays in force: hours from `agents/data/hours.yaml`, read once per process;
holidays from the calendar, with the days that an admin added or took away."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import holidays as calendars

from agents.holiday_cache import known_changes
from agents.holiday_rules import Change, days_off
from agents.rules import Hours, is_open, next_opening, parse_span
from core import yaml_text
from core.zones import bangkok
from routing.opening import ALL_DAY, UsualHours

FILE = Path(__file__).parent / "data" / "hours.yaml"
# The package's "government" names only what civil servants have beyond the public holidays.
CATEGORIES = ("public", "government")
LONGEST_REST = timedelta(days=31)


@dataclass(frozen=True)
class Closed:
    """The hotline's agents are not at their phones: why, and from when they are again."""

    is_holiday: bool
    opens_at: datetime


@cache
def _settings() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml_text.load(FILE.read_text(encoding="utf-8"))
    return loaded


@cache
def _hours(name: str) -> Hours:
    spans = _settings()[name]
    return Hours(parse_span(spans["working_days"]), parse_span(spans["other_days"]))


def duty_hours() -> Hours:
    """When the hotline's agents are at their phones."""
    return _hours("duty")


def office_hours() -> Hours:
    """When the offices' operators are at their desks."""
    return _hours("office")


@cache
def government_holidays(year: int) -> frozenset[date]:
    """The government's holidays of one year, with those of `hours.yaml`."""
    known = calendars.country_holidays("TH", years=year, categories=CATEGORIES)
    extra = (date.fromisoformat(str(day)) for day in _settings()["holidays"]["extra_dates"])
    return frozenset(known) | {day for day in extra if day.year == year}


@cache
def holiday_names(year: int, language: str) -> dict[date, str]:
    """What the calendar calls the holidays of a year, in "th" or "en"."""
    tongue = {"th": "th", "en": "en_US"}[language]
    known = calendars.country_holidays("TH", years=year, categories=CATEGORIES, language=tongue)
    return dict(known.items())


def holidays_around(now: datetime, office_code: str = "") -> frozenset[date]:
    """The holidays of the year in Thailand, and of the next one when it begins within a month.

    With an office, its own days off as well.
    """
    today = bangkok(now).date()
    years = frozenset({today.year, (today + LONGEST_REST).year})
    return _days_off(years, known_changes(), office_code)


def holidays_between(first: date, last: date, office_code: str = "") -> frozenset[date]:
    """The holidays of the years from one day to another, of one office or of all."""
    years = frozenset(range(first.year, last.year + 1))
    return _days_off(years, known_changes(), office_code)


@lru_cache(maxsize=256)
def _days_off(
    years: frozenset[int], changes: tuple[Change, ...], office_code: str
) -> frozenset[date]:
    calendar = frozenset[date]().union(*(government_holidays(year) for year in years))
    return days_off(calendar, (one for one in changes if one.day.year in years), office_code)


def usual_hours(at: datetime, *, around_clock: bool = False) -> UsualHours:
    """What routing must know of the offices' hours; `around_clock` is for practice, whose people
    are on duty day and night."""
    if around_clock:
        return UsualHours(ALL_DAY, ALL_DAY)
    hours = office_hours()
    here = holidays_around(at)
    own = {code: holidays_around(at, code) for code in _with_own_days(known_changes())}
    return UsualHours(hours.working_days, hours.other_days, here, own)


@lru_cache(maxsize=8)
def _with_own_days(changes: tuple[Change, ...]) -> frozenset[str]:
    """The offices with days off, or working days, that are theirs alone."""
    return frozenset(one.office_code for one in changes if one.office_code)


def hotline_is_open(now: datetime) -> bool:
    """Whether the hotline's duty hours hold now."""
    return is_open(now, duty_hours(), holidays_around(now))


def hotline_closed(now: datetime, *, around_clock: bool = False) -> Closed | None:
    """Why nobody is at the hotline's phones by its hours; None while it is open, or where no hours
    come soon that could be told; `around_clock` is for practice."""
    if around_clock:
        return None
    holidays, hours = holidays_around(now), duty_hours()
    if is_open(now, hours, holidays):
        return None
    opens_at = next_opening(now, hours, holidays, within_days=LONGEST_REST.days)
    return Closed(bangkok(now).date() in holidays, opens_at) if opens_at else None


def hours_of(office_code: str, first: date, last: date, *, of_agents: bool = False) -> UsualHours:
    """The usual hours of an office from one day to another, with its own days off."""
    hours = duty_hours() if of_agents else office_hours()
    off = holidays_between(first, last, office_code)
    return UsualHours(hours.working_days, hours.other_days, off)
