"""The two conversations of a callback as pure rules: with the operator, then with the caller.

Until somebody has shown to be a person, the caller's leg is silent: a machine, a fax and whatever
cannot be told hear nothing, and the hello itself gives nothing away (design.md §3a.5).
"""

from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

Place: TypeAlias = Literal["start", "offer", "dialling", "listen", "hello", "over"]
Effect: TypeAlias = Literal[
    "accept", "decline", "dial_over", "connect", "not_now", "wrong_person", "stopped", "machine",
    "no_answer",
]  # fmt: skip

OFFERS: Final = 2
HELLOS: Final = 2
# A verdict takes four seconds or so; who says nothing for longer than this hears nothing.
LISTENS: Final = 3
KEYS: Final = frozenset("0123456789*#")
CHOICES: Final[dict[str, Effect]] = {
    "1": "connect",
    "2": "not_now",
    "3": "wrong_person",
    "9": "stopped",
}
HUMAN: Final = "human"


@dataclass(frozen=True)
class Position:
    """Where a leg's conversation stands, how often this place was spoken, how often in vain."""

    place: Place = "start"
    times: int = 0
    missed: int = 0

    def again(self) -> "Position":
        """The same place once more."""
        return replace(self, times=self.times + 1)


@dataclass(frozen=True)
class Heard:
    """What a request of the leg brings: keys (empty for silence) and who is known to answer."""

    keys: str = ""
    answered_by: str | None = None


@dataclass(frozen=True)
class Advance:
    """The next position, and what must happen before it may be spoken."""

    position: Position
    effect: Effect | None = None


OVER: Final = Position("over")


def operator_turn(position: Position, heard: Heard) -> Advance:
    """What the operator's leg does next: offer twice, take it with 1, or let it go."""
    if position.place == "start":
        return Advance(Position("offer", 1))
    if position.place == "dialling":
        return Advance(OVER, "dial_over")
    if position.place == "over":
        return Advance(OVER)
    if heard.keys == "1":
        return Advance(Position("dialling"), "accept")
    if not heard.keys and position.times < OFFERS:
        return Advance(position.again())
    return Advance(OVER, "decline")


def caller_turn(position: Position, heard: Heard) -> Advance:
    """What the caller's leg does next: listen until it is a person, say hello, take the key."""
    if position.place == "over":
        return Advance(OVER)
    if position.place == "hello":
        return _answer(position, heard)
    if heard.answered_by not in (None, HUMAN):
        return Advance(OVER, "machine")
    if heard.answered_by == HUMAN or _is_key(heard.keys):
        return Advance(Position("hello", 1))
    if position.times >= LISTENS:
        return Advance(OVER, "machine")
    return Advance(Position("listen", position.times + 1))


def _answer(position: Position, heard: Heard) -> Advance:
    effect = CHOICES.get(heard.keys)
    if effect:
        return Advance(OVER, effect)
    if position.times < HELLOS:
        return Advance(position.again())
    return Advance(OVER, "no_answer")


def _is_key(keys: str) -> bool:
    """Whether a key was pressed; the provider's word "hangup" is none."""
    return bool(keys) and set(keys) <= KEYS
