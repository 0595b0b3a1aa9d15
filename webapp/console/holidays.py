"""The days off of a year, a list a month: the calendar's, and what people added or took away."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from agents.errors import RosterRefused
from agents.holidays import Day, DayWish, change_day, change_office, withdraw_change, year_of
from agents.roster_wishes import day_of
from core import clock
from core.database import reading, transaction
from core.zones import bangkok
from routing.vocabulary import HQ
from webapp.console import bp
from webapp.console.dates import short_day
from webapp.console.guard import SIGNED_IN, action, current_person, may_ever
from webapp.console.language import current_language, gettext, marked
from webapp.console.office_page import managed_office
from webapp.console.pages import named, page
from webapp.console.roster_page import Typed
from webapp.console.roster_words import refusal_text
from webapp.documents import office_names

MANAGE: Final = "holiday.manage"
FIRST_YEAR: Final = 2020
LAST_YEAR: Final = 2060
LONGEST_VALUE: Final = 200
KEPT = {
    "kept": marked("The day is kept. All deadlines and hours go by it from now on."),
    "back": marked("The change is taken back. The calendar holds again."),
}


@dataclass(frozen=True)
class DayLine:
    """One day as the page shows it."""

    change_id: int | None
    day: str
    name: str
    is_off: bool
    office: str
    by: str
    may_take_back: bool


@bp.get("/holidays")
@action(SIGNED_IN)
def holidays() -> Response:
    """The days off of a year; this year where the address names none."""
    told = request.args.get("told", "")
    return _show(gettext(KEPT[told]) if told in KEPT else "", is_good=True)


@bp.post("/holidays")
@action(MANAGE)
def add_holiday() -> Answer:
    """Make a day a day off, or a working day."""
    try:
        wish = _wish()
        with transaction() as session:
            _check_office(session, wish.office_code)
            change_day(session, wish, by=current_person().staff_id, now=clock.now())
    except RosterRefused as refusal:
        typed = Typed({name: value[:LONGEST_VALUE] for name, value in request.form.items()})
        return _show(refusal_text(refusal), typed=typed, status=HTTPStatus.BAD_REQUEST)
    return _back(wish.day.year, "kept")


@bp.post("/holidays/<int:change_id>/withdraw")
@action(MANAGE)
def withdraw_holiday(change_id: int) -> Answer:
    """Let the calendar hold again."""
    person = current_person()
    with transaction() as session:
        office = change_office(session, change_id)
        if office is None or managed_office(session, person, office or HQ, MANAGE) is None:
            abort(HTTPStatus.NOT_FOUND)
        withdraw_change(session, change_id, by=person.staff_id, now=clock.now())
    return _back(_year(), "back")


def _show(
    said: str = "",
    *,
    is_good: bool = False,
    typed: Typed | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    year = _year()
    with reading() as session:
        days = year_of(session, year)
        names = office_names(session, {one.office_code for one in days if one.office_code})
    may_manage = may_ever(current_person(), MANAGE)
    offices = {code: named(office) for code, office in names.items()}
    months = [
        (number, [_line(one, offices, may_manage) for one in days if one.day.month == number])
        for number in range(1, 13)
    ]
    return page(
        "holidays/year.html",
        status=status,
        year=year,
        first_year=FIRST_YEAR,
        last_year=LAST_YEAR,
        months=months,
        may_manage=may_manage,
        said=said,
        is_good=is_good,
        typed=typed or Typed(),
    )


def _line(one: Day, offices: dict[str, str], may_manage: bool) -> DayLine:
    return DayLine(
        change_id=one.change_id,
        day=short_day(one.day),
        name=getattr(one, f"name_{current_language()}") or one.name_th,
        is_off=one.is_off,
        office=offices.get(one.office_code, ""),
        by=one.changed_by,
        may_take_back=may_manage and one.change_id is not None,
    )


def _wish() -> DayWish:
    sent = {name: value.strip() for name, value in request.form.items()}
    return DayWish(
        day=day_of(sent.get("day", "")),
        is_off=sent.get("what") != "working",
        name_th=sent.get("name_th", ""),
        name_en=sent.get("name_en", ""),
        office_code=sent.get("office", "").upper(),
    )


def _check_office(session: Session, code: str) -> None:
    """Refused where the office is unknown or another's; the whole country is the centre's."""
    if managed_office(session, current_person(), code or HQ, MANAGE) is None:
        raise RosterRefused("office_unknown")


def _year() -> int:
    this_year = bangkok(clock.now()).year
    asked = request.values.get("year", this_year, type=int)
    return asked if FIRST_YEAR <= asked <= LAST_YEAR else this_year


def _back(year: int, told: str) -> Answer:
    return redirect(url_for("desk.holidays", year=year, told=told), HTTPStatus.SEE_OTHER)
