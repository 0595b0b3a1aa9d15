"""Webhooks doubled, delayed and shuffled leave the same final state, and one ring (P5, P6, F36)."""

import random
from collections.abc import Callable
from functools import partial

import pytest

from calls.policy import current_policy
from tests.calls.callback_world import World

POLICY = current_policy()
SEEDS = range(12)
Action = Callable[[], object]
Step = tuple[int, Action]
Request = tuple[str, int, str, dict[str, str]]

ENDINGS = {
    "reached": ("1", "completed", "true", "completed", "done"),
    "not_now": ("2", "completed", "false", "completed", "retry"),
    "wrong_person": ("3", "completed", "false", "completed", "decision"),
    "stopped": ("9", "completed", "false", "completed", "stopped"),
    "no_answer": ("", "no-answer", "false", "no-answer", "retry"),
    "busy": ("", "busy", "false", "busy", "retry"),
    "failed": ("", "failed", "false", "failed", "retry"),
}


@pytest.mark.parametrize("outcome", ENDINGS)
@pytest.mark.parametrize("seed", SEEDS)
def test_status_webhooks_in_any_order_leave_the_same_state(
    world: World, outcome: str, seed: int
) -> None:
    """Documents come in their order (the provider waits for each); events come late or twice."""
    key, dial_status, bridged, last_word, state = ENDINGS[outcome]
    world.owe()
    operator, operator_sid, caller, caller_sid = world.ring_caller()
    talk = [
        (caller, 0, caller_sid, {"AnsweredBy": "human"}),
        (caller, 1, caller_sid, {"Digits": key}),
    ]
    over = {"DialCallStatus": dial_status, "DialBridged": bridged}
    documents = [*(talk if key else []), (operator, 2, operator_sid, over)]
    heard_of = len(documents)
    steps = _documents(world, documents)
    for number, word in enumerate(("initiated", "ringing", "in-progress", "completed")):
        earliest = heard_of if word == "completed" else 0
        steps.append((earliest, partial(world.status, operator, operator_sid, word, number)))
    steps.append((0, partial(world.status, caller, caller_sid, "ringing", 1)))
    steps.append((heard_of - 1, partial(world.status, caller, caller_sid, last_word, 3)))
    if key:
        steps.append((0, partial(world.amd, caller, "human")))
    for step in _mixed(steps, heard_of, random.Random(seed)):
        step()
    world.run_until_quiet(200)
    assert (world.attempts[0].outcome, world.callback.state) == (outcome, state)
    assert world.callback.tries == 1
    assert len(world.exchange.rings) == 1
    assert world.attempts[0].check_at is None
    assert {world.leg(operator).state, world.leg(caller).state} == {"ended"}


def _documents(world: World, requests: list[Request]) -> list[Step]:
    """Requests for documents, each at its place and perhaps again later."""
    return [
        (-place - 1, partial(world.body, key, turn, sid, **params))
        for place, (key, turn, sid, params) in enumerate(requests)
    ]


def _mixed(steps: list[Step], documents: int, dice: random.Random) -> list[Action]:
    """The steps in an order that can happen, some of them up to three times.

    A document has its own place, written as a negative number; an event comes at any time after
    the document that it cannot precede.
    """
    timed: list[tuple[float, Action]] = []
    for place, action in steps:
        first = float(-place) if place < 0 else dice.uniform(place, documents + 1)
        again = [dice.uniform(first, documents + 2) for _ in range(dice.randint(0, 2))]
        timed += [(moment, action) for moment in (first, *again)]
    return [action for _, action in sorted(timed, key=lambda pair: pair[0])]


def test_a_stop_that_is_heard_of_last_still_stops(world: World) -> None:
    """The line was hung up at once after the 9, and the end of the leg reached us first."""
    world.owe()
    operator, operator_sid, caller, sid = world.ring_caller()
    world.body(caller, 0, sid, AnsweredBy="human")
    world.status(caller, sid, "completed")
    world.body(operator, 2, operator_sid, DialCallStatus="completed", DialBridged="false")
    assert world.callback.state == "retry"
    world.body(caller, 1, sid, Digits="9")
    assert (world.attempts[0].outcome, world.callback.state) == ("stopped", "stopped")


def test_a_verdict_that_comes_last_still_tells_a_machine(world: World) -> None:
    world.owe()
    operator, operator_sid, caller, sid = world.ring_caller()
    world.body(caller, 0, sid)
    world.body(operator, 2, operator_sid, DialCallStatus="completed", DialBridged="false")
    world.amd(caller, "machine_start")
    assert world.attempts[0].outcome == "machine"


def test_a_key_after_the_leg_has_ended_joins_nobody(world: World) -> None:
    world.owe()
    _, _, caller, sid = world.ring_caller()
    world.body(caller, 0, sid, AnsweredBy="human")
    world.status(caller, sid, "completed")
    assert b"<Hangup" in world.body(caller, 1, sid, Digits="1")
    assert world.callback.state == "dialling_caller"
