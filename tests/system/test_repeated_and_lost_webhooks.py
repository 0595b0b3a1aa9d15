"""Webhooks come twice, in any order, or never: what is kept is the same."""

from collections import Counter
from functools import cache
from typing import Any

import pytest
import time_machine
from sqlalchemy import inspect, select, text

from calls.models import Call
from cases.models import UNTOLD, SilentEvent
from core import clock
from core.database import reading
from ivr import missed, tasks
from tests.support.stack import Stack
from tests.system.moments import attempt_is_looked_after, calls_go_quiet
from tests.system.outcome import Outcome, callback_legs, look, rings, settled
from tests.system.people import new_number, people
from tests.system.stories import TRANG

SAYS_ALL = "2 1 1 1 1 1 92160 1 2 1 r5 * 3"
TALKS = "1 2 1"
NO_CALLBACK = "2 1 1 3 1 92160 1 2 1 r5 * 3"
# The orders in which events come.
SEEDS = (1, 2, 3)
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
# A callback that waited a moment for a telephone to come free was written twice more.
CALLBACKS = tuple(name for name in STANDING if name != "version")
# A notice is planned and sent by the clock: here it is whether it is owed.
LOOKED_AT = {"calls": CALLS, "callbacks": CALLBACKS, "notices": ("template",)}
# Written once for all calls, or by the clock; the figures of the flow some seconds later, and each
# call is in them once (tests/webhooks/test_node_figures.py).
NOT_OF_A_CALL = {
    *("flow_node_days", "flow_versions", "heartbeats", "notice_deliveries", "ring_paces"),
}


@cache
def columns(stack: Stack) -> dict[str, list[str]]:
    """What is looked at in each table; to ask the database costs more than a call."""
    with stack.database() as engine:
        look_at = inspect(engine)
        tables = sorted(set(look_at.get_table_names()) - NOT_OF_A_CALL)
        found = {table: [one["name"] for one in look_at.get_columns(table)] for table in tables}
    wanted = {table: LOOKED_AT.get(table, STANDING) for table in tables}
    return {table: [name for name in wanted[table] if name in found[table]] for table in tables}


def standing(stack: Stack) -> Counter[tuple[Any, ...]]:
    """How many rows of each table stand how."""
    found: Counter[tuple[Any, ...]] = Counter()
    with stack.database() as engine, engine.connect() as connection:
        for table, told in columns(stack).items():
            rows = connection.execute(text(f"SELECT {', '.join(['1', *told])} FROM {table}"))
            found.update((table, *zip(told, row[1:], strict=True)) for row in rows)
    return found


def office_is_told(stack: Stack) -> None:
    """Wait until no case is left that has come to an office which is to be told."""
    wanted = text(f"SELECT 1 FROM assignments WHERE {UNTOLD} LIMIT 1")

    def is_told() -> bool:
        with stack.database() as engine, engine.connect() as connection:
            return connection.execute(wanted).first() is None

    stack.wait_for(is_told)


def adds(stack: Stack, keys: str, faults: dict[str, Any] | None = None) -> Counter[tuple[Any, ...]]:
    """What one more call adds to the database, with everything that comes of it."""
    before = standing(stack)
    if faults:
        stack.practice("/practice/faults", {"webhooks": faults})
    sid = stack.phone(keys, **{"from": new_number()})["sid"]
    settled(stack, sid)
    stack.practice("/practice/faults", method="DELETE")
    office_is_told(stack)
    return standing(stack) - before


@pytest.mark.parametrize("keys", [SAYS_ALL, TALKS], ids=["a report with its callback", "danger"])
def test_every_webhook_twice_is_answered_alike_and_keeps_the_same_rows(
    stack: Stack, keys: str
) -> None:
    once = adds(stack, keys)
    assert adds(stack, keys, {"duplicate": 1}) == once
    assert stack.practice("/practice/health")["differences"] == []


@pytest.mark.parametrize("keys", [NO_CALLBACK, TALKS], ids=["a report", "danger"])
def test_events_in_any_order_and_three_times_keep_the_same_rows(stack: Stack, keys: str) -> None:
    in_order = adds(stack, keys)
    for seed in SEEDS:
        faults = {"shuffle_seed": seed, "duplicate": 2}
        assert adds(stack, keys, faults) == in_order, f"seed {seed}"


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


def test_f35_a_call_of_which_nothing_reached_us_is_taken_from_the_providers_list(
    inside: Stack,
) -> None:
    tasks.compare_calls()
    number = new_number()
    inside.practice("/practice/faults", {"webhooks": {"drop": ["status"]}})
    lost = [{"document": 1, "fault": "connect", "times": 99}]
    sid = inside.phone("2 1", **{"from": number, "connection": lost})["sid"]
    with time_machine.travel(clock.now() + 2 * missed.SOON.behind):
        tasks.compare_calls()
    with reading() as session:
        assert session.get_one(Call, sid).ended_at is not None
        event = select(SilentEvent.calls).where(SilentEvent.call_sid == sid)
        assert session.scalar(event) == 1
    # The provider missed us as well, and says so: that is what this test is about.
    problems = inside.practice("/practice/health")["problems"]
    assert {one["code"] for one in problems} == {11205}
    inside.practice("/practice/ledger", method="DELETE")


def test_an_answer_that_got_lost_is_given_again_whichever_document_it_was(stack: Stack) -> None:
    """The provider asks again, as the fragment of each address wishes (telephony.md §1.1)."""
    once = adds(stack, NO_CALLBACK)
    whole = stack.phone(NO_CALLBACK, **{"from": new_number()})
    settled(stack, whole["sid"])
    office_is_told(stack)
    for number in range(1, len(whole["documents"]) + 1):
        before = standing(stack)
        lost = [{"document": number, "fault": "read", "times": 1}]
        call = stack.phone(NO_CALLBACK, **{"from": new_number(), "connection": lost})
        settled(stack, call["sid"])
        office_is_told(stack)
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


def test_events_of_a_callback_in_any_order_ring_the_caller_once_and_end_where_people_see_it(
    stack: Stack,
) -> None:
    """Who answered is told too late here, so a machine may be taken for granted: a later try."""
    for seed in SEEDS:
        people(stack, active=True)
        stack.practice("/practice/faults", {"webhooks": {"shuffle_seed": seed, "duplicate": 1}})
        number = new_number()
        found = settled(stack, stack.phone(SAYS_ALL, **{"from": number})["sid"])
        assert found.callback["state"] in ("done", "retry"), f"seed {seed}"
        assert rings(stack).count(number) == 1, f"seed {seed}"
        assert len(found.callback["attempts"]) == 1, f"seed {seed}"
