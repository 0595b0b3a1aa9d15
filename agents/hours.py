"""The hours and holidays in force, read from `agents/data/hours.yaml` once per process."""

from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import holidays as calendars
import yaml

from agents.rules import Hours, is_open, parse_span
from core.zones import bangkok

FILE = Path(__file__).parent / "data" / "hours.yaml"
# The package's "government" names only what civil servants have beyond the public holidays.
CATEGORIES = ("public", "government")
LONGEST_REST = timedelta(days=31)


@cache
def _settings() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
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
    """The government's holidays of one year, with those that an admin added."""
    known = calendars.country_holidays("TH", years=year, categories=CATEGORIES)
    extra = (date.fromisoformat(str(day)) for day in _settings()["holidays"]["extra_dates"])
    return frozenset(known) | {day for day in extra if day.year == year}


def holidays_around(now: datetime) -> frozenset[date]:
    """The holidays of the year in Thailand, and of the next one when it begins within a month."""
    today = bangkok(now).date()
    years = {today.year, (today + LONGEST_REST).year}
    return frozenset[date]().union(*(government_holidays(year) for year in years))


def hotline_is_open(now: datetime) -> bool:
    """Whether the hotline's duty hours hold now."""
    return is_open(now, duty_hours(), holidays_around(now))


def offices_are_open(now: datetime) -> bool:
    """Whether the offices' hours hold now."""
    return is_open(now, office_hours(), holidays_around(now))
