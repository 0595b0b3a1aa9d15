"""The page of warnings: what is not as it should be, and setting it aside until a day."""

from http import HTTPStatus

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from agents.errors import RosterRefused
from agents.roster_wishes import day_of
from agents.sessions import SignedIn
from calls.errors import WarningRefused
from calls.warning_list import VIEW, Asked, one_warning
from calls.warning_rules import KINDS
from calls.warnings import LONGEST_REASON, bring_back, set_aside
from cases.access import Viewer
from core import clock
from core.database import reading, transaction
from webapp.console import bp
from webapp.console.guard import action, current_person
from webapp.console.language import gettext, marked
from webapp.console.office_page import managed_office
from webapp.console.pages import page
from webapp.console.warning_page import warning_page

MANAGE = "warning.manage"
REFUSALS = {
    "until": marked("Choose a day from today on, at most a year ahead."),
    "reason": marked("Say why, in at most 500 letters."),
    "gone": marked("The warning is over already."),
}
KEPT = {
    "aside": marked("The warning is set aside. It comes back by itself when it still holds then."),
    "back": marked("The warning counts again."),
}
PLACE_LENGTH = 2


@bp.get("/warnings")
@action(VIEW)
def warnings() -> Response:
    """Everything that is warned of in the offices of the person's care."""
    told = request.args.get("told", "")
    return _show(gettext(KEPT[told]) if told in KEPT else "", is_good=True)


@bp.post("/warnings/<int:warning_id>/aside")
@action(MANAGE)
def set_warning_aside(warning_id: int) -> Answer:
    """Set a warning aside until a day, with a reason."""
    reason = request.form.get("reason", "").strip()[: LONGEST_REASON + 1]
    try:
        with transaction() as session:
            person = _may_change(session, warning_id)
            until = day_of(request.form.get("until", "").strip())
            set_aside(session, warning_id, until, reason, by=person.staff_id, now=clock.now())
    except RosterRefused:
        return _refused("until")
    except WarningRefused as refusal:
        return _refused(refusal.rule)
    return redirect(url_for("desk.warnings", told="aside"), HTTPStatus.SEE_OTHER)


@bp.post("/warnings/<int:warning_id>/back")
@action(MANAGE)
def bring_warning_back(warning_id: int) -> Answer:
    """Let a warning that was set aside count again."""
    with transaction() as session:
        person = _may_change(session, warning_id)
        bring_back(session, warning_id, by=person.staff_id)
    return redirect(url_for("desk.warnings", told="back"), HTTPStatus.SEE_OTHER)


def _may_change(session: Session, warning_id: int) -> SignedIn:
    """The person, when the warning is theirs to see and its office theirs to manage; else 404."""
    person = current_person()
    found = one_warning(session, Viewer(person.staff_id, person.roles), warning_id)
    if found is None or managed_office(session, person, found.office_code, MANAGE) is None:
        abort(HTTPStatus.NOT_FOUND)
    return person


def _refused(rule: str) -> Response:
    return _show(gettext(REFUSALS[rule]), status=HTTPStatus.BAD_REQUEST)


def _show(said: str = "", *, is_good: bool = False, status: int = HTTPStatus.OK) -> Response:
    asked, now = _asked(), clock.now()
    with reading() as session:
        shown = warning_page(session, current_person(), asked, now=now)
    return page(
        "warnings/list.html",
        status=status,
        shown=shown,
        asked=asked,
        said=said,
        is_good=is_good,
    )


def _asked() -> Asked:
    kind = request.values.get("kind", "")
    parts = request.values.get("after", "").split(".")
    numbers = [int(one) for one in parts if one.isascii() and one.isdigit() and len(one) < 10]
    return Asked(
        kind=kind if kind in KINDS else "",
        aside="aside" in request.values,
        after=(numbers[0], numbers[1]) if len(numbers) == PLACE_LENGTH else None,
    )
