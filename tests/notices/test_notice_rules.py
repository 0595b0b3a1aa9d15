"""The pure rules: quiet hours, order of channels, spacing, the budget, and the figures' file."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agents.notice_policy import FILE, BadPolicy, current_policy, load_policy
from agents.notice_rules import (
    Step,
    graver,
    in_order,
    may_spend,
    next_try,
    parse_quiet,
    plan,
    quiet_until,
    waves,
)

MIDNIGHT = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)  # in Bangkok
MOMENTS = st.integers(0, 2 * 24 * 60 - 1).map(lambda minutes: MIDNIGHT + timedelta(minutes=minutes))
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@pytest.mark.parametrize(
    ("hour", "until"),
    [(6.99, 7), (7, None), (12, None), (19.99, None), (20, 31), (23, 31)],
    ids=["before the end", "the end is loud", "noon", "before", "the beginning", "late"],
)
def test_quiet_hours_over_midnight(hour: float, until: int | None) -> None:
    end = quiet_until(MIDNIGHT + timedelta(hours=hour), parse_quiet("20:00-07:00"))
    assert end == (MIDNIGHT + timedelta(hours=until) if until else None)


@given(MOMENTS, TIMES, TIMES)
def test_quiet_hours_end_within_a_day_and_their_end_is_loud(
    now: datetime, start: time, end: time
) -> None:
    if start == end:
        return
    until = quiet_until(now, (start, end))
    if until is not None:
        assert now < until <= now + timedelta(days=1)
        assert quiet_until(until, (start, end)) is None


@pytest.mark.parametrize(
    "text", ["", "20:00", "20:00-20:00", "25:00-07:00", "20:00 07:00", "never"]
)
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"hour|format"):
        parse_quiet(text)


def test_channels_are_tried_in_order_up_to_the_first_that_can_be_used() -> None:
    reasons = {"a": "no_address", "b": None, "c": None}
    assert plan(["a", "b", "c"], reasons.get) == [Step("a", "no_address"), Step("b")]
    assert plan(["abc"], reasons.get)[1:] == [Step("b"), Step("c")]
    assert plan(["a", "b", "c"], reasons.get, used=["a", "b"]) == [Step("c")]
    assert plan(["ab", "c"], reasons.get, used=["a", "b", "c"]) == []
    assert plan(["a", "c"], {"a": "inactive", "c": None}.get) == [Step("a", "inactive"), Step("c")]


@pytest.mark.parametrize(
    ("channels", "together", "expected"),
    [
        (("email", "sms"), False, [("email",), ("sms",)]),
        (("sms", "email"), False, [("sms",), ("email",)]),
        (("email", "sms"), True, [("email", "sms")]),
        (("email", "sms", "phone"), True, [("email", "sms"), ("phone",)]),
        (("email", "phone", "sms"), True, [("email", "sms"), ("phone",)]),
        (("phone", "email", "sms"), True, [("phone", "email", "sms")]),
        (("phone",), True, [("phone",)]),
    ],
)
def test_the_telephone_rings_after_all_others_unless_it_was_put_first(
    channels: tuple[str, ...], together: bool, expected: list[tuple[str, ...]]
) -> None:
    assert waves(channels, together=together, rung="phone") == expected


@pytest.mark.parametrize(
    ("preferred", "expected"),
    [
        ((), ("email", "sms", "phone")),
        (("sms",), ("sms", "email", "phone")),
        (("phone", "sms"), ("phone", "sms", "email")),
        (("pigeon", "phone", "email"), ("phone", "email", "sms")),
    ],
)
def test_what_somebody_prefers_comes_first_and_the_rest_as_it_stands(
    preferred: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert in_order(("email", "sms", "phone"), preferred) == expected


def test_retries_follow_the_list_and_end_with_it() -> None:
    waits = [next_try(tries, (1, 5), MIDNIGHT) for tries in (1, 2, 3)]
    assert waits == [MIDNIGHT + timedelta(seconds=1), MIDNIGHT + timedelta(seconds=5), None]


def test_the_reserve_is_for_emergencies() -> None:
    assert may_spend(70, 10, 100, 0.2, emergency=False)
    assert not may_spend(71, 10, 100, 0.2, emergency=False)
    assert may_spend(90, 10, 100, 0.2, emergency=True)
    assert not may_spend(91, 10, 100, 0.2, emergency=True)


def test_a_matter_makes_a_notice_graver_and_never_less_grave() -> None:
    assert graver("urgent", "emergency") == "emergency"
    assert graver("urgent", "normal") == "urgent"
    policy = current_policy()
    assert policy.class_of("overdue_head", "emergency") == "emergency"
    assert policy.class_of("overdue_head", "odd") == policy.class_of("overdue_head", None)
    assert policy.class_of("result_reported", "emergency") == "normal"


def test_all_retries_of_a_push_fit_into_the_day_for_which_line_knows_its_key() -> None:
    """A retry may wait for the end of quiet hours besides."""
    quiet_h = 11
    for found in current_policy().classes.values():
        assert sum(found.retry_s) / 3600 + quiet_h < 24


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("classes", "urgent", "person"), ["pigeon"]),
        (("classes", "urgent", "office"), ["sms"]),
        (("classes", "urgent", "person"), ["email", "phone"]),
        (("classes", "emergency", "office"), ["phone"]),
        (("templates", "overdue_head", "class"), "odd"),
        (("templates", "overdue_head", "page"), "elsewhere"),
    ],
)
def test_a_file_that_names_what_does_not_exist_is_refused(
    tmp_path: Path, place: tuple[str, str, str], value: object
) -> None:
    raw = yaml.safe_load(FILE.read_text())
    first, second, third = place
    raw[first][second][third] = value
    path = tmp_path / "notices.yaml"
    path.write_text(yaml.safe_dump(raw))
    with pytest.raises(BadPolicy):
        load_policy(path)
