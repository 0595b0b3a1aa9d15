"""What a person may decide about a callback that no rule could decide; all pure.

The table says what each reason leaves open; the facts may take a ring away, never add one
(design.md §3a: never without the caller's permission, never to an unconfirmed number, never after
"do not call again").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from calls.rules import Span, parse_span
from calls.states import NEEDS_PERSON

RING: Final = "ring"
RING_IN_WINDOW: Final = "ring_in_window"
OTHER_WAY: Final = "other_way"
NO_CALL: Final = "no_call"
RINGS: Final = (RING, RING_IN_WINDOW)
WITHOUT_RING: Final = (OTHER_WAY, NO_CALL)
CHOICES: Final = (*RINGS, *WITHOUT_RING)

STOPPED: Final = "stopped"
# What each reason leaves to a person. A reason that is not here leaves no ring.
BY_REASON: Final[Mapping[str, tuple[str, ...]]] = {
    # No key was pressed for a call: silence grants nothing.
    "unanswered": WITHOUT_RING,
    # A call was wished, and there is no number that the caller has confirmed, or that we may dial.
    "number_missing": WITHOUT_RING,
    "number_unconfirmed": WITHOUT_RING,
    "number_not_dialable": WITHOUT_RING,
    # The line is somebody else's, or whoever answers there wants no call.
    "wrong_person": WITHOUT_RING,
    STOPPED: WITHOUT_RING,
    # The caller's hours lie outside the safe ones: another hour would not be the caller's wish.
    "no_common_hour": WITHOUT_RING,
    # A call was granted and no hour that we may take: a person may choose one.
    "window_open": (RING_IN_WINDOW, *WITHOUT_RING),
    "now_without_danger": (RING_IN_WINDOW, *WITHOUT_RING),
    "not_now": (RING_IN_WINDOW, *WITHOUT_RING),
    # Everything was granted; a person says whether it is wise.
    "number_in_directory": CHOICES,
    "provider_refused": CHOICES,
    "tries_spent": CHOICES,
    # It was to ring when the case had been put aside; opened again, it may.
    "case_over": CHOICES,
    # The account that it would ring by is none of ours any more.
    "account_gone": WITHOUT_RING,
}

SHORTEST_MINUTES: Final = 60
LONGEST_WORDS: Final = 2000
CLOCK: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", re.ASCII)
REFUSALS: Final = (
    "still_calling",
    "not_allowed",
    "choice",
    "words_missing",
    "words_too_long",
    "window_missing",
    "window_format",
    "window_order",
    "window_too_short",
    "window_outside_safe_hours",
    "window_outside_wish",
    "no_common_hour",
)


class Waiting(Protocol):
    """What the rules look at in a callback."""

    state: str
    reason: str | None
    consent: bool
    decided_at: datetime | None


@dataclass(frozen=True)
class DecisionFacts:
    """What bounds a decision about one callback.

    `window` is the one that holds now, `wish` the one that the caller gave, None for none.
    `now_stands`: the caller is in danger, asked for a call at once and did not take that back.
    `halted`: the line said "do not call again" or "wrong person" since the permission was given.
    `owed`: another callback of the case rings this line already.
    `case_over`: the case was closed or put aside, and nobody has opened it again.
    `rounds_spent`: the line was rung in as many rounds as the policy allows, and the caller has
    named no other hours since.
    """

    dialable: bool
    safe: Span
    window: Span | None = None
    wish: Span | None = None
    now_stands: bool = False
    halted: bool = False
    owed: bool = False
    case_over: bool = False
    rounds_spent: bool = False
    call_over: bool = True
    may_know: bool = True


@dataclass(frozen=True)
class Decision:
    """What somebody wants to decide, as it came in but for the blanks around the words."""

    choice: str
    words: str | None = None
    window: str | None = None


def choices(callback: Waiting, facts: DecisionFacts) -> tuple[str, ...]:
    """What a person may decide about the callback now; nothing once somebody has."""
    if callback.state not in NEEDS_PERSON or callback.decided_at is not None:
        return ()
    reason = STOPPED if callback.state == STOPPED else callback.reason or ""
    offered = BY_REASON.get(reason, WITHOUT_RING)
    hindered = facts.halted or facts.owed or facts.case_over or facts.rounds_spent
    may_be_rung = callback.consent and facts.dialable and not hindered
    return tuple(
        one for one in offered if one not in RINGS or (may_be_rung and _has_hours(one, facts))
    )


def _has_hours(choice: str, facts: DecisionFacts) -> bool:
    if choice == RING_IN_WINDOW:
        room = _room(facts)
        return room is not None and room.end - room.start >= SHORTEST_MINUTES
    return facts.now_stands or bool(facts.window and facts.window.meet(facts.safe))


def _room(facts: DecisionFacts) -> Span | None:
    """The hours that a person may choose from: the caller's wish inside the safe hours."""
    return facts.wish.meet(facts.safe) if facts.wish else facts.safe


def decision_refusal(
    decision: Decision, offered: tuple[str, ...], facts: DecisionFacts
) -> str | None:
    """Why this cannot be decided; None when it can."""
    doubts = (
        ("still_calling", not facts.call_over),
        ("not_allowed", not facts.may_know),
        ("choice", decision.choice not in offered),
        ("words_missing", decision.choice in WITHOUT_RING and not decision.words),
        ("words_too_long", len(decision.words or "") > LONGEST_WORDS),
    )
    found = next((why for why, doubt in doubts if doubt), None)
    if found or decision.choice != RING_IN_WINDOW:
        return found
    return window_refusal(decision.window, facts)


def window_refusal(text: str | None, facts: DecisionFacts) -> str | None:
    """Why the hours cannot be taken: they are a plain part of a day, with a clock of 24 hours."""
    if not text:
        return "window_missing"
    if not CLOCK.fullmatch(text):
        # Dates, Thai digits, years of any era, "24:00".
        return "window_format"
    span = parse_span(text)
    if span is None:
        return "window_order"
    doubts = (
        ("window_too_short", span.end - span.start < SHORTEST_MINUTES),
        ("window_outside_safe_hours", span.meet(facts.safe) != span),
        ("window_outside_wish", facts.wish is not None and span.meet(facts.wish) != span),
    )
    return next((why for why, doubt in doubts if doubt), None)
