"""The page of one person, and the forms on it; each change leaves a trace there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from flask import Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from agents.accounts import Crowded, hash_of
from agents.days import parse_day
from agents.errors import StaffRefused
from agents.models import StaffRole
from agents.people_rules import MANAGE, VIEW, may_put_on_call
from agents.person import LONGEST_COURSE, LONGEST_NAME, MOST_SKILLS, Person, profile_faults
from agents.profiles import confirm_qualifications, keep_profile, note_change
from agents.services import refuse_first
from agents.staffing import (
    Actor,
    change_facts,
    give_password,
    give_role,
    let_practise,
    new_password,
    open_account,
    refusal,
    refuse_if,
    take_role,
)
from core import clock
from core.database import reading, transaction
from core.zones import bangkok
from webapp.console import bp
from webapp.console.case_words import in_language
from webapp.console.guard import action, current_person
from webapp.console.language import gettext
from webapp.console.office_page import CODE
from webapp.console.pages import page
from webapp.console.people import BUSY, shown_once
from webapp.console.people_door import OpenedPerson, actor_now, open_person, open_to_manage
from webapp.console.people_words import languages, posts
from webapp.console.person_page import person_page

Step = Callable[[Session, OpenedPerson, Actor], None]


@dataclass(frozen=True)
class Said:
    """What the page says back to a form: in which section, and which rule it broke."""

    section: str = ""
    text: str = ""
    rule: str = ""
    status: int = HTTPStatus.OK


@bp.get("/people/<int:staff_id>")
@action(VIEW)
def person(staff_id: int) -> Response:
    """One person; 404 where none of one's offices has them, as where there is none."""
    return show_person(staff_id, Said(request.args.get("kept", "")[:16]))


@bp.post("/people/<int:staff_id>/facts")
@action(MANAGE)
def change_person(staff_id: int) -> Answer:
    """Name, telephone, post, skills, duty."""
    sent = request.form

    def step(session: Session, opened: OpenedPerson, by: Actor) -> None:
        own = (one.strip() for one in sent.get("other_skills", "").split(";"))
        skills = (*sent.getlist("skill")[:MOST_SKILLS], *(one for one in own if one))
        wished = Person(
            email=opened.staff.email,
            name=sent.get("name", "").strip()[: LONGEST_NAME + 1],
            role="",
            office_code="",
            phone=_phone_typed(opened.staff.phone),
            post=sent.get("post", "")[:24] or None,
            skills=tuple(dict.fromkeys(skills)),
            always_on_duty=sent.get("always_on_duty") == "yes",
            on_call=sent.get("on_call") == "yes" if may_put_on_call(by.roles) else None,
        )
        change_facts(session, opened.staff, wished, by=by, now=clock.now())

    return _changed(staff_id, "facts", step)


@bp.post("/people/<int:staff_id>/roles")
@action(MANAGE)
def add_role(staff_id: int) -> Answer:
    """Give a role at an office, or make a head a deputy."""
    role, office = request.form.get("role", "")[:16], _office_typed()

    def step(session: Session, opened: OpenedPerson, by: Actor) -> None:
        refuse_if(not CODE.fullmatch(office), "role_above")
        deputy = request.form.get("deputy") == "yes"
        wished = StaffRole(staff_id=staff_id, role=role, office_code=office, deputy=deputy)
        give_role(session, opened.staff, wished, by=by, now=clock.now())

    return _changed(staff_id, "roles", step, office)


@bp.post("/people/<int:staff_id>/roles/end")
@action(MANAGE)
def end_role(staff_id: int) -> Answer:
    """Take a role away; it holds from the person's next request on."""
    role, office = request.form.get("role", "")[:16], _office_typed()

    def step(session: Session, opened: OpenedPerson, by: Actor) -> None:
        take_role(session, opened.staff, role, office, by=by, now=clock.now())

    return _changed(staff_id, "roles", step, office)


@bp.post("/people/<int:staff_id>/practice")
@action(MANAGE)
def practise(staff_id: int) -> Answer:
    """Make a person a trainee, or no longer one."""
    practises = request.form.get("practises") == "yes"

    def step(session: Session, opened: OpenedPerson, by: Actor) -> None:
        let_practise(session, opened.staff, practises, by=by, now=clock.now())

    return _changed(staff_id, "practice", step)


@bp.post("/people/<int:staff_id>/training")
@action(MANAGE)
def add_training(staff_id: int) -> Answer:
    """Write down a course."""
    course = request.form.get("course", "").strip()[: LONGEST_COURSE + 1]

    def step(session: Session, opened: OpenedPerson, by: Actor) -> None:
        wished = _profile(course=course or None, trained_on=_day("trained_on"))
        _keep(session, opened, by, wished, "training_added")

    return _changed(staff_id, "training", step)


@bp.post("/people/<int:staff_id>/qualifications")
@action(MANAGE)
def qualify(staff_id: int) -> Answer:
    """Confirm the checklist as it is ticked."""
    codes = request.form.getlist("code")

    def step(session: Session, opened: OpenedPerson, by: Actor) -> None:
        refuse_if(staff_id == by.staff_id, "role_own")
        now = clock.now()
        confirm_qualifications(session, staff_id, codes, actor_id=by.staff_id, now=now)
        note_change(session, "qualified", staff_id=staff_id, actor_id=by.staff_id, now=now)

    return _changed(staff_id, "qualifications", step)


@bp.post("/people/<int:staff_id>/paper")
@action(MANAGE)
def record_paper(staff_id: int) -> Answer:
    """Write down that the person signed the undertaking on paper; nobody does that for oneself."""

    def step(session: Session, opened: OpenedPerson, by: Actor) -> None:
        refuse_if(staff_id == by.staff_id, "role_own")
        signed = _day("signed_on")
        refuse_if(signed is None, "paper_day")
        _keep(session, opened, by, _profile(undertaking_signed=signed), "undertaking_recorded")

    return _changed(staff_id, "undertaking", step)


@bp.post("/people/<int:staff_id>/password")
@action(MANAGE)
def new_sign_in(staff_id: int) -> Answer:
    """A new one-time password, shown on this very page and never again; old sign-ins end."""
    password = new_password()
    try:
        hashed = hash_of(password)
    except Crowded:
        return show_person(
            staff_id, Said("password", gettext(BUSY), "", HTTPStatus.SERVICE_UNAVAILABLE)
        )
    with transaction() as session:
        opened = open_to_manage(session, staff_id)
        is_fit = opened.staff.active and staff_id != current_person().staff_id
        if is_fit:
            by = actor_now(session)
            give_password(session, opened.staff, hashed, by=by, now=clock.now())
    if not is_fit:
        return show_person(staff_id, Said("password", *_words("role_own"), HTTPStatus.BAD_REQUEST))
    return shown_once(opened.staff, password)


@bp.post("/people/<int:staff_id>/return")
@action(MANAGE)
def open_again(staff_id: int) -> Answer:
    """Open a closed account."""

    def step(session: Session, opened: OpenedPerson, by: Actor) -> None:
        if not opened.staff.active:
            open_account(session, opened.staff, by=by, now=clock.now())

    return _changed(staff_id, "password", step)


def show_person(staff_id: int, said: Said) -> Response:
    """The page of a person with what it says back to a form."""
    now = clock.now()
    with reading() as session:
        opened = open_person(session, staff_id)
        shown = person_page(session, opened, now=now, today=bangkok(now).date())
    return page(
        "people/person.html",
        status=said.status,
        shown=shown,
        said=said,
        posts=posts(),
        languages=languages(),
    )


def _changed(staff_id: int, section: str, step: Step, *codes: str) -> Answer:
    """Take one step with a person, then show what holds; a refusal changes nothing."""
    try:
        with transaction() as session:
            opened = open_to_manage(session, staff_id)
            step(session, opened, actor_now(session, *codes))
    except StaffRefused as refused:
        text = in_language(refused.text)
        return show_person(staff_id, Said(section, text, refused.rule, HTTPStatus.BAD_REQUEST))
    address = url_for("desk.person", staff_id=staff_id, kept=section, _anchor=section)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _keep(session: Session, opened: OpenedPerson, by: Actor, wished: Person, kind: str) -> None:
    now = clock.now()
    refuse_first(profile_faults(wished, today=bangkok(now).date()))
    keep_profile(session, opened.staff.id, wished, now=now, actor_id=by.staff_id)
    note_change(session, kind, staff_id=opened.staff.id, actor_id=by.staff_id, now=now)


def _profile(**known: object) -> Person:
    return Person("", "", "", "", **known)  # type: ignore[arg-type]


def _phone_typed(kept: str | None) -> str | None:
    """The number is never shown whole: an empty field leaves it, unless it is to go."""
    typed = request.form.get("phone", "").strip()[:40]
    return typed or (None if request.form.get("no_phone") == "yes" else kept)


def _day(name: str) -> date | None:
    try:
        return parse_day(request.form.get(name, "")[:20])
    except ValueError:
        raise refusal("paper_day") from None


def _office_typed() -> str:
    return request.form.get("office", "").strip().upper()[:33]


def _words(rule: str) -> tuple[str, str]:
    return in_language(refusal(rule).text), rule
