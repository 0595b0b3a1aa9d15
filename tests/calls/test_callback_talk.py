"""The conversations of a callback's two legs, turn by turn, without anything around them."""

import pytest

from ivr.callback_talk import OVER, Advance, Heard, Position, caller_turn, operator_turn

SILENCE = Heard()


@pytest.mark.parametrize(
    ("position", "keys", "expected"),
    [
        (Position(), "", Advance(Position("offer", 1))),
        (Position("offer", 1), "1", Advance(Position("dialling"), "accept")),
        (Position("offer", 1), "", Advance(Position("offer", 2))),
        (Position("offer", 2), "", Advance(OVER, "decline")),
        (Position("offer", 1), "2", Advance(OVER, "decline")),
        (Position("offer", 1), "１", Advance(OVER, "decline")),
        (Position("offer", 1), "hangup", Advance(OVER, "decline")),
        (Position("dialling"), "", Advance(OVER, "dial_over")),
        (OVER, "1", Advance(OVER)),
    ],
)
def test_the_operator_takes_it_with_one_and_lets_it_go_otherwise(
    position: Position, keys: str, expected: Advance
) -> None:
    assert operator_turn(position, Heard(keys)) == expected


@pytest.mark.parametrize("verdict", ["machine_start", "machine_end_beep", "fax", "unknown"])
@pytest.mark.parametrize("keys", ["", "1"])
def test_safety_rule_05_machine_fax_and_unknown_voice_hear_nothing(verdict: str, keys: str) -> None:
    """3a.5: whatever is not known to be human is hung up on without a word."""
    for position in (Position(), Position("listen", 1), Position("listen", 3)):
        assert caller_turn(position, Heard(keys, verdict)) == Advance(OVER, "machine")


def test_without_a_verdict_the_leg_stays_silent_and_then_ends() -> None:
    position = Position()
    for times in (1, 2, 3):
        advance = caller_turn(position, SILENCE)
        assert advance == Advance(Position("listen", times))
        position = advance.position
    assert caller_turn(position, SILENCE) == Advance(OVER, "machine")


def test_a_key_in_the_silence_shows_a_person_and_answers_nothing_yet() -> None:
    assert caller_turn(Position("listen", 1), Heard("1")) == Advance(Position("hello", 1))
    assert caller_turn(Position("listen", 1), Heard("hangup")) == Advance(Position("listen", 2))


def test_a_human_hears_hello_at_once() -> None:
    assert caller_turn(Position(), Heard("", "human")) == Advance(Position("hello", 1))


@pytest.mark.parametrize(
    ("keys", "effect"),
    [("1", "connect"), ("2", "not_now"), ("3", "wrong_person"), ("9", "stopped")],
)
def test_each_key_of_the_hello_has_its_meaning(keys: str, effect: str) -> None:
    advance = caller_turn(Position("hello", 1), Heard(keys, "human"))
    assert (advance.position, advance.effect) == (OVER, effect)


@pytest.mark.parametrize("keys", ["", "4", "0", "*", "๑", "11"])
def test_silence_or_a_wrong_key_is_asked_once_more_then_left_alone(keys: str) -> None:
    again = caller_turn(Position("hello", 1), Heard(keys, "human"))
    assert again == Advance(Position("hello", 2))
    assert caller_turn(again.position, Heard(keys, "human")) == Advance(OVER, "no_answer")
