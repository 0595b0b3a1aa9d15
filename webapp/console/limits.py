"""Numbers that phone again and again: the short greeting for a time, looked at by a second person.

A supervisor may make the way shorter, never bar it; nobody sees the number.
"""

from http import HTTPStatus
from typing import Final

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from agents.permissions import OWN, Grant, best_grant
from calls.errors import LimitRefused
from calls.limit_policy import current_limits
from calls.number_limits import (
    frequent_numbers,
    keep_limit,
    lift_limit,
    limit_number,
    limits_in_force,
)
from core import clock
from core.database import reading, transaction
from routing.vocabulary import HQ
from webapp.console import bp
from webapp.console.guard import action, current_person
from webapp.console.language import gettext, marked, ngettext
from webapp.console.pages import page

VIEW: Final = "limit.view"
MANAGE: Final = "limit.manage"
REFUSALS: Final = {
    "hours": marked("Choose for how long."),
    "reason": marked("Say why, in at most 500 letters."),
    "again": marked("This number is greeted shortly already."),
    "gone": marked("This is over already, or a second person has to do it."),
}
DONE: Final = {
    "set": marked("The number is greeted shortly from its next call on. Danger is one key away."),
    "lifted": marked("The number is greeted as everybody is."),
    "kept": marked("Thank you. It stays until its time is over."),
}
HOURS_OF_DAY: Final = 24


@bp.get("/limits")
@action(VIEW)
def limits() -> Response:
    """The numbers that are greeted shortly, and those that phoned often."""
    _check(VIEW)
    told = request.args.get("told", "")
    return _show(gettext(DONE[told]) if told in DONE else "", is_good=True)


@bp.post("/limits")
@action(MANAGE)
def set_limit() -> Answer:
    """Greet a number shortly for a time."""
    by, sent = _check(MANAGE), request.form
    hours = sent.get("hours", 0, type=int)
    try:
        with transaction() as session:
            limit_number(
                session,
                sent.get("call", ""),
                hours=hours,
                reason=sent.get("reason", ""),
                by=by,
                now=clock.now(),
            )
    except LimitRefused as refusal:
        return _refused(refusal)
    return _back("set")


@bp.post("/limits/<int:limit_id>/lift")
@action(MANAGE)
def lift_number_limit(limit_id: int) -> Answer:
    """Greet the number as everybody again."""
    by = _check(MANAGE)
    try:
        with transaction() as session:
            lift_limit(session, limit_id, by=by, now=clock.now())
    except LimitRefused as refusal:
        return _refused(refusal)
    return _back("lifted")


@bp.post("/limits/<int:limit_id>/keep")
@action(MANAGE)
def keep_number_limit(limit_id: int) -> Answer:
    """Say as the second person that it is right."""
    by = _check(MANAGE)
    try:
        with transaction() as session:
            keep_limit(session, limit_id, by=by, now=clock.now())
    except LimitRefused as refusal:
        return _refused(refusal)
    return _back("kept")


def _check(wanted: str) -> int:
    """Who asks, where granted to who works at the hotline; else the page is unknown."""
    if not _may(wanted):
        abort(HTTPStatus.NOT_FOUND)
    return current_person().staff_id


def _may(wanted: str) -> bool:
    roles = current_person().roles
    return best_grant([(role, OWN) for role, at in roles if at == HQ], wanted) is not Grant.DENY


def _refused(refusal: LimitRefused) -> Response:
    return _show(gettext(REFUSALS[refusal.rule]), status=HTTPStatus.BAD_REQUEST)


def _show(said: str = "", *, is_good: bool = False, status: int = HTTPStatus.OK) -> Response:
    now = clock.now()
    with reading() as session:
        held, often = _listed(session)
    return page(
        "limits/list.html",
        status=status,
        held=held,
        often=often,
        now=now,
        me=current_person().staff_id,
        may_manage=_may(MANAGE),
        lengths=[(hours, length(hours)) for hours in current_limits().by_people.hours],
        said=said,
        is_good=is_good,
    )


def length(hours: int) -> str:
    """A length of the policy in words: whole days from two on, else hours."""
    days, rest = divmod(hours, HOURS_OF_DAY)
    if rest or days < 2:
        return ngettext("%(num)d hour", "%(num)d hours", hours) % {"num": hours}
    return ngettext("%(num)d day", "%(num)d days", days) % {"num": days}


def _listed(session: Session) -> tuple[object, object]:
    now = clock.now()
    return limits_in_force(session, now=now), frequent_numbers(session, now=now)


def _back(told: str) -> Answer:
    return redirect(url_for("desk.limits", told=told), HTTPStatus.SEE_OTHER)
