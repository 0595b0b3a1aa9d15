"""Pure rules of notices: how grave, which channels, when; `now` is always an argument."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.zones import BANGKOK

EMERGENCY = "emergency"
CLASSES = (EMERGENCY, "urgent", "normal")
NO_QUIET = "none"
Quiet = tuple[time, time]


@dataclass(frozen=True)
class Step:
    """What becomes of one channel: it is tried, or skipped for a reason."""

    channel: str
    skipped: str | None = None


def graver(left: str, right: str) -> str:
    """The more pressing of two classes."""
    return min(left, right, key=CLASSES.index)


def in_order(channels: Sequence[str], preferred: Sequence[str]) -> tuple[str, ...]:
    """Channels as a receiver prefers them; what nobody ranked comes last, as it stood."""
    return tuple(
        sorted(
            channels,
            key=lambda one: preferred.index(one) if one in preferred else len(preferred),
        )
    )


def waves(channels: Sequence[str], *, together: bool, rung: str) -> list[tuple[str, ...]]:
    """Which channels are used at once, and which when those have reached nobody.

    The one that rings comes after all others are used together, unless the receiver put it first.
    """
    if not together:
        return [(channel,) for channel in channels]
    others = tuple(channel for channel in channels if channel != rung)
    if rung not in channels or channels[0] == rung or not others:
        return [tuple(channels)]
    return [others, (rung,)]


def plan(
    in_waves: Sequence[Sequence[str]],
    obstacle: Callable[[str], str | None],
    *,
    used: Collection[str] = (),
) -> list[Step]:
    """The next wave of which something can be used, and what was passed over on the way to it."""
    steps: list[Step] = []
    for wave in in_waves:
        found = [Step(channel, obstacle(channel)) for channel in wave if channel not in used]
        steps += found
        if any(step.skipped is None for step in found):
            break
    return steps


def parse_quiet(text: str) -> Quiet | None:
    """ "20:00-07:00" as two times, over midnight or not; "none" as None; ValueError else."""
    if text == NO_QUIET:
        return None
    if len(text) != len("20:00-07:00"):
        raise ValueError(f"no hours: {text}")
    start, end = (time.fromisoformat(part) for part in text.split("-"))
    if start == end:
        raise ValueError(f"quiet hours without length: {text}")
    return start, end


def quiet_until(now: datetime, quiet: Quiet | None) -> datetime | None:
    """When the quiet hours that hold now end; None outside them. The end itself is loud."""
    if quiet is None:
        return None
    start, end = quiet
    local = now.astimezone(BANGKOK)
    clock = local.time()
    is_over_midnight = start > end
    if is_over_midnight:
        if end <= clock < start:
            return None
    elif not start <= clock < end:
        return None
    day = local.date() + timedelta(days=1 if is_over_midnight and clock >= start else 0)
    return datetime.combine(day, end, BANGKOK)


def next_try(tries: int, retry_s: Sequence[int], now: datetime) -> datetime | None:
    """When to try again after so many tries; None when it is given up."""
    return now + timedelta(seconds=retry_s[tries - 1]) if tries <= len(retry_s) else None


def may_spend(used: int, cost: int, budget: int, reserve: float, *, emergency: bool) -> bool:
    """Whether LINE's budget allows a push; the reserve is for emergencies."""
    limit = budget if emergency else budget - round(budget * reserve)
    return used + cost <= limit
