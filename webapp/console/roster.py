"""Duty rosters: the own shifts, an office's week, and the forms that change it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from agents.errors import RosterRefused
from agents.own_leave import enter_leave, rosters_of, take_leave_back
from agents.permissions import DESCENDANT, Grant, grant
from agents.roster_rules import OFFICE
from agents.roster_wishes import AbsenceWish, ShiftWish, day_of
from agents.rosters import RosterKey, add_absence, add_shift, copy_week, end_absence, end_shift
from core import clock
from core.database import reading, transaction
from core.zones import bangkok
from webapp.console import bp
from webapp.console.guard import action, current_person
from webapp.console.language import gettext, marked, ngettext
from webapp.console.office_page import managed_office, own_offices
from webapp.console.pages import page
from webapp.console.roster_mine import my_roster_page
from webapp.console.roster_page import (
    MANAGE,
    VIEW,
    Said,
    Typed,
    kinds_of,
    roster_page,
    week_asked,
)
from webapp.console.roster_words import refusal_text

LONGEST_VALUE = 64
KEPT = {
    "shift": marked("The shift is in the roster."),
    "ended": marked("The shift is taken out. What was before stays."),
    "absence": marked("The days are kept. Who stands in is rung instead."),
    "loaded": marked("The roster is as the file says."),
    "back": marked("It holds no more."),
    "leave": marked("Your leave is kept. Your head operators are told."),
}
# What the page of one's own time says back.
MINE = ("leave", "back")
ENTER = "leave.enter"
Change = Callable[[Session, RosterKey], None]


@bp.get("/roster")
@action(VIEW)
def my_roster() -> Answer:
    """The own shifts of the next two weeks, and the rosters that the person may open.

    With a code in the address on to that office's.
    """
    if code := request.args.get("code", "").strip():
        return redirect(url_for("desk.roster", code=code), HTTPStatus.SEE_OTHER)
    told = request.args.get("told", "")
    return show_mine(Said(told, gettext(KEPT[told]), is_good=True) if told in MINE else Said())


@bp.get("/roster/<code>")
@action(VIEW)
def roster(code: str) -> Response:
    """One week of an office's roster; 404 where it is another's, as where there is none."""
    told, copied = request.args.get("told", ""), request.args.get("copied", type=int)
    said = Said(told, gettext(KEPT[told]), is_good=True) if told in KEPT else Said()
    if copied is not None:
        said = Said("copy", copied_text(copied), is_good=True)
    return show_roster(code, said)


@bp.post("/leave")
@action(ENTER)
def enter_own_leave() -> Answer:
    """Keep the person's own leave; the heads are told."""
    person = current_person()
    try:
        with transaction() as session:
            wish = replace(_absence(), staff_id=person.staff_id, cover_id=None)
            enter_leave(session, wish, rosters_of(person.roles), now=clock.now())
    except RosterRefused as refusal:
        said = Said("leave", refusal_text(refusal), typed=_typed())
        return show_mine(said, HTTPStatus.BAD_REQUEST)
    return redirect(url_for("desk.my_roster", told="leave"), HTTPStatus.SEE_OTHER)


@bp.post("/leave/<int:absence_id>/end")
@action(ENTER)
def end_own_leave(absence_id: int) -> Answer:
    """Take back leave that the person entered; 404 for any other."""
    with transaction() as session:
        staff_id = current_person().staff_id
        if not take_leave_back(session, staff_id, absence_id, now=clock.now()):
            abort(HTTPStatus.NOT_FOUND)
    return redirect(url_for("desk.my_roster", told="back"), HTTPStatus.SEE_OTHER)


@bp.post("/roster/<code>/shifts")
@action(MANAGE)
def add_to_roster(code: str) -> Answer:
    """Write one shift into the roster."""

    def change(session: Session, key: RosterKey) -> None:
        add_shift(session, key, _shift(), by=current_person().staff_id, now=clock.now())

    return _changed(code, "shift", change)


@bp.post("/roster/<code>/shifts/<int:shift_id>/end")
@action(MANAGE)
def end_in_roster(code: str, shift_id: int) -> Answer:
    """Take a shift out from the shown week on."""

    def change(session: Session, key: RosterKey) -> None:
        person, week = current_person(), week_asked(_sent("week"), clock.now())
        if not end_shift(session, key, shift_id, from_day=week, by=person.staff_id):
            abort(HTTPStatus.NOT_FOUND)

    return _changed(code, "ended", change)


@bp.post("/roster/<code>/absences")
@action(MANAGE)
def add_leave(code: str) -> Answer:
    """Write leave or a swap down, with who stands in."""

    def change(session: Session, key: RosterKey) -> None:
        add_absence(session, key, _absence(), by=current_person().staff_id, now=clock.now())

    return _changed(code, "absence", change)


@bp.post("/roster/<code>/absences/<int:absence_id>/end")
@action(MANAGE)
def end_leave(code: str, absence_id: int) -> Answer:
    """Somebody is back."""

    def change(session: Session, key: RosterKey) -> None:
        by, today = current_person().staff_id, bangkok(clock.now()).date()
        if not end_absence(session, key.office_code, absence_id, by=by, today=today):
            abort(HTTPStatus.NOT_FOUND)

    return _changed(code, "back", change)


@bp.post("/roster/<code>/copy")
@action(MANAGE)
def copy_last_week(code: str) -> Answer:
    """Repeat the single shifts of the week before."""
    key = asked_roster(code)
    now, person = clock.now(), current_person()
    monday = week_asked(_sent("week"), now)
    with transaction() as session:
        if managed_office(session, person, code, MANAGE) is None:
            abort(HTTPStatus.NOT_FOUND)
        made = copy_week(session, key, monday, by=person.staff_id, now=now)
    return redirect(_back(key, monday, copied=made), HTTPStatus.SEE_OTHER)


def show_mine(said: Said, status: int = HTTPStatus.OK) -> Response:
    """The page of a person's own time, with what it says back to a form."""
    with reading() as session:
        person = current_person()
        shown = my_roster_page(session, person, now=clock.now())
        offices = own_offices(session, person, VIEW)
    has_below = any(grant(role, VIEW, DESCENDANT) > Grant.DENY for role, _ in person.roles)
    about = {"offices": offices, "has_below": has_below, "said": said}
    return page("roster/mine.html", status=status, shown=shown, **about)


def show_roster(code: str, said: Said, status: int = HTTPStatus.OK) -> Response:
    """The page of a week, with what it says back to a form."""
    key, now, person = asked_roster(code), clock.now(), current_person()
    monday = week_asked(request.values.get("week", ""), now)
    with reading() as session:
        office = managed_office(session, person, code, VIEW)
        if office is None:
            abort(HTTPStatus.NOT_FOUND)
        shown = roster_page(session, person, office, key, monday, now)
    return page("roster/week.html", status=status, shown=shown, said=said, blank=Typed())


def copied_text(count: int) -> str:
    """How many shifts were repeated."""
    if not count:
        return gettext("There was nothing to repeat: weekly shifts hold by themselves.")
    text = ngettext("%(num)d shift was repeated.", "%(num)d shifts were repeated.", count)
    return text % {"num": count}


def _changed(code: str, told: str, change: Change) -> Answer:
    """Change the roster, or show the form again with what is wrong."""
    key = asked_roster(code)
    try:
        with transaction() as session:
            if managed_office(session, current_person(), code, MANAGE) is None:
                abort(HTTPStatus.NOT_FOUND)
            change(session, key)
    except RosterRefused as refusal:
        said = Said(told, refusal_text(refusal), typed=_typed())
        return show_roster(code, said, HTTPStatus.BAD_REQUEST)
    return redirect(_back(key, week_asked(_sent("week"), clock.now()), told=told), 303)


def _back(key: RosterKey, monday: date, **said: Any) -> str:
    kind = key.kind if key.kind != OFFICE else None
    return url_for("desk.roster", code=key.office_code, week=monday, list=kind, **said)


def asked_roster(code: str) -> RosterKey:
    """Which roster of an office an address or a form names."""
    kind = request.values.get("list", OFFICE)
    return RosterKey(code, kind if kind in kinds_of(code) else OFFICE)


def _typed() -> Typed:
    return Typed({name: value[:LONGEST_VALUE] for name, value in request.form.items()})


def _sent(name: str) -> str:
    return request.form.get(name, "").strip()


def _shift() -> ShiftWish:
    day, until = _sent("day"), _sent("until")
    first = day_of(day)
    is_weekly = _sent("repeats") == "weekly"
    return ShiftWish(
        staff_id=request.form.get("staff", 0, type=int),
        starts=_sent("starts"),
        ends=_sent("ends"),
        valid_from=first,
        valid_to=day_of(until) if until and is_weekly else None if is_weekly else first,
        weekday=first.isoweekday() if is_weekly else None,
        on_holidays=is_weekly and "on_holidays" in request.form,
    )


def _absence() -> AbsenceWish:
    first = day_of(_sent("first"))
    last = _sent("last")
    return AbsenceWish(
        staff_id=request.form.get("staff", 0, type=int),
        first_day=first,
        last_day=day_of(last) if last else first,
        reason=_sent("reason"),
        cover_id=request.form.get("cover", 0, type=int) or None,
    )
