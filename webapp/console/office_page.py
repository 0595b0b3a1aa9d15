"""Puts the page of one office together: how it rings, who works there, what is missing."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Staff, StaffRole
from agents.office_settings import ringing
from agents.permissions import OWN, Grant, grant
from agents.queries import HEAD, HQ, OPERATORS, all_on_duty, has_on_call_people
from agents.roles import ROLES
from agents.sessions import SignedIn
from core.phones import masked
from routing.models import Office
from webapp.console.language import gettext, marked
from webapp.console.note_defaults import usual_visibility
from webapp.console.office_rights import may_at
from webapp.console.pages import named
from webapp.console.role_names import role_name

MANAGE = "office.manage"
CODE = re.compile(r"[0-9A-Za-z-]{1,32}")
# As many of the offices below as a page can show; any other opens by its code.
MOST_BELOW = 100
FEWEST_OPERATORS = 2
# Who answers for the office stands first.
ORDER = (HEAD, *(role for role in ROLES if role != HEAD))
WARNINGS = {
    "few": marked("Fewer than two operators work here: when one is away, cases may wait."),
    "no_head": marked(
        "There is no head operator here: hand-overs are approved by the office above."
    ),
    "nobody": marked(
        "Nobody with a telephone is on duty now: callbacks wait, and when they are overdue the "
        "next level is told."
    ),
    "no_on_call": marked(
        "Nobody with a telephone is on the on-call list of the hotline. Please name somebody."
    ),
}


@dataclass(frozen=True)
class Member:
    """A person who works at the office; of the number the last digits alone."""

    name: str
    roles: list[str]
    is_deputy: bool
    is_on_duty: bool
    is_rung: bool
    on_call: bool
    phone: str


@dataclass(frozen=True)
class OfficePage:
    """All that the page shows, in the reader's language."""

    code: str
    name: str
    above: str
    is_hq: bool
    ringing: str
    visibility: str
    members: list[Member]
    warnings: list[str]
    below: list[tuple[str, str]]


def managed_office(
    session: Session, person: SignedIn, code: str, action: str = MANAGE
) -> Office | None:
    """The office, when the person may manage it; None for denied and unknown alike."""
    if not CODE.fullmatch(code):
        return None
    if not may_at(session, person, action, code):
        return None
    return session.scalar(select(Office).where(Office.code == code))


def own_offices(session: Session, person: SignedIn, action: str = MANAGE) -> Sequence[Office]:
    """The offices where the person works and that the person may manage."""
    codes = {office for role, office in person.roles if grant(role, action, OWN) > Grant.DENY}
    return session.scalars(select(Office).where(Office.code.in_(codes)).order_by(Office.code)).all()


def office_page(session: Session, office: Office, *, now: datetime) -> OfficePage:
    """The page of an office with a fixed number of queries."""
    people, there = _people(session, office.code), all_on_duty(session, [office.code], now=now)
    above = session.scalar(select(Office).where(Office.code == office.parent_code))
    return OfficePage(
        code=office.code,
        name=named(office),
        above=named(above) if above else "",
        is_hq=office.code == HQ,
        ringing=ringing(session, office.code),
        visibility=usual_visibility(session, office.code),
        members=[_member(rows, there) for rows in people],
        warnings=[gettext(WARNINGS[one]) for one in _missing(session, office.code, people, there)],
        below=_below(session, office.code),
    )


def _people(session: Session, code: str) -> list[list[Any]]:
    """The rows of each person's roles here, the first role by ORDER first."""
    wanted = (
        select(
            *(Staff.id, Staff.name, Staff.phone, Staff.on_call),
            *(StaffRole.role, StaffRole.deputy),
        )
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .where(StaffRole.office_code == code, Staff.active)
    )
    found: dict[int, list[Any]] = {}
    for row in sorted(session.execute(wanted), key=lambda one: (ORDER.index(one.role), one.id)):
        found.setdefault(row.id, []).append(row)
    return list(found.values())


def _member(rows: Sequence[Any], there: Collection[int]) -> Member:
    person = rows[0]
    roles = [row.role for row in rows]
    return Member(
        name=person.name,
        roles=[role_name(role) for role in roles],
        is_deputy=any(row.deputy for row in rows),
        is_on_duty=person.id in there,
        is_rung=bool({*OPERATORS, "agent"} & set(roles)) or person.on_call,
        on_call=person.on_call,
        phone=masked(person.phone) if person.phone else "",
    )


def _missing(
    session: Session, code: str, people: Iterable[Sequence[Any]], there: Collection[int]
) -> list[str]:
    """The keys of WARNINGS that hold; at HQ the on-call list stands for people on duty."""
    operators = [rows for rows in people if {row.role for row in rows} & set(OPERATORS)]
    is_rung = any(rows[0].phone and rows[0].id in there for rows in operators)
    is_hq = code == HQ
    holds = {
        "few": len(operators) < FEWEST_OPERATORS,
        "no_head": not any(row.role == HEAD for rows in operators for row in rows),
        "nobody": not is_hq and not is_rung,
        "no_on_call": is_hq and not has_on_call_people(session),
    }
    return [key for key, value in holds.items() if value]


def _below(session: Session, code: str) -> list[tuple[str, str]]:
    wanted = select(Office).where(Office.parent_code == code, Office.active)
    found = session.scalars(wanted.order_by(Office.code).limit(MOST_BELOW))
    return [(one.code, named(one)) for one in found]
