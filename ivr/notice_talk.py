"""The conversation with somebody who is rung about an urgent notice, as pure rules.

Only the key 1 says that it was heard. Silence, a wrong key and a machine say nothing, and however
often it is heard again, the call has an end.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from ivr.callback_talk import OVER, Position

Effect: TypeAlias = Literal["heard", "again", "left"]

HEARD, AGAIN, REPEAT = "1", "2", "3"
# Silences and wrong keys, then all hearings together.
MOST_MISSES: Final = 2
MOST_HEARINGS: Final = 6


@dataclass(frozen=True)
class Advance:
    """The next position, what the key does, and whether it was none of the keys that were named."""

    position: Position
    effect: Effect | None = None
    wrong_key: bool = False


def notice_turn(position: Position, keys: str, *, may_again: bool) -> Advance:
    """What the leg does next: tell, tell again, let the key count, or let the person go.

    `may_again` is whether another ring may be asked for.
    """
    if position.place == "start":
        return Advance(Position("offer", 1))
    if position.place == "over":
        return Advance(OVER)
    if keys == HEARD:
        return Advance(OVER, "heard")
    if keys == AGAIN and may_again:
        return Advance(OVER, "again")
    missed = position.missed + (keys != REPEAT)
    if missed >= MOST_MISSES or position.times >= MOST_HEARINGS:
        return Advance(OVER, "left")
    told_again = replace(position.again(), missed=missed)
    return Advance(told_again, wrong_key=keys not in ("", REPEAT))
