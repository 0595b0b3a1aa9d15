"""A head operator's conversation, turn by turn, without anything around it."""

import pytest

from ivr.approval_talk import MOST_HEARINGS, Advance, approval_turn
from ivr.callback_talk import OVER, Position

ASKED = Position("offer", 1)


@pytest.mark.parametrize(
    ("position", "keys", "expected"),
    [
        (Position(), "", Advance(ASKED)),
        (Position(), "1", Advance(ASKED)),
        (ASKED, "1", Advance(OVER, "approve")),
        (ASKED, "2", Advance(OVER, "reject")),
        (ASKED, "3", Advance(Position("offer", 2))),
        (ASKED, "", Advance(Position("offer", 2, missed=1))),
        (ASKED, "9", Advance(Position("offer", 2, missed=1), wrong_key=True)),
        (ASKED, "hangup", Advance(Position("offer", 2, missed=1), wrong_key=True)),
        (ASKED, "11", Advance(Position("offer", 2, missed=1), wrong_key=True)),
        (ASKED, "１", Advance(Position("offer", 2, missed=1), wrong_key=True)),
        (ASKED, "๑", Advance(Position("offer", 2, missed=1), wrong_key=True)),
        (Position("offer", 2, missed=1), "1", Advance(OVER, "approve")),
        (Position("offer", 2, missed=1), "", Advance(OVER, "left")),
        (Position("offer", 2, missed=1), "0", Advance(OVER, "left")),
        (Position("offer", 2, missed=1), "3", Advance(Position("offer", 3, missed=1))),
        (OVER, "1", Advance(OVER)),
        (OVER, "", Advance(OVER)),
    ],
)
def test_one_approves_two_rejects_and_nothing_else_decides(
    position: Position, keys: str, expected: Advance
) -> None:
    assert approval_turn(position, keys) == expected


@pytest.mark.parametrize("keys", ["3", "", "7"])
def test_whatever_is_pressed_the_call_has_an_end(keys: str) -> None:
    position, turns = Position(), 0
    while position != OVER:
        advance = approval_turn(position, keys)
        position, turns = advance.position, turns + 1
        assert turns <= MOST_HEARINGS + 1
    assert advance.effect == "left"
