"""Callers who phone at the same moment: nobody hears of it, no case and no callback is lost."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ivr.versions import current_flow
from tests.support.stack import Stack
from tests.system.moments import callbacks_fall_due
from tests.system.outcome import look, rings, said
from tests.system.people import new_number

CALLERS = 8
SAYS_ALL = "2 1 1 1 1 1 92160 1 2 1 r5 * 3"
ALL_MADE_WITHIN_S = 40.0


def troubles(stack: Stack) -> list[str]:
    """What the web process and the worker ever logged about a database that did not answer."""
    logs = [stack.folder / name for name in ("web.log", "worker.log")]
    lines = [line for log in logs for line in log.read_text().splitlines()]
    return [line for line in lines if "locked" in line or "database failed" in line]


def phone_at_once(stack: Stack) -> list[dict[str, Any]]:
    """Eight calls that began together, over now."""
    numbers = [new_number() for _ in range(CALLERS)]
    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(lambda number: stack.phone(SAYS_ALL, **{"from": number}), numbers))


def test_eight_calls_at_once_are_eight_cases_and_no_caller_hears_an_apology(
    stack: Stack,
) -> None:
    calls = phone_at_once(stack)
    apologies = current_flow().errors["system"].values()
    assert [text for call in calls for text in apologies if text in said(call)] == []
    outcomes = [look(stack, call["sid"]) for call in calls]
    assert len({found.case["reference"] for found in outcomes}) == CALLERS
    assert {found.case["office"]["code"] for found in outcomes} == {"ESA-9202"}
    assert {found.call["status"] for found in outcomes} == {"completed"}


def test_eight_callbacks_due_at_once_are_made_once_each_and_nothing_was_locked(
    stack: Stack,
) -> None:
    """Three operators share them; whoever finds all of them on the phone waits."""
    before = troubles(stack)
    calls = phone_at_once(stack)

    def all_made() -> bool:
        callbacks_fall_due(stack)
        found = [look(stack, call["sid"]) for call in calls]
        return all(one.callback["state"] == "done" for one in found)

    stack.wait_for(all_made, ALL_MADE_WITHIN_S)
    assert {rings(stack).count(call["from"]) for call in calls} == {1}
    assert troubles(stack) == before
