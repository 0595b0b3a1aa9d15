"""Who can be rung now: agents, the hotline's on-call list, an office's operators."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from agents.attendance import office_is_open
from agents.hours import hotline_is_open
from agents.models import Staff, StaffRole
from agents.roster_models import AbsenceRow
from agents.roster_queries import Days, Member, Team, on_call_team, team_of, teams
from agents.roster_rules import SWAP, Roster, holds_duty, on_call_now
from agents.rules import Head, on_duty
from core.zones import bangkok
from routing.directory import Directory, current_directory
from routing.models import Office
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
    "active_with_roles",
    "agents_on_duty",
    "duties_of",
    "has_on_call_people",
    "head_operator_ids",
    "heads_of",
    "is_directory_number",
    "is_on_leave",
    "members",
    "no_trainees",
    "on_call_ids",
    "on_call_in_turn",
    "on_call_people",
    "operator_ids",
    "operators_on_duty",
    "person_to_ring",
    "trainees_of",
]


@dataclass(frozen=True)
class OnDuty:
    """A person who may be rung, and the number to ring."""

    staff_id: int
    phone: str
    name: str


@dataclass(frozen=True)
class DutyOf:
    """Who of a team is on duty now, and the roster that says so, if the office keeps one."""

    staff_ids: frozenset[int]
    roster: Roster


def agents_on_duty(session: Session, *, now: datetime, urgent: bool) -> list[OnDuty]:
    """Whom a live call rings, in turn: agents on duty, the longest unrung first.

    Urgent calls and closed hours also ring the on-call list (design.md §4); nobody twice. Its
    shifts say who comes first; where danger is, those off shift follow when nobody else answers.
    """
    open_now = hotline_is_open(now)
    every = teams(session, (AGENT,), Days.around(now)).values()
    there = {one.staff_id: one for team in every for one in _members_on_duty(team, now, open_now)}
    found = _reachable(sorted(there.values(), key=lambda one: one.place))
    if urgent or not open_now:
        known = {one.staff_id for one in found}
        called = on_call_in_turn if urgent else on_call_people
        found += [one for one in called(session, now=now) if one.staff_id not in known]
    return found


def on_call_people(session: Session, *, now: datetime | None = None) -> list[OnDuty]:
    """The hotline's own on-call list, whatever each one's duty: leaving it takes an admin.

    With a moment only those on shift then; the whole list where that leaves nobody with a phone.
    """
    if now is None:
        rows = session.execute(_people().where(Staff.on_call)).all()
        return [OnDuty(row.id, row.phone, row.name) for row in rows]
    return _on_call(session, now)[0]


def on_call_in_turn(session: Session, *, now: datetime) -> list[OnDuty]:
    """The whole on-call list for who is in danger: those on shift first, then everybody else."""
    there, others = _on_call(session, now)
    return [*there, *others]


def operators_on_duty(
    session: Session, office_code: str, *, now: datetime, always_only: bool = False
) -> list[OnDuty]:
    """Operators and head operators of an office on duty; at HQ the on-call list (design.md §4).

    By the roster where the office keeps one, else by its hours. `always_only` leaves those who are
    marked always on duty.
    """
    if office_code == HQ:
        return on_call_people(session, now=now)
    team = team_of(session, office_code, OPERATORS, Days.around(now))
    is_open = office_is_open(current_directory(session), office_code, now)
    found = _members_on_duty(team, now, is_open)
    return _reachable(one for one in found if one.choice.always or not always_only)


def duties_of(
    session: Session, held: Mapping[str, Collection[str]], *, now: datetime
) -> dict[str, DutyOf]:
    """Who of those with one of the roles held at each office is on duty now, in one statement.

    Agents keep the hotline's hours, everybody else the offices'.
    """
    here = or_(
        false(),
        *(
            and_(StaffRole.office_code == code, StaffRole.role.in_(sorted(roles)))
            for code, roles in held.items()
        ),
    )
    every = {role for roles in held.values() for role in roles}
    found = teams(session, every, Days.around(now), here) if held else {}
    directory = current_directory(session)
    return {code: _duty_of(team, held[code], directory, now) for code, team in found.items()}


def _duty_of(team: Team, roles: Collection[str], directory: Directory, now: datetime) -> DutyOf:
    as_agent = AGENT in roles and hotline_is_open(now)
    is_open = as_agent or (
        set(roles) != {AGENT} and office_is_open(directory, team.office_code, now)
    )
    there = {one.staff_id for one in _members_on_duty(team, now, is_open)}
    return DutyOf(frozenset(there), team.roster)


def all_on_duty(
    session: Session, office_codes: Collection[str], *, now: datetime
) -> frozenset[int]:
    """Who is on duty now at any of these offices, as an agent or as an operator."""
    days, directory, found = Days.around(now), current_directory(session), set()
    for roles in ((AGENT,), OPERATORS):
        here = StaffRole.office_code.in_(sorted(office_codes))
        for code, team in teams(session, roles, days, here).items():
            as_agent = roles == (AGENT,)
            is_open = hotline_is_open(now) if as_agent else office_is_open(directory, code, now)
            found |= {one.staff_id for one in _members_on_duty(team, now, is_open)}
    return frozenset(found)


def person_to_ring(session: Session, staff_id: int) -> OnDuty | None:
    """An active person with a phone, whatever the duty: whoever asked to be rung."""
    row = session.execute(_people().where(Staff.id == staff_id)).one_or_none()
    return OnDuty(row.id, row.phone, row.name) if row else None


def has_on_call_people(session: Session) -> bool:
    """Whether anybody is on the on-call list with a phone (design.md §3a.9)."""
    return session.execute(_people().where(Staff.on_call).limit(1)).first() is not None


def head_operator_ids(session: Session, office_code: str) -> list[int]:
    """The active head operators of an office."""
    wanted = select(Staff.id).where(Staff.active, _has_role((HEAD,), office_code))
    return list(session.scalars(wanted.order_by(Staff.id)))


def operator_ids(session: Session, office_code: str) -> list[int]:
    """The active operators and head operators of an office."""
    wanted = select(Staff.id).where(Staff.active, _has_role(OPERATORS, office_code))
    return list(session.scalars(wanted.order_by(Staff.id)))


def heads_of(session: Session, office_codes: Collection[str], *, now: datetime) -> list[Head]:
    """The active head operators of these offices, deputies too, the longest unrung first.

    A head answers for the office in its hours, whatever the roster of its telephones; on leave the
    deputies do.
    """
    columns = select(
        *(Staff.id, StaffRole.office_code, StaffRole.deputy, Staff.phone, Staff.name),
        *(Staff.duty, Staff.always_on_duty),
    ).join(StaffRole, StaffRole.staff_id == Staff.id)
    wanted = columns.add_columns(is_on_leave(Staff.id, now=now).label("is_away")).where(
        Staff.active, StaffRole.role == HEAD, StaffRole.office_code.in_(sorted(office_codes))
    )
    directory = current_directory(session)
    return [
        Head(
            staff_id=row.id,
            office_code=row.office_code,
            deputy=row.deputy,
            on_duty=not row.is_away
            and on_duty(
                row.duty,
                always=row.always_on_duty,
                is_open=office_is_open(directory, row.office_code, now),
            ),
            phone=row.phone,
            name=row.name,
        )
        for row in session.execute(
            wanted.order_by(Staff.last_rung_at.asc().nulls_first(), Staff.id)
        )
    ]


def active_with_roles(
    session: Session, staff_ids: Iterable[int], roles: Collection[str]
) -> dict[int, frozenset[str]]:
    """The offices at which each of these active people holds one of the roles."""
    found: dict[int, set[str]] = {}
    wanted = (
        select(StaffRole.staff_id, StaffRole.office_code)
        .join(Staff, Staff.id == StaffRole.staff_id)
        .where(Staff.active, Staff.id.in_(set(staff_ids)), StaffRole.role.in_(sorted(roles)))
    )
    for row in session.execute(wanted):
        found.setdefault(row.staff_id, set()).add(row.office_code)
    return {staff_id: frozenset(offices) for staff_id, offices in found.items()}


def members(session: Session, office_codes: Collection[str]) -> frozenset[int]:
    """Everybody who holds any role at one of these offices."""
    if not office_codes:
        return frozenset()
    held = select(StaffRole.staff_id).where(StaffRole.office_code.in_(office_codes))
    return frozenset(session.scalars(held))


def no_trainees(session: Session) -> frozenset[int]:
    """Everybody who does not practise beside the real telephone."""
    return frozenset(session.scalars(select(Staff.id).where(~Staff.practises)))


def trainees_of(session: Session, people: Iterable[OnDuty]) -> list[OnDuty]:
    """Those of these people who practise, in the same order."""
    known = list(people)
    ids = [one.staff_id for one in known]
    practise = set(session.scalars(select(Staff.id).where(Staff.id.in_(ids), Staff.practises)))
    return [one for one in known if one.staff_id in practise]


def on_call_ids(session: Session) -> list[int]:
    """The active people of the on-call list, with or without a phone."""
    return list(session.scalars(select(Staff.id).where(Staff.active, Staff.on_call)))


def is_directory_number(session: Session, fingerprint: str | None) -> bool:
    """Whether a number belongs to a person or an office of the directory: those are never rung as
    a reporter without a person's decision (design.md §3a.8)."""
    if fingerprint is None:
        return False
    of_person = exists().where(Staff.phone_fingerprint == fingerprint)
    of_office = exists().where(Office.phone_fingerprint == fingerprint)
    return bool(session.scalar(select(or_(of_person, of_office))))


def is_on_leave(staff_id: SQLColumnExpression[int], *, now: datetime) -> ColumnElement[bool]:
    """The condition that a person is on leave today."""
    today = bangkok(now).date()
    return exists().where(
        AbsenceRow.staff_id == staff_id,
        AbsenceRow.first_day <= today,
        AbsenceRow.last_day >= today,
        AbsenceRow.reason != SWAP,
    )


def _people() -> Select[*Columns]:
    columns = select(Staff.id, Staff.phone, Staff.name)
    reachable = columns.where(Staff.active, Staff.phone.is_not(None))
    return reachable.order_by(Staff.last_rung_at.asc().nulls_first(), Staff.id)


def _has_role(roles: tuple[str, ...], office_code: str) -> ColumnElement[bool]:
    return exists().where(
        StaffRole.staff_id == Staff.id,
        StaffRole.role.in_(roles),
        StaffRole.office_code == office_code,
    )


def _on_call(session: Session, now: datetime) -> tuple[list[OnDuty], list[OnDuty]]:
    """The on-call list: who is rung now, and the others."""
    team = on_call_team(session, Days.around(now))
    listed = {one.staff_id: one for one in _reachable(team.members)}
    there = on_call_now(list(listed), team.roster, now)
    others = [one for key, one in listed.items() if key not in there]
    return [listed[one] for one in there], others


def _reachable(members: Iterable[Member]) -> list[OnDuty]:
    """Those who have a phone."""
    return [OnDuty(one.staff_id, one.phone, one.name) for one in members if one.phone]


def _members_on_duty(team: Team, now: datetime, is_open: bool) -> list[Member]:
    return [
        one
        for one in team.members
        if holds_duty(one.staff_id, one.choice, team.roster, now, is_open=is_open)
    ]
