"""What a person decides about a callback that no rule could decide."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Boolean, ColumnElement, and_, exists, literal_column, select
from sqlalchemy.orm import Session

from calls.call_rules import RINGING
from calls.change_rules import MOVED
from calls.decision_rules import (
    CHOICES,
    NO_CALL,
    OTHER_WAY,
    RING,
    RING_IN_WINDOW,
    RINGS,
    Decision,
    DecisionFacts,
    choices,
    decision_refusal,
)
from calls.errors import DecisionRefused, LineTaken, StaleCallback
from calls.hours import due_when, late_from, limits_of, safe_hours, window_of
from calls.models import UNDECIDED_CALLBACKS, Callback, CallbackAttempt, CallbackDecision
from calls.moves import hold, mark, move_if_free
from calls.notices import nobody_waits, tell_unattended
from calls.nudging import ring_soon
from calls.numbers import can_be_dialled
from calls.policy import current_policy
from calls.queries import call_is_over, case_is_over, halted_by
from calls.rounds import rounds_spent
from calls.rules import Span, parse_span
from calls.states import WAITING
from cases.models import Case, TimelineEvent
from cases.queries import exclusions
from cases.timeline import note_reason

DECIDED: Final = "callback_decided"
__all__ = [
    "CHOICES",
    "NO_CALL",
    "OTHER_WAY",
    "RING",
    "RING_IN_WINDOW",
    "DecisionFacts",
    "choices",
    "decide",
    "facts_of",
    "undecided",
]


def undecided() -> ColumnElement[bool]:
    """The condition on Callback that a person still has to decide about it."""
    return literal_column(UNDECIDED_CALLBACKS, Boolean)


def facts_of(session: Session, callback: Callback, *, staff_id: int | None = None) -> DecisionFacts:
    """What bounds a decision about the callback, by this person where one is named."""
    secret = exclusions(session, callback.case_id)
    return DecisionFacts(
        dialable=can_be_dialled(callback.number),
        safe=safe_hours(),
        window=window_of(callback),
        wish=_wish(session, callback),
        now_stands=callback.immediate and _now_stands(session, callback),
        halted=halted_by(session, callback) is not None,
        owed=_is_owed(session, callback),
        case_over=case_is_over(session, callback),
        rounds_spent=rounds_spent(session, callback, current_policy()),
        call_over=call_is_over(session, callback),
        may_know=staff_id not in secret.staff,
    )


def _wish(session: Session, callback: Callback) -> Span | None:
    """The window that the caller gave, or named since: what a person chose does not bind the next
    person."""
    said = TimelineEvent.kind.in_((DECIDED, MOVED))
    events = select(TimelineEvent.data).where(TimelineEvent.case_id == callback.case_id, said)
    for data in session.scalars(events.order_by(TimelineEvent.id.desc())):
        if data["callback_id"] == callback.id and "window" in data:
            return parse_span(data.get("wish", data["window"]))
    return window_of(callback)


def _now_stands(session: Session, callback: Callback) -> bool:
    """Whether the caller is in danger and has not taken the "now" back."""
    danger = exists().where(
        Case.id == callback.case_id, Case.danger | Case.quiet | Case.silent_event
    )
    taken_back = exists().where(
        CallbackAttempt.callback_id == callback.id, CallbackAttempt.outcome == "not_now"
    )
    return bool(session.scalar(select(and_(danger, ~taken_back))))


def _is_owed(session: Session, callback: Callback) -> bool:
    """Whether another callback of the case rings this line already: a newer permission stands."""
    other = exists().where(
        Callback.case_id == callback.case_id,
        Callback.number_fingerprint == callback.number_fingerprint,
        Callback.id != callback.id,
        Callback.state.in_((*WAITING, *RINGING)),
    )
    return bool(session.scalar(select(other)))


def decide(
    session: Session,
    callback_id: int,
    choice: str,
    *,
    staff_id: int,
    words: str | None,
    window: str | None = None,
    now: datetime,
) -> None:
    """Keep a person's decision: ring after all, or see to it in another way, or let it be.

    DecisionRefused names the rule; StaleCallback when somebody was faster.
    """
    callback = hold(session, callback_id)
    facts = facts_of(session, callback, staff_id=staff_id)
    offered = choices(callback, facts)
    if not offered:
        raise StaleCallback(f"callback {callback_id} needs no decision")
    decision = Decision(choice, (words or "").strip() or None, window)
    rule = decision_refusal(decision, offered, facts)
    if rule:
        raise DecisionRefused(rule)
    _take(session, callback, decision, now=now)
    hours = {"window": window, "wish": _text(facts.wish)} if choice == RING_IN_WINDOW else {}
    _keep(session, callback, decision, hours, staff_id=staff_id, now=now)
    nobody_waits(session, callback)
    tell_unattended(session, callback, now=now)


def _take(session: Session, callback: Callback, decision: Decision, *, now: datetime) -> None:
    """Let the decision have its effect, unless somebody was faster."""
    target, values = callback.state, _ended(now)
    if decision.choice in RINGS:
        target, values = "due", _rung_again(session, callback, decision, now=now)
    elif callback.state == "decision":
        target = "withdrawn"
        values["reason"] = decision.choice
    if not _is_taken_in(session, callback, target, values):
        raise StaleCallback(f"callback {callback.id} was changed")
    ring_soon(session, callback, now=now)


def _is_taken_in(session: Session, callback: Callback, target: str, values: dict[str, Any]) -> bool:
    if target == callback.state:
        return mark(session, callback, **values)
    try:
        return move_if_free(session, callback, target, **values)
    except LineTaken:
        return False  # somebody decided the same about another callback of the line


def _ended(now: datetime) -> dict[str, Any]:
    """Nobody rings, and nobody is told any more that it is late."""
    return {"due_at": None, "escalate_at": None, "decided_at": now}


def _rung_again(
    session: Session, callback: Callback, decision: Decision, *, now: datetime
) -> dict[str, Any]:
    """It is due with all its tries, and late when a new one would be."""
    limits = limits_of(session, callback, now=now)
    anew: dict[str, Any] = {"tries": 0, "escalation": 0, "immediate": False}
    if decision.choice == RING_IN_WINDOW and decision.window:
        limits = replace(limits, window=parse_span(decision.window), immediate=False)
        anew |= {"window_start": decision.window[:5], "window_end": decision.window[6:]}
    else:
        anew["immediate"] = callback.immediate
    late_at = late_from(session, callback, limits, now=now)
    due = due_when(session, callback, limits, late_at=late_at, now=now)
    if due.at is None:
        raise DecisionRefused("no_common_hour")
    anew |= {"round": callback.round + 1, "decided_at": now, "reason": due.reason}
    return anew | {"due_at": due.at, "late_at": late_at, "escalate_at": late_at}


def _keep(
    session: Session,
    callback: Callback,
    decision: Decision,
    hours: dict[str, str | None],
    *,
    staff_id: int,
    now: datetime,
) -> None:
    """The decision's own row, and its entry on the timeline; the words stand sealed in both."""
    row = {"choice": decision.choice, "words": decision.words, "at": now}
    session.add(CallbackDecision(callback_id=callback.id, staff_id=staff_id, **row))
    session.flush()
    note_reason(
        session,
        callback.case_id,
        DECIDED,
        reason=decision.words,
        actor=f"staff:{staff_id}",
        now=now,
        data={"callback_id": callback.id, "choice": decision.choice} | hours,
    )


def _text(span: Span | None) -> str | None:
    if span is None:
        return None
    start, end = (f"{at // 60:02}:{at % 60:02}" for at in (span.start, span.end))
    return f"{start}-{end}"
