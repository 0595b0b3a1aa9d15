"""Committees of safety centres: which offices have one, its members, a new order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from agents.committee_rules import PARTS, Appointment
from agents.committees import appoint
from agents.days import parse_day
from agents.errors import StaffRefused
from agents.staffing import refusal
from core import clock
from core.database import reading, transaction
from core.zones import bangkok
from routing.models import Office
from webapp.console import bp
from webapp.console.case_words import in_language
from webapp.console.committee_page import committee_list, committee_page, office_in_reach
from webapp.console.guard import action, current_person
from webapp.console.language import gettext, marked
from webapp.console.pages import page

VIEW = "committee.view"
MANAGE = "committee.manage"
PART_NAMES = {
    "chair": marked("Chair"),
    "secretary": marked("Secretary"),
    "member": marked("Member"),
}


@dataclass(frozen=True)
class OrderForm:
    """What was typed into the form of an order, as it was typed."""

    order: str = ""
    appointed: str = ""
    ends: str = ""
    parts: tuple[tuple[int, str], ...] = ()

    @classmethod
    def sent(cls, people: Sequence[int]) -> "OrderForm":
        """The form of this request; a person has at most one part."""
        sent = request.form
        parts = ((one, sent.get(f"part-{one}", "")[:16]) for one in people)
        return cls(
            order=sent.get("order", "").strip()[:60],
            appointed=sent.get("appointed", "").strip()[:20],
            ends=sent.get("ends", "").strip()[:20],
            parts=tuple((one, part) for one, part in parts if part),
        )

    def appointment(self) -> Appointment:
        """The same as the service takes it; StaffRefused for what is no day."""
        return Appointment(self.order, _day(self.appointed), _day(self.ends), self.parts)

    def part_of(self, staff_id: int) -> str:
        """The part that was chosen for a person."""
        return dict(self.parts).get(staff_id, "")


@bp.get("/committees")
@action(VIEW)
def committees() -> Response:
    """The committees of one's offices and below, those whose term ends first on top."""
    with reading() as session:
        shown = committee_list(session, current_person(), today=_today())
    return page("committees/list.html", shown=shown)


@bp.get("/committees/<code>")
@action(VIEW)
def committee(code: str) -> Response:
    """The committee of an office and those before it; 404 where it is another's."""
    return _shown(code, None, is_kept="kept" in request.args)


@bp.post("/committees/<code>")
@action(MANAGE)
def appoint_committee(code: str) -> Answer:
    """Write down an order: a new one replaces the committee, the same one mends it."""
    form = OrderForm()
    try:
        with transaction() as session:
            office = _office(session, code, MANAGE)
            people = committee_page(session, office, may_manage=True, today=_today()).people
            form = OrderForm.sent([one.staff_id for one in people])
            actor_id = current_person().staff_id
            wished = form.appointment()
            appoint(session, code, wished, actor_id=actor_id, now=clock.now())
    except StaffRefused as refused:
        return _shown(code, form, rule=refused.rule, text=in_language(refused.text))
    return redirect(url_for("desk.committee", code=code, kept="yes"), HTTPStatus.SEE_OTHER)


def _shown(
    code: str, form: OrderForm | None, *, rule: str = "", text: str = "", is_kept: bool = False
) -> Response:
    with reading() as session:
        office = _office(session, code, VIEW)
        may_manage = office_in_reach(session, current_person(), code, MANAGE) is not None
        shown = committee_page(session, office, may_manage=may_manage, today=_today())
    return page(
        "committees/committee.html",
        status=HTTPStatus.BAD_REQUEST if text else HTTPStatus.OK,
        shown=shown,
        form=form or _first(shown.standing_parts),
        rule=rule,
        text=text,
        is_kept=is_kept,
        parts=[(one, gettext(PART_NAMES[one])) for one in PART_NAMES],
    )


def _first(parts: tuple[tuple[int, str], ...]) -> OrderForm:
    """The empty form of a next order: those who are members now are chosen already."""
    return OrderForm(parts=tuple(one for one in parts if one[1] in PARTS))


def _office(session: Session, code: str, name: str) -> Office:
    office = office_in_reach(session, current_person(), code, name)
    if office is None:
        abort(HTTPStatus.NOT_FOUND)
    return office


def _today() -> date:
    return bangkok(clock.now()).date()


def _day(typed: str) -> date | None:
    try:
        return parse_day(typed)
    except ValueError:
        raise refusal("paper_day") from None
