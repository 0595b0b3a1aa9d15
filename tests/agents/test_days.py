"""Days as people write them: ISO or spoken order, either era, digits of either script."""

from datetime import date

import pytest

from agents.days import first_moment, parse_day


@pytest.mark.parametrize(
    "text", ["2026-11-20", "2569-11-20", "20/11/2569", "20/11/2026", " ๒๐/๑๑/๒๕๖๙ "]
)
def test_one_day_in_every_way_of_writing(text: str) -> None:
    assert parse_day(text) == date(2026, 11, 20)


def test_nothing_is_no_day() -> None:
    assert parse_day("  ") is None


@pytest.mark.parametrize(
    "text",
    [
        *("31/2/2569", "2026-13-01", "yesterday", "20.11.2026", "0000-1-1"),
        *("0001-01-01", "1/1/0001", "1899-12-31", "2442-12-31"),
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_day(text)


def test_a_day_begins_at_midnight_in_thailand() -> None:
    assert first_moment(date(2026, 11, 20)).isoformat() == "2026-11-20T00:00:00+07:00"
