"""Puts the page of one person together: account, roles, profile, and what was done to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from agents.models import Staff
from agents.names import names_of
from agents.people_rules import gives, may_let_practise, may_put_on_call
from agents.profile_models import StaffChange, StaffTraining, StaffUndertaking
from agents.profile_words import qualifications
from agents.profiles import Profile, changes_of, profile_of
from agents.queries import all_on_duty
from agents.undertakings import current_undertaking, last_signature
from core import runtime
from webapp.console.case_words import in_language
from webapp.console.guard import current_person
from webapp.console.people_door import OpenedPerson
from webapp.console.people_list import duty_now, last_digits, office_names, role_at
from webapp.console.people_words import change_word, own_skills, post_word, skill_word
from webapp.console.role_names import NAMES, role_name

MOST_CHANGES: Final = 20


@dataclass(frozen=True)
class RoleLine:
    """One role at one office."""

    role: str
    office_code: str
    text: str


@dataclass(frozen=True)
class CheckLine:
    """One qualification: whether it is on the list for the person's roles, who confirmed it."""

    code: str
    text: str
    by: str
    at: datetime | None


@dataclass(frozen=True)
class ChangeLine:
    """One thing that was done to the account."""

    text: str
    who: str
    at: datetime


@dataclass(frozen=True)
class PersonPage:
    """All that the page shows, in the reader's language."""

    staff: Staff
    may_manage: bool
    is_me: bool
    may_put_on_call: bool
    has_practice: bool
    may_let_practise: bool
    post: str
    phone_end: str
    is_on_duty: bool | None
    roles: list[RoleLine]
    may_give: list[tuple[str, str]]
    skills: tuple[str, ...]
    skill_words: list[str]
    other_skills: str
    trainings: tuple[StaffTraining, ...]
    checks: list[CheckLine]
    signature: StaffUndertaking | None
    has_signed: bool
    changes: list[ChangeLine]
    today: date


def person_page(
    session: Session, opened: OpenedPerson, *, now: datetime, today: date
) -> PersonPage:
    """The page with a fixed number of queries."""
    staff, me = opened.staff, current_person()
    profile = profile_of(session, staff.id)
    changes = changes_of(session, staff.id, MOST_CHANGES)
    codes = {one.office_code for one in opened.roles} | _codes(changes)
    offices = office_names(session, codes)
    there = all_on_duty(session, {one.office_code for one in opened.roles}, now=now)
    names = _names(session, profile, changes)
    return PersonPage(
        staff=staff,
        may_manage=opened.may_manage,
        is_me=staff.id == me.staff_id,
        may_put_on_call=may_put_on_call(me.roles),
        has_practice=runtime.current().settings.has_practice_beside,
        may_let_practise=may_let_practise(me.roles),
        post=post_word(staff.post),
        phone_end=last_digits(staff.phone),
        is_on_duty=duty_now(staff, (one.role for one in opened.roles), there),
        roles=[RoleLine(one.role, one.office_code, role_at(one, offices)) for one in opened.roles],
        may_give=[(code, role_name(code)) for code in gives(me.roles)],
        skills=profile.skills,
        skill_words=[skill_word(one) for one in profile.skills],
        other_skills="; ".join(own_skills(profile.skills)),
        trainings=profile.trainings,
        checks=_checks(profile, {one.role for one in opened.roles}, names),
        signature=last_signature(session, staff.id),
        has_signed=staff.undertaking == current_undertaking().version,
        changes=[_change(one, names, offices) for one in changes],
        today=today,
    )


def _codes(changes: Iterable[StaffChange]) -> set[str]:
    return {one.data["office_code"] for one in changes if "office_code" in one.data}


def _names(session: Session, profile: Profile, changes: Iterable[StaffChange]) -> dict[int, str]:
    people = {one.confirmed_by for one in profile.qualifications.values()}
    people |= {one.actor_id for one in changes}
    return names_of(session, people)


def _checks(profile: Profile, roles: set[str], names: dict[int, str]) -> list[CheckLine]:
    """The checklist of the person's roles; what was confirmed stays to be seen in any case."""
    found = []
    for one in qualifications():
        kept = profile.qualifications.get(one.code)
        if kept is not None or one.roles & roles:
            by = names.get(kept.confirmed_by or 0, "") if kept else ""
            at = kept.confirmed_at if kept else None
            found.append(CheckLine(one.code, in_language(one.text), by, at))
    return found


def _change(one: StaffChange, names: dict[int, str], offices: dict[str, str]) -> ChangeLine:
    role, office = one.data.get("role", ""), one.data.get("office_code", "")
    text = change_word(
        one.kind,
        role=role_name(role) if role in NAMES else role,
        office=offices.get(office, office),
        cases=str(one.data.get("cases", 0)),
    )
    return ChangeLine(text, names.get(one.actor_id or 0, ""), one.at)
