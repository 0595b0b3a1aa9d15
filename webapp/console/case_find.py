"""Finding a case by the number that a caller says; nothing else of a case is searched."""

from http import HTTPStatus

from flask import redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from cases.access import visible
from cases.models import Case
from cases.reference import valid_reference
from core.database import reading
from core.phones import DIGITS
from webapp.console import bp
from webapp.console.case_door import viewer_now
from webapp.console.guard import action
from webapp.console.language import gettext
from webapp.console.pages import page

LONGEST = 40


@bp.get("/cases/find")
@action("case.list")
def find_case() -> Answer:
    """The case with this number; one that is not for this person is not there."""
    typed = request.args.get("reference", "")[:LONGEST]
    reference = "".join(typed.translate(DIGITS).replace("-", " ").split())
    if not valid_reference(reference):
        text = gettext("That is no case number. It has nine digits; ask the caller to repeat them.")
        return page("cases/find.html", status=HTTPStatus.BAD_REQUEST, typed=typed, text=text)
    with reading() as session:
        seen = visible(session, viewer_now(), "case.list")
        found = session.scalar(select(Case.id).where(Case.reference == reference, seen))
    if found is None:
        text = gettext("There is no case with this number on your lists.")
        return page("cases/find.html", status=HTTPStatus.NOT_FOUND, typed=typed, text=text)
    return redirect(url_for("desk.one_case", reference=reference), HTTPStatus.SEE_OTHER)
