"""Days and times as people in Thailand type them."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.routing.patience import PATIENT
from webapp.console.thai_days import read_day, read_time

DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    "text",
    [
        *("21/11/2569", "21/11/2026", "21-11-2569", "21.11.2569", "2026-11-21", "2569-11-21"),
        *("21 พ.ย. 2569", "21 พย 2569", "21พ.ย.2569", "21 Nov 2026", " 21 nov 2569 "),
        "๒๑/๑๑/๒๕๖๙",
    ],
)
def test_both_eras_and_every_usual_form_are_read(text: str) -> None:
    assert read_day(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        *("", "today", "31/02/2569", "21/11/69", "21/13/2569", "11/21/2026", "21/11/1999"),
        *("21 Foo 2026", "0/1/2569", "21/11/9999", "2569", "21/11/2569 x"),
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_day(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("9:30", time(9, 30)), ("14.05 น.", time(14, 5)), ("๐๘:๐๐", time(8)), ("00:00", time(0))],
)
def test_times_are_read(text: str, expected: time) -> None:
    assert read_time(text) == expected


@pytest.mark.parametrize("text", ["", "24:00", "9:60", "930", "noon", "9:30:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_time(text)


@PATIENT
@given(st.text(max_size=30))
def test_nothing_that_is_typed_fails_in_another_way(text: str) -> None:
    for read in (read_day, read_time):
        try:
            read(text)
        except ValueError:
            continue


@PATIENT
@given(st.dates(date(2000, 1, 1), date(2399, 12, 31)))
def test_a_day_of_the_buddhist_era_is_the_same_day(day: date) -> None:
    if day.year + 543 >= 2400:
        assert read_day(f"{day.day}/{day.month}/{day.year + 543}") == day
    assert read_day(day.isoformat()) == day
