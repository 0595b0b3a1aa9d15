"""A sweep that finds more than it takes: what goes ahead, and how it goes on at once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import ColumnElement, literal
from sqlalchemy.orm import Session

from core.runtime import Runtime
from core.sweeps import MOST_IN_A_ROW, in_turn, run_on

FIRST, SECOND = literal("first") == "first", literal("second") == "second"
# Ordinary rows are numbers, and wait in their order; so do those that go ahead.
CASES = {
    "nothing is due": ((), (), 4, []),
    "less is due than is taken": ((1, 2, 30), (30,), 4, [1, 2, 30]),
    "what goes ahead gets half": ((1, 2, 3, 4), (30, 31, 32), 4, [30, 31, 1, 2]),
    "half of it is not needed": ((1, 2, 3, 4), (30,), 4, [30, 1, 2, 3]),
    "what goes ahead waits longest too": ((1, 2, 3, 4), (2, 30), 4, [2, 30, 1, 3]),
    "nothing goes ahead": ((1, 2, 3, 4), (), 4, [1, 2, 3, 4]),
}


@pytest.mark.parametrize(("due", "ahead", "limit", "taken"), CASES.values(), ids=list(CASES))
def test_what_is_taken(
    due: Sequence[int], ahead: Sequence[int], limit: int, taken: list[int]
) -> None:
    def look(condition: ColumnElement[bool], most: int) -> Sequence[int]:
        return (ahead if condition is FIRST else due)[:most]

    assert in_turn(look, [FIRST], limit) == taken


def test_the_second_condition_gets_what_the_first_leaves_of_the_half() -> None:
    found = {id(FIRST): [30], id(SECOND): [20, 21, 22]}

    def look(condition: ColumnElement[bool], most: int) -> Sequence[int]:
        return found.get(id(condition), list(range(1, 10)))[:most]

    assert in_turn(look, [FIRST, SECOND], 6) == [30, 20, 21, 1, 2, 3]


def test_a_sweep_goes_on_until_nothing_is_found_and_not_for_ever(runtime: Runtime) -> None:
    sessions: list[Session] = []
    left = [3, 3, 1, 0]

    def look(session: Session) -> int:
        sessions.append(session)
        return left[len(sessions) - 1]

    assert run_on(look) == 7
    assert len({id(one) for one in sessions}) == len(left)
    assert run_on(lambda _: 1) == MOST_IN_A_ROW


def test_one_sweep_of_a_process_goes_on_at_a_time_and_the_others_look_once(
    runtime: Runtime,
) -> None:
    """What falls due at closing time takes one thread of a worker, and leaves the others."""
    looks: list[int] = []

    def look(_session: Session) -> int:
        looks.append(1)
        if len(looks) == 2:
            with ThreadPoolExecutor(1) as another:
                assert another.submit(run_on, lambda _: 1).result() == 1
        return 3 - len(looks)

    assert run_on(look) == 3
    assert run_on(lambda _: 1) == MOST_IN_A_ROW
