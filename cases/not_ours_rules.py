"""When an office may say that a case is not its own, and what it must say; pure.

A case that came to the wrong office goes up before anybody has begun to work on it, never down and
never sideways: whoever is above decides whom it concerns (domain.md B6; decision 0042).
"""

from dataclasses import dataclass
from typing import Final

from cases.handover_rules import words_fault
from cases.states import ACKNOWLEDGED, CHECKING, RECEIVED
from routing.vocabulary import HQ

OTHER: Final = "other"
OTHER_AFFILIATION: Final = "other_affiliation"
WHY: Final = ("other_area", OTHER_AFFILIATION, "no_such_school", OTHER)
# As for sending on: once work has begun, a case is handed over instead.
BEFORE_WORK: Final = (RECEIVED, ACKNOWLEDGED, CHECKING)


@dataclass(frozen=True)
class NotOurs:
    """Why a case is not this office's: one of WHY, and words that are sealed.

    `office` is the one that had the case when it was said: a second click is not said of the next.
    """

    why: str
    words: str = ""
    office: str | None = None


def not_ours_fault(wish: NotOurs, *, office: str, said_before: bool) -> str | None:
    """The rule that a wish breaks, or None.

    Words are needed for "other", and from an office that has said so of this case before: else a
    case could go up and down without anybody saying a word.
    """
    if office == HQ:
        return "nobody_above"
    if wish.why not in WHY:
        return "not_ours_why"
    return words_fault(wish.words, needed=wish.why == OTHER or said_before)
