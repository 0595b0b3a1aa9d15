"""The limits of one callback, gathered from its row, the settings and its office's people."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from agents.attendance import office_attended
from agents.hours import holidays_around, office_hours
from agents.models import Staff, StaffRole
from agents.queries import HQ, OPERATORS, operators_on_duty
from calls.call_rules import today
from calls.climbing_rules import first_join, levels_joined
from calls.models import Callback, CallbackAttempt
from calls.policy import Policy, current_policy
from calls.queries import last_decision, tries_since
from calls.rules import (
    HORIZON_DAYS,
    NOBODY_THERE,
    Limits,
    Span,
    first_moment,
    nobody_in_time,
    parse_span,
)
from cases.deadlines import CALLBACK, Owed, current_rules, due_of
from cases.models import Case
from core import runtime

EMERGENCY: Final = "emergency"


def limits_of(session: Session, callback: Callback, *, now: datetime) -> Limits:
    """What bounds this callback from `now` on."""
    # Those who join when the office cannot be had are rung at any hour that suits the caller.
    climb_s = current_policy().climb_s
    around_the_clock = (
        callback.office_code == HQ
        or bool(levels_joined(callback.severity, callback.late_at, climb_s, now))
        or _never_off(session, callback.office_code)
    )
    return Limits(
        window=window_of(callback),
        safe=safe_hours(),
        office=None if around_the_clock else office_hours(),
        holidays=holidays_around(now, callback.office_code),
        immediate=callback.immediate,
        not_before=callback.not_before,
    )


def caller_limits(callback: Callback) -> Limits:
    """What the caller's wish and SAFE_HOURS bound, whoever works when."""
    return Limits(
        window_of(callback),
        safe_hours(),
        immediate=callback.immediate,
        not_before=callback.not_before,
    )


def is_pressing(callback: Callback) -> bool:
    """Whether its caller is in danger: it goes before all others (calls.models.PRESSING)."""
    return callback.immediate or callback.severity == EMERGENCY


def window_of(callback: Callback) -> Span | None:
    """The callback's window, None where there is none."""
    return parse_span(f"{callback.window_start}-{callback.window_end}")


def safe_hours() -> Span:
    """SAFE_HOURS, checked when the service started."""
    span = parse_span(runtime.current().settings.safe_hours)
    if span is None:
        raise ValueError("SAFE_HOURS is no part of a day")
    return span


def late_from(session: Session, callback: Callback, limits: Limits, *, now: datetime) -> datetime:
    """When a callback that is asked for now is late, by the deadlines of its case and office."""
    may_start = first_moment(now, limits.of_caller()) or now
    group, kind = None, None
    if any(rule.step == CALLBACK and rule.hazard for rule in current_rules(session)):
        wanted = select(Case.hazard_group, Case.hazard_type).where(Case.id == callback.case_id)
        group, kind = session.execute(wanted).one()
    owed = Owed(callback.severity, group, kind, callback.office_code)
    return due_of(session, CALLBACK, owed, may_start).at


@dataclass(frozen=True)
class Due:
    """When a callback is due, None for never; `reason` says that nobody is there in time."""

    at: datetime | None
    reason: str | None = None


def due_when(
    session: Session, callback: Callback, limits: Limits, *, late_at: datetime, now: datetime
) -> Due:
    """The first moment that the limits allow; at once when somebody is on duty after hours.

    Where others are rung before it is late (`climb_s`) it is never left to nobody.
    """
    may_start = first_moment(now, limits.of_caller())
    if may_start == now and operators_on_duty(session, callback.office_code, now=now):
        return Due(now)
    manned = _with_people(session, callback, limits, now)
    due_at = first_moment(now, manned)
    joins_at = first_join(callback.severity, late_at, current_policy().climb_s)
    if due_at is None or joins_at is None:
        left_alone = due_at is not None and nobody_in_time(now, late_at, manned)
        return Due(due_at, NOBODY_THERE if left_alone else None)
    # Nobody in the office by then: others are rung, whatever the office's hours.
    at_the_latest = first_moment(max(joins_at, now), limits.of_caller())
    return Due(min(due_at, at_the_latest or due_at))


def _with_people(session: Session, callback: Callback, limits: Limits, now: datetime) -> Limits:
    """The limits with the times at which the office's people are there, where hours bound them."""
    if limits.office is None or limits.immediate:
        return limits
    there = office_attended(session, callback.office_code, OPERATORS, now=now, days=HORIZON_DAYS)
    return replace(limits, attended=there)


def usual_moment(
    session: Session, callback: Callback, policy: Policy, *, now: datetime
) -> datetime | None:
    """When a waiting callback rings by the rules alone: after its spacing, in everybody's hours."""
    return usually_due(session, callback, policy, now=now).at


def usually_due(session: Session, callback: Callback, policy: Policy, *, now: datetime) -> Due:
    """The same, with whether anybody is there in time."""
    start = max(now, _spaced_until(session, callback, policy) or now)
    limits = limits_of(session, callback, now=now)
    return due_when(session, callback, limits, late_at=callback.late_at, now=start)


def _spaced_until(session: Session, callback: Callback, policy: Policy) -> datetime | None:
    """Until when the last try keeps the caller from being rung again."""
    tried = (
        select(CallbackAttempt.outcome, CallbackAttempt.ended_at, CallbackAttempt.caller_rung_at)
        .where(
            CallbackAttempt.callback_id == callback.id,
            CallbackAttempt.caller_rung_at.is_not(None),
            CallbackAttempt.ended_at.is_not(None),
        )
        .order_by(CallbackAttempt.number.desc())
        .limit(1)
    )
    last = session.execute(tried).one_or_none()
    decided_at = last_decision(session, callback.id)
    if last is None or (decided_at and last.caller_rung_at <= decided_at):
        return None
    spacing = policy.spacing_s[callback.severity].get(last.outcome, 0)
    until: datetime = last.ended_at + timedelta(seconds=spacing)
    return until


def is_spent_today(
    session: Session,
    callback: Callback,
    policy: Policy,
    *,
    case_id: int | None = None,
    now: datetime,
) -> bool:
    """Whether the line had its tries of the day; the "now" of a caller in danger has no bound.

    With a case, whether that case alone has used them up.
    """
    if callback.immediate:
        return False
    return tries_since(session, callback, today(now), case_id=case_id) >= policy.max_tries_a_day


def _never_off(session: Session, office_code: str) -> bool:
    """Whether an operator of the office is on duty whatever the hour."""
    held = exists().where(
        StaffRole.staff_id == Staff.id,
        StaffRole.office_code == office_code,
        StaffRole.role.in_(OPERATORS),
    )
    found = select(Staff.id).where(
        Staff.active,
        Staff.phone.is_not(None),
        held,
        or_(Staff.duty == "on", Staff.always_on_duty & (Staff.duty != "off")),
    )
    return session.scalar(found.limit(1)) is not None
