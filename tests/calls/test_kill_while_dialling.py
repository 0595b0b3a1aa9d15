"""Killed at any step or run twice at once: one ring per attempt at most, and it does ring."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.crashpoints import KILLED
from core.runtime import Runtime
from tests.calls import killed_worker
from tests.calls.callback_world import World

pytestmark = pytest.mark.backends("postgresql", "sqlite")
PLACES = ("callback_claimed", "attempt_written", "before_ask", "after_ask", "sid_written")
WORKERS = 6


@pytest.mark.parametrize("place", PLACES)
def test_a_worker_killed_at_any_step_never_rings_an_attempt_twice(
    world: World, runtime: Runtime, tmp_path: Path, place: str
) -> None:
    world.owe()
    path = tmp_path / "rings"
    died = killed_worker.ring(
        "callback", world.callback_id, world.now, runtime=runtime, rings=path, crash_at=place
    )
    assert died == KILLED
    for ring in killed_worker.rings_in(path):
        world.exchange.rings.append(ring)
        world.exchange.becomes(ring["sid"], "no-answer", to=ring["to"])
    for _ in range(60):
        world.later(10)
        world.check()
        for callback_id in world.ripe():
            world.dial(callback_id)
    assert world.exchange.rings
    keys = Counter(ring["url"].split("/")[-2] for ring in world.exchange.rings)
    assert set(keys.values()) == {1}
    assert set(keys) <= {attempt.operator_leg_key for attempt in world.attempts}


def test_a_worker_that_is_left_alone_rings_once(
    world: World, runtime: Runtime, tmp_path: Path
) -> None:
    world.owe()
    path = tmp_path / "rings"
    done = killed_worker.ring("callback", world.callback_id, world.now, runtime=runtime, rings=path)
    assert done == 0
    assert len(killed_worker.rings_in(path)) == 1
    assert world.attempts[0].state == "ringing"


def test_many_workers_at_once_ring_once(world: World) -> None:
    """F07: two workers and two sweeps see the same due callback."""
    world.owe()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda _: world.dial(), range(WORKERS)))
    assert len(world.exchange.rings) == 1
    assert len(world.attempts) == 1


def test_many_requests_for_one_turn_get_one_answer(world: World) -> None:
    world.owe()
    key, sid = world.ring_operator()
    world.body(key, 0, sid)
    with ThreadPoolExecutor(WORKERS) as pool:
        bodies = set(pool.map(lambda _: world.body(key, 1, sid, Digits="1"), range(WORKERS)))
    assert len(bodies) == 1
    assert world.callback.state == "dialling_caller"
    assert len(world.attempts) == 1
