"""Whether an operator is rung at once, by rule; what rings by itself."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from calls.call_rules import (
    REFUSALS,
    CallFacts,
    call_refusal,
    hours_refusal,
    not_before,
    rings_by_itself,
)
from calls.rules import Limits, Span, parse_span
from core.zones import BANGKOK

SAFE = Span(8 * 60, 20 * 60)


def at(clock: str, day: int = 20) -> datetime:
    """A moment of November 2026 in Thailand; the 20th is a Friday."""
    hours, minutes = clock.split(":")
    return datetime(2026, 11, day, int(hours), int(minutes), tzinfo=BANGKOK).astimezone(UTC)


def limits(window: str | None, *, immediate: bool = False) -> Limits:
    """A caller's window inside the ordinary safe hours."""
    return Limits(parse_span(window), SAFE, immediate=immediate)


NOON = at("12:00")
CLEAR = CallFacts(state="due", limits=limits("08:00-20:00"))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, None),
        ({"state": "retry"}, None),
        ({"state": "claimed"}, "already_ringing"),
        ({"state": "dialling_operator"}, "already_ringing"),
        ({"state": "dialling_caller"}, "already_ringing"),
        ({"state": "connected"}, "already_ringing"),
        ({"taken": True}, "already_ringing"),
        ({"state": "requested"}, "not_waiting"),
        ({"state": "decision"}, "not_waiting"),
        ({"state": "exhausted"}, "not_waiting"),
        ({"state": "stopped"}, "not_waiting"),
        ({"state": "withdrawn"}, "not_waiting"),
        ({"state": "done"}, "not_waiting"),
        ({"has_phone": False}, "no_phone"),
        ({"may_know": False}, "not_allowed"),
        ({"on_the_phone": True}, "you_are_on_the_phone"),
        ({"line_busy": True}, "number_busy"),
        ({"spent_today": True}, "enough_today"),
        ({"line_elsewhere": True}, "not_now_line"),
        ({"line_elsewhere": True, "line_busy": True}, "number_busy"),
        ({"line_elsewhere": True, "spent_today": True}, "enough_today"),
        ({"limits": limits("13:00-15:00")}, "too_early"),
        ({"limits": limits("08:00-11:00")}, "too_late_today"),
        ({"limits": limits("21:00-22:00")}, "no_common_hour"),
        ({"limits": limits(None)}, "no_common_hour"),
        ({"limits": limits(None, immediate=True)}, None),
    ],
)
def test_each_reason_not_to_ring_has_its_name(changes: dict[str, object], rule: str | None) -> None:
    facts = replace(CLEAR, **changes)  # type: ignore[arg-type]
    assert call_refusal(facts, margin_s=120, now=NOON) == rule
    assert rule is None or rule in REFUSALS


@pytest.mark.parametrize(
    ("now", "window", "rule"),
    [
        (at("08:00"), "08:00-12:00", None),
        (at("07:59"), "08:00-12:00", "too_early"),
        (at("11:58"), "08:00-12:00", None),
        (at("11:59"), "08:00-12:00", "too_late_today"),
        (at("12:00"), "08:00-12:00", "too_late_today"),
        # SAFE_HOURS hold for people too, whatever the caller's window.
        (at("07:00"), "06:00-22:00", "too_early"),
        (at("20:30"), "06:00-22:00", "too_late_today"),
        (at("12:00"), "20:00-22:00", "no_common_hour"),
    ],
)
def test_nobody_rings_outside_the_callers_hours_and_the_safe_ones(
    now: datetime, window: str, rule: str | None
) -> None:
    assert hours_refusal(limits(window), margin_s=120, now=now) == rule


@pytest.mark.parametrize(
    ("now", "rule"),
    [
        (at("12:00"), "other_day"),
        (at("17:00"), "other_day"),
        (at("23:59", 22), "other_day"),
        (at("15:59", 23), "too_early"),
        (at("16:00", 23), None),
        (at("18:00", 23), "too_late_today"),
    ],
)
def test_before_the_day_that_the_caller_named_the_day_is_the_reason(
    now: datetime, rule: str | None
) -> None:
    """Not the hour: at five in the afternoon the hours are right and the day is not."""
    later = replace(limits("16:00-18:00"), not_before=at("00:00", 23))
    assert hours_refusal(later, margin_s=120, now=now) == rule
    assert rule is None or rule in REFUSALS


@pytest.mark.parametrize(
    ("now", "spent", "expected"),
    [
        (at("12:00"), False, None),
        (at("12:00"), True, at("08:00", 21)),
        (at("06:00"), False, at("08:00")),
        (at("20:00"), False, at("08:00", 21)),
        (at("19:59"), False, at("08:00", 21)),
    ],
)
def test_when_a_callback_may_be_rung_next(
    now: datetime, spent: bool, expected: datetime | None
) -> None:
    found = not_before(limits("08:00-20:00"), margin_s=120, spent_today=spent, now=now)
    assert found == expected


@pytest.mark.parametrize(
    ("ringing", "severity", "is_late", "expected"),
    [
        ("automatic", "normal", False, True),
        ("automatic", "urgent", False, True),
        ("work_list", "normal", False, False),
        ("work_list", "normal", True, True),
        ("work_list", "urgent", False, True),
        ("work_list", "emergency", False, True),
    ],
)
def test_only_what_is_neither_pressing_nor_late_waits_for_the_list(
    ringing: str, severity: str, is_late: bool, expected: bool
) -> None:
    assert rings_by_itself(ringing, severity, is_late=is_late) is expected
