"""Who comes next when more callbacks are due than can ring at once; all pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

IMMEDIATE: Final = "now"


@dataclass(frozen=True)
class Waiting:
    """One due callback in the line of its office; `place` is from when its waiting counts.

    `pressing`: its caller is in danger, and it goes before all others.
    """

    id: int
    office_code: str
    place: datetime
    pressing: bool = False


def place_of(
    severity: str, since: datetime, head_start_s: Mapping[str, int], *, immediate: bool
) -> datetime:
    """From when a callback's waiting counts: the first permission less its severity's head start.

    It never changes while the callback waits, so that an ordinary one is only ever passed by those
    who come within the head start after it: nobody starves, and no clock is needed to compare.
    """
    return since - timedelta(seconds=head_start_s[IMMEDIATE if immediate else severity])


def in_turn(waiting: Iterable[Waiting], limit: int) -> list[int]:
    """The next ones to ring: danger by place, then the offices in rounds, one of each by place.

    So the thousandth callback of one office never keeps the only one of another waiting.
    """
    ordered = sorted(set(waiting), key=lambda one: (one.place, one.id))
    rounds: dict[str, int] = defaultdict(int)
    ranked: list[tuple[int, Waiting]] = []
    for one in ordered:
        if not one.pressing:
            rounds[one.office_code] += 1
        ranked.append((0 if one.pressing else rounds[one.office_code], one))
    # Sorting keeps the order of equals: the place, within each round.
    return [one.id for _, one in sorted(ranked, key=lambda pair: pair[0])[:limit]]
