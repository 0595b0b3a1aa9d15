"""What a ring at a member of staff comes to: outcomes, and which of two reports stands; pure."""

from collections.abc import Mapping
from typing import Final

from calls.states import NEVER_ANSWERED

FAILED, NO_ANSWER, LEFT = "failed", "no_answer", "left"
# Broken off because the person was wanted for a caller in danger: it counts as no try.
GAVE_WAY: Final = "gave_way"
CANCELED: Final = "canceled"
# The more an outcome tells, the higher it ranks; of several reports about one ring the highest
# stands, in whatever order they come. A key that was pressed counts whenever we hear of it.
Ranks = Mapping[str | None, int]
WITHOUT_KEY: Final[Ranks] = {None: 0, FAILED: 1, NO_ANSWER: 2, GAVE_WAY: 3, LEFT: 4}


def outranks(ranks: Ranks, outcome: str, known: str | None) -> bool:
    """Whether a report tells more than what is known."""
    return ranks[outcome] > ranks[known]


def outcome_of(status: str | None, *, broken_off: bool = False) -> str:
    """What a leg's final status means where no key was pressed."""
    if broken_off and status == CANCELED:
        return GAVE_WAY
    if status == FAILED:
        return FAILED
    return NO_ANSWER if status in NEVER_ANSWERED else LEFT
