"""Dates as people in Thailand read them: Bangkok's time, the Buddhist era in Thai."""

from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask, g

from agents.sessions import SignedIn
from webapp.console.dates import thai_date, thai_moment, thai_time

# 00:30 of the next day in Bangkok.
LATE = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "date", "time"),
    [("th", "1 ม.ค. 2570", "00:30\N{NO-BREAK SPACE}น."), ("en", "1 Jan 2027", "00:30")],
)
def test_a_moment_is_shown_in_bangkoks_time_and_the_readers_era(
    app: Flask, language: str, date: str, time: str
) -> None:
    with app.test_request_context("/desk/"):
        g.person = SignedIn(1, "มะลิ", language, ())
        assert (thai_date(LATE), thai_time(LATE)) == (date, time)
        with time_machine.travel(LATE.replace(hour=20), tick=False):
            assert thai_moment(LATE) == time
        with time_machine.travel(LATE.replace(hour=10), tick=False):
            assert thai_moment(LATE) == f"{date} {time}"


def test_without_a_request_the_language_is_thai() -> None:
    assert thai_date(LATE) == "1 ม.ค. 2570"
