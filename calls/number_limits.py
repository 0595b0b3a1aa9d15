"""What people do about a number that phones again and again: the short greeting, for a time.

Nobody is shown the number: a row is chosen by one of its calls, and told apart by a short mark made
of the fingerprint.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, func, select, update
from sqlalchemy.orm import Session

from agents.models import Staff
from calls.errors import LimitRefused
from calls.limit_models import NumberLimit
from calls.limit_policy import current_limits
from calls.models import Call
from cases.counting import counted

LONGEST_REASON: Final = 500
# What PostgreSQL keeps in no text.
NUL: Final = "\x00"
MARK_LENGTH: Final = 6


@dataclass(frozen=True)
class Frequent:
    """A number that phoned often lately; `call_sid` is one of its calls."""

    call_sid: str
    mark: str
    calls: int
    without_case: int
    last_at: datetime


@dataclass(frozen=True)
class InForce:
    """A number that is greeted shortly now, who said so and why."""

    id: int
    mark: str
    reason: str
    set_by: int
    by: str
    set_at: datetime
    until: datetime
    review_at: datetime | None
    reviewed_at: datetime | None

    def awaits_review(self, staff_id: int, now: datetime) -> bool:
        """Whether this person is the second one who is asked now."""
        is_due = self.review_at is not None and self.review_at <= now
        return is_due and self.reviewed_at is None and self.set_by != staff_id


def mark_of(fingerprint: str) -> str:
    """What tells numbers apart on a page."""
    return fingerprint[:MARK_LENGTH].upper()


def in_force(now: datetime) -> ColumnElement[bool]:
    """The condition that a limit holds."""
    return NumberLimit.lifted_at.is_(None) & (NumberLimit.until > now)


def frequent_numbers(session: Session, *, now: datetime) -> list[Frequent]:
    """The numbers that phoned most within the listed hours, those that hold no limit."""
    limits = current_limits()
    held = select(NumberLimit.fingerprint).where(in_force(now))
    calls = func.count().label("calls")
    rows = session.execute(
        select(
            Call.caller_fingerprint,
            func.max(Call.sid).label("call_sid"),
            calls,
            (calls - func.count(Call.case_id)).label("without_case"),
            func.max(Call.started_at).label("last_at"),
        )
        .where(Call.started_at > now - timedelta(hours=limits.by_people.listed_hours))
        .where(Call.caller_fingerprint.is_not(None), Call.caller_fingerprint.not_in(held))
        .where(counted(Call.is_practice))
        .group_by(Call.caller_fingerprint)
        .having(calls >= limits.greeting.without_case)
        .order_by(calls.desc(), Call.caller_fingerprint)
        .limit(limits.by_people.most_listed)
    )
    return [
        Frequent(row.call_sid, mark_of(row.caller_fingerprint), row.calls, row.without_case, at)
        for row in rows
        for at in (row.last_at,)
    ]


def limits_in_force(session: Session, *, now: datetime) -> Sequence[InForce]:
    """The limits that hold: those that a second person must look at, then by their end."""
    is_awaited = (NumberLimit.review_at <= now) & NumberLimit.reviewed_at.is_(None)
    rows = session.execute(
        select(NumberLimit, Staff.name)
        .join(Staff, Staff.id == NumberLimit.set_by)
        .where(in_force(now))
        .order_by(case((is_awaited, 0), else_=1), NumberLimit.until, NumberLimit.id)
        .limit(current_limits().by_people.most_listed)
    )
    return [_line(limit, name) for limit, name in rows]


def _line(limit: NumberLimit, name: str) -> InForce:
    return InForce(
        id=limit.id,
        mark=mark_of(limit.fingerprint),
        reason=limit.reason,
        set_by=limit.set_by,
        by=name,
        set_at=limit.set_at,
        until=limit.until,
        review_at=limit.review_at,
        reviewed_at=limit.reviewed_at,
    )


def awaiting_review(staff_id: int, *, now: datetime) -> Select[Any]:
    """Ids of the limits that this person is asked about as the second one."""
    due = (NumberLimit.review_at <= now, NumberLimit.reviewed_at.is_(None))
    return select(NumberLimit.id).where(in_force(now), *due, NumberLimit.set_by != staff_id)


def limit_number(
    session: Session, call_sid: str, *, hours: int, reason: str, by: int, now: datetime
) -> int:
    """Greet the number of a call shortly for some hours; the id, or LimitRefused."""
    policy, reason = current_limits().by_people, reason.strip()
    if hours not in policy.hours:
        raise LimitRefused("hours")
    if not 0 < len(reason) <= LONGEST_REASON or NUL in reason:
        raise LimitRefused("reason")
    if NUL in call_sid:
        raise LimitRefused("gone")
    fingerprint = session.scalar(select(Call.caller_fingerprint).where(Call.sid == call_sid))
    if fingerprint is None:
        raise LimitRefused("gone")
    _hold_number(session, fingerprint)
    held = select(NumberLimit.id).where(in_force(now), NumberLimit.fingerprint == fingerprint)
    if session.scalar(held) is not None:
        raise LimitRefused("again")
    review = now + timedelta(hours=policy.review_hours) if hours > policy.review_hours else None
    until = now + timedelta(hours=hours)
    limit = NumberLimit(
        fingerprint=fingerprint,
        reason=reason,
        set_by=by,
        set_at=now,
        until=until,
        review_at=review,
    )
    session.add(limit)
    session.flush()
    return limit.id


def _hold_number(session: Session, fingerprint: str) -> None:
    """Two people who look at two calls of one number follow each other: its first call is held."""
    first = select(Call.sid).where(Call.caller_fingerprint == fingerprint)
    session.execute(first.order_by(Call.started_at, Call.sid).limit(1).with_for_update())


def lift_limit(session: Session, limit_id: int, *, by: int, now: datetime) -> None:
    """End a limit at once; LimitRefused where it is over already."""
    _change(session, limit_id, now, lifted_by=by, lifted_at=now)


def keep_limit(session: Session, limit_id: int, *, by: int, now: datetime) -> None:
    """Say as the second person that a limit is right; LimitRefused for who set it."""
    due = (NumberLimit.review_at <= now, NumberLimit.reviewed_at.is_(None))
    _change(session, limit_id, now, *due, NumberLimit.set_by != by, reviewed_by=by, reviewed_at=now)


def _change(
    session: Session, limit_id: int, now: datetime, *where: ColumnElement[bool], **values: Any
) -> None:
    changed = session.execute(
        update(NumberLimit)
        .where(NumberLimit.id == limit_id, in_force(now), *where)
        .values(**values)
        .returning(NumberLimit.id)
        .execution_options(synchronize_session=False)
    )
    if changed.first() is None:
        raise LimitRefused("gone")
