"""Pure rules of opening hours and of who is on duty; `now` is always an argument."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.zones import BANGKOK, bangkok
from routing.opening import Span, clock_time

SATURDAY = 5


@dataclass(frozen=True)
class Head:
    """A head operator of one office; a deputy stands in where no other head may or can decide."""

    staff_id: int
    office_code: str
    deputy: bool = False
    on_duty: bool = True
    phone: str | None = None
    name: str = ""


@dataclass(frozen=True)
class Hours:
    """Opening hours of working days and of other days; None is closed all day."""

    working_days: Span | None
    other_days: Span | None


def parse_span(text: str) -> Span | None:
    """ "08:30-20:00" as two times, "none" as None; ValueError for anything else or no length."""
    if text == "none":
        return None
    start, end = (clock_time(part) for part in text.split("-"))
    if start >= end:
        raise ValueError(f"opening hours end before they begin: {text}")
    return start, end


def is_working_day(day: date, holidays: Container[date]) -> bool:
    """Monday to Friday without the government's holidays (domain.md §5)."""
    return day.weekday() < SATURDAY and day not in holidays


def is_open(now: datetime, hours: Hours, holidays: Container[date]) -> bool:
    """Whether the hours hold at this moment; the end itself is closed."""
    local = now.astimezone(BANGKOK)
    working = is_working_day(local.date(), holidays)
    span = hours.working_days if working else hours.other_days
    return span is not None and span[0] <= local.time() < span[1]


def next_opening(
    now: datetime, hours: Hours, holidays: Container[date], *, within_days: int
) -> datetime | None:
    """The first moment after now at which the hours begin; None where no day has any so soon."""
    today = bangkok(now).date()
    for later in range(within_days + 1):
        day = today + timedelta(days=later)
        span = hours.working_days if is_working_day(day, holidays) else hours.other_days
        if span is not None and (opens := datetime.combine(day, span[0], BANGKOK)) > now:
            return opens
    return None


def next_working_day(day: date, holidays: Container[date]) -> date:
    """The first working day after `day`."""
    day += timedelta(days=1)
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def on_duty(duty: str, *, always: bool, is_open: bool) -> bool:
    """Whether a person is on duty: "off" never, "on" and `always` at any hour, "auto" by the hours.

    Source: design.md §4; `--always-on-duty` ignores office hours.
    """
    if duty == "off":
        return False
    return always or duty == "on" or is_open
