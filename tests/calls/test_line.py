"""The line of due callbacks: nobody loses a place, and a crowd keeps no other office waiting."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from calls.line import MOST_AT_A_LOOK
from calls.models import Callback
from calls.tasks import SWEEP, SWEEPS
from core.database import transaction
from tests.calls.callback_world import FRIDAY, World
from tests.calls.crowds import crowd

BOTH = pytest.mark.backends("postgresql", "sqlite")
CROWD = 250


def put_off(ids: list[int], until: datetime) -> None:
    """What a worker does who finds nobody to ring."""
    with transaction() as session:
        session.execute(update(Callback).where(Callback.id.in_(ids)).values(due_at=until))


def swept(world: World) -> list[int]:
    """What one sweep looks at, with the turn that it leaves behind."""
    with transaction() as session:
        return list(world.in_line(session))


@BOTH
def test_a_backlog_of_one_office_keeps_the_only_one_of_another_waiting_for_no_sweep(
    world: World,
) -> None:
    ids = crowd(world, ["HQ"] * CROWD + ["ESA-9201"])
    assert {ids[0], ids[-1]} <= set(swept(world))


@BOTH
def test_offices_without_anybody_hold_up_no_office_that_has_people(world: World) -> None:
    """Their lines are long and older, and each look at them is in vain: the turn goes round."""
    dead = [f"ESA-{number}" for number in range(1000, 1060)]
    ids = crowd(world, dead * 5 + ["SESA-01"])
    seen: set[int] = set()
    for _ in range(1 + len(dead) // world.policy.dials_a_sweep):
        found = swept(world)
        assert len(found) == world.policy.dials_a_sweep
        put_off([one for one in found if one != ids[-1]], FRIDAY + timedelta(minutes=1))
        seen.update(found)
    assert ids[-1] in seen


@BOTH
def test_danger_goes_before_any_backlog_and_leaves_room_for_the_others(world: World) -> None:
    ordinary = crowd(world, ["HQ"] * CROWD)
    danger = crowd(world, ["ESA-9201"] * 30, severity="emergency")
    found = swept(world)
    half = world.policy.dials_a_sweep // 2
    assert set(found[:half]) <= set(danger)
    assert set(found[half:]) <= {*ordinary, *danger}
    assert ordinary[0] in found


def test_within_an_office_the_place_counts_not_the_moment_of_the_last_look(world: World) -> None:
    first, second = crowd(world, ["HQ", "HQ"])
    put_off([first], FRIDAY - timedelta(seconds=1))
    assert swept(world) == [first, second]


def test_whoever_is_put_in_order_is_looked_at_before_the_first_ones_come_back(
    world: World,
) -> None:
    """Else the youngest of many would never be looked at, though their people are free."""
    looked_at = world.policy.dials_a_sweep * world.policy.all_talking_s / SWEEPS[SWEEP]
    assert looked_at > MOST_AT_A_LOOK


@BOTH
def test_what_is_not_due_or_held_by_a_worker_is_in_no_line(world: World) -> None:
    waiting, held, _ = crowd(world, ["HQ", "ESA-9201", "ESA-9202"] * 80)[:3]
    put_off([waiting], FRIDAY + timedelta(seconds=1))
    with transaction() as session:
        row = session.get_one(Callback, held)
        row.state, row.claimed_until = "claimed", FRIDAY + timedelta(seconds=5)
    assert not {waiting, held} & set(swept(world))


def test_a_place_survives_tries_and_new_permissions(world: World) -> None:
    world.owe()
    first = world.callback.place
    key, sid, _, _ = world.ring_caller()
    world.body(key, 2, sid, DialCallStatus="no-answer")
    assert world.callback.state == "retry"
    assert world.callback.place == first
    world.later(3600)
    world.wish()
    assert world.callback.waiting_since == world.now
    assert world.callback.place == first


def test_what_falls_due_now_does_not_pass_who_waits_for_an_operator(world: World) -> None:
    """Everybody talks; the first one is looked at again soon, and the new one with it."""
    world.owe()
    world.dial()
    world.report(caller_number="+66810000002")
    first = world.wish() or 0
    world.dial()
    looked_at = world.callback.due_at
    world.later(5)
    world.report(caller_number="+66810000003")
    sid = world.call(ended=False)
    second = world.wish(sid) or 0
    world.end_call(sid)
    assert world.callback.due_at == looked_at == FRIDAY + timedelta(seconds=15)
    world.later(10)
    assert swept(world) == [first, second]


def test_danger_and_who_asked_to_be_rung_wait_behind_nobody(world: World) -> None:
    world.owe()
    world.dial()
    world.report(caller_number="+66810000002")
    world.wish()
    world.dial()
    world.later(5)
    world.report(caller_number="+66810000003", danger=True)
    sid = world.call(ended=False)
    world.wish(sid)
    world.end_call(sid)
    assert world.callback.due_at == FRIDAY + timedelta(seconds=5)
