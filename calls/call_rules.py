"""Whether an operator may be rung for a callback at once, and what rings by itself; all pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from calls.rules import Limits, first_moment, may_ring, on_day
from calls.states import DIALLING, WAITING
from core.zones import BANGKOK

A_DAY: Final = timedelta(days=1)
# An operator who asked to be rung and was not, within this time, has turned to something else.
WISH_LIFE: Final = timedelta(hours=1)
AUTOMATIC: Final = "automatic"
# These never wait for somebody to look at a list.
PRESSING: Final = ("emergency", "urgent")
RINGING: Final = ("claimed", *DIALLING)
REFUSALS: Final = (
    "already_ringing",
    "not_waiting",
    "no_phone",
    "not_allowed",
    "you_are_on_the_phone",
    "number_busy",
    "enough_today",
    "not_now_line",
    "no_common_hour",
    "other_day",
    "too_early",
    "too_late_today",
)


@dataclass(frozen=True)
class CallFacts:
    """Where a callback stands, and the operator who asks to be rung for it.

    `taken`: another operator asked before. `line_busy`: the caller's line is rung for another
    callback of the case, or the caller's own call goes on. `spent_today`: the line had its tries of
    the day in this case. `line_elsewhere`: either is so because of other cases, of which whoever
    asks learns nothing.
    """

    state: str
    limits: Limits
    taken: bool = False
    has_phone: bool = True
    may_know: bool = True
    on_the_phone: bool = False
    line_busy: bool = False
    spent_today: bool = False
    line_elsewhere: bool = False


def call_refusal(facts: CallFacts, *, margin_s: int, now: datetime) -> str | None:
    """Why the operator is not rung for the callback now; None when nothing speaks against it."""
    doubts = (
        ("already_ringing", facts.state in RINGING or facts.taken),
        ("not_waiting", facts.state not in WAITING),
        ("no_phone", not facts.has_phone),
        ("not_allowed", not facts.may_know),
        ("you_are_on_the_phone", facts.on_the_phone),
        ("number_busy", facts.line_busy),
        ("enough_today", facts.spent_today),
        ("not_now_line", facts.line_elsewhere),
    )
    found = next((why for why, doubt in doubts if doubt), None)
    return found or hours_refusal(facts.limits, margin_s=margin_s, now=now)


def hours_refusal(limits: Limits, *, margin_s: int, now: datetime) -> str | None:
    """Why the caller's hours forbid a ring now."""
    if may_ring(now, limits, margin_s=margin_s):
        return None
    wish = limits.window.meet(limits.safe) if limits.window else None
    if wish is None:
        return "no_common_hour"
    if today(limits.begin(now)) > today(now):
        return "other_day"
    begin, _ = on_day(now.astimezone(BANGKOK).date(), wish)
    return "too_early" if now < limits.begin(begin) else "too_late_today"


def not_before(
    limits: Limits, *, margin_s: int, spent_today: bool, now: datetime
) -> datetime | None:
    """When the hours and the tries of the day allow the next ring; None means now."""
    if not may_ring(now, limits, margin_s=margin_s):
        later = now + timedelta(seconds=margin_s)
        return first_moment(later, limits) or now + A_DAY
    return first_moment(tomorrow(now), limits) or now + A_DAY if spent_today else None


def today(now: datetime) -> datetime:
    """The midnight in Thailand with which this day began."""
    return now.astimezone(BANGKOK).replace(hour=0, minute=0, second=0, microsecond=0)


def tomorrow(now: datetime) -> datetime:
    """The next midnight in Thailand."""
    return today(now) + A_DAY


def rings_by_itself(ringing: str, severity: str, *, is_late: bool) -> bool:
    """Whether a callback rings whoever is on duty, or waits until somebody calls from the list."""
    return ringing == AUTOMATIC or severity in PRESSING or is_late
