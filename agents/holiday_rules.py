"""The days off that hold: the calendar's, with what people added and took away; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Change:
    """A day that was made a holiday or a working day; an empty office is the whole country."""

    day: date
    office_code: str
    is_off: bool


def days_off(
    calendar: Iterable[date], changes: Iterable[Change], office_code: str = ""
) -> frozenset[date]:
    """The days off of an office; what was said of the office outweighs what was said of all."""
    days = set(calendar)
    about = [one for one in changes if one.office_code in ("", office_code)]
    for one in sorted(about, key=lambda change: change.office_code != ""):
        (days.add if one.is_off else days.discard)(one.day)
    return frozenset(days)
