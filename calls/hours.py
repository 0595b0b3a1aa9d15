"""The limits of one callback, gathered from its row, the settings and its office's people."""

from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from agents.hours import holidays_around, office_hours
from agents.models import Staff, StaffRole
from agents.queries import HQ, OPERATORS, operators_on_duty
from calls.models import Callback
from calls.rules import Limits, Span, first_moment, parse_span
from core import runtime


def limits_of(session: Session, callback: Callback, *, now: datetime) -> Limits:
    """What bounds this callback from `now` on."""
    around_the_clock = callback.office_code == HQ or _never_off(session, callback.office_code)
    return Limits(
        window=parse_span(f"{callback.window_start}-{callback.window_end}"),
        safe=safe_hours(),
        office=None if around_the_clock else office_hours(),
        holidays=holidays_around(now),
        immediate=callback.immediate,
    )


def safe_hours() -> Span:
    """SAFE_HOURS, checked when the service started."""
    span = parse_span(runtime.current().settings.safe_hours)
    if span is None:
        raise ValueError("SAFE_HOURS is no part of a day")
    return span


def due_moment(
    session: Session, callback: Callback, limits: Limits, *, now: datetime
) -> datetime | None:
    """The first moment that the limits allow; at once when somebody is on duty after hours."""
    may_start = first_moment(now, limits.of_caller())
    if may_start == now and operators_on_duty(session, callback.office_code, now=now):
        return now
    return first_moment(now, limits)


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
