"""References survive being spoken: wrong digits and swapped neighbours are always noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.reference import DAMM, check_digit, new_reference, valid_reference

DIGITS = st.text("0123456789", min_size=8, max_size=8)
PLACE = st.integers(0, 8)


def whole(digits: str) -> str:
    """Eight digits with their check digit."""
    return digits + check_digit(digits)


@given(DIGITS)
def test_a_whole_reference_is_valid(digits: str) -> None:
    assert valid_reference(whole(digits))


@given(DIGITS, PLACE, st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(digits: str, place: int, more: int) -> None:
    right = whole(digits)
    wrong = str((int(right[place]) + more) % 10)
    assert not valid_reference(right[:place] + wrong + right[place + 1 :])


@given(DIGITS, st.integers(0, 7))
def test_two_swapped_neighbours_are_always_noticed(digits: str, place: int) -> None:
    right = whole(digits)
    left, second = right[place], right[place + 1]
    swapped = right[:place] + second + left + right[place + 2 :]
    assert valid_reference(swapped) == (left == second)


def test_the_table_catches_what_it_promises() -> None:
    for row in DAMM:
        assert sorted(row) == list(range(10))
    assert all(DAMM[digit][digit] == 0 for digit in range(10))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345678",
        "1234567890",
        "abcdefghi",
        "12345 678",
        "๐๐๐๐๐๐๐๐๐",
        "００００００００００",
        "00000000²",
    ],
)
def test_what_is_not_nine_plain_digits_is_not_valid(text: str) -> None:
    assert not valid_reference(text)


def test_new_references_are_valid_and_differ() -> None:
    made = {new_reference() for _ in range(200)}
    assert len(made) > 195
    assert all(valid_reference(one) for one in made)
