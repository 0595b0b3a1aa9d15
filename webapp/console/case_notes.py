"""Notes on a case: written, kept as a draft, corrected with their history."""

from http import HTTPStatus

from flask import Response, abort, make_response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from cases.errors import NoteRefused, StaleCase
from cases.note_rules import LONGEST, THIS_OFFICE
from cases.notes import NoteFile, Writing, correct_note, readable_notes, save_draft, write_note
from cases.states import SETTLED
from core import clock
from core.database import transaction
from webapp.console import bp
from webapp.console.case_door import OpenedFile, Said, open_file, show
from webapp.console.dates import thai_time
from webapp.console.guard import action
from webapp.console.language import gettext, marked
from webapp.console.note_defaults import note_office

WRITE, CORRECT = "note.write", "note.correct"
REFUSALS = {
    "empty": marked("The note is empty."),
    "too_long": marked("The note is too long. At most 20,000 characters fit."),
    "visibility": marked("Choose who may read the note."),
    "closed": marked("The case is closed. Reopen it first to write on it."),
    "corrected": marked("The note was corrected in the meantime. Read it first."),
}


@bp.post("/cases/<reference>/notes")
@action(WRITE)
def write(reference: str) -> Answer:
    """Keep a note, or a draft where the other button was pressed."""
    text, visibility = _typed()
    try:
        with transaction() as session:
            opened = _open_for_writing(session, reference)
            if "draft" in request.form:
                _keep_draft(session, opened, text, visibility)
            else:
                viewer, now = opened.viewer, clock.now()
                office = note_office(opened.file, viewer, opened.standing)
                writing = Writing(text, visibility, office)
                write_note(session, opened.case_id, writing, viewer=viewer, now=now)
    except NoteRefused as refusal:
        return show(reference, said=_said("note", refusal.rule, text, visibility))
    except StaleCase:
        return show(reference, said=_said("note", "closed", text, visibility))
    return _to_notes(reference)


@bp.post("/cases/<reference>/notes/draft")
@action(WRITE)
def draft(reference: str) -> Response:
    """Keep what has been typed after a pause; answers with one line for the page."""
    text, visibility = _typed()
    now = clock.now()
    try:
        with transaction() as session:
            _keep_draft(session, _open_for_writing(session, reference), text, visibility)
    except NoteRefused as refusal:
        return make_response(_refusal(refusal.rule))
    except StaleCase:
        return make_response(_refusal("closed"))
    return make_response(gettext("Draft kept at %(time)s") % {"time": thai_time(now)})


@bp.post("/cases/<reference>/notes/<int:note_id>/correction")
@action(CORRECT)
def correct(reference: str, note_id: int) -> Answer:
    """Correct one's own note; the earlier wordings stay readable."""
    text = request.form.get("text", "")
    number = request.form.get("number", type=int) or 0
    try:
        with transaction() as session:
            opened = open_file(session, reference, CORRECT)
            file = _note(session, opened, note_id)
            viewer, now = opened.viewer, clock.now()
            correct_note(session, file, text, number=number, viewer=viewer, now=now)
    except NoteRefused as refusal:
        return show(reference, said=_said("correction", refusal.rule, text, item=note_id))
    except StaleCase:
        return show(reference, said=_said("correction", "corrected", text, item=note_id))
    return _to_notes(reference)


def _open_for_writing(session: Session, reference: str) -> OpenedFile:
    opened = open_file(session, reference, WRITE)
    if opened.file.case.status in SETTLED:
        raise StaleCase("the case is over")
    return opened


def _keep_draft(session: Session, opened: OpenedFile, text: str, visibility: str) -> None:
    staff_id, now = opened.viewer.staff_id, clock.now()
    save_draft(
        session, opened.case_id, staff_id=staff_id, text=text, visibility=visibility, now=now
    )


def _note(session: Session, opened: OpenedFile, note_id: int) -> NoteFile:
    notes = readable_notes(session, opened.case_id, opened.viewer, opened.standing)
    found = next((one for one in notes if one.note.id == note_id and one.may_correct), None)
    if found is None:
        abort(404)
    return found


def _typed() -> tuple[str, str]:
    # Browsers send line ends as CR LF; they would count twice.
    text = request.form.get("text", "").replace("\r\n", "\n")
    return text, request.form.get("visibility", THIS_OFFICE)


def _said(
    place: str, rule: str, text: str, visibility: str = "", *, item: int | None = None
) -> Said:
    status = HTTPStatus.CONFLICT if rule in ("closed", "corrected") else HTTPStatus.BAD_REQUEST
    # Never a megabyte back to the browser.
    return Said(place, _refusal(rule), status, text[:LONGEST], visibility, item)


def _refusal(rule: str) -> str:
    return gettext(REFUSALS[rule])


def _to_notes(reference: str) -> Answer:
    address = url_for("desk.one_case", reference=reference, _anchor="notes")
    return redirect(address, HTTPStatus.SEE_OTHER)
