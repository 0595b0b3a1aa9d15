"""The conversation with a head operator who is rung to approve a hand-over, as pure rules.

Only the keys 1 and 2 decide. Silence, a wrong key and a machine decide nothing, and however often
it is heard again, the call has an end.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from ivr.callback_talk import OVER, Position

Effect: TypeAlias = Literal["approve", "reject", "left"]

DECISIONS: Final[dict[str, Effect]] = {"1": "approve", "2": "reject"}
AGAIN: Final = "3"
# Silences and wrong keys, then all hearings together.
MOST_MISSES: Final = 2
MOST_HEARINGS: Final = 6


@dataclass(frozen=True)
class Advance:
    """The next position, what the key does, and whether it was none of the keys that were named."""

    position: Position
    effect: Effect | None = None
    wrong_key: bool = False


def approval_turn(position: Position, keys: str) -> Advance:
    """What the leg does next: ask, ask again, let the key count, or let the person go."""
    if position.place == "start":
        return Advance(Position("offer", 1))
    if position.place == "over":
        return Advance(OVER)
    if keys in DECISIONS:
        return Advance(OVER, DECISIONS[keys])
    missed = position.missed + (keys != AGAIN)
    if missed >= MOST_MISSES or position.times >= MOST_HEARINGS:
        return Advance(OVER, "left")
    asked_again = replace(position.again(), missed=missed)
    return Advance(asked_again, wrong_key=keys not in ("", AGAIN))
