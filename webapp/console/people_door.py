"""The way to a person: for who may see people of one of their offices; else a plain 404."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import abort
from sqlalchemy import ColumnElement, exists, select, true
from sqlalchemy.orm import Session, aliased

from agents.models import Staff, StaffRole
from agents.people_rules import VIEW, may_manage
from agents.staffing import Actor, held_account
from cases.access import Viewer, parents_of, reach
from webapp.console.guard import current_person
from webapp.console.office_page import CODE


@dataclass(frozen=True)
class OpenedPerson:
    """A person, their roles, and whether who asks may change anything of them."""

    staff: Staff
    roles: tuple[StaffRole, ...]
    may_manage: bool

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The roles as (role, office code)."""
        return tuple((one.role, one.office_code) for one in self.roles)


def viewer_here() -> Viewer:
    """Who asks, as reach and standing take them."""
    person = current_person()
    return Viewer(person.staff_id, person.roles)


def actor_now(session: Session, *codes: str) -> Actor:
    """Who changes something, with the tree in which their offices and `codes` stand."""
    person = current_person()
    mine = {office for _, office in person.roles}
    known = {code for code in codes if CODE.fullmatch(code)}
    return Actor(person.staff_id, person.roles, parents_of(session, mine | known))


def in_reach(session: Session, action: str = VIEW) -> ColumnElement[bool]:
    """The condition on Staff of everybody whom who asks may see."""
    seen = reach(session, viewer_here(), action)
    if seen.everywhere:
        return true()
    if not seen.has_offices:
        return Staff.id == -1
    held = aliased(StaffRole)
    return exists().where(held.staff_id == Staff.id, seen.reaches(held.office_code))


def open_person(session: Session, staff_id: int) -> OpenedPerson:
    """The person for who may see them; 404 for denied and unknown alike."""
    staff = session.scalar(select(Staff).where(Staff.id == staff_id, in_reach(session)))
    if staff is None:
        abort(HTTPStatus.NOT_FOUND)
    wanted = select(StaffRole).where(StaffRole.staff_id == staff_id)
    roles = tuple(session.scalars(wanted.order_by(StaffRole.office_code, StaffRole.role)))
    person = current_person()
    parents = parents_of(
        session, {*(one.office_code for one in roles), *(office for _, office in person.roles)}
    )
    pairs = tuple((one.role, one.office_code) for one in roles)
    return OpenedPerson(staff, roles, may_manage(person.roles, pairs, parents))


def open_to_manage(session: Session, staff_id: int) -> OpenedPerson:
    """The same for who is about to change it: the row is held before the right is looked at."""
    if held_account(session, staff_id) is None:
        abort(HTTPStatus.NOT_FOUND)
    opened = open_person(session, staff_id)
    if not opened.may_manage:
        abort(HTTPStatus.NOT_FOUND)
    return opened
