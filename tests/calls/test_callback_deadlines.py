"""When a callback is late: the defaults, and the rules that people laid over them."""

from datetime import UTC, datetime, timedelta

import pytest

from calls.following import follow_case
from cases.deadline_book import RuleWish, keep_rule
from cases.deadline_rules import Deadline
from cases.errors import DeadlineRefused
from core.database import transaction
from tests.calls.callback_world import FRIDAY, OFFICE, World
from tests.console_cases.people import hired

MINUTE = timedelta(minutes=1)
MONDAY_EVENING = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
pytestmark = pytest.mark.backends("postgresql", "sqlite")


TOLD = {
    "emergency": {"hazard_type": "V1", "danger": True},
    "urgent": {"hazard_type": "V1"},
    "normal": {"hazard_type": "V3"},
}


def late(world: World, severity: str, **said: object) -> datetime:
    """When a callback is late that was asked for now in a case that is so grave."""
    world.owe(hazard_group="V", said=said, **TOLD[severity])
    assert world.callback.severity == severity
    return world.callback.late_at


def kept(severity: str, minutes: int, *, office: str = "HQ", hazard: str = "") -> None:
    """Somebody of the centre writes a rule for callbacks."""
    wish = RuleWish(
        severity, "callback", hazard, office, Deadline("minutes", minutes), FRIDAY, "เพราะใกล้"
    )
    writer = hired("ดารา ทดสอบ", ("admin", "HQ")).staff_id
    with transaction() as session:
        keep_rule(session, wish, only_shortens=False, staff_id=writer, now=FRIDAY)


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        ("emergency", FRIDAY + 5 * MINUTE),
        ("urgent", FRIDAY + 60 * MINUTE),
        ("normal", MONDAY_EVENING),
    ],
)
def test_severity_sets_when_it_is_late(world: World, severity: str, expected: datetime) -> None:
    """domain.md §2; from the first moment at which the caller may be rung."""
    assert late(world, severity) == expected


def test_the_caller_s_own_hours_begin_before_the_time_runs(world: World) -> None:
    noon = FRIDAY.replace(hour=5)
    assert late(world, "urgent", window="12:00-16:00") == noon + 60 * MINUTE


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"office": OFFICE}, 30),
        ({"hazard": "V1"}, 30),
        ({"office": "ESA-9201"}, 60),
        ({"hazard": "V3"}, 60),
    ],
)
def test_a_rule_of_the_type_and_of_the_office_holds_for_callbacks(
    rule: dict[str, str], expected: int, world: World
) -> None:
    kept("urgent", 30, **rule)
    assert late(world, "urgent") == FRIDAY + expected * MINUTE


def test_nobody_waits_longer_for_a_call_in_danger_than_the_product_came_with(
    world: World,
) -> None:
    with pytest.raises(DeadlineRefused, match="emergency"):
        kept("emergency", 10)


def test_who_gets_the_case_later_never_promises_the_call_later(world: World) -> None:
    asked = late(world, "urgent")
    kept("urgent", 240, office="ESA-9201")
    with transaction() as session:
        follow_case(session, world.case_id, "ESA-9201", now=FRIDAY + MINUTE)
    assert world.callback.late_at == asked
