"""When an office is open: its own hours, else the usual ones; pure, the moment is an argument."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from core.zones import BANGKOK

END_OF_DAY = time.max
MIDNIGHT = "24:00"
SATURDAY, SUNDAY = 6, 7
Span = tuple[time, time]
# An office's own hours by ISO weekday, Monday 1 to Sunday 7; a day without any is closed.
Week = Mapping[int, tuple[Span, ...]]


@dataclass(frozen=True)
class UsualHours:
    """The hours of every office that has none of its own; None is closed all day.

    `holidays` are the government's, for the days around the moment asked. `own` has the offices
    with days off, or working days, of their own: all their days off.
    """

    working_days: Span | None
    other_days: Span | None
    holidays: frozenset[date] = frozenset()
    own: Mapping[str, frozenset[date]] = field(default_factory=dict, hash=False)

    def of(self, office_code: str) -> "UsualHours":
        """The same with the days off of one office."""
        return replace(self, holidays=self.own.get(office_code, self.holidays))


ALL_DAY: Span = (time.min, END_OF_DAY)


def clock_time(text: str) -> time:
    """ "08:30" as a time, "24:00" as the end of the day; ValueError for anything else."""
    return END_OF_DAY if text == MIDNIGHT else time.fromisoformat(text)


def is_open(at: datetime, week: Week | None, usual: UsualHours | None) -> bool:
    """Whether an office is open; without hours of any kind it is.

    The end itself is closed. A government holiday counts as a Sunday for an office with hours of
    its own, so one that never closes stays open.
    """
    if week is None and usual is None:
        return True
    local = at.astimezone(BANGKOK)
    return any(_within(local.time(), span) for span in spans_on(local.date(), week, usual))


def spans_on(day: date, week: Week | None, usual: UsualHours | None) -> tuple[Span, ...]:
    """When an office is open on a day in Bangkok, by the same rule; without hours of any kind it is
    all day."""
    weekday = SUNDAY if usual and day in usual.holidays else day.isoweekday()
    if week is not None:
        return week.get(weekday, ())
    if usual is None:
        return (ALL_DAY,)
    span = usual.working_days if weekday < SATURDAY else usual.other_days
    return (span,) if span is not None else ()


def _within(moment: time, span: Span) -> bool:
    return span[0] <= moment < span[1]
