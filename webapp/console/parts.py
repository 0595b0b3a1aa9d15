"""Further parts of cases, for the offices that have them: list, page, steps, notes, report."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from cases.errors import CaseRefused, NoteRefused, ResultRefused, StaleCase
from cases.note_rules import LONGEST, THIS_OFFICE
from cases.part_access import VIEW
from cases.part_work import report_part, take_on_part, write_part_note
from cases.result_rules import Result
from core import clock
from core.database import reading, transaction
from webapp.console import bp
from webapp.console.case_door import Said, refusal_words, viewer_now
from webapp.console.case_notes import REFUSALS
from webapp.console.case_words import word
from webapp.console.guard import action
from webapp.console.language import gettext
from webapp.console.pages import page
from webapp.console.part_door import OpenedPart, open_part, open_part_to_change
from webapp.console.part_page import part_lines, part_page
from webapp.console.results import FIELDS, Fault, result_form, typed_result

TAKE_ON, REPORT, WRITE = "part.take_on", "part.report", "note.write"
Step = Callable[[Session, OpenedPart], object]


@bp.get("/parts")
@action(VIEW)
def part_list() -> Response:
    """The parts that wait at the reader's offices."""
    with reading() as session:
        lines = part_lines(session, viewer_now(), now=clock.now())
    return page("parts/list.html", lines=lines, word=word)


@bp.get("/parts/<int:part_id>")
@action(VIEW)
def one_part(part_id: int) -> Response:
    """One part."""
    return _show(part_id)


@bp.post("/parts/<int:part_id>/take-on")
@action(TAKE_ON)
def take_on_one_part(part_id: int) -> Answer:
    """Acknowledge a part and have it from now on."""

    def step(session: Session, opened: OpenedPart) -> None:
        take_on_part(session, part_id, viewer=opened.viewer, now=clock.now())

    return _done(part_id, TAKE_ON, step)


@bp.post("/parts/<int:part_id>/notes")
@action(WRITE)
def write_on_part(part_id: int) -> Answer:
    """Keep a note on a part."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    visibility = request.form.get("visibility", THIS_OFFICE)

    def step(session: Session, opened: OpenedPart) -> None:
        if not opened.file.is_open:
            raise StaleCase("the part is over")
        viewer, now = opened.viewer, clock.now()
        write_part_note(session, opened.file, text, visibility, viewer=viewer, now=now)

    try:
        return _done(part_id, WRITE, step, anchor="notes")
    except NoteRefused as refusal:
        words = gettext(REFUSALS[refusal.rule])
        return _show(part_id, Said("note", words, typed=text[:LONGEST], visibility=visibility))


@bp.get("/parts/<int:part_id>/report")
@action(REPORT)
def part_report_form(part_id: int) -> Response:
    """An empty report; the part itself where there is nothing to report."""
    with reading() as session:
        opened = open_part(session, part_id, REPORT)
    if opened.file.step != "report":
        return _stale(part_id)
    return _form(opened, Result("", (), (), ""))


@bp.post("/parts/<int:part_id>/report")
@action(REPORT)
def report_on_part(part_id: int) -> Answer:
    """Keep the report; a refused one comes back as it was typed."""
    result = typed_result()

    def step(session: Session, opened: OpenedPart) -> None:
        report_part(session, part_id, result, viewer=opened.viewer, now=clock.now())

    try:
        return _done(part_id, REPORT, step, anchor="result")
    except ResultRefused as refusal:
        with reading() as session:
            opened = open_part(session, part_id, REPORT)
        fault = Fault(FIELDS.get(refusal.rule, "done"), refusal_words(refusal))
        return _form(opened, result, fault)


def _form(opened: OpenedPart, typed: Result, fault: Fault | None = None) -> Response:
    part_id, reference = opened.file.id, opened.file.case.reference
    return result_form(
        reference,
        typed,
        fault,
        send_to=url_for("desk.report_on_part", part_id=part_id),
        back_to=url_for("desk.one_part", part_id=part_id),
    )


def _done(part_id: int, name: str, step: Step, *, anchor: str | None = None) -> Answer:
    """Take a step for who may, then the part as it is."""
    try:
        with transaction() as session:
            step(session, open_part_to_change(session, part_id, name))
    except StaleCase:
        return _stale(part_id)
    except ResultRefused:
        raise
    except CaseRefused as refusal:
        return _show(part_id, Said("top", refusal_words(refusal), HTTPStatus.CONFLICT))
    address = url_for("desk.one_part", part_id=part_id, _anchor=anchor)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _stale(part_id: int) -> Response:
    text = gettext("Somebody has done this already. This is how it stands now.")
    return _show(part_id, Said("top", text, HTTPStatus.CONFLICT))


def _show(part_id: int, said: Any = None) -> Response:
    with reading() as session:
        opened = open_part(session, part_id)
        shown = part_page(session, opened, now=clock.now())
    status = said.status if said else HTTPStatus.OK
    return page("parts/part.html", status=status, shown=shown, said=said, word=word)
