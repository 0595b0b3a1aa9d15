"""Losing the broker, the worker or the clock of the sweeps loses seconds, never work."""

import requests

from calls.tasks import SWEEP
from tests.support.stack import Stack
from tests.system.moments import callbacks_fall_due, sweep
from tests.system.outcome import Outcome, look, rings, settled
from tests.system.people import new_number

ALLOWS_A_CALL = "2 1 1 1 1 h12"
WITHIN_S = 40.0


def phone(stack: Stack) -> dict[str, str]:
    call: dict[str, str] = stack.phone(ALLOWS_A_CALL, **{"from": new_number()})
    return call


def is_made(stack: Stack, call: dict[str, str]) -> bool:
    return bool(look(stack, call["sid"]).callback["state"] == "done")


def made(stack: Stack, call: dict[str, str]) -> Outcome:
    """The outcome, once the callback was made."""
    stack.wait_for(lambda: is_made(stack, call), WITHIN_S)
    found = settled(stack, call["sid"])
    assert rings(stack)[1:] == [call["from"]]
    return found


def test_a_wiped_broker_forgets_a_nudge_and_the_callback_rings_all_the_same(stack: Stack) -> None:
    stack.kill_worker()
    call = phone(stack)
    assert look(stack, call["sid"]).callback["state"] == "due"
    stack.redis_flush()
    stack.start_worker()
    made(stack, call)


def test_a_broker_that_is_down_keeps_no_caller_waiting_and_no_callback_away(stack: Stack) -> None:
    stack.kill_broker()
    call = phone(stack)
    assert look(stack, call["sid"]).case["hazard_type"] == "V3"
    assert requests.get(stack.url("/readyz"), timeout=10).status_code == 503
    stack.start_missing()
    made(stack, call)


def test_without_the_clock_of_the_sweeps_a_lost_nudge_is_found_when_it_is_back(
    stack: Stack,
) -> None:
    stack.kill("beat")
    stack.kill_worker()
    call = phone(stack)
    stack.redis_flush()
    stack.start_missing()
    made(stack, call)


def test_a_worker_that_comes_back_to_a_heap_of_nudges_makes_each_call_once(
    stack: Stack,
) -> None:
    """What piled up meanwhile names the same rows again and again.

    The two people of the desk are on the phone when the third callback's turn comes: it waits.
    """
    stack.kill_worker()
    calls = [phone(stack) for _ in range(3)]
    for _ in range(30):
        sweep(stack, SWEEP)
    stack.start_worker()

    def all_made() -> bool:
        callbacks_fall_due(stack)
        return all(is_made(stack, call) for call in calls)

    stack.wait_for(all_made, WITHIN_S)
    assert sorted(rings(stack).count(call["from"]) for call in calls) == [1, 1, 1]
    assert len(rings(stack)) == 2 * len(calls)
