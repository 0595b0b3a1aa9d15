"""The routing rules as people read them: in force, in the history, one version beside another."""

from http import HTTPStatus

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from core import clock
from core.database import reading, transaction
from routing.rule_versions import NoSuchVersion, OvertakenVersion, read_rules, roll_back
from webapp.console import bp
from webapp.console.case_door import viewer_now
from webapp.console.centre import may_at_centre
from webapp.console.guard import LARGEST_ID, action, current_person
from webapp.console.language import gettext
from webapp.console.pages import page
from webapp.console.rules_page import rules_page, version_book, version_page

MANAGE = "rules.manage"


@bp.get("/rules")
@action("rules.view")
def rules() -> Response:
    """The version in force, and all that were."""
    with reading() as session:
        shown = rules_page(session, now=clock.now())
        may_manage = may_at_centre(session, current_person(), MANAGE)
    told = "published" in request.args
    return page(
        "rules/list.html", shown=shown, may_manage=may_manage, sees_rules=True, is_published=told
    )


@bp.get("/rules/<int:number>")
@action("rules.view")
def rules_version(number: int) -> Response:
    """One version, and how it differs from another."""
    return _show(number, _number(request.args.get("against")))


@bp.post("/rules/<int:number>/restore")
@action(MANAGE)
def restore_rules(number: int) -> Answer:
    """Put an older version in force again, unless somebody was faster."""
    base = _number(request.form.get("base"))
    note = request.form.get("note", "").strip()[:300]
    if base is None:
        abort(HTTPStatus.BAD_REQUEST)
    try:
        with transaction() as session:
            check_may_manage(session)
            if _is_in_force(session, number, base):
                return redirect(url_for("desk.rules"), HTTPStatus.SEE_OTHER)
            made = roll_back(
                session, number, now=clock.now(), by=viewer_now().actor, note=note, expects=base
            )
    except NoSuchVersion:
        abort(404)
    except OvertakenVersion as error:
        said = gettext("Version %(number)s was published meanwhile. Look at it first.")
        return _show(number, error.newest, said % {"number": error.newest}, HTTPStatus.CONFLICT)
    return redirect(url_for("desk.rules", published=made), HTTPStatus.SEE_OTHER)


def check_may_manage(session: Session) -> None:
    """404 for who manages another office than the centre."""
    if not may_at_centre(session, current_person(), MANAGE):
        abort(404)


def _is_in_force(session: Session, number: int, base: int) -> bool:
    """Whether the older version holds the very rules that are in force."""
    newest = read_rules(session)
    is_older = number < newest.version == base
    return is_older and version_book(session, number).rules == newest.rules


def _show(
    number: int, against: int | None, said: str = "", status: int = HTTPStatus.OK
) -> Response:
    with reading() as session:
        shown = version_page(session, number, against, now=clock.now())
        may_manage = may_at_centre(session, current_person(), MANAGE)
    if shown is None:
        abort(404)
    return page("rules/version.html", status=status, shown=shown, may_manage=may_manage, said=said)


def _number(text: str | None) -> int | None:
    """A number of a version; None for anything that is none."""
    if text is None or not text.isascii() or not text.isdecimal():
        return None
    number = int(text[:12])
    return number if number <= LARGEST_ID else None
