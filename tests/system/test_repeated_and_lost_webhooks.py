"""Webhooks come twice, in any order, or never: what is kept is the same."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import inspect, text

from tests.support.stack import Stack
from tests.system.conftest import new_number
from tests.system.moments import calls_go_quiet
from tests.system.outcome import Outcome, callback_legs, look, settled

SAYS_ALL = "2 1 1 1 1 1 92160 1 2 1 r5 * 3"
TALKS = "1 2 1"
NO_CALLBACK = "2 1 1 3 1 92160 1 2 1 r5 * 3"
# How a row stands; everything else in it is its own (keys, moments, numbers).
STANDING = (
    "state",
    "status",
    "outcome",
    "kind",
    "event",
    "template",
    "ended_by",
    "identity",
    "accepted",
    "answered_by",
    "tries",
    "turn",
    "open",
    "version",
)
CALLS = ("status", "ended_by", "turn", "node", "waiting", "language")
# Written once for all calls, or by the clock.
NOT_OF_A_CALL = {"flow_versions", "heartbeats"}


def standing(stack: Stack) -> Counter[tuple[Any, ...]]:
    """How many rows of each table stand how."""
    found: Counter[tuple[Any, ...]] = Counter()
    with stack.database() as engine, engine.connect() as connection:
        look_at = inspect(connection)
        for table in sorted(set(look_at.get_table_names()) - NOT_OF_A_CALL):
            columns = [one["name"] for one in look_at.get_columns(table)]
            names = CALLS if table == "calls" else STANDING
            told = [name for name in names if name in columns]
            rows = connection.execute(text(f"SELECT {', '.join(['1', *told])} FROM {table}"))
            found.update((table, *zip(told, row[1:], strict=True)) for row in rows)
    return found


def adds(stack: Stack, keys: str, faults: dict[str, Any] | None = None) -> Counter[tuple[Any, ...]]:
    """What one more call adds to the database, with everything that comes of it."""
    before = standing(stack)
    if faults:
        stack.practice("/practice/faults", {"webhooks": faults})
    sid = stack.phone(keys, **{"from": new_number()})["sid"]
    settled(stack, sid)
    stack.practice("/practice/faults", method="DELETE")
    return standing(stack) - before


@pytest.mark.backends("postgresql", "sqlite")
@pytest.mark.parametrize("keys", [SAYS_ALL, TALKS], ids=["a report with its callback", "danger"])
def test_every_webhook_twice_is_answered_alike_and_keeps_the_same_rows(
    stack: Stack, keys: str
) -> None:
    once = adds(stack, keys)
    assert adds(stack, keys, {"duplicate": 1}) == once
    assert stack.practice("/practice/health")["differences"] == []


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("keys", [NO_CALLBACK, TALKS], ids=["a report", "danger"])
def test_events_in_any_order_and_three_times_keep_the_same_rows(
    stack: Stack, keys: str, seed: int
) -> None:
    in_order = adds(stack, keys)
    assert adds(stack, keys, {"shuffle_seed": seed, "duplicate": 2}) == in_order


def ended(stack: Stack, sid: str) -> Outcome | None:
    calls_go_quiet(stack)
    found = look(stack, sid)
    return found if found.call["ended_at"] else None


def test_a_call_whose_end_nobody_told_is_finished_and_its_callback_made(stack: Stack) -> None:
    stack.practice("/practice/faults", {"webhooks": {"drop": ["status"]}})
    sid = stack.phone(SAYS_ALL, **{"from": new_number()})["sid"]
    assert look(stack, sid).call["ended_at"] is None
    stack.wait_for(lambda: ended(stack, sid))
    found = settled(stack, sid)
    assert found.call["status"] == "completed"
    assert found.case["office"]["code"] == "ESA-9202"
    assert found.callback["state"] == "done"
    assert len(callback_legs(stack)) == 1
