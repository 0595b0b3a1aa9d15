"""The page of an office for who manages it: how callbacks ring, where it is told, who is there."""

from http import HTTPStatus

from flask import Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from agents.office_settings import set_note_visibility, set_ringing
from agents.queries import HQ
from calls.services import ringing_changed
from cases.note_rules import VISIBILITIES
from core import clock
from core.database import reading, transaction
from webapp.console import bp
from webapp.console.case_words import word
from webapp.console.guard import action, current_person
from webapp.console.language import gettext, marked
from webapp.console.notice_office import NoticesSaid, office_notices
from webapp.console.office_page import MANAGE, managed_office, office_page, own_offices
from webapp.console.pages import page

RINGING = ("automatic", "work_list")
CHOOSE_READERS = marked("Choose who may read the note.")
CHOOSE = marked("Choose how callbacks ring at this office.")
TOLD = {
    "kept": marked("Kept. Notices go there from now on."),
    "again": marked("It is sent again. When it fails once more, it stands here again."),
}


@bp.get("/office")
@action(MANAGE)
def my_offices() -> Answer:
    """On to the office that is named, or to the only one there is; else the choice."""
    if code := request.args.get("code", "").strip():
        return redirect(url_for("desk.office", code=code), HTTPStatus.SEE_OTHER)
    with reading() as session:
        found = own_offices(session, current_person())
    if len(found) == 1:
        return redirect(url_for("desk.office", code=found[0].code), HTTPStatus.SEE_OTHER)
    return page("offices.html", offices=found)


@bp.get("/office/<code>")
@action(MANAGE)
def office(code: str) -> Response:
    """One office; 404 where it is another's, as where there is none."""
    told = request.args.get("told", "")
    said = NoticesSaid(told, gettext(TOLD[told]), is_good=True) if told in TOLD else None
    return show_office(code, is_kept="kept" in request.args, notices_said=said)


@bp.post("/office/<code>")
@action(MANAGE)
def set_office(code: str) -> Answer:
    """Choose how callbacks ring; at the centre itself they always ring by themselves."""
    chosen = request.form.get("ringing", "")
    with transaction() as session:
        person = current_person()
        if managed_office(session, person, code) is None or code == HQ:
            abort(404)
        is_known = chosen in RINGING
        if is_known:
            now = clock.now()
            set_ringing(session, code, chosen, staff_id=person.staff_id, now=now)
            ringing_changed(session, code, now=now)
    if not is_known:
        status = HTTPStatus.BAD_REQUEST
        return show_office(code, refusal=gettext(CHOOSE), status=status)
    return redirect(url_for("desk.office", code=code, kept="yes"), HTTPStatus.SEE_OTHER)


@bp.post("/office/<code>/notes")
@action(MANAGE)
def set_office_notes(code: str) -> Answer:
    """Choose who usually reads a note of this office."""
    chosen = request.form.get("visibility", "")
    with transaction() as session:
        person = current_person()
        if managed_office(session, person, code) is None:
            abort(404)
        is_known = chosen in VISIBILITIES
        if is_known:
            by, now = person.staff_id, clock.now()
            set_note_visibility(session, code, chosen, staff_id=by, now=now)
    if not is_known:
        status = HTTPStatus.BAD_REQUEST
        return show_office(code, notes_refusal=gettext(CHOOSE_READERS), status=status)
    return redirect(url_for("desk.office", code=code, told="notes"), HTTPStatus.SEE_OTHER)


def show_office(
    code: str,
    *,
    status: int = HTTPStatus.OK,
    refusal: str = "",
    notes_refusal: str = "",
    is_kept: bool = False,
    notices_said: NoticesSaid | None = None,
) -> Response:
    """The page of an office, with what it says back to a form."""
    person, said = current_person(), notices_said or NoticesSaid()
    with reading() as session:
        found = managed_office(session, person, code)
        if found is None:
            abort(404)
        shown = office_page(session, found, now=clock.now())
        notices = office_notices(session, person, found, said)
    return page(
        "office.html",
        status=status,
        shown=shown,
        notices=notices,
        refusal=refusal,
        notes_refusal=notes_refusal,
        are_notes_kept=request.args.get("told") == "notes",
        visibilities=VISIBILITIES,
        word=word,
        is_kept=is_kept,
    )
