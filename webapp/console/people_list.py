"""Puts the list of people together: who they are, where, what is missing; a fixed few queries."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask import request
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from agents.models import Staff, StaffRole
from agents.profile_models import StaffTraining
from agents.profiles import last_trained
from agents.queries import AGENT, OPERATORS, all_on_duty
from agents.roles import ROLES
from agents.undertakings import current_undertaking
from core.phones import masked
from webapp import documents
from webapp.console.duty import ending
from webapp.console.language import gettext, marked
from webapp.console.office_page import CODE
from webapp.console.pages import named
from webapp.console.people_door import in_reach
from webapp.console.people_words import post_word
from webapp.console.role_names import role_name

PAGE: Final = 50
SHOWN: Final = {
    "": marked("Everybody"),
    "unsigned": marked("Undertaking not signed"),
    "untrained": marked("No course"),
    "no_phone": marked("No telephone"),
    "closed": marked("Closed accounts"),
}


@dataclass(frozen=True)
class Filters:
    """What the address asks for; what cannot be is as if it were not there."""

    office: str = ""
    role: str = ""
    show: str = ""
    after: int = 0

    @classmethod
    def asked(cls) -> "Filters":
        """The filters of this request."""
        sent = request.args
        office, role, show = (sent.get(name, "").strip() for name in ("office", "role", "show"))
        after = sent.get("after", 0, type=int)
        return cls(
            office=office if CODE.fullmatch(office) else "",
            role=role if role in ROLES else "",
            show=show if show in SHOWN else "",
            after=after if 0 < after < 2**31 else 0,
        )


@dataclass(frozen=True)
class Row:
    """A person on the list; of the number the last two digits alone."""

    staff_id: int
    name: str
    posts: list[str]
    post: str
    phone_end: str
    trained_on: date | None
    has_signed: bool
    is_active: bool
    is_on_duty: bool | None
    on_call: bool


@dataclass(frozen=True)
class PeopleList:
    """One page of the list; `next_after` leads to the next one."""

    rows: list[Row]
    filters: Filters
    next_after: int | None
    office_name: str


def people_list(session: Session, filters: Filters, *, now: datetime) -> PeopleList:
    """The people that who asks may see, those added first on top."""
    wanted = select(Staff).where(in_reach(session), *_conditions(filters))
    found = session.scalars(wanted.order_by(Staff.id).limit(PAGE + 1)).all()
    people = found[:PAGE]
    roles = _roles(session, [one.id for one in people])
    codes = {one.office_code for held in roles.values() for one in held}
    codes |= {filters.office} if filters.office else set()
    names = office_names(session, codes)
    trained = last_trained(session, [one.id for one in people])
    there = all_on_duty(session, codes, now=now)
    return PeopleList(
        rows=[_row(one, roles.get(one.id, []), names, trained, there) for one in people],
        filters=filters,
        next_after=people[-1].id if len(found) > PAGE else None,
        office_name=names.get(filters.office, filters.office),
    )


def office_names(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """The names of offices in the reader's language, by their codes."""
    return {code: named(one) for code, one in documents.office_names(session, codes).items()}


def duty_now(staff: Staff, roles: Iterable[str], there: Container[int]) -> bool | None:
    """Whether a person is among those who are on duty now; None for who is never rung."""
    if not (set(roles) & {AGENT, *OPERATORS} or staff.on_call):
        return None
    return staff.id in there


def role_at(one: StaffRole, names: dict[str, str]) -> str:
    """A role with its office, as one reads it."""
    deputy = f" ({gettext('deputy')})" if one.deputy else ""
    return f"{role_name(one.role)}{deputy} · {names.get(one.office_code, one.office_code)}"


def last_digits(phone: str | None) -> str:
    """The number but for its last two digits; "" where there is none."""
    return f"{masked('')}{ending(phone)}" if phone else ""


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    held = [StaffRole.staff_id == Staff.id]
    if filters.office:
        held.append(StaffRole.office_code == filters.office)
    if filters.role:
        held.append(StaffRole.role == filters.role)
    conditions = [
        Staff.active.is_(filters.show != "closed"),
        Staff.id > filters.after,
        *([exists().where(*held)] if len(held) > 1 else []),
    ]
    if filters.show == "unsigned":
        conditions.append(Staff.undertaking.is_distinct_from(current_undertaking().version))
    if filters.show == "untrained":
        conditions.append(~exists().where(StaffTraining.staff_id == Staff.id))
    if filters.show == "no_phone":
        conditions.append(Staff.phone.is_(None))
    return conditions


def _roles(session: Session, staff_ids: Sequence[int]) -> dict[int, list[StaffRole]]:
    found: dict[int, list[StaffRole]] = {}
    wanted = select(StaffRole).where(StaffRole.staff_id.in_(staff_ids))
    for one in session.scalars(wanted.order_by(StaffRole.office_code, StaffRole.role)):
        found.setdefault(one.staff_id, []).append(one)
    return found


def _row(
    staff: Staff,
    roles: Sequence[StaffRole],
    names: dict[str, str],
    trained: Any,
    there: Container[int],
) -> Row:
    return Row(
        staff_id=staff.id,
        name=staff.name,
        posts=[role_at(one, names) for one in roles],
        post=post_word(staff.post),
        phone_end=last_digits(staff.phone),
        trained_on=trained.get(staff.id),
        has_signed=staff.undertaking == current_undertaking().version,
        is_active=staff.active,
        is_on_duty=duty_now(staff, (one.role for one in roles), there),
        on_call=staff.on_call,
    )
