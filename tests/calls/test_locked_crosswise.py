"""Whoever holds a case and whoever holds its callback work at the same moment, and both get on."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event

from calls.services import follow_case
from cases.holding import hold_case
from core.database import transaction
from core.runtime import Runtime
from tests.calls.callback_world import OFFICE, World
from tests.support.waiting import somebody_waits, wait_for

pytestmark = pytest.mark.backends("postgresql")
THERE = "ESA-9201"
PATIENCE_S = 20


class Crossing:
    """One side holds the callback and is about to write to the case; the other holds the case."""

    def __init__(self, world: World, runtime: Runtime) -> None:
        self.world, self.engine = world, runtime.engine
        self.callback_held, self.case_held = threading.Event(), threading.Event()
        self._actor: int | None = None

    def pause(self, _c: object, _cursor: object, statement: str, *_rest: object) -> None:
        """Just before the actor writes on the timeline, until the other waits for the callback."""
        if threading.get_ident() != self._actor or "INSERT INTO timeline_events" not in statement:
            return
        self._actor = None
        self.callback_held.set()
        assert self.case_held.wait(PATIENCE_S)
        wait_for(lambda: somebody_waits(self.engine), PATIENCE_S)

    def _act(self, act: Callable[[], object]) -> None:
        self._actor = threading.get_ident()
        act()

    def _send_on(self) -> None:
        """Another office takes the case over, as the console does it."""
        assert self.callback_held.wait(PATIENCE_S)
        with transaction() as session:
            hold_case(session, self.world.case_id)
            self.case_held.set()
            follow_case(session, self.world.case_id, THERE, now=self.world.now)

    def run(self, act: Callable[[], object]) -> None:
        """Both at once; whatever either of them raises is raised here."""
        with ThreadPoolExecutor(2) as both:
            for done in [both.submit(self._act, act), both.submit(self._send_on)]:
                done.result(PATIENCE_S * 2)


@pytest.fixture
def crossing(world: World, runtime: Runtime) -> Iterator[Crossing]:
    """A callback is owed, and somebody can be rung for it."""
    made = Crossing(world, runtime)
    pause: Any = made.pause
    event.listen(runtime.engine, "before_cursor_execute", pause)
    yield made
    event.remove(runtime.engine, "before_cursor_execute", pause)


def test_an_operator_asks_to_be_rung_while_the_case_goes_to_another_office(
    crossing: Crossing,
) -> None:
    world = crossing.world
    world.owe()
    asker = world.operator(2)
    crossing.run(lambda: world.ask_now(asker))
    callback = world.callback
    assert (callback.office_code, callback.state, callback.wanted_staff_id) == (THERE, "due", None)
    assert "callback_asked_now" in world.timeline()


def test_a_ring_ends_while_the_case_goes_to_another_office(crossing: Crossing) -> None:
    world = crossing.world
    world.owe()
    key, sid = world.ring_operator()
    crossing.run(lambda: world.status(key, sid, "no-answer", sequence=3))
    assert world.attempts[0].outcome == "operator_no_answer"
    assert (world.callback.office_code, world.callback.state) == (THERE, "due")


def test_a_person_decides_while_the_case_goes_to_another_office(crossing: Crossing) -> None:
    """Whoever decided first has decided: the callback stays with the office that did."""
    world = crossing.world
    head = world.operator(2, role="head_operator")
    world.owe(said={"answer": "unanswered", "window": None})
    crossing.run(lambda: world.decide("other_way", staff_id=head))
    callback = world.callback
    assert (callback.state, callback.office_code) == ("withdrawn", OFFICE)
    assert callback.decided_at == world.now
