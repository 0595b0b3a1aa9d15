"""The page of an office's deadlines: look, try a rule out, write it down, take it back."""

from datetime import date, datetime, time
from http import HTTPStatus
from typing import Any

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from agents.sessions import SignedIn
from cases.deadline_book import LONGEST_NOTE, RuleWish, check_rule, keep_rule, take_back
from cases.deadline_rules import Deadline
from cases.errors import DeadlineRefused
from core import clock
from core.database import reading, transaction
from core.zones import BANGKOK
from routing.models import Office
from webapp.console import bp
from webapp.console.case_words import word
from webapp.console.deadline_page import deadlines_page, writer_of
from webapp.console.guard import action, current_person
from webapp.console.language import gettext, marked
from webapp.console.office_page import managed_office, own_offices
from webapp.console.pages import page

VIEW = "deadline.view"
FIELDS = ("severity", "step", "hazard", "amount", "unit", "valid_from", "note")
EMPTY = dict.fromkeys(FIELDS, "") | {"severity": "normal", "unit": "working_days"}
LONGEST_AMOUNT = 6
TOLD = {
    "kept": marked("Kept. It holds for every step that begins to be owed from then on."),
    "taken_back": marked("Taken back. What stood before holds for every step from now on."),
}


@bp.get("/deadlines")
@action(VIEW)
def my_deadlines() -> Answer:
    """On to the office that is named, or to the only one there is; else the choice."""
    if code := request.args.get("code", "").strip():
        return redirect(url_for("desk.deadlines", code=code), HTTPStatus.SEE_OTHER)
    with reading() as session:
        found = own_offices(session, current_person(), VIEW)
    if len(found) == 1:
        return redirect(url_for("desk.deadlines", code=found[0].code), HTTPStatus.SEE_OTHER)
    return page("deadlines/offices.html", offices=found)


@bp.get("/deadlines/<code>")
@action(VIEW)
def deadlines(code: str) -> Response:
    """The deadlines of one office; 404 where it is another's, as where there is none."""
    told = request.args.get("told", "")
    return _show(code, told=gettext(TOLD[told]) if told in TOLD else "")


@bp.post("/deadlines/<code>")
@action(VIEW)
def write_deadline(code: str) -> Answer:
    """Try a rule out, or write it down."""
    typed = {name: request.form.get(name, "").strip()[: LONGEST_NOTE + 1] for name in FIELDS}
    try:
        if request.form.get("do") == "keep":
            return _kept(code, typed)
        with reading() as session:
            person, now = current_person(), clock.now()
            only = _writer(session, person, code)
            wish = _wish(code, typed, now)
            check_rule(session, wish, only_shortens=only, now=now)
    except DeadlineRefused as refusal:
        said = word("deadline_fault", refusal.rule)
        return _show(code, typed=typed, refusal=said, status=HTTPStatus.BAD_REQUEST)
    return _show(code, typed=typed, wish=wish)


@bp.post("/deadlines/<code>/<int:rule_id>/take-back")
@action(VIEW)
def take_deadline_back(code: str, rule_id: int) -> Answer:
    """Take a rule back; the next wider one holds again."""
    person = current_person()
    try:
        with transaction() as session:
            only, now = _writer(session, person, code), clock.now()
            staff_id = person.staff_id
            take_back(session, rule_id, code, only_own=only, staff_id=staff_id, now=now)
    except DeadlineRefused as refusal:
        said = word("deadline_fault", refusal.rule)
        return _show(code, refusal=said, status=HTTPStatus.CONFLICT)
    return _back(code, "taken_back")


def _kept(code: str, typed: dict[str, str]) -> Answer:
    person = current_person()
    with transaction() as session:
        only, now = _writer(session, person, code), clock.now()
        wish = _wish(code, typed, now)
        keep_rule(session, wish, only_shortens=only, staff_id=person.staff_id, now=now)
    return _back(code, "kept")


def _writer(session: Session, person: SignedIn, code: str) -> bool:
    """Whether the person may only shorten; 404 where the person may not write at all."""
    writer = writer_of(session, person, code)
    if not writer.may_write:
        abort(404)
    return writer.only_shortens


def _wish(code: str, typed: dict[str, str], now: datetime) -> RuleWish:
    amount = typed["amount"]
    if not amount.isascii() or not amount.isdecimal() or len(amount) > LONGEST_AMOUNT:
        raise DeadlineRefused("amount")
    return RuleWish(
        severity=typed["severity"],
        step=typed["step"],
        hazard=typed["hazard"],
        office_code=code,
        deadline=Deadline(typed["unit"], int(amount)),
        valid_from=_begin(typed["valid_from"], now),
        note=typed["note"],
    )


def _begin(text: str, now: datetime) -> datetime:
    """The beginning of a day in Bangkok, not before now; an empty field is now."""
    if not text:
        return now
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise DeadlineRefused("valid_from") from None
    return max(datetime.combine(day, time.min, BANGKOK), now)


def _show(
    code: str,
    *,
    typed: dict[str, str] | None = None,
    wish: RuleWish | None = None,
    refusal: str = "",
    told: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    person, now = current_person(), clock.now()
    with reading() as session:
        office: Office | None = managed_office(session, person, code, VIEW)
        if office is None:
            abort(404)
        hazard = request.args.get("hazard", "")
        shown: Any = deadlines_page(session, office, person, hazard, wish=wish, now=now)
    return page(
        "deadlines/office.html",
        status=status,
        shown=shown,
        typed=typed or EMPTY,
        refusal=refusal,
        told=told,
    )


def _back(code: str, told: str) -> Answer:
    return redirect(url_for("desk.deadlines", code=code, told=told), HTTPStatus.SEE_OTHER)
