"""Killed at any step, or run twice at once, nobody is rung twice for one try about a notice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agents.notice_policy import current_policy
from core.crashpoints import KILLED
from core.runtime import Runtime
from tests.calls import killed_worker
from tests.calls.notice_world import FIRST, SECOND, NoticeWorld

pytestmark = pytest.mark.backends("postgresql", "sqlite")
PLACES = ("notice_ring_written", "before_ask", "after_ask", "sid_written")
WORKERS = 6
MOST = 1 + len(current_policy().telephone.pauses_s)


@pytest.fixture
def world(runtime: Runtime) -> NoticeWorld:
    """Two people are told the same, and neither has seen it in time."""
    made = NoticeWorld()
    made.tell(FIRST, SECOND)
    made.late()
    return made


@pytest.mark.parametrize("place", ["", *PLACES])
def test_a_worker_killed_at_any_step_leaves_the_same_end_and_no_second_ring(
    world: NoticeWorld, runtime: Runtime, tmp_path: Path, place: str
) -> None:
    """Nobody picks up: both are rung as often as is allowed, then people see that it failed."""
    path = tmp_path / "rings"
    done = killed_worker.ring(
        "notice", world.rows[0].id, world.now, runtime=runtime, rings=path, crash_at=place
    )
    assert done == (KILLED if place else 0)
    for ring in killed_worker.rings_in(path):
        world.exchange.rings.append(ring)
        world.exchange.becomes(ring["sid"], "no-answer", to=ring["to"])
    answered: set[str] = set()
    while {row.state for row in world.rows} != {"given_up"}:
        world.later(15)
        world.sweep()
        for ring in world.exchange.rings:
            if ring["sid"] not in answered:
                world.exchange.becomes(ring["sid"], "no-answer", to=ring["to"])
                answered.add(ring["sid"])
    keys = Counter(ring["url"].split("/")[-2] for ring in world.exchange.rings)
    assert set(keys.values()) == {1}
    assert set(keys) <= {call.leg_key for call in world.calls}
    # A ring that may have been made and was not is a try all the same.
    lost = place in ("notice_ring_written", "before_ask")
    assert Counter(world.rung) == {FIRST: MOST - lost, SECOND: MOST}
    assert len(world.calls) == 2 * MOST
    assert set(world.outcomes) <= {"no_answer", "failed"}
    assert {call.check_at for call in world.calls} == {None}
    assert {world.leg(call.leg_key).state for call in world.calls} == {"ended"}
    assert world.told == ["undelivered"] * 2


def test_many_workers_at_once_ring_one_of_them_once(world: NoticeWorld) -> None:
    """F07: two workers and two sweeps see the same rows, of two people who are told the same."""
    ids = [row.id for row in world.rows] * (WORKERS // 2)
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(world.ring_for, ids))
    assert len(world.exchange.rings) == 1
    assert len(world.calls) == 1


def test_many_requests_with_one_key_make_one_receipt(world: NoticeWorld) -> None:
    key, sid = world.picked_up()
    with ThreadPoolExecutor(WORKERS) as pool:
        bodies = set(pool.map(lambda _: world.body(key, 1, sid, Digits="1"), range(WORKERS)))
    assert len(bodies) == 1
    assert world.readers == [world.calls[0].staff_id]
