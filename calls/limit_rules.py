"""When the way of a call becomes shorter, and whose turn it is to be rung for; all pure.

Nothing in here can refuse a call: a limit only ever picks a greeting (design.md §3a.3, 3a.8).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from pydantic import Field
from pydantic.dataclasses import dataclass as checked

# Why a greeting is short: the caller's own number, or all calls together.
BY_NUMBER: Final = "number"
BY_ALL: Final = "all"
Shortness: TypeAlias = Literal["number", "all"]


@checked(frozen=True)
class GreetingLimits:
    """`greeting` of limits.yaml, where each figure is explained."""

    minutes: int = Field(gt=0)
    without_case: int = Field(gt=0)
    of_one_number: int = Field(gt=0)
    all_minutes: int = Field(gt=0)
    of_all: int = Field(gt=0)


@checked(frozen=True)
class RingLimits:
    """`rings` of limits.yaml, where each figure is explained."""

    minutes: int = Field(gt=0)
    most: int = Field(gt=0)
    yields_after: int = Field(gt=0)
    heard_of_s: int = Field(gt=0)


@checked(frozen=True)
class PeopleLimits:
    """`by_people` of limits.yaml, where each figure is explained."""

    hours: tuple[int, ...]
    review_hours: int = Field(gt=0)
    listed_hours: int = Field(gt=0)
    most_listed: int = Field(gt=0)


@checked(frozen=True)
class LimitPolicy:
    """All of limits.yaml."""

    greeting: GreetingLimits
    rings: RingLimits
    by_people: PeopleLimits


@dataclass(frozen=True)
class Recent:
    """How many calls came in lately; each figure may stop counting at its limit.

    Those of one number are None where the number is withheld. `by_person`: a supervisor has given
    the number the short greeting for a time.
    """

    of_all: int
    of_number: int | None = None
    without_case: int | None = None
    by_person: bool = False


def shortened(recent: Recent, limits: GreetingLimits) -> Shortness | None:
    """Whether the next call is greeted shortly, and why; None for the whole greeting."""
    if recent.by_person:
        return BY_NUMBER
    if (recent.without_case or 0) >= limits.without_case:
        return BY_NUMBER
    if (recent.of_number or 0) >= limits.of_one_number:
        return BY_NUMBER
    return BY_ALL if recent.of_all >= limits.of_all else None


def gives_way(waiting: Iterable[int], *, free: int, limits: RingLimits) -> bool:
    """Whether a call lets graver ones go first that wait and ring nobody.

    `waiting` are the rings lately for each number of them, `free` how many could be rung for them
    beside the one person in question. A number beyond its bound is not rung for, and holds up
    nobody.
    """
    return sum(1 for rings in waiting if rings < limits.most) > free


def must_wait(own: int, others: Iterable[int], *, free: int, limits: RingLimits) -> bool:
    """Whether a caller in danger waits a little instead of being rung for now.

    `own` are the rings for the caller's number lately, `others` the same for each other number that
    waits in danger, `free` how many people could be rung. Waiting ends by itself: the rings grow
    old, and the queue's own ceiling leads on to the callback.
    """
    if own >= limits.most:
        return True
    if own < limits.yields_after:
        return False
    before = sum(1 for rings in others if rings < own)
    return before > 0 and before >= free
