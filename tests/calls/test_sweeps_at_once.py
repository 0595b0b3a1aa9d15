"""Two beats, ten workers: every sweep may run at the same moment as itself and do no harm."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from calls import tasks
from calls.models import CallbackAttempt
from core.database import reading, transaction
from tests.calls.callback_world import World

WORKERS = 10
pytestmark = pytest.mark.backends("postgresql", "sqlite")


def at_once(work: Callable[[], object]) -> None:
    """As many workers as there may be do the same."""
    with ThreadPoolExecutor(WORKERS) as pool:
        for done in [pool.submit(work) for _ in range(WORKERS)]:
            done.result()


@pytest.fixture
def lines(world: World) -> list[int]:
    """Six due callbacks of six callers, and four operators of the office."""
    ids = []
    for number in range(6):
        if number < 4:
            world.operator(40 + number)
        world.report(caller_number=f"+6681000{2000 + number}")
        ids.append(world.wish() or 0)
    return ids


def test_beats_at_once_ring_nobody_twice(world: World, lines: list[int]) -> None:
    def beat() -> None:
        with transaction() as session:
            found = list(world.in_line(session))
        for callback_id in found:
            world.dial(callback_id)

    at_once(beat)
    called = Counter(ring["to"] for ring in world.exchange.rings)
    assert set(called.values()) == {1}
    assert len(called) == 4
    assert len({ring["url"] for ring in world.exchange.rings}) == 4


def test_looks_at_once_settle_each_attempt_once(world: World, lines: list[int]) -> None:
    for callback_id in lines:
        world.dial(callback_id)
    for ring in world.exchange.rings:
        world.exchange.becomes(ring["sid"], "no-answer", to=ring["to"])
    overdue = world.now - timedelta(seconds=1)
    with transaction() as session:
        session.execute(update(CallbackAttempt).values(check_at=overdue))
    at_once(world.check)
    with reading() as session:
        outcomes = [one.outcome for one in session.query(CallbackAttempt)]
    assert outcomes == ["operator_no_answer"] * 4
    assert world.exchange.looks == 4


def test_lateness_told_at_once_is_told_once(world: World, lines: list[int]) -> None:
    head = world.operator(90, role="head_operator")
    world.now = world.callback.late_at
    at_once(world.escalate)
    told = [notice for notice in world.notices() if notice[0] == "callback_late_head"]
    assert told == [("callback_late_head", head, None)] * len(lines)


def test_the_tasks_themselves_run_side_by_side(world: World, lines: list[int]) -> None:
    """As beat starts them, with the clock of this machine."""
    for sweep in (tasks.sweep_callbacks, tasks.sweep_attempts, tasks.sweep_approvals):
        at_once(sweep)
