"""Who else is rung when an office's operators cannot be had, and from when on; all pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

# One after another: whoever stands in for the office's head, the head, the office above, and the
# hotline's own on-call list, which is never empty (design.md §3a.9).
DEPUTIES, HEADS, ABOVE, HOTLINE = "deputies", "heads", "above", "hotline"
LEVELS: Final = (DEPUTIES, HEADS, ABOVE, HOTLINE)


def levels_joined(
    severity: str, late_at: datetime | None, climb_s: Mapping[str, Mapping[str, int]], now: datetime
) -> tuple[str, ...]:
    """The levels that are rung beside the office's operators by now, in their order.

    `climb_s` says how many seconds before a callback is late each level joins; a severity that is
    not there never climbs by ringing: it stays on the list, and notices climb instead.
    """
    joins = climb_s.get(severity, {})
    if late_at is None:
        return ()
    return tuple(one for one in LEVELS if one in joins and _moment(late_at, joins[one]) <= now)


def first_join(
    severity: str, late_at: datetime, climb_s: Mapping[str, Mapping[str, int]]
) -> datetime | None:
    """From when on anybody beside the office's operators is rung; None for never."""
    return min((_moment(late_at, one) for one in climb_s.get(severity, {}).values()), default=None)


def next_join(
    severity: str,
    late_at: datetime,
    climb_s: Mapping[str, Mapping[str, int]],
    now: datetime,
) -> datetime | None:
    """When the next level joins; None when nobody else does."""
    moments = (_moment(late_at, one) for one in climb_s.get(severity, {}).values())
    return min((one for one in moments if one > now), default=None)


def _moment(late_at: datetime, before_s: int) -> datetime:
    return late_at - timedelta(seconds=before_s)
