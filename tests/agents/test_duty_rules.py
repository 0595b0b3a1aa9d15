"""Opening hours, holidays and who counts as on duty."""

from datetime import date, datetime

import pytest

from agents.hours import duty_hours, government_holidays, holidays_around, office_hours
from agents.rules import (
    Hours,
    is_open,
    next_opening,
    next_working_day,
    on_duty,
    parse_span,
)
from core.zones import BANGKOK

HOLIDAYS = frozenset({date(2026, 11, 23)})


def bangkok(text: str) -> datetime:
    """A moment as people in Thailand write it."""
    return datetime.fromisoformat(text).replace(tzinfo=BANGKOK)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-20 08:29:59", False),
        ("2026-11-20 08:30", True),
        ("2026-11-20 19:59:59", True),
        ("2026-11-20 20:00", False),
        ("2026-11-21 12:00", False),
        ("2026-11-22 12:00", False),
        ("2026-11-23 12:00", False),
        ("2026-11-24 12:00", True),
    ],
)
def test_the_hotline_is_open_on_working_days(moment: str, expected: bool) -> None:
    assert is_open(bangkok(moment), duty_hours(), HOLIDAYS) is expected


def test_offices_close_before_the_hotline() -> None:
    evening = bangkok("2026-11-20 17:00")
    assert is_open(evening, duty_hours(), HOLIDAYS)
    assert not is_open(evening, office_hours(), HOLIDAYS)


def test_other_days_may_have_hours_of_their_own() -> None:
    hours = Hours(None, parse_span("00:00-24:00"))
    assert is_open(bangkok("2026-11-21 23:59:59"), hours, HOLIDAYS)
    assert not is_open(bangkok("2026-11-20 12:00"), hours, HOLIDAYS)


@pytest.mark.parametrize("text", ["20:00-08:00", "08:00-08:00", "8-20", "later", "08:00"])
def test_hours_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_span(text)


def test_the_next_working_day_skips_weekend_and_holiday() -> None:
    assert next_working_day(date(2026, 11, 20), HOLIDAYS) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-20 07:00", "2026-11-20 08:30"),
        ("2026-11-20 08:30", "2026-11-24 08:30"),
        ("2026-11-20 21:00", "2026-11-24 08:30"),
        ("2026-11-23 12:00", "2026-11-24 08:30"),
        ("2026-11-25 00:00", "2026-11-25 08:30"),
    ],
)
def test_the_next_opening_skips_what_is_closed(now: str, opens: str) -> None:
    found = next_opening(bangkok(now), duty_hours(), HOLIDAYS, within_days=31)
    assert found == bangkok(opens)


def test_hours_that_never_come_are_not_told() -> None:
    never = Hours(None, None)
    assert next_opening(bangkok("2026-11-20 07:00"), never, HOLIDAYS, within_days=31) is None


def test_at_the_turn_of_the_year_both_years_count() -> None:
    around = holidays_around(bangkok("2026-12-30 10:00"))
    assert date(2027, 1, 1) in around
    assert government_holidays(2026) <= around


@pytest.mark.parametrize(
    ("duty", "always", "open_now", "expected"),
    [
        ("auto", False, True, True),
        ("auto", False, False, False),
        ("auto", True, False, True),
        ("on", False, False, True),
        ("off", False, True, False),
        ("off", True, True, False),
    ],
)
def test_on_duty(duty: str, always: bool, open_now: bool, expected: bool) -> None:
    assert on_duty(duty, always=always, is_open=open_now) is expected
