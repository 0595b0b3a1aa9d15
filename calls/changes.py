"""A person stops or moves a callback that waits, because the caller said so."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from calls.change_rules import (
    CALLED_OFF,
    KEEP,
    KEPT,
    MOVED,
    OTHER_HOURS,
    WAITS,
    Change,
    ChangeFacts,
    change_refusal,
    changes,
    day_of,
)
from calls.decision_rules import NO_CALL
from calls.decisions import facts_of
from calls.errors import ChangeRefused, LineTaken
from calls.hours import due_when, is_pressing, late_from, limits_of
from calls.line_rules import place_of
from calls.models import Callback, CallbackDecision
from calls.moves import NOBODYS, hold, mark, move, move_if_free
from calls.notices import nobody_waits, tell, tell_unattended
from calls.nudging import ring_soon
from calls.policy import current_policy
from calls.queries import decisions_made
from calls.rules import Limits, Span, on_day, parse_span
from cases.models import Case
from cases.timeline import note_event, note_reason

WHOLE_DAY: Final = Span(0, 24 * 60)
__all__ = ["change", "change_facts", "changes"]


def change_facts(
    session: Session, callback: Callback, *, staff_id: int | None = None
) -> ChangeFacts:
    """What bounds a change of the callback, by this person where one is named."""
    policy = current_policy()
    danger = exists().where(
        Case.id == callback.case_id, Case.danger | Case.quiet | Case.silent_event
    )
    in_danger = bool(session.scalar(select(danger)))
    return ChangeFacts(
        bounds=facts_of(session, callback, staff_id=staff_id),
        decided=decisions_made(session, callback.id),
        in_danger=in_danger,
        pressing=is_pressing(callback) or in_danger,
        furthest_day=policy.furthest_day,
        margin_s=policy.margin_s,
    )


def change(
    session: Session, callback_id: int, wish: Change, *, staff_id: int, now: datetime
) -> None:
    """Leave the callback as it is, call it off, or let it ring in the hours that the caller named.

    ChangeRefused names the rule, also where a worker or somebody else was faster: whoever is being
    rung goes on being rung, and what was called off never rings.
    """
    callback = hold(session, callback_id)
    wish = replace(wish, words=(wish.words or "").strip() or None)
    facts = change_facts(session, callback, staff_id=staff_id)
    rule = change_refusal(wish, callback, facts, now=now)
    if rule:
        raise ChangeRefused(rule)
    about: dict[str, Any] = {"callback_id": callback.id}
    if wish.change == KEEP:
        note_event(session, callback.case_id, KEPT, about, now, actor=f"staff:{staff_id}")
        return
    if wish.change == NO_CALL:
        _call_off(session, callback, now=now)
        kind, about = CALLED_OFF, about | {"why": wish.why}
    else:
        _move(session, callback, wish, now=now)
        kind, about = MOVED, about | _hours_of(wish)
    _keep(session, callback, wish, staff_id=staff_id, now=now)
    actor = f"staff:{staff_id}"
    note_reason(
        session, callback.case_id, kind, reason=wish.words, actor=actor, now=now, data=about
    )
    _tell(session, callback, wish, facts, now=now)


def _call_off(session: Session, callback: Callback, *, now: datetime) -> None:
    """Nobody rings, and nobody is told any more that it is late."""
    gone = NOBODYS | {"due_at": None, "escalate_at": None, "decided_at": now}
    if callback.state in (*WAITS, "decision"):
        done = move(session, callback, "withdrawn", **gone, reason=NO_CALL)
    else:
        done = mark(session, callback, **gone)
    if not done:
        raise ChangeRefused("changed_since")


def _move(session: Session, callback: Callback, wish: Change, *, now: datetime) -> None:
    """It is due in the new hours with all its tries, and keeps its place in line."""
    target = callback.state if callback.state in ("due", "retry") else "due"
    values = _named(wish) | _moments(session, callback, wish, now=now)
    try:
        moved = move_if_free(session, callback, target, **NOBODYS, **values)
    except LineTaken:
        moved = False  # another callback of the line was decided about at this very moment
    if not moved:
        raise ChangeRefused("changed_since")


def _named(wish: Change) -> dict[str, Any]:
    """The caller's hours as the row keeps them."""
    window = None if wish.at_once else wish.window
    return {
        "immediate": wish.at_once,
        "window_start": window[:5] if window else None,
        "window_end": window[6:] if window else None,
        "not_before": _first_day(wish),
    }


def _first_day(wish: Change) -> datetime | None:
    """The midnight with which the caller's day begins."""
    day = None if wish.at_once else day_of(wish.day)
    return on_day(day, WHOLE_DAY)[0] if day else None


def _moments(session: Session, callback: Callback, wish: Change, *, now: datetime) -> Any:
    policy, limits = current_policy(), _limits(session, callback, wish, now=now)
    late_at = late_from(session, callback, limits, now=now)
    due = due_when(session, callback, limits, late_at=late_at, now=now)
    if due.at is None:
        raise ChangeRefused("no_common_hour")
    since, starts = callback.waiting_since, policy.head_start_s
    own = place_of(callback.severity, since, starts, immediate=wish.at_once)
    return {
        "due_at": due.at,
        "reason": due.reason,
        "late_at": late_at,
        "escalate_at": late_at,
        "escalation": 0,
        # Late word of the caller's own call changes nothing that a person was told since.
        "decided_at": now,
        "tries": 0,
        "round": callback.round + 1,
        "place": min(callback.place, own),
    }


def _limits(session: Session, callback: Callback, wish: Change, *, now: datetime) -> Limits:
    return replace(
        limits_of(session, callback, now=now),
        window=None if wish.at_once else parse_span(wish.window),
        immediate=wish.at_once,
        not_before=_first_day(wish),
    )


def _hours_of(wish: Change) -> dict[str, str]:
    return {"window": "now"} if wish.at_once else {"window": wish.window or "", "day": wish.day}


def _keep(
    session: Session, callback: Callback, wish: Change, *, staff_id: int, now: datetime
) -> None:
    """The decision's own row: what was tried before counts no more, and older pages are stale."""
    row = {"choice": wish.change, "words": wish.words, "at": now}
    session.add(CallbackDecision(callback_id=callback.id, staff_id=staff_id, **row))
    session.flush()


def _tell(
    session: Session, callback: Callback, wish: Change, facts: ChangeFacts, *, now: datetime
) -> None:
    """Nobody is waited for any more; of danger that nobody will ring the office's heads learn."""
    nobody_waits(session, callback)
    if wish.change == OTHER_HOURS:
        ring_soon(session, callback, now=now)
        tell_unattended(session, callback, now=now)
    elif facts.pressing:
        tell(session, callback, CALLED_OFF, "head", now=now)
