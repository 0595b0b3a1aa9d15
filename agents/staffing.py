"""What one person may do with another's account: add, change, give and take roles, close, open.

The pure rules of who may are in `agents.people_rules`; each step leaves a trace in staff_changes.
The caller commits.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.errors import StaffRefused
from agents.models import Staff, StaffRole
from agents.numbers import number_fingerprint
from agents.people_rules import may_give, may_let_practise
from agents.permissions import Parents
from agents.person import (
    Person,
    account_faults,
    email_faults,
    number_of,
    profile_faults,
    role_faults,
    text_of,
)
from agents.profiles import keep_skills, note_change
from agents.queries import has_on_call_people
from agents.services import add_staff, keep_role, offices_of, refuse_first
from agents.sessions import end_sessions, limits
from core.zones import bangkok

# Without what looks alike: it is read from one screen and typed into another.
LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS: Final = 3
GROUP: Final = 4


@dataclass(frozen=True)
class Actor:
    """Who changes something: roles are (role, office code), `parents` the tree of offices."""

    staff_id: int
    roles: tuple[tuple[str, str], ...]
    parents: Parents


def new_password() -> str:
    """A password to be shown once: twelve letters and digits in groups, about 59 bits."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def hire(
    session: Session, person: Person, *, password_hash: str, by: Actor, now: datetime
) -> Staff:
    """Add a person with one role and a password that must be changed at the first sign-in.

    StaffRefused "email_known" for somebody who is there already: a form must not take over an
    account by its e-mail address; "role_above" for a role that `by` may not give there.
    """
    refuse_first(email_faults(person))
    refuse_if(known_by_email(session, person.email) is not None, "email_known")
    refuse_if(not may_give(by.roles, person.role, person.office_code, by.parents), "role_above")
    staff = add_staff(session, person, now=now)
    given = {"role": person.role, "office_code": person.office_code}
    note_change(session, "added", staff_id=staff.id, actor_id=by.staff_id, now=now, **given)
    give_password(session, staff, password_hash, by=by, now=now)
    return staff


def give_password(
    session: Session, staff: Staff, password_hash: str, *, by: Actor, now: datetime
) -> None:
    """A new password in place of any other: it holds for `limits().temporary`, sessions end."""
    staff.password_hash = password_hash
    staff.temporary_until = now + limits().temporary
    end_sessions(session, staff.id, now=now)
    note_change(session, "password_given", staff_id=staff.id, actor_id=by.staff_id, now=now)


def change_facts(
    session: Session, staff: Staff, person: Person, *, by: Actor, now: datetime
) -> None:
    """Name, telephone (None is none), post, skills, always on duty, on call, as a form says them.

    StaffRefused with the first thing that is wrong.
    """
    refuse_first(account_faults(person))
    refuse_first(profile_faults(person, today=bangkok(now).date()))
    before = has_on_call_people(session)
    staff.name, staff.phone = person.name.strip(), number_of(person.phone)
    staff.phone_fingerprint = number_fingerprint(staff.phone)
    staff.post = person.post
    staff.always_on_duty = bool(person.always_on_duty)
    staff.on_call = staff.on_call if person.on_call is None else person.on_call
    session.flush()
    keep_on_call(session, before)
    keep_skills(session, staff.id, person.skills or ())
    note_change(session, "changed", staff_id=staff.id, actor_id=by.staff_id, now=now)


def let_practise(
    session: Session, staff: Staff, practises: bool, *, by: Actor, now: datetime
) -> None:
    """Make a person a trainee or no longer one; it holds from their next request on.

    StaffRefused "role_above" for who is no administrator.
    """
    refuse_if(not may_let_practise(by.roles), "role_above")
    if staff.practises is practises:
        return
    staff.practises = practises
    kind = "practice_given" if practises else "practice_taken"
    note_change(session, kind, staff_id=staff.id, actor_id=by.staff_id, now=now)


def give_role(
    session: Session, staff: Staff, wished: StaffRole, *, by: Actor, now: datetime
) -> None:
    """Give a person one more role, or make a head operator a deputy or no longer one."""
    refuse_if(staff.id == by.staff_id, "role_own")
    may = may_give(by.roles, wished.role, wished.office_code, by.parents)
    refuse_if(not may, "role_above")
    person = Person(staff.email, staff.name, wished.role, wished.office_code, deputy=wished.deputy)
    refuse_first(role_faults(person, offices_of(session)))
    keep_role(session, staff, person)
    given = {"role": wished.role, "office_code": wished.office_code, "deputy": wished.deputy}
    note_change(session, "role_given", staff_id=staff.id, actor_id=by.staff_id, now=now, **given)


def take_role(
    session: Session, staff: Staff, role: str, office_code: str, *, by: Actor, now: datetime
) -> None:
    """Take a role from a person; StaffRefused "role_last" for the only one: that is leaving."""
    refuse_if(staff.id == by.staff_id, "role_own")
    refuse_if(not may_give(by.roles, role, office_code, by.parents), "role_above")
    held = session.scalars(select(StaffRole).where(StaffRole.staff_id == staff.id)).all()
    found = [one for one in held if (one.role, one.office_code) == (role, office_code)]
    if not found:
        return
    refuse_if(len(held) == 1, "role_last")
    session.delete(found[0])
    taken = {"role": role, "office_code": office_code}
    note_change(session, "role_taken", staff_id=staff.id, actor_id=by.staff_id, now=now, **taken)


def close_account(session: Session, staff: Staff, *, cases: int, by: Actor, now: datetime) -> None:
    """The person works here no longer: nothing rings, no sign-in holds; the roles stay written.

    What the person has on the desk is for `cases.leaving`, in the same transaction; `cases` is how
    many that were.
    """
    refuse_if(staff.id == by.staff_id, "role_own")
    before = has_on_call_people(session)
    staff.active = False
    session.flush()
    keep_on_call(session, before)
    end_sessions(session, staff.id, now=now)
    note_change(session, "closed", staff_id=staff.id, actor_id=by.staff_id, now=now, cases=cases)


def open_account(session: Session, staff: Staff, *, by: Actor, now: datetime) -> None:
    """The person is back, with the roles of before and no password: somebody gives a new one."""
    refuse_if(staff.id == by.staff_id, "role_own")
    staff.active, staff.password_hash, staff.temporary_until = True, None, None
    note_change(session, "opened", staff_id=staff.id, actor_id=by.staff_id, now=now)


def known_by_email(session: Session, email: str) -> int | None:
    """The id of whoever has an e-mail address."""
    return session.scalar(select(Staff.id).where(Staff.email == email.strip().lower()))


def keep_on_call(session: Session, before: bool) -> None:
    """StaffRefused where nobody is left on call and somebody was before (design.md §3a.9)."""
    refuse_if(before and not has_on_call_people(session), "on_call_last")


def held_account(session: Session, staff_id: int) -> Staff | None:
    """A person's row, held until this transaction ends."""
    return session.get(Staff, staff_id, with_for_update={"key_share": True}, populate_existing=True)


def refusal(rule: str) -> StaffRefused:
    """A refusal of refusals.yaml that needs no values."""
    return StaffRefused(rule, text_of((rule, {})))


def refuse_if(holds: bool, rule: str) -> None:
    """StaffRefused where a rule is broken."""
    if holds:
        raise refusal(rule)
