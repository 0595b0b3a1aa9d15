"""A caller may hang up after every single node: what was told is kept, and nothing else."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from core import clock
from core.runtime import Runtime
from ivr import tasks
from tests.webhooks.every_node import MISSED, SPEAK, TAKEN, Scene, Way, node_names, way, ways
from tests.webhooks.looking import dump
from tests.webhooks.serving import RemoteCalls, serving
from tests.webhooks.telephone import Caller
from tests.webhooks.walking import check_the_end, secrets_of, walk

Phone = Callable[..., Caller]
ALONE, STAFFED = Scene(), Scene(staffed=True)
SPECIAL: dict[str, tuple[Scene, str]] = {
    "a whole report with a story": (ALONE, "2 1 1 1 1 1 92160 1 2 1 speak 4715 3"),
    "after a talk": (STAFFED, f"1 1 {TAKEN}"),
    "while the second person rings": (STAFFED, f"1 1 {MISSED}"),
    "a callback for another number": (ALONE, "2 5 2 0810000002 1 3"),
    "a number that was not confirmed": (ALONE, "2 5 2 0810000002"),
    "a number that may not be dialled": (ALONE, "2 5 2 1900123456"),
    "no callback": (ALONE, "2 5 3"),
    "silence at the callback question": (ALONE, "2 5 - -"),
    "silence at the time": (ALONE, "2 5 1 - -"),
    "danger, call me now": (ALONE, "1 1 2 1"),
    "danger, but not now": (ALONE, "1 1 2 2"),
    "quiet, call me now": (ALONE, "1 2 1 1"),
    "silent, then a key": (ALONE, "- - 5"),
    "a place that was taken back": (ALONE, "2 5 3 1 92160 2"),
    "one of three districts": (ALONE, "2 5 3 1 92000 2"),
    "somebody of the school did it": (ALONE, "2 1 1 3 1 92160 1 1"),
    "another language only": (ALONE, "4"),
    "a wrong key only": (ALONE, "8"),
    "a follow-up with a story": (ALONE, f"3 246528461 4715 1 1 {SPEAK}"),
    "a follow-up that asks for a call": (ALONE, "3 246528461 4715 2 2 1 2"),
}
NODES = {f"at {name}": name for name in node_names()}
ALL = {**NODES, **{name: name for name in SPECIAL}}


def way_of(name: str) -> Way:
    """The way that a test is named after; a hyphen is silence."""
    if name not in SPECIAL:
        return ways()[name]
    scene, steps = SPECIAL[name]
    return way(scene, *("" if step == "-" else step for step in steps.split()))


@pytest.mark.backends("postgresql")
@pytest.mark.parametrize("name", NODES.values(), ids=NODES)
def test_a_hang_up_after_any_node_leaves_what_was_told(name: str, phone: Phone) -> None:
    hang_up_and_check(name, phone)


@pytest.mark.backends("postgresql")
@pytest.mark.parametrize("name", SPECIAL)
def test_a_hang_up_leaves_what_was_told(name: str, phone: Phone) -> None:
    hang_up_and_check(name, phone)


def hang_up_and_check(name: str, phone: Phone) -> None:
    """Walk there, hang up, look; the provider's word again changes nothing."""
    going = walk(way_of(name), phone)
    secrets = secrets_of(going)
    going.caller.hang_up()
    check_the_end(going, secrets)
    before = dump()
    going.caller.hang_up()
    assert dump() == before


class TestWhenTheEndIsNeverTold:
    """The same, where the provider tells an end only when the sweep asks."""

    @pytest.fixture
    def app(self, runtime: Runtime, remote: RemoteCalls) -> Iterator[Flask]:
        """The service beside such a provider."""
        changed = {"twilio_api_base": remote.base}
        with serving(runtime.settings.model_copy(update=changed)) as made:
            yield made

    @pytest.mark.backends("postgresql")
    @pytest.mark.parametrize("name", ALL.values(), ids=ALL)
    def test_the_sweep_leaves_the_same(self, name: str, phone: Phone, remote: RemoteCalls) -> None:
        going = walk(way_of(name), phone)
        secrets = secrets_of(going)
        remote.statuses[going.caller.sid] = "completed"
        with time_machine.travel(clock.now() + timedelta(minutes=4)):
            tasks.finish_stale_calls()
        check_the_end(going, secrets)
        assert remote.asked == [going.caller.sid]
