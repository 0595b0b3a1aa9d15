"""Editing the routing rules as text: checked and tried first, published with a note after that."""

from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from cases.access import Viewer
from core import clock
from core.database import reading, transaction
from routing.directory import current_directory
from routing.rule_files import LONGEST as LONGEST_NOTE
from routing.rule_files import read_rule_file, write_rule_file
from routing.rule_versions import OvertakenVersion, publish, read_rules
from webapp.console import bp
from webapp.console.case_door import viewer_now
from webapp.console.guard import action
from webapp.console.language import gettext, marked
from webapp.console.pages import page
from webapp.console.rules import MANAGE, check_may_manage
from webapp.console.rules_page import version_book, who_published
from webapp.console.rules_trial import LASTS, Checked, check, was_checked

SAMPLE = Path(__file__).parent / "data" / "rule_sample.yaml"
LONGEST_TEXT = 60_000
SAID = {
    "too_long": marked("The text is too long. Please shorten it."),
    "unchecked": marked("The text is not the one that was checked. Look at this result first."),
    "note": marked("Say in a few words why, in 300 characters at most. It stands in the history."),
    "nothing": marked("This changes nothing: the same rules are in force already."),
}


@dataclass(frozen=True)
class EditForm:
    """What was sent: the text, why, the version that it began from, and how many cases to try."""

    text: str
    note: str = ""
    base: int = 0
    last: int = LASTS[0]
    token: str = ""

    @classmethod
    def sent(cls) -> "EditForm":
        """The form of this request; 400 where a field that nobody types is not as we made it."""
        form = request.form
        last = form.get("last", type=int)
        base = form.get("base", type=int)
        if base is None or base < 0 or last not in LASTS:
            abort(HTTPStatus.BAD_REQUEST)
        text = form.get("text", "").replace("\r\n", "\n")
        note = form.get("note", "").strip()
        return cls(text, note, base, last, form.get("token", ""))


@dataclass(frozen=True)
class Outcome:
    """What the page says back to a form."""

    said: str = ""
    status: int = HTTPStatus.OK
    checked: Checked | None = None
    number: int | None = None
    base: int | None = None


@bp.get("/rules/edit")
@action(MANAGE)
def edit_rules() -> Response:
    """The rules in force as text, or those of another version to begin from."""
    number = request.args.get("from", type=int)
    with reading() as session:
        check_may_manage(session)
        newest = read_rules(session)
        if number is not None and not 0 <= number <= newest.version:
            abort(404)
        book = newest if number is None else version_book(session, number)
    return _show(EditForm(write_rule_file(book), base=newest.version), Outcome())


@bp.post("/rules/edit")
@action(MANAGE)
def edit_rules_submit() -> Answer:
    """Check and try a text, or publish one that was checked."""
    form, viewer = EditForm.sent(), viewer_now()
    with reading() as session:
        check_may_manage(session)
    if len(form.text) > LONGEST_TEXT:
        form = replace(form, text=form.text[:LONGEST_TEXT])
        return _show(form, Outcome(_words("too_long"), HTTPStatus.BAD_REQUEST))
    if request.form.get("do") != "publish":
        return _show(form, _checked(form, viewer))
    outcome = _publish(form, viewer)
    if outcome.number is not None:
        address = url_for("desk.rules", published=outcome.number)
        return redirect(address, HTTPStatus.SEE_OTHER)
    return _show(form, outcome)


def _checked(form: EditForm, viewer: Viewer, said: str = "") -> Outcome:
    with reading() as session:
        found = check(session, form.text, viewer, base=form.base, last=form.last, now=clock.now())
    is_bad = bool(found.faults or said)
    return Outcome(said, HTTPStatus.BAD_REQUEST if is_bad else HTTPStatus.OK, found)


def _publish(form: EditForm, viewer: Viewer) -> Outcome:
    if not was_checked(form.token, form.text, viewer, form.base):
        return _checked(form, viewer, _words("unchecked"))
    try:
        with transaction() as session:
            check_may_manage(session)
            refused, number = _put(session, form, viewer)
    except OvertakenVersion as error:
        return _overtaken(form, viewer, error.newest)
    if refused:
        return _checked(form, viewer, refused)
    return Outcome(number=number)


def _put(session: Session, form: EditForm, viewer: Viewer) -> tuple[str, int | None]:
    """Publish, or say why not; the directory may have changed since the check."""
    file = read_rule_file("", form.text, current_directory(session))
    if file.refusals:
        return _words("unchecked"), None
    note = form.note or file.note
    if not note or len(note) > LONGEST_NOTE:
        return _words("note"), None
    if form.base == (newest := read_rules(session)).version and file.rules == newest.rules:
        return _words("nothing"), None
    number = publish(
        session, file.rules, now=clock.now(), note=note, by=viewer.actor, expects=form.base
    )
    return "", number


def _overtaken(form: EditForm, viewer: Viewer, newest: int) -> Outcome:
    """Somebody was faster: what differs from that version now, and nothing was published."""
    with reading() as session:
        who = who_published(session, newest)
    said = gettext(
        "Version %(number)s was published meanwhile by %(who)s. Below stands what your text would "
        "change in it. Nothing was published."
    ) % {"number": newest, "who": who}
    checked = _checked(replace(form, base=newest), viewer, said)
    return replace(checked, status=HTTPStatus.CONFLICT, base=newest)


def _show(form: EditForm, outcome: Outcome) -> Response:
    return page(
        "rules/edit.html",
        status=outcome.status,
        form=form,
        base=form.base if outcome.base is None else outcome.base,
        said=outcome.said,
        checked=outcome.checked,
        lasts=LASTS,
        sample=SAMPLE.read_text(encoding="utf-8"),
    )


def _words(name: str) -> str:
    return gettext(SAID[name])
