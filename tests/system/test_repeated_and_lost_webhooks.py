"""Webhooks come twice, in any order, or never: what is kept is the same."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import inspect, text

from tests.support.stack import Stack
from tests.system.moments import attempt_is_looked_after, calls_go_quiet
from tests.system.outcome import Outcome, callback_legs, look, rings, settled
from tests.system.people import new_number
from tests.system.stories import TRANG

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


def test_an_answer_that_got_lost_is_given_again_whichever_document_it_was(stack: Stack) -> None:
    """The provider asks again, as the fragment of each address wishes (telephony.md §1.1)."""
    once = adds(stack, NO_CALLBACK)
    whole = stack.phone(NO_CALLBACK, **{"from": new_number()})
    settled(stack, whole["sid"])
    for number in range(1, len(whole["documents"]) + 1):
        before = standing(stack)
        lost = [{"document": number, "fault": "read", "times": 1}]
        call = stack.phone(NO_CALLBACK, **{"from": new_number(), "connection": lost})
        settled(stack, call["sid"])
        assert len(call["documents"]) == len(whole["documents"])
        assert standing(stack) - before == once, number


def test_an_operator_who_did_not_answer_and_nobody_told_so_is_followed_by_the_next(
    stack: Stack,
) -> None:
    for number in TRANG:
        stack.practice(f"/practice/phones/{number}", "no_answer", method="PUT")
    stack.practice("/practice/faults", {"webhooks": {"drop": ["status"]}})
    sid = stack.phone(SAYS_ALL, **{"from": new_number()})["sid"]
    stack.wait_for(lambda: ended(stack, sid))
    stack.wait_for(lambda: rings(stack))
    for number in TRANG:
        stack.practice(f"/practice/phones/{number}", "answer", method="PUT")

    def made() -> bool:
        attempt_is_looked_after(stack, 1)
        return bool(look(stack, sid).callback["state"] == "done")

    stack.wait_for(made)
    attempts = settled(stack, sid).callback["attempts"]
    assert [one["outcome"] for one in attempts] == ["operator_no_answer", "reached"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_events_of_a_callback_in_any_order_ring_the_caller_once_and_end_where_people_see_it(
    stack: Stack, seed: int
) -> None:
    """Who answered is told too late here, so a machine may be taken for granted: a later try."""
    stack.practice("/practice/faults", {"webhooks": {"shuffle_seed": seed, "duplicate": 1}})
    number = new_number()
    found = settled(stack, stack.phone(SAYS_ALL, **{"from": number})["sid"])
    assert found.callback["state"] in ("done", "retry")
    assert rings(stack).count(number) == 1
    assert len(found.callback["attempts"]) == 1
