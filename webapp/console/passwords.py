"""Changing one's own password: the current one is asked, other sign-ins end, this one goes on."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from flask import Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from agents.accounts import (
    Account,
    Crowded,
    account_of,
    count_try,
    hash_of,
    password_fits,
)
from agents.passwords import change_password, password_fault
from agents.person import LONGEST_PASSWORD, SHORTEST_PASSWORD
from agents.sessions import PASSWORD, limits
from core import clock
from core.database import transaction
from core.logs import logger
from webapp.console import bp
from webapp.console.guard import SIGNED_IN, action, current_person
from webapp.console.language import gettext, marked
from webapp.console.pages import page
from webapp.console.visitors import network_address

log = logger(__name__)


@dataclass(frozen=True)
class Refusal:
    """Why nothing was changed: at which field, in which words, with which answer."""

    field: str
    text: str
    status: int = HTTPStatus.BAD_REQUEST


REFUSALS = {
    "short": Refusal("new", marked("The new password is too short.")),
    "long": Refusal("new", marked("The new password is too long.")),
    "email": Refusal("new", marked("The new password must not be your e-mail address.")),
    "again": Refusal("again", marked("The two new passwords are not the same.")),
    "current": Refusal("current", marked("The current password is not right.")),
    "rest": Refusal(
        "current",
        marked("There were too many tries. Please wait %(minutes)s minutes, then try again."),
        HTTPStatus.TOO_MANY_REQUESTS,
    ),
    "crowded": Refusal(
        "", marked("The service is busy. Please try again."), HTTPStatus.SERVICE_UNAVAILABLE
    ),
    "same": Refusal(
        "new", marked("The new password must be another one than the one given to you.")
    ),
    "changed": Refusal(
        "",
        marked("Your password was changed elsewhere in the meantime. Please sign in again."),
        HTTPStatus.CONFLICT,
    ),
}


@bp.get("/password")
@action(SIGNED_IN, before_gate=True)
def password() -> Response:
    """The form for a new password; after a change the good news above it."""
    return _form(None, is_changed="changed" in request.args)


@bp.post("/password")
@action(SIGNED_IN, before_gate=True)
def change() -> Answer:
    """Count the try, look at the current password, keep the new one; slow work between the two."""
    new = request.form.get("new", "")
    with transaction() as session:
        account = account_of(session, current_person().staff_id)
        if account is None:
            abort(404)
        fault = password_fault(new, request.form.get("again", ""), account.email)
        if _is_given(new):
            fault = "same"
        may_try = fault is not None or count_try(
            session, account.email, network_address(), now=clock.now()
        )
    if fault or not may_try:
        return _form(fault or "rest")
    return _changed(account, new)


def _is_given(new: str) -> bool:
    """Whether the new password is the one that somebody else has made for the person."""
    return current_person().gate == PASSWORD and new == request.form.get("current", "")


def _changed(account: Account, new: str) -> Answer:
    try:
        if not password_fits(account, request.form.get("current", "")):
            return _form("current")
        new_hash = hash_of(new)
    except Crowded:
        return _form("crowded")
    kept_id, now = current_person().session_id, clock.now()
    with transaction() as session:
        is_kept = change_password(session, account, new_hash, kept_id=kept_id, now=now)
    if not is_kept:
        return _form("changed")
    log.info("password changed", staff_id=account.staff_id)
    if current_person().gate:
        return redirect(url_for("desk.home"), HTTPStatus.SEE_OTHER)
    return redirect(url_for("desk.password", changed="yes"), HTTPStatus.SEE_OTHER)


def _form(rule: str | None, *, is_changed: bool = False) -> Response:
    refusal = REFUSALS[rule] if rule else None
    text = gettext(refusal.text) if refusal else ""
    return page(
        "password.html",
        status=refusal.status if refusal else HTTPStatus.OK,
        text=text % {"minutes": limits().window // timedelta(minutes=1)} if refusal else "",
        wrong_field=refusal.field if refusal else "",
        is_changed=is_changed,
        shortest=SHORTEST_PASSWORD,
        longest=LONGEST_PASSWORD,
    )
