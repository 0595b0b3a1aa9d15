"""Days and times as people type them: Thai or common era, digits or a month's short name."""

import re
from datetime import date, datetime, time

from core.zones import BANGKOK
from webapp.console.dates import BUDDHIST_ERA, THAI_MONTHS
from webapp.parameters import YEARS

DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
NAMED = re.compile(r"(\d{1,2})\s*([^\d\s]+)\s*(\d{4})")
CLOCK = re.compile(r"(\d{1,2})[.:](\d{2})(?:\s*น\.?)?")
MONTHS = {
    **{name.replace(".", ""): number for number, name in enumerate(THAI_MONTHS, 1)},
    **{date(2000, number, 1).strftime("%b").casefold(): number for number in range(1, 13)},
}


def read_day(text: str) -> date:
    """ "21/11/2569", "21 พ.ย. 2569", "2026-11-21"; ValueError for what is no day.

    A year from 2400 on is one of the Buddhist era. Thai digits are taken as well.
    """
    clean = text.strip()
    if found := YEAR_FIRST.fullmatch(clean):
        year, month, day = (int(one) for one in found.groups())
    elif found := DAY_FIRST.fullmatch(clean):
        day, month, year = (int(one) for one in found.groups())
    elif found := NAMED.fullmatch(clean):
        day, month, year = int(found[1]), _month(found[2]), int(found[3])
    else:
        raise ValueError("is not a day")
    if year >= YEARS.stop:
        year -= BUDDHIST_ERA
    if year not in YEARS:
        raise ValueError("is not a year of either era")
    return date(year, month, day)


def read_time(text: str) -> time:
    """ "9:30", "14.05 น."; ValueError for what is no time of the day."""
    found = CLOCK.fullmatch(text.strip())
    if found is None:
        raise ValueError("is not a time")
    return time(int(found[1]), int(found[2]))


def in_bangkok(day: date, at: time) -> datetime:
    """The aware moment of a day and a time in Thailand."""
    return datetime.combine(day, at, BANGKOK)


def _month(name: str) -> int:
    number = MONTHS.get(name.replace(".", "").casefold())
    if number is None:
        raise ValueError("is not a month")
    return number
