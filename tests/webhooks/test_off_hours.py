"""What a call is told of the hotline's hours and holidays; the moment is given."""

from datetime import datetime

import pytest
from flask import Flask

from core.database import transaction
from core.runtime import Runtime
from core.zones import BANGKOK
from ivr.turns import AskHours, OffHours
from ivr.world import World
from tests.webhooks.serving import serving
from tests.webhooks.telephone import new_sid

pytestmark = pytest.mark.backends("postgresql", "sqlite")
MONDAY = datetime(2026, 12, 14, 8, 30, tzinfo=BANGKOK)


def told_at(app: Flask, now: str) -> OffHours | None:
    moment = datetime.fromisoformat(now).replace(tzinfo=BANGKOK)
    with app.app_context(), transaction() as session:
        answer: OffHours | None = World(session, new_sid(), new_sid("AC"), moment).answer(
            AskHours()
        )
        return answer


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-11 10:00", None),
        ("2026-12-11 20:00", OffHours(False, MONDAY, days_ahead=3)),
        ("2026-12-12 12:00", OffHours(False, MONDAY, days_ahead=2)),
        ("2026-12-14 08:29", OffHours(False, MONDAY, days_ahead=0)),
        # Constitution Day, a Thursday.
        ("2026-12-10 10:00", OffHours(True, datetime(2026, 12, 11, 8, 30, tzinfo=BANGKOK), 1)),
    ],
)
def test_the_hours_and_the_holidays_of_the_hotline_are_told(
    runtime: Runtime, now: str, expected: OffHours | None
) -> None:
    with serving(runtime.settings.model_copy(update={"telephony": "twilio"})) as app:
        assert told_at(app, now) == expected


def test_practice_is_open_around_the_clock(app: Flask) -> None:
    assert told_at(app, "2026-12-10 03:00") is None
