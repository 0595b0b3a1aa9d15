"""Days as people write them in forms and files: ISO, or day/month/year in either era."""

import re
from datetime import date, datetime, time
from typing import Final

from core.phones import DIGITS
from core.zones import BANGKOK

BUDDHIST_ERA: Final = 543
# No year of the common era that anybody means is as large.
FIRST_BUDDHIST_YEAR: Final = 2400
# Nobody's working life began before; and the calendar's first day has no moment in UTC.
FIRST_YEAR: Final = 1900
ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
SPOKEN: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def parse_day(text: str) -> date | None:
    """ "2026-11-20", "2569-11-20" or "20/11/2569" as a day, None for nothing; else ValueError."""
    written = text.strip().translate(DIGITS)
    if not written:
        return None
    if found := ISO.fullmatch(written):
        year, month, day = map(int, found.groups())
    elif found := SPOKEN.fullmatch(written):
        day, month, year = map(int, found.groups())
    else:
        raise ValueError(f"not a day: {text}")
    year -= BUDDHIST_ERA if year >= FIRST_BUDDHIST_YEAR else 0
    if year < FIRST_YEAR:
        raise ValueError(f"not a day of our time: {text}")
    return date(year, month, day)


def first_moment(day: date) -> datetime:
    """When a day begins in Thailand."""
    return datetime.combine(day, time(), BANGKOK)
