"""Time that counts in opening hours alone: never in closed time, never backwards, no daylight."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.work_clock import WorkClock
from core.zones import BANGKOK
from routing.opening import ALL_DAY, END_OF_DAY, UsualHours, is_open, spans_on

HOLIDAY = date(2026, 11, 23)
USUAL = UsualHours((time(8, 30), time(16, 30)), None, frozenset({HOLIDAY}))
OFFICE = WorkClock(None, USUAL)
# Open on Saturday mornings too, over lunch closed, on Sundays and holidays for two hours.
OWN = WorkClock(
    {
        **dict.fromkeys(range(1, 6), ((time(8), time(12)), (time(13), time(17)))),
        6: ((time(9), time(11)),),
        7: ((time(22), END_OF_DAY),),
    },
    USUAL,
)
ALWAYS = WorkClock(dict.fromkeys(range(1, 8), (ALL_DAY,)), USUAL)
CLOCKS = st.sampled_from([OFFICE, OWN, ALWAYS])
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 700 * 24 * 3600).map(lambda seconds: FIRST + timedelta(seconds=seconds))
SPANS = st.integers(0, 9_600).map(lambda minutes: timedelta(minutes=minutes))


def bangkok(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BANGKOK)


@pytest.mark.parametrize(
    ("clock", "since", "minutes", "due"),
    [
        (OFFICE, "2026-11-19 10:00", 60, "2026-11-19 11:00"),
        (OFFICE, "2026-11-19 16:00", 60, "2026-11-20 09:00"),
        (OFFICE, "2026-11-19 16:00", 30, "2026-11-19 16:30"),
        (OFFICE, "2026-11-19 20:00", 30, "2026-11-20 09:00"),
        # A Friday, then a weekend and a holiday.
        (OFFICE, "2026-11-20 16:00", 60, "2026-11-24 09:00"),
        (OFFICE, "2026-11-21 10:00", 0, "2026-11-24 08:30"),
        (OWN, "2026-11-20 11:30", 60, "2026-11-20 13:30"),
        (OWN, "2026-11-20 16:30", 60, "2026-11-21 09:30"),
        # The holiday counts as a Sunday, whose last minute is the day's.
        (OWN, "2026-11-23 21:00", 120, "2026-11-24 00:00"),
        (ALWAYS, "2026-11-20 23:30", 60, "2026-11-21 00:30"),
    ],
)
def test_minutes_count_while_the_office_is_open(
    clock: WorkClock, since: str, minutes: int, due: str
) -> None:
    assert clock.after(bangkok(since), timedelta(minutes=minutes)) == bangkok(due)


def test_an_office_that_never_opens_still_gets_an_end() -> None:
    never = WorkClock({}, UsualHours(None, None))
    since = bangkok("2026-11-20 10:00")
    assert never.after(since, timedelta(hours=1)) > since


@given(CLOCKS, MOMENTS, SPANS)
def test_the_end_is_never_in_closed_time(
    clock: WorkClock, since: datetime, span: timedelta
) -> None:
    due = clock.after(since, span)
    just_before = due - timedelta(microseconds=1)
    assert due >= since
    assert is_open(due, clock.week, clock.usual) or is_open(just_before, clock.week, clock.usual)


@given(CLOCKS, MOMENTS, SPANS, SPANS)
def test_who_begins_later_or_has_longer_ends_no_earlier(
    clock: WorkClock, since: datetime, span: timedelta, more: timedelta
) -> None:
    assert clock.after(since, span) <= clock.after(since, span + more)
    assert clock.after(since, span) <= clock.after(since + more, span)


@given(CLOCKS, MOMENTS, SPANS)
def test_as_much_time_passes_as_was_given(
    clock: WorkClock, since: datetime, span: timedelta
) -> None:
    assert clock.between(since, clock.after(since, span)) == span


@given(CLOCKS, MOMENTS, SPANS)
def test_the_clock_reads_bangkok_and_no_other_zone(
    clock: WorkClock, since: datetime, span: timedelta
) -> None:
    local = since.astimezone(BANGKOK)
    assert clock.after(since, span) == clock.after(local, span)


@given(CLOCKS, MOMENTS)
def test_a_day_is_open_in_its_spans_and_nowhere_else(clock: WorkClock, at: datetime) -> None:
    local = at.astimezone(BANGKOK)
    spans = spans_on(local.date(), clock.week, clock.usual)
    inside = any(start <= local.time() < end for start, end in spans)
    assert inside == is_open(at, clock.week, clock.usual)
