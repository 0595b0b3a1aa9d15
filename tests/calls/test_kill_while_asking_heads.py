"""Killed at any step, or run twice at once, a head operator is rung once a round at most."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.crashpoints import KILLED
from core.runtime import Runtime
from tests.calls import killed_worker
from tests.calls.approval_world import FIRST, SECOND, ApprovalWorld

pytestmark = pytest.mark.backends("postgresql", "sqlite")
PLACES = ("approval_claimed", "approval_written", "before_ask", "after_ask", "sid_written")
WORKERS = 6


@pytest.fixture
def world(runtime: Runtime) -> ApprovalWorld:
    """Two head operators, and an emergency that waits for one of them."""
    made = ApprovalWorld()
    made.ask(FIRST, SECOND)
    return made


@pytest.mark.parametrize("place", ["", *PLACES])
def test_a_worker_killed_at_any_step_leaves_the_same_end_and_no_second_ring(
    world: ApprovalWorld, runtime: Runtime, tmp_path: Path, place: str
) -> None:
    """Nobody picks up: both are gone through, then it waits on the page."""
    path = tmp_path / "rings"
    done = killed_worker.ring(
        "handover", world.handover_id, world.now, runtime=runtime, rings=path, crash_at=place
    )
    assert done == (KILLED if place else 0)
    for ring in killed_worker.rings_in(path):
        world.exchange.rings.append(ring)
        world.exchange.becomes(ring["sid"], "no-answer", to=ring["to"])
    answered: set[str] = set()
    for _ in range(40):
        world.later(15)
        world.sweep()
        for ring in world.exchange.rings:
            if ring["sid"] not in answered:
                world.exchange.becomes(ring["sid"], "no-answer", to=ring["to"])
                answered.add(ring["sid"])
    keys = Counter(ring["url"].split("/")[-2] for ring in world.exchange.rings)
    assert set(keys.values()) == {1}
    assert set(keys) <= {call.leg_key for call in world.calls}
    assert max(Counter(world.rung).values()) == 1
    assert SECOND in world.rung
    assert {call.staff_id for call in world.calls} == {world.people[FIRST], world.people[SECOND]}
    assert set(world.outcomes) <= {"no_answer", "failed"}
    assert {call.check_at for call in world.calls} == {None}
    assert {world.leg(call.leg_key).state for call in world.calls} == {"ended"}
    assert (world.handover.state, world.handover.ring_at) == ("requested", None)


def test_many_workers_at_once_ring_once(world: ApprovalWorld) -> None:
    """F07: two workers and two sweeps see the same hand-over."""
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda _: world.ring(), range(WORKERS)))
    assert len(world.exchange.rings) == 1
    assert len(world.calls) == 1


def test_many_requests_with_one_key_decide_once(world: ApprovalWorld) -> None:
    key, sid = world.picked_up()
    with ThreadPoolExecutor(WORKERS) as pool:
        bodies = set(pool.map(lambda _: world.body(key, 1, sid, Digits="1"), range(WORKERS)))
    assert len(bodies) == 1
    assert world.handover.state == "offered"
    assert world.timeline().count("handover_approved") == 1
