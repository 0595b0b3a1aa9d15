"""What somebody wants to write into a roster, and what may be wrong with it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from agents.errors import RosterRefused
from agents.roster_rules import REASONS, SWAP
from routing.catalogue import Catalogue, Text

CATALOGUE: Final = Catalogue(Path(__file__).parent / "data" / "roster_refusals.yaml")
CLOCK: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
MIDNIGHT: Final = "24:00"
ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
BACK: Final = timedelta(days=366)
AHEAD: Final = timedelta(days=2 * 366)
WEEKDAYS: Final = range(1, 8)


@dataclass(frozen=True)
class ShiftWish:
    """One line of a roster as it is to be; `weekday` None means `valid_from` alone."""

    staff_id: int
    starts: str
    ends: str
    valid_from: date
    valid_to: date | None = None
    weekday: int | None = None
    on_holidays: bool = False


@dataclass(frozen=True)
class AbsenceWish:
    """Days on which somebody does not come, and who stands in."""

    staff_id: int
    first_day: date
    last_day: date
    reason: str
    cover_id: int | None = None


def day_of(text: str) -> date:
    """ "2026-11-20" as a date; RosterRefused for anything else."""
    try:
        return date.fromisoformat(text) if ISO_DAY.fullmatch(text) else _refuse()
    except ValueError:
        return _refuse()


def _refuse() -> date:
    raise RosterRefused("day_bad")


def check_shift(wish: ShiftWish, today: date) -> None:
    """RosterRefused names the first thing that is wrong with a line."""
    if wish.weekday is not None and wish.weekday not in WEEKDAYS:
        raise RosterRefused("weekday_bad")
    if not CLOCK.fullmatch(wish.starts) or not (
        CLOCK.fullmatch(wish.ends) or wish.ends == MIDNIGHT
    ):
        raise RosterRefused("time_bad")
    check_days(wish.valid_from, wish.valid_to or wish.valid_from, today)


def check_absence(wish: AbsenceWish, today: date) -> None:
    """RosterRefused names the first thing that is wrong with an absence."""
    if wish.reason not in REASONS:
        raise RosterRefused("reason_bad")
    if wish.cover_id == wish.staff_id:
        raise RosterRefused("cover_self")
    if wish.reason == SWAP and wish.cover_id is None:
        raise RosterRefused("cover_missing")
    check_days(wish.first_day, wish.last_day, today)


def check_days(first: date, last: date, today: date) -> None:
    """RosterRefused for days in the wrong order or far away."""
    if last < first:
        raise RosterRefused("days_reversed")
    if first < today - BACK or last > today + AHEAD:
        raise RosterRefused("day_far")


def text_of(error: RosterRefused) -> Text:
    """A refusal in both languages."""
    return CATALOGUE.fill(error.rule, error.values, error.values)
