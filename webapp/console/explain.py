"""Which office would get a report, now or at any moment, and why: a page that shows no case."""

from http import HTTPStatus
from typing import Any

from flask import redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from core import clock
from core.database import reading
from routing.directory import current_directory
from routing.reasons import word as named_word
from routing.vocabulary import AFFILIATIONS, LANGUAGES, LEVELS
from webapp.console import bp
from webapp.console.case_filters import GROUPS
from webapp.console.case_words import in_language, word
from webapp.console.explain_form import (
    TYPED,
    AskedCodes,
    TypedForm,
    read_form,
    typed_fields,
)
from webapp.console.explain_page import answer, hazard_types
from webapp.console.guard import action
from webapp.console.language import gettext, marked
from webapp.console.pages import page
from webapp.parameters import ParametersRefused

STAFF = {
    "unanswered": marked("The caller did not say"),
    "yes": marked("Yes, somebody is"),
    "no": marked("No, nobody is"),
}


@bp.get("/explain")
@action("directory.view")
def explain() -> Answer:
    """The question as a form; with codes in the address its answer as well."""
    if any(name in request.args for name in TYPED):
        return _to_codes()
    if not request.args:
        return _show(TypedForm({}))
    try:
        codes = AskedCodes.of(request.args)
    except ParametersRefused:
        return _show(TypedForm({}), is_bad=True)
    with reading() as session:
        fields = typed_fields(codes, current_directory(session))
        return _show(TypedForm(fields), answer=answer(session, codes, now=clock.now()))


def _to_codes() -> Answer:
    """On to the address of what was typed, or the form again with what is wrong."""
    with reading() as session:
        form = read_form(request.args, current_directory(session), clock.now())
    if form.faults:
        return _show(form)
    try:
        codes = AskedCodes.of(form.codes)
    except ParametersRefused:
        return _show(form, is_bad=True)
    return redirect(_address(codes), HTTPStatus.SEE_OTHER)


def _address(codes: AskedCodes) -> str:
    parts: dict[str, Any] = dict(codes.address())
    return url_for("desk.explain", **parts)


def _show(form: TypedForm, *, answer: Any = None, is_bad: bool = False) -> Answer:
    is_wrong = is_bad or bool(form.faults)
    with reading() as session:
        choices = _choices(session)
        directory = current_directory(session)
    return page(
        "rules/explain.html",
        status=HTTPStatus.BAD_REQUEST if is_wrong else HTTPStatus.OK,
        form=form,
        answer=answer,
        is_bad=is_bad,
        choices=choices,
        provinces=directory.provinces,
        in_language=in_language,
    )


def _choices(session: Session) -> dict[str, list[tuple[str, str]]]:
    """What the form offers: codes with their words."""
    return {
        "group": [(code, word("group", code)) for code in GROUPS],
        "type": hazard_types(session),
        "affiliation": [(code, in_language(named_word(code))) for code in AFFILIATIONS],
        "level": [(code, word("level", code)) for code in LEVELS],
        "staff": [(code, gettext(text)) for code, text in STAFF.items()],
        "language": [(code, word("language", code)) for code in LANGUAGES],
    }
