"""No more rings in one second than the provider takes, whoever asks and however many workers."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from calls.models import Callback
from calls.pace import may_ask
from core.database import transaction
from core.telephony import Busy
from tests.calls.callback_world import FRIDAY, World

BOTH = pytest.mark.backends("postgresql", "sqlite")
ACCOUNT = "AC" + "0" * 32
WORKERS = 8


@pytest.fixture
def world(world: World) -> World:
    """A provider that takes one ring a second."""
    world.policy = replace(world.policy, rings_a_second=1)
    return world


def owe_several(world: World, count: int, first: int = 0, **answers: object) -> list[int]:
    """As many due callbacks and as many operators, numbered from the first on; the ids."""
    ids = []
    for number in range(first, first + count):
        world.operator(40 + number)
        world.report(caller_number=f"+6681000{2000 + number}", **answers)
        ids.append(world.wish() or 0)
    return ids


def ask(world: World, *, pressing: bool = False) -> bool:
    """Take a ring of this second."""
    with transaction() as session:
        return may_ask(session, ACCOUNT, world.policy, pressing=pressing, now=world.now)


@BOTH
def test_a_second_has_as_many_rings_as_the_provider_takes(world: World) -> None:
    world.policy = replace(world.policy, rings_a_second=3)
    assert [ask(world) for _ in range(5)] == [True] * 3 + [False] * 2
    world.later(1)
    assert [ask(world) for _ in range(4)] == [True] * 3 + [False]


@pytest.mark.parametrize(
    ("step_s", "allowed"), [(-1, False), (-3, False), (-3600, True), (1, True)]
)
def test_clocks_that_differ_a_little_give_nothing_away_and_one_set_back_blocks_nothing(
    world: World, step_s: int, allowed: bool
) -> None:
    assert ask(world)
    world.later(step_s)
    assert ask(world) is allowed


def test_workers_at_once_share_the_seconds_rings(world: World) -> None:
    world.policy = replace(world.policy, rings_a_second=3)
    with ThreadPoolExecutor(WORKERS) as pool:
        taken = list(pool.map(lambda _: ask(world), range(WORKERS * 3)))
    assert 1 <= sum(taken) <= 3


@BOTH
def test_nudges_ring_no_faster_than_the_sweep(world: World) -> None:
    ids = owe_several(world, 3)
    for second in range(1, 4):
        for callback_id in ids:
            world.dial(callback_id)
        assert len(world.exchange.rings) == second
        world.later(1)


def test_who_had_to_let_others_go_first_has_lost_nothing(world: World) -> None:
    """No attempt, no turn of the operators, no wish to be rung: only a second."""
    owe_several(world, 1)
    waiting = world.operator(7)
    assert ask_account(world)
    world.ask_now(waiting)
    world.dial()
    assert world.attempts == ()
    assert (world.callback.state, world.callback.wanted_staff_id) == ("due", waiting)
    assert world.callback.due_at == FRIDAY + timedelta(seconds=1)
    world.later(1)
    world.dial()
    assert [ring["to"] for ring in world.exchange.rings] == ["+66810000107"]


def ask_account(world: World) -> bool:
    """Take the one ring of this second on the service's own account."""
    with transaction() as session:
        return may_ask(session, world.account, world.policy, pressing=False, now=world.now)


def test_somebody_in_danger_goes_first_and_at_the_same_pace(world: World) -> None:
    [ordinary] = owe_several(world, 1)
    danger = owe_several(world, 2, 1, danger=True)
    world.dial(ordinary)
    assert world.exchange.rings == []
    for callback_id in [*danger, *danger]:
        world.dial(callback_id)
    assert len(world.exchange.rings) == 1
    world.later(1)
    for callback_id in [ordinary, *danger, ordinary]:
        world.dial(callback_id)
    assert len(world.exchange.rings) == 2
    world.later(1)
    world.dial(ordinary)
    assert len(world.exchange.rings) == 3


def test_danger_for_which_nobody_can_be_had_holds_nobody_up(world: World) -> None:
    [ordinary] = owe_several(world, 1)
    world.report(danger=True, caller_number="+66810003001")
    danger = world.wish(office_code="ESA-9201")
    world.dial(danger)
    world.dial(ordinary)
    assert len(world.exchange.rings) == 1


def test_asking_again_after_a_busy_provider_keeps_the_pace(world: World) -> None:
    world.exchange.faults = [Busy("429"), Busy("429")]
    ids = owe_several(world, 2)
    world.dial(ids[0])
    world.later(1)
    world.dial(ids[1])
    world.later(20)
    world.check()
    assert len(world.exchange.rings) == 1
    world.later(1)
    world.check()
    assert len(world.exchange.rings) == 2


@BOTH
def test_never_more_rings_at_once_than_operators(world: World) -> None:
    """Ten workers, ten callbacks, three operators of the office."""
    world.policy = replace(world.policy, rings_a_second=1000)
    ids = owe_several(world, 10)
    for number in range(3, 10):
        world.off_duty(person(world, number))
    for _ in range(3):
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(world.dial, ids))
        world.later(world.policy.all_talking_s)
    called = [ring["to"] for ring in world.exchange.rings]
    assert len(called) == len(set(called)) == 3
    with transaction() as session:
        states = [session.get_one(Callback, one).state for one in ids]
    assert states.count("dialling_operator") == 3
    assert states.count("due") == 7


def person(world: World, number: int) -> int:
    """The staff id of one of the operators of owe_several."""
    return world.staff_of(f"person{40 + number}@example.org")
