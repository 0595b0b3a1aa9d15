"""The conversation about an urgent notice, turn by turn, without anything around it."""

import pytest

from ivr.callback_talk import OVER, Position
from ivr.notice_talk import MOST_HEARINGS, Advance, notice_turn

TOLD = Position("offer", 1)


@pytest.mark.parametrize(
    ("position", "keys", "expected"),
    [
        (Position(), "", Advance(TOLD)),
        (Position(), "1", Advance(TOLD)),
        (TOLD, "1", Advance(OVER, "heard")),
        (TOLD, "2", Advance(OVER, "again")),
        (TOLD, "3", Advance(Position("offer", 2))),
        (TOLD, "", Advance(Position("offer", 2, missed=1))),
        (TOLD, "9", Advance(Position("offer", 2, missed=1), wrong_key=True)),
        (TOLD, "hangup", Advance(Position("offer", 2, missed=1), wrong_key=True)),
        (TOLD, "11", Advance(Position("offer", 2, missed=1), wrong_key=True)),
        (TOLD, "๑", Advance(Position("offer", 2, missed=1), wrong_key=True)),
        (Position("offer", 2, missed=1), "1", Advance(OVER, "heard")),
        (Position("offer", 2, missed=1), "", Advance(OVER, "left")),
        (Position("offer", 2, missed=1), "0", Advance(OVER, "left")),
        (OVER, "1", Advance(OVER)),
    ],
)
def test_one_is_the_receipt_and_nothing_else_is(
    position: Position, keys: str, expected: Advance
) -> None:
    assert notice_turn(position, keys, may_again=True) == expected


def test_at_the_last_ring_another_cannot_be_asked_for() -> None:
    advance = notice_turn(TOLD, "2", may_again=False)
    assert advance == Advance(Position("offer", 2, missed=1), wrong_key=True)


@pytest.mark.parametrize("keys", ["3", "", "7"])
def test_whatever_is_pressed_the_call_has_an_end(keys: str) -> None:
    position, turns = Position(), 0
    while position != OVER:
        advance = notice_turn(position, keys, may_again=True)
        position, turns = advance.position, turns + 1
        assert turns <= MOST_HEARINGS + 1
    assert advance.effect == "left"
