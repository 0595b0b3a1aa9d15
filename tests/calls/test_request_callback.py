"""What a caller's answer becomes: a call that we owe, a person's decision, or nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.calls.callback_world import FRIDAY, OFFICE, World
from tests.calls.exchange import CALLER


@pytest.mark.backends("postgresql", "sqlite")
def test_a_permission_with_a_window_is_due_now_when_people_are_on_duty(world: World) -> None:
    world.owe()
    callback = world.callback
    assert (callback.state, callback.consent, callback.due_at) == ("due", True, FRIDAY)
    assert (callback.number, world.file().window) == (CALLER, "08:00-20:00")
    assert callback.late_at > FRIDAY
    assert world.timeline()[-1] == "callback_requested"


@pytest.mark.parametrize("answer", ["unanswered", None])
def test_silence_grants_nothing(world: World, answer: str | None) -> None:
    """3a.1 and 3a.2: no key, no callback; a person decides whether a call would help or harm."""
    world.owe(said={"answer": answer, "window": None})
    callback = world.callback
    assert (callback.state, callback.consent, callback.due_at) == ("decision", False, None)
    world.later(30 * 24 * 3600)
    assert world.ripe() == []


def test_a_pressed_no_makes_no_row(world: World) -> None:
    world.report()
    assert world.wish(answer="none") is None


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"window": "person_decides"}, "window_open"),
        ({"window": None}, "window_open"),
        ({"answer": "other_number", "number": "+66810000002"}, "number_unconfirmed"),
        ({"answer": "other_number", "number_confirmed": True}, "number_missing"),
        ({"answer": "other_number", "number": "+661900123456", "number_confirmed": True}, None),
        ({"answer": "other_number", "number": "+6621266565", "number_confirmed": True}, None),
        ({"answer": "other_number", "number": "+12025550123", "number_confirmed": True}, None),
        (
            {"answer": "other_number", "number": "+66810000101", "number_confirmed": True},
            "directory",
        ),
    ],
)
def test_whatever_is_not_clear_is_a_decision_with_the_permission_kept(
    world: World, said: dict[str, object], reason: str | None
) -> None:
    world.owe(said=said)
    callback = world.callback
    expected = {None: "number_not_dialable", "directory": "number_in_directory"}
    assert (callback.state, callback.consent) == ("decision", True)
    assert callback.reason == expected.get(reason, reason)


def test_now_counts_in_danger_only_and_at_any_hour(world: World) -> None:
    world.now = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
    world.report(danger=True)
    world.wish(window="now")
    callback = world.callback
    assert (callback.state, callback.immediate, callback.due_at) == ("due", True, world.now)
    assert callback.late_at == world.now + timedelta(minutes=5)
    world.report()
    world.wish(window="now")
    assert (world.callback.state, world.callback.reason) == ("decision", "now_without_danger")


def test_the_same_call_says_it_twice_and_one_row_stays(world: World) -> None:
    world.report()
    sid = world.call(ended=False)
    first = world.wish(sid, window="08:00-12:00")
    entries = len(world.timeline())
    world.later(60)
    assert world.wish(sid, window="08:00-12:00") == first
    assert len(world.timeline()) == entries
    assert world.wish(sid, window="12:00-16:00") == first
    assert world.file().window == "12:00-16:00"
    assert world.wish(sid, answer="none") is None
    world.callback_id = first or 0
    assert (world.callback.state, world.callback.consent) == ("withdrawn", False)
    assert world.wish(sid) == first
    assert world.callback.state == "due"


def test_silence_later_in_the_call_takes_nothing_back(world: World) -> None:
    world.report()
    sid = world.call(ended=False)
    world.wish(sid)
    world.wish(sid, answer="unanswered", office_code="HQ")
    assert (world.callback.state, world.callback.office_code) == ("due", "HQ")


def test_a_callback_is_never_dialled_before_its_own_call_has_ended(world: World) -> None:
    world.operator()
    world.report()
    sid = world.call(ended=False)
    world.wish(sid)
    world.later(600)
    assert world.ripe() == []
    world.dial()
    assert world.exchange.rings == []
    world.end_call(sid)
    assert world.ripe() == [world.callback_id]


def test_a_decision_is_told_to_the_office_once_the_call_is_over(world: World) -> None:
    head = world.operator(role="head_operator")
    world.report()
    sid = world.call(ended=False)
    world.wish(sid, answer="unanswered")
    assert world.notices() == []
    world.end_call(sid)
    world.end_call(sid)
    assert world.notices() == [("callback_decision", head, None)]


def test_a_new_permission_of_the_same_line_stands_for_the_older_one(world: World) -> None:
    older = world.owe(said={"window": "12:00-16:00"})
    newer = world.wish(window="08:00-20:00")
    assert world.ripe() == [newer]
    world.callback_id = older
    assert (world.callback.state, world.callback.reason) == ("withdrawn", "superseded")


@pytest.mark.parametrize(
    ("hour_utc", "always", "due"),
    [
        (11, False, datetime(2026, 11, 23, 1, 30, tzinfo=UTC)),
        (11, True, datetime(2026, 11, 20, 11, 0, tzinfo=UTC)),
        (14, True, datetime(2026, 11, 21, 1, 0, tzinfo=UTC)),
    ],
)
def test_always_on_duty_ignores_office_hours_but_never_the_safe_hours(
    world: World, hour_utc: int, always: bool, due: datetime
) -> None:
    world.now = datetime(2026, 11, 20, hour_utc, 0, tzinfo=UTC)
    world.operator(always_on_duty=always)
    world.report()
    # The window of this world's settings is around the clock; the caller's is not.
    world.wish(window="08:00-20:00", office_code=OFFICE)
    assert world.callback.due_at == due


@pytest.mark.parametrize(
    ("answers", "minutes"), [({"danger": True}, 1), ({"hazard_type": "V1"}, 10)]
)
def test_after_hours_a_pressing_one_falls_due_when_others_than_the_office_are_rung(
    world: World, answers: dict[str, object], minutes: int
) -> None:
    """calls/data/callbacks.yaml, climb_s: whoever stands in for the head joins first."""
    world.now = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
    world.report(**answers)
    world.wish()
    assert world.callback.due_at == world.now + timedelta(minutes=minutes)
