"""Who can be rung now: agents, the hotline's on-call list, an office's operators."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from agents.hours import hotline_is_open, offices_are_open
from agents.models import Staff, StaffRole
from agents.rules import on_duty
from routing.vocabulary import HQ

Columns = tuple[Any, ...]
AGENT = "agent"
OPERATORS = ("operator", "head_operator")
HEAD = "head_operator"
__all__ = [
    "AGENT",
    "HQ",
    "OPERATORS",
    "OnDuty",
    "agents_on_duty",
    "has_on_call_people",
    "head_operator_ids",
    "is_directory_number",
    "members",
    "on_call_ids",
    "on_call_people",
    "operators_on_duty",
]


@dataclass(frozen=True)
class OnDuty:
    """A person who may be rung, and the number to ring."""

    staff_id: int
    phone: str
    name: str


def agents_on_duty(session: Session, *, now: datetime, urgent: bool) -> list[OnDuty]:
    """Whom a live call rings, in turn: agents on duty, the longest unrung first.

    Urgent calls and closed hours also ring the on-call list (design.md §4); nobody twice.
    """
    open_now = hotline_is_open(now)
    found = _on_duty(session, _people().where(_has_role((AGENT,))), open_now)
    if urgent or not open_now:
        known = {one.staff_id for one in found}
        found += [one for one in on_call_people(session) if one.staff_id not in known]
    return found


def on_call_people(session: Session) -> list[OnDuty]:
    """The hotline's own on-call list, whatever each one's duty: leaving it takes an admin."""
    rows = session.execute(_people().where(Staff.on_call)).all()
    return [OnDuty(row.id, row.phone, row.name) for row in rows]


def operators_on_duty(session: Session, office_code: str, *, now: datetime) -> list[OnDuty]:
    """Operators and head operators of an office on duty; at HQ the on-call list (design.md §4)."""
    if office_code == HQ:
        return on_call_people(session)
    people = _people().where(_has_role(OPERATORS, office_code))
    return _on_duty(session, people, offices_are_open(now))


def has_on_call_people(session: Session) -> bool:
    """Whether anybody is on the on-call list with a phone (design.md §3a.9)."""
    return session.execute(_people().where(Staff.on_call).limit(1)).first() is not None


def head_operator_ids(session: Session, office_code: str) -> list[int]:
    """The active head operators of an office."""
    wanted = select(Staff.id).where(Staff.active, _has_role((HEAD,), office_code))
    return list(session.scalars(wanted.order_by(Staff.id)))


def members(session: Session, office_codes: Collection[str]) -> frozenset[int]:
    """Everybody who holds any role at one of these offices."""
    if not office_codes:
        return frozenset()
    held = select(StaffRole.staff_id).where(StaffRole.office_code.in_(office_codes))
    return frozenset(session.scalars(held))


def on_call_ids(session: Session) -> list[int]:
    """The active people of the on-call list, with or without a phone."""
    return list(session.scalars(select(Staff.id).where(Staff.active, Staff.on_call)))


def is_directory_number(session: Session, fingerprint: str | None) -> bool:
    """Whether a number belongs to somebody in the directory, who is never rung as a reporter."""
    if fingerprint is None:
        return False
    known = select(Staff.id).where(Staff.phone_fingerprint == fingerprint)
    return session.scalar(known.limit(1)) is not None


def _people() -> Select[*Columns]:
    columns = select(Staff.id, Staff.phone, Staff.name, Staff.duty, Staff.always_on_duty)
    reachable = columns.where(Staff.active, Staff.phone.is_not(None))
    return reachable.order_by(Staff.last_rung_at.asc().nulls_first(), Staff.id)


def _has_role(roles: tuple[str, ...], office_code: str | None = None) -> Any:
    held = exists().where(StaffRole.staff_id == Staff.id, StaffRole.role.in_(roles))
    return held if office_code is None else held.where(StaffRole.office_code == office_code)


def _on_duty(session: Session, people: Select[*Columns], open_now: bool) -> list[OnDuty]:
    return [
        OnDuty(row.id, row.phone, row.name)
        for row in session.execute(people).all()
        if on_duty(row.duty, always=row.always_on_duty, is_open=open_now)
    ]
