"""Keys, silence, machines and webhooks out of order about an urgent notice: the same end always."""

import random
from collections.abc import Callable
from functools import partial

import pytest

from agents.notice_policy import current_policy
from core.runtime import Runtime
from tests.calls.notice_world import FIRST, SECOND, NoticeWorld

Action = Callable[[], object]
SEEDS = range(10)
# What is pressed turn by turn, what comes of it, whether that is a receipt.
TALKS = {
    "heard": (["1"], "heard", True),
    "heard after hearing it again": (["3", "3", "1"], "heard", True),
    "heard after a wrong key": (["7", "1"], "heard", True),
    "ring me again": (["2"], "again", False),
    "silence": (["", ""], "left", False),
    "wrong keys": (["8", "0"], "left", False),
    "hangs up": ([], "left", False),
}


@pytest.fixture
def world(runtime: Runtime) -> NoticeWorld:
    """One head operator, and an urgent notice that nobody has seen in time."""
    made = NoticeWorld()
    made.tell(FIRST)
    made.late()
    return made


@pytest.mark.parametrize("talk", TALKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_webhooks_in_any_order_and_any_number_leave_the_same_end(
    world: NoticeWorld, talk: str, seed: int
) -> None:
    """Documents come in their order (the provider waits for each); events come when they like."""
    keys, outcome, is_heard = TALKS[talk]
    dice = random.Random(seed)
    world.sweep()
    key, sid = world.calls[0].leg_key, world.exchange.rings[0]["sid"]
    documents = [partial(world.body, key, 0, sid)]
    documents += [
        partial(world.body, key, turn, sid, Digits=pressed)
        for turn, pressed in enumerate(keys, start=1)
    ]
    events = [
        partial(world.status, key, sid, word, number)
        for number, word in enumerate(("initiated", "ringing", "in-progress", "completed"))
    ]
    for act in _mixed(documents, events, dice):
        act()
    world.exchange.becomes(sid, "completed")
    world.sweep_until_quiet(80, step=10)
    assert (world.outcomes, world.rung) == ([outcome], [FIRST])
    assert world.calls[0].check_at is None
    assert world.leg(key).state == "ended"
    assert world.readers == [world.people[FIRST]] * is_heard
    assert world.states == ([("sent", None)] if is_heard else [("owed", world.rows[0].error_code)])
    assert world.rows[0].tries == 1


def _mixed(documents: list[Action], events: list[Action], dice: random.Random) -> list[Action]:
    """Documents in their order, each perhaps again later; events at any time, up to three times."""
    end = float(len(documents) + 1)
    timed: list[tuple[float, Action]] = []
    for place, act in enumerate(documents, start=1):
        again = [dice.uniform(place, end) for _ in range(dice.randint(0, 2))]
        timed += [(moment, act) for moment in (float(place), *again)]
    for act in events:
        timed += [(dice.uniform(0, end), act) for _ in range(dice.randint(1, 3))]
    return [act for _, act in sorted(timed, key=lambda pair: pair[0])]


def test_a_turn_again_gets_the_same_bytes_and_notes_nothing_more(world: NoticeWorld) -> None:
    key, sid = world.picked_up()
    later = world.body(key, 1, sid, Digits="2")
    for pressed in ("1", "2", ""):
        assert world.body(key, 1, sid, Digits=pressed) == later
        assert world.body(key, 0, sid, Digits=pressed) == later
    assert (world.outcomes, world.readers) == (["again"], [])


def test_ring_me_again_rings_in_five_minutes(world: NoticeWorld) -> None:
    key, sid = world.picked_up()
    world.body(key, 1, sid, Digits="2")
    world.status(key, sid, "completed", 3)
    world.later(current_policy().telephone.again_s - 1)
    assert world.sweep() == 0
    world.later(1)
    world.sweep()
    assert world.rung == [FIRST, FIRST]


def test_asking_for_another_ring_has_an_end_too(world: NoticeWorld) -> None:
    for _ in range(20):
        if world.rows[0].state != "owed":
            break
        key, sid = world.picked_up()
        world.body(key, 1, sid, Digits="2")
        world.status(key, sid, "completed", 3)
        world.now = max(world.now, world.rows[0].due_at)
    pauses = current_policy().telephone.pauses_s
    assert world.outcomes == [*["again"] * len(pauses), "left"]
    assert (world.states, world.told) == ([("given_up", "left")], ["undelivered"])


def test_who_picks_up_after_reading_it_is_told_so_and_asked_nothing(world: NoticeWorld) -> None:
    world.sweep()
    world.reads(FIRST)
    call = world.calls[0]
    document = world.document(call.leg_key, 0, world.exchange.rings[0]["sid"])
    assert [verb.tag for verb in document] == ["Say", "Hangup"]
    assert (world.outcomes, world.states) == (["over"], [("skipped", "seen")])


def test_who_picks_up_after_it_was_settled_is_told_so(world: NoticeWorld) -> None:
    key, sid = world.picked_up()
    world.settle()
    document = world.document(key, 1, sid, Digits="1")
    assert "เสร็จสิ้น" in "".join(document.itertext())
    assert (world.outcomes, world.readers) == (["over"], [])


def test_a_key_that_is_heard_of_after_the_leg_has_ended_still_counts(world: NoticeWorld) -> None:
    """The line was hung up at once after the key, and the end of the leg reached us first."""
    key, sid = world.picked_up()
    world.status(key, sid, "completed", 3)
    assert world.outcomes == ["left"]
    world.body(key, 1, sid, Digits="1")
    assert (world.outcomes, world.states) == (["heard"], [("sent", None)])
    world.sweep_until_quiet(600)
    assert world.rung == [FIRST]


def test_a_key_after_everything_was_given_up_counts_too(world: NoticeWorld) -> None:
    for _ in range(1 + len(current_policy().telephone.pauses_s)):
        key, sid = world.picked_up()
        world.status(key, sid, "completed", 3)
        world.now = max(world.now, world.rows[0].due_at)
    assert world.told == ["undelivered"]
    world.body(key, 1, sid, Digits="1")
    assert (world.told, world.states) == (["planned"], [("sent", None)])


def test_a_machine_is_no_receipt_and_the_next_one_is_rung(world: NoticeWorld) -> None:
    world.tell(SECOND)
    world.late()
    world.sweep()
    key, sid = world.calls[0].leg_key, world.exchange.rings[0]["sid"]
    world.body(key, 0, sid, AnsweredBy="machine_start")
    world.status(key, sid, "completed", 3)
    world.sweep_until_quiet(60)
    assert (world.outcomes[0], world.readers) == ("left", [])
    assert world.rung == [FIRST, SECOND]
