"""One open callback per number and case, one ring per line, whatever happens at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from calls.models import Callback
from calls.policy import current_policy
from calls.queries import callbacks_of_case
from core.database import reading
from tests.calls.callback_world import FRIDAY, World

POLICY = current_policy()
BOTH = pytest.mark.backends("postgresql", "sqlite")
OPEN = ("due", "retry", "claimed", "dialling_operator", "dialling_caller", "connected")


def states(world: World) -> list[tuple[str, str | None]]:
    """State and reason of the case's callbacks, the oldest first."""
    with reading() as session:
        files = callbacks_of_case(session, world.case_id)
    return [(one.callback.state, one.callback.reason) for one in files]


@BOTH
def test_a_new_permission_stands_for_the_older_one(world: World) -> None:
    world.owe()
    world.wish()
    assert states(world) == [("withdrawn", "superseded"), ("due", None)]
    assert world.timeline().count("callback_withdrawn") == 1


def test_late_word_of_the_older_call_changes_nothing(world: World) -> None:
    world.operator()
    world.report()
    first, second = world.call(), world.call()
    for sid in (first, second, first):
        world.wish(sid)
    assert states(world) == [("withdrawn", "superseded"), ("due", None)]


@BOTH
def test_two_calls_that_end_at_once_leave_one_callback(world: World) -> None:
    world.operator()
    world.report()
    sids = [world.call() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(world.wish, sids))
    found = [state for state, _ in states(world)]
    assert sorted(found) == ["due"] + ["withdrawn"] * 5


def test_one_that_a_worker_has_just_taken_is_withdrawn_too(world: World) -> None:
    world.owe()
    first = world.callback_id
    token = world.claim()
    world.wish()
    assert states(world) == [("withdrawn", "superseded"), ("due", None)]
    world.prepare(first, token)
    assert world.exchange.rings == []


def test_a_new_permission_while_it_rings_stands_when_nobody_was_reached(world: World) -> None:
    world.owe()
    key, sid, _, _ = world.ring_caller()
    place = world.callback.place
    world.wish()
    world.dial()
    assert len(world.exchange.rings) == 1
    world.body(key, 2, sid, DialCallStatus="no-answer")
    world.status(key, sid, "completed")
    assert states(world) == [("withdrawn", "superseded"), ("due", None)]
    assert world.callback.place == place
    world.later(60)
    world.dial()
    assert len(world.exchange.rings) == 2


def test_a_new_permission_given_before_the_ring_that_reached_the_caller_is_fulfilled(
    world: World,
) -> None:
    world.owe()
    key, sid = world.ring_operator()
    world.wish()
    newer = world.callback_id
    world.callback_id = newer - 1
    world.body(key, 0, sid)
    world.body(key, 1, sid, Digits="1")
    caller = world.attempts[-1].caller_leg_key or ""
    world.body(caller, 0, "CA" + "e" * 32, AnsweredBy="human")
    world.body(caller, 1, "CA" + "e" * 32, Digits="1")
    world.body(key, 2, sid, DialCallStatus="completed", DialBridged="true")
    assert states(world) == [("done", None), ("withdrawn", "superseded")]


def test_a_late_word_about_a_superseded_callback_revives_nothing(world: World) -> None:
    world.owe()
    key, sid, caller, caller_sid = world.ring_caller()
    world.body(caller, 0, caller_sid)
    world.wish()
    newer = world.callback_id
    world.callback_id = newer - 1
    world.body(key, 2, sid, DialCallStatus="completed", DialBridged="false")
    world.amd(caller, "machine_start")
    assert world.attempts[0].outcome == "machine"
    assert states(world) == [("withdrawn", "superseded"), ("due", None)]


def test_no_call_pressed_in_a_later_call_takes_back_what_an_earlier_one_allowed(
    world: World,
) -> None:
    """3a.2: a callback needs a key pressed for it, and a key can take it back."""
    world.owe()
    world.wish(answer="none", window=None)
    assert states(world) == [("withdrawn", None)]
    world.later(3600)
    assert world.ripe() == []


def test_silence_in_a_later_call_takes_nothing_back(world: World) -> None:
    world.owe()
    world.wish(answer="unanswered", window=None)
    assert [state for state, _ in states(world)] == ["due", "decision"]


@BOTH
def test_a_line_that_phones_us_now_is_not_rung(world: World) -> None:
    """It would be busy, and a try lost."""
    world.owe()
    sid = world.call(ended=False, caller=True)
    world.dial()
    assert world.exchange.rings == []
    assert (world.callback.state, world.callback.tries) == ("due", 0)
    world.end_call(sid)
    world.later(POLICY.caller_ring_s)
    world.dial()
    assert len(world.exchange.rings) == 1


@BOTH
def test_two_cases_of_one_line_never_ring_it_together(world: World) -> None:
    """Two workers at the same moment: the database's own rule lets one of them."""
    ids = []
    for number in range(6):
        world.operator(40 + number)
        world.report()
        ids.append(world.wish() or 0)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(world.dial, ids))
    assert len(world.exchange.rings) == 1
    with reading() as session:
        rung = select(Callback.id).where(Callback.state == "dialling_operator")
        waiting = select(Callback.due_at).where(Callback.state == "due")
        assert len(session.scalars(rung).all()) == 1
        assert all(due and due > FRIDAY for due in session.scalars(waiting))


def test_the_phone_stops_ringing_inside_the_callers_hours(world: World) -> None:
    """An operator who takes the call in the last seconds is told that it may not be any more."""
    world.owe(said={"window": "08:00-12:00"})
    world.now = FRIDAY.replace(hour=4, minute=57)
    key, sid = world.ring_operator()
    world.body(key, 0, sid)
    world.now = FRIDAY.replace(hour=4, minute=59, second=30)
    assert b"<Dial" not in world.body(key, 1, sid, Digits="1")
    assert world.callback.tries == 0
