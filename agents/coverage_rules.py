"""Which hours have too few people; pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from agents.roster_rules import Period, Roster, Turn, span_on, turns
from core.zones import BANGKOK
from routing.opening import END_OF_DAY, SATURDAY, SUNDAY, Span, UsualHours, Week


@dataclass(frozen=True)
class Gap:
    """A time with fewer people than wanted: how many there are."""

    begins: datetime
    ends: datetime
    people: int


def opening(day: date, week: Week | None, usual: UsualHours) -> list[Period]:
    """When an office is open on a day, by its own hours or the usual ones (routing.opening)."""
    is_holiday = day in usual.holidays
    weekday = SUNDAY if is_holiday else day.isoweekday()
    if week is not None:
        spans: Sequence[Span] = week.get(weekday, ())
    else:
        span = usual.working_days if weekday < SATURDAY else usual.other_days
        spans = [span] if span else []
    return [span_on(day, *span) for span in spans]


def whole_day(day: date) -> list[Period]:
    """From midnight to midnight."""
    return [span_on(day, time.min, END_OF_DAY)]


def attended(
    reachable: Collection[int],
    roster: Roster,
    days: Sequence[date],
    *,
    week: Week | None,
    usual: UsualHours,
) -> list[Period]:
    """When one of these people is there: on shift on the days of a roster, else in the office's
    hours of a day on which not everybody is on leave."""
    planned = [day for day in days if roster.is_kept and roster.reaches(day)]
    found = [(one.begins, one.ends) for one in turns(roster, planned) if one.taken_by in reachable]
    for day in days:
        if day not in planned and not all(roster.is_away(one, day) for one in reachable):
            found += opening(day, week, usual)
    return sorted(found)


def gaps(wanted: Iterable[Period], turns: Iterable[Turn], *, fewest: int) -> list[Gap]:
    """The parts of the wanted hours with fewer than `fewest` different people, in their order."""
    taken = [one for one in turns if one.taken_by is not None]
    found: list[Gap] = []
    for begin, end in wanted:
        for gap in _within(begin, end, taken):
            if gap.people >= fewest:
                continue
            last = found[-1] if found else None
            if last and last.ends == gap.begins and last.people == gap.people:
                found[-1] = Gap(last.begins, gap.ends, gap.people)
            else:
                found.append(gap)
    return found


def _within(begin: datetime, end: datetime, taken: Collection[Turn]) -> Iterator[Gap]:
    """A time cut wherever somebody comes or goes."""
    edges = {begin, end} | {at for one in taken for at in (one.begins, one.ends)}
    cuts = sorted(at for at in edges if begin <= at <= end)
    for start, stop in pairwise(cuts):
        there = {one.taken_by for one in taken if one.begins <= start and stop <= one.ends}
        yield Gap(start, stop, len(there))


def days_from(moment: datetime, count: int) -> list[date]:
    """So many days from a moment's day on, as people in Thailand count them."""
    first = moment.astimezone(BANGKOK).date()
    return [first + timedelta(days=ahead) for ahead in range(count)]
