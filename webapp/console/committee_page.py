"""Puts the pages of committees together: standing and former ones, and who could be a member."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import and_, or_, select, text
from sqlalchemy.orm import Session

from agents.committee_models import STANDING, Committee
from agents.committee_rules import NONE, term
from agents.committees import StandingCommittee, committees_of
from agents.models import Staff, StaffRole
from agents.permissions import Grant, best_grant, office_relation
from agents.sessions import SignedIn
from cases.access import Viewer, parents_of, reach
from routing.models import Office
from webapp.console.office_page import CODE
from webapp.console.pages import named

MOST_COMMITTEES: Final = 200
MOST_PEOPLE: Final = 60
VIEW: Final = "committee.view"


@dataclass(frozen=True)
class Person:
    """Somebody who could be a member: at which office, and the post."""

    staff_id: int
    name: str
    office: str


@dataclass(frozen=True)
class CommitteeLine:
    """One office on the list: its order and how the term stands; `state` NONE without any."""

    code: str
    office: str
    order_number: str
    ends_on: date | None
    state: str


@dataclass(frozen=True)
class CommitteePage:
    """All that the page of one office shows."""

    code: str
    office: str
    now: StandingCommittee | None
    before: list[StandingCommittee]
    state: str
    people: list[Person]
    may_manage: bool

    @property
    def standing_parts(self) -> tuple[tuple[int, str], ...]:
        """Who is a member now and still works here, as a form chooses them."""
        members = self.now.members if self.now else ()
        return tuple((one.staff_id, one.part) for one in members if one.is_active)


def office_in_reach(session: Session, person: SignedIn, code: str, name: str) -> Office | None:
    """The office, when the person may do `name` there; None for denied and unknown alike."""
    if not CODE.fullmatch(code):
        return None
    parents = parents_of(session, {code, *(office for _, office in person.roles)})
    held = [(role, office_relation(mine, code, parents)) for role, mine in person.roles]
    if best_grant(held, name) is Grant.DENY:
        return None
    return session.scalar(select(Office).where(Office.code == code))


def committee_list(session: Session, person: SignedIn, *, today: date) -> list[CommitteeLine]:
    """Own offices, with or without a committee, and every standing one that is in reach."""
    seen = reach(session, Viewer(person.staff_id, person.roles), VIEW)
    wanted = select(Committee).where(text(STANDING))
    if not seen.everywhere:
        wanted = wanted.where(seen.reaches(Committee.office_code))
    soonest = (Committee.ends_on.asc().nulls_last(), Committee.id)
    found = session.scalars(wanted.order_by(*soonest).limit(MOST_COMMITTEES)).all()
    have = {one.office_code for one in found}
    mine = sorted({office for _, office in person.roles} - have)
    offices = {
        one.code: named(one)
        for one in session.scalars(select(Office).where(Office.code.in_({*have, *mine})))
    }
    without = [
        CommitteeLine(code, offices[code], "", None, NONE) for code in mine if code in offices
    ]
    return [*without, *(_line(one, offices, today) for one in found)]


def committee_page(
    session: Session, office: Office, *, may_manage: bool, today: date
) -> CommitteePage:
    """The page of one office."""
    found = committees_of(session, office.code)
    now = next((one for one in found if one.committee.replaced_at is None), None)
    return CommitteePage(
        code=office.code,
        office=named(office),
        now=now,
        before=[one for one in found if one is not now],
        state=now.term(today) if now else NONE,
        people=_people(session, office.code, now) if may_manage else [],
        may_manage=may_manage,
    )


def _line(one: Committee, offices: dict[str, str], today: date) -> CommitteeLine:
    office = offices.get(one.office_code, one.office_code)
    state = term(one.ends_on, today)
    return CommitteeLine(one.office_code, office, one.order_number, one.ends_on, state)


def _people(session: Session, code: str, now: StandingCommittee | None) -> list[Person]:
    """The members of now first, then the people of the office and of those right below."""
    members = [one.staff_id for one in now.members] if now else []
    near = or_(StaffRole.office_code == code, and_(Office.parent_code == code, Office.active))
    wanted = (
        select(Staff.id, Staff.name, StaffRole.office_code, Office.name_th, Office.name_en)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .join(Office, Office.code == StaffRole.office_code)
        .where(Staff.active, or_(near, Staff.id.in_(members)))
        .order_by(Staff.id.not_in(members), StaffRole.office_code != code, Staff.id)
        .limit(2 * MOST_PEOPLE)
    )
    return _once(session.execute(wanted).all())[:MOST_PEOPLE]


def _once(rows: Sequence[Any]) -> list[Person]:
    found: dict[int, Person] = {}
    for row in rows:
        found.setdefault(row.id, Person(row.id, row.name, named(row)))
    return list(found.values())
