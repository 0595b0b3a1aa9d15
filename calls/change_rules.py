"""What a person may change about a callback that waits, by the caller's own word; all pure.

A caller tells an agent "do not call me", or "call me on Monday". Both are the caller's to say, and
neither has a key: so the first only ever takes a ring away, and the second needs the permission
that a key gave (design.md §3a.2).
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from calls.call_rules import RINGING
from calls.decision_rules import (
    BY_REASON,
    LONGEST_WORDS,
    NO_CALL,
    RINGS,
    STOPPED,
    DecisionFacts,
    Waiting,
    window_refusal,
)
from calls.rules import on_day, parse_span
from calls.states import NEEDS_PERSON, WAITING
from core.zones import BANGKOK

KEEP: Final = "keep"
OTHER_HOURS: Final = "other_hours"
CHANGES: Final = (KEEP, OTHER_HOURS, NO_CALL)
# What stands on the case's timeline.
CALLED_OFF: Final = "callback_called_off"
MOVED: Final = "callback_moved"
KEPT: Final = "callback_kept"
WAITS: Final = ("requested", *WAITING)

OTHER_WHY: Final = "other"
# Why nobody is to be called any more.
WHYS: Final = ("caller_said", "talked", "not_safe", OTHER_WHY)
# A person decides about these, and the caller's own hours may settle what was open.
MOVABLE: Final = frozenset(
    {reason for reason, offered in BY_REASON.items() if set(offered) & set(RINGS)}
    | {"no_common_hour"}
)
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Somebody, or the telephone, was faster than the page.
OVERTAKEN: Final = ("being_called", "not_waiting", "changed_since")
REFUSALS: Final = (
    *OVERTAKEN,
    "still_calling",
    "not_allowed",
    "change",
    "why_missing",
    "words_missing",
    "words_too_long",
    "now_without_danger",
    "day_missing",
    "day_format",
    "day_past",
    "day_far",
    "day_over",
    "window_missing",
    "window_format",
    "window_order",
    "window_too_short",
    "window_outside_safe_hours",
    "no_common_hour",
)


@dataclass(frozen=True)
class Change:
    """What somebody wants to change, as it came in; `seen` is how often people had decided about
    the callback when the page was made."""

    change: str
    seen: int
    why: str = ""
    words: str | None = None
    at_once: bool = False
    day: str = ""
    window: str | None = None


@dataclass(frozen=True)
class ChangeFacts:
    """What bounds a change beside the facts of a decision; `decided` is how often people have."""

    bounds: DecisionFacts
    decided: int
    in_danger: bool
    pressing: bool
    furthest_day: int
    margin_s: int


def is_open(callback: Waiting) -> bool:
    """Whether the call is still owed, or a decision about it, and nobody is being rung."""
    undecided = callback.state in NEEDS_PERSON and callback.decided_at is None
    return callback.state in WAITS or undecided


def changes(callback: Waiting, bounds: DecisionFacts) -> tuple[str, ...]:
    """What may be changed about the callback now; nothing while somebody is being rung."""
    if not is_open(callback):
        return ()
    hindered = bounds.halted or bounds.owed or bounds.case_over
    may_move = callback.consent and bounds.dialable and not hindered and _is_movable(callback)
    return CHANGES if may_move else (KEEP, NO_CALL)


def _is_movable(callback: Waiting) -> bool:
    if callback.state == STOPPED:
        return False
    return callback.state in WAITS or callback.reason in MOVABLE


def change_refusal(
    wish: Change, callback: Waiting, facts: ChangeFacts, *, now: datetime
) -> str | None:
    """Why this cannot be changed; None when it can."""
    bounds = facts.bounds
    doubts = (
        ("not_allowed", not bounds.may_know),
        ("being_called", callback.state in RINGING),
        ("not_waiting", not is_open(callback)),
        ("changed_since", wish.change != KEEP and wish.seen != facts.decided),
        ("still_calling", not bounds.call_over),
        ("change", wish.change not in changes(callback, bounds)),
        ("words_too_long", len(wish.words or "") > LONGEST_WORDS),
    )
    found = next((why for why, doubt in doubts if doubt), None)
    if found or wish.change == KEEP:
        return found
    return _why_refusal(wish, facts) if wish.change == NO_CALL else _hours(wish, facts, now=now)


def _why_refusal(wish: Change, facts: ChangeFacts) -> str | None:
    """A reason of the list; words where the list says nothing, and where there is danger."""
    if wish.why not in WHYS:
        return "why_missing"
    needs_words = wish.why == OTHER_WHY or facts.pressing
    return "words_missing" if needs_words and not wish.words else None


def _hours(wish: Change, facts: ChangeFacts, *, now: datetime) -> str | None:
    """The same rules as for the caller's keys: "at once" in danger alone, else inside safe hours.

    Other hours are the caller's to name: those named before do not bind them.
    """
    if wish.at_once:
        return None if facts.in_danger else "now_without_danger"
    bounds = replace(facts.bounds, wish=None)
    return window_refusal(wish.window, bounds) or _day_refusal(wish, facts, now=now)


def _day_refusal(wish: Change, facts: ChangeFacts, *, now: datetime) -> str | None:
    if not wish.day:
        return "day_missing"
    day = day_of(wish.day)
    span = parse_span(wish.window)
    if day is None or span is None:
        return "day_format"
    ahead = (day - now.astimezone(BANGKOK).date()).days
    if ahead < 0:
        return "day_past"
    if ahead > facts.furthest_day:
        return "day_far"
    last = on_day(day, span)[1] - timedelta(seconds=facts.margin_s)
    return "day_over" if last <= now else None


def day_of(text: str) -> date | None:
    """A day of our calendar; None for any other writing of one."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None
