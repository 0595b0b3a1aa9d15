"""Who reads a note: the table of visibility against how the reader stands to it."""

import pytest

from cases.note_rules import LONGEST, VISIBILITIES, Reader, fault, may_correct, may_read

AUTHOR = Reader(is_author=True)
SAME_OFFICE = Reader(to_office=frozenset({"own"}))
ABOVE = Reader(to_office=frozenset({"descendant"}))
HOTLINE = Reader(to_office=frozenset({"unrelated"}), at_hotline=True)
ASSIGNED = Reader(to_office=frozenset({"unrelated"}), is_assigned=True)
SIBLING = Reader(to_office=frozenset({"sibling"}))
BELOW = Reader(to_office=frozenset({"ancestor"}))
READERS = (AUTHOR, SAME_OFFICE, ABOVE, HOTLINE, ASSIGNED, SIBLING, BELOW)
TABLE = {
    #                    author same  above  hotline assigned sibling below
    "this_office": (True, True, False, False, False, False, False),
    "chain_above": (True, True, True, False, False, False, False),
    "hotline": (True, True, False, True, False, False, False),
    "everyone_assigned": (True, True, False, False, True, False, False),
}


def test_the_table_holds_every_visibility() -> None:
    assert tuple(TABLE) == VISIBILITIES


@pytest.mark.parametrize("visibility", TABLE)
def test_who_reads_what(visibility: str) -> None:
    assert tuple(may_read(visibility, one) for one in READERS) == TABLE[visibility]


def test_an_unknown_visibility_is_for_the_office_alone() -> None:
    assert [may_read("everybody", one) for one in READERS] == list(TABLE["this_office"])


def test_only_the_author_corrects() -> None:
    assert [may_correct(one) for one in READERS] == [True] + [False] * 6


@pytest.mark.parametrize(
    ("text", "visibility", "expected"),
    [
        ("โทรแล้ว", "this_office", None),
        ("x" * LONGEST, "hotline", None),
        ("x" * (LONGEST + 1), "hotline", "too_long"),
        (" \n ", "this_office", "empty"),
        ("โทรแล้ว", "everybody", "visibility"),
    ],
)
def test_what_is_wrong_with_a_note(text: str, visibility: str, expected: str | None) -> None:
    assert fault(text, visibility) == expected
