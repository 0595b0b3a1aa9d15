"""A callback rings at most once an attempt and the caller at most once, whatever breaks.

The truth about rings is the practice provider's ledger; which attempt a ring belongs to stands on
the leg that asked for it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select

from agents.models import Notice
from calls.models import Leg
from cases.arrivals import CASE_ARRIVED
from core.crashpoints import KILLED
from tests.support.stack import Stack
from tests.system.moments import (
    attempt_is_looked_after,
    callbacks_fall_due,
    leases_run_out,
    rings_may_be_asked_for,
)
from tests.system.outcome import Outcome, look, rings, settled
from tests.system.people import new_number

# Bullying, this number, any time, then nothing more.
ALLOWS_A_CALL = "2 1 1 1 1 h12"
WITHIN_S = 40.0
CRASH_POINTS = ("callback_claimed", "attempt_written", "before_ask", "after_ask", "sid_written")


def phone(stack: Stack) -> tuple[str, str]:
    """A call that leaves a callback which is due; its sid and number."""
    number = new_number()
    return stack.phone(ALLOWS_A_CALL, **{"from": number})["sid"], number


def attempts(found: Outcome) -> list[str | None]:
    return [one["outcome"] for one in found.callback["attempts"]]


def rings_by_attempt(stack: Stack) -> Counter[int]:
    """How often operators were rung for each attempt; a ring of no attempt is a KeyError."""
    with stack.database() as engine, engine.connect() as connection:
        rows = connection.execute(select(Leg.call_sid, Leg.attempt_id)).all()
    attempt_of = {row.call_sid: row.attempt_id for row in rows}
    asked = [ring for ring in stack.ledger() if ring["parent_sid"] is None]
    return Counter(attempt_of[ring["sid"]] for ring in asked)


def rang_once(stack: Stack, number: str) -> bool:
    """Whether no attempt rang twice and the caller was rung once."""
    most = max(rings_by_attempt(stack).values(), default=0)
    return most <= 1 and rings(stack).count(number) == 1


def wait_for_state(
    stack: Stack, sid: str, state: str, meanwhile: Sequence[Callable[[], object]] = ()
) -> Outcome:
    """The outcome, once its callback has this state; `meanwhile` is done before each look."""

    def there() -> Outcome | None:
        for act in meanwhile:
            act()
        found = look(stack, sid)
        return found if found.callback["state"] == state else None

    found = stack.wait_for(there, WITHIN_S)
    assert found is not None
    return settled(stack, sid)


@pytest.mark.parametrize("point", CRASH_POINTS)
def test_a_worker_killed_there_leaves_one_ring_and_a_callback_that_is_made(
    stack: Stack, point: str
) -> None:
    stack.kill_worker()
    sid, number = phone(stack)
    stack.start_worker(crash_at=point)
    worker = stack.children["worker"]
    assert stack.wait_for(worker.exit_code, WITHIN_S) == KILLED
    stack.start_worker()
    leases_run_out(stack)
    found = wait_for_state(stack, sid, "done", [lambda: attempt_is_looked_after(stack, 1)])
    assert attempts(found)[-1] == "reached"
    assert rang_once(stack, number)


REST_FAULTS: dict[str, tuple[list[str], list[str]]] = {
    "busy once": (["429"], ["reached"]),
    "busy three times": (["429"] * 3, ["reached"]),
    "an error after it was accepted": (["500_after"], ["reached"]),
    "an error before it was accepted": (["500_before"], ["unknown", "reached"]),
    "no answer after it was accepted": (["hang"], ["reached"]),
    "a reset after it was accepted": (["reset"], ["reached"]),
    "a reset before it was accepted": (["reset_before"], ["unknown", "reached"]),
    "an answer that is no JSON": (["html"], ["reached"]),
    "refused once": (["400"], ["failed", "reached"]),
    "an account that is not let in for a while": (["401"] * 3, ["reached"]),
}


@pytest.mark.parametrize("name", REST_FAULTS)
def test_whatever_the_provider_answers_no_attempt_rings_twice(stack: Stack, name: str) -> None:
    faults, expected = REST_FAULTS[name]
    stack.practice("/practice/faults", {"rest": faults})
    sid, number = phone(stack)
    meanwhile = [lambda: attempt_is_looked_after(stack, 1), lambda: rings_may_be_asked_for(stack)]
    found = wait_for_state(stack, sid, "done", meanwhile)
    assert attempts(found) == expected
    assert rang_once(stack, number)


def test_no_answer_before_it_was_accepted_is_looked_for_and_then_tried_anew(stack: Stack) -> None:
    stack.practice("/practice/faults", {"rest": ["hang_before"]})
    sid, number = phone(stack)
    stack.wait_for(lambda: attempts(look(stack, sid)) == [None])
    stack.wait_for(lambda: stack.practice("/practice/faults")["rest"] == [])
    stack.practice("/practice/faults", method="DELETE")
    found = wait_for_state(stack, sid, "done", [lambda: attempt_is_looked_after(stack, 1)])
    assert attempts(found) == ["unknown", "reached"]
    assert rang_once(stack, number)


def test_a_provider_that_keeps_refusing_becomes_a_decision_that_somebody_is_told_of(
    stack: Stack,
) -> None:
    stack.practice("/practice/faults", {"rest": ["400"] * 9})
    sid, _ = phone(stack)
    found = wait_for_state(stack, sid, "decision", [lambda: callbacks_fall_due(stack)])
    assert set(attempts(found)) == {"failed"}
    assert rings(stack) == []
    with stack.database() as engine, engine.connect() as connection:
        others = select(Notice.template).where(Notice.template != CASE_ARRIVED)
        told: Any = set(connection.scalars(others))
    assert told == {"callback_failed", "callback_decision"}
