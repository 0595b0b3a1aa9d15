"""The call flow: what happens at each node, the drawing, a node's texts, releases, the way back."""

from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from flask import Response, abort, redirect, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from calls.errors import FlowRefused
from calls.flow_book import current_book
from core import clock
from core.database import reading, transaction
from webapp.console import bp
from webapp.console.case_door import viewer_now
from webapp.console.centre import may_at_centre
from webapp.console.flow_figures import PERIODS
from webapp.console.flow_page import (
    BUILT_IN,
    Choice,
    choose,
    flow_page,
    node_line,
    release_lines,
    release_page,
)
from webapp.console.flow_words import part_word, type_word, way_word
from webapp.console.guard import LARGEST_ID, action, current_person
from webapp.console.language import current_language, gettext, marked
from webapp.console.pages import page

VIEW: Final = "flow.view"
MANAGE: Final = "flow.manage"
LONGEST_NOTE: Final = 300
# How large the drawing is; the first fits the page.
SCALES: Final = {"whole": 1.0, "half": 0.5, "full": 1.0}
REFUSALS: Final = {
    "sure": marked("Tick that calls are to begin with it, and say why."),
    "same": marked("This version is in force already."),
    "unfit": marked("This version does not pass today's rules for a call flow. Nothing changed."),
    "overtaken": marked("Another flow was put in force meanwhile. Look at it first."),
}


@bp.get("/flow")
@action(VIEW)
def flow() -> Response:
    """What happened at each node, and where callers get stuck."""
    with reading() as session:
        _check(session, VIEW)
        shown = flow_page(session, _choice(session), now=clock.now())
    return page("flow/figures.html", shown=shown, periods=PERIODS, type_word=type_word)


@bp.get("/flow/picture")
@action(VIEW)
def flow_picture() -> Response:
    """The flow as a drawing; nodes where callers get stuck stand out."""
    size = request.args.get("size", "")
    size = size if size in SCALES else "whole"
    with reading() as session:
        _check(session, VIEW)
        shown = flow_page(session, _choice(session), now=clock.now())
        drawn = current_book().drawn(
            session,
            shown.choice.version,
            current_language(),
            title=gettext("The call flow as a drawing"),
            stuck={one.card.name: f"{max(one.shares.values())} %" for one in shown.stuck},
            to=f"{url_for('desk.flow')}/nodes/{{}}?{urlencode(_kept(shown.choice))}",
            scale=SCALES[size],
        )
    return page(
        "flow/picture.html",
        shown=shown,
        # Every text in it is escaped by the writer of the XML.
        drawn=Markup(drawn) if drawn else None,
        size=size,
        periods=PERIODS,
    )


@bp.get("/flow/nodes/<node>")
@action(VIEW)
def flow_node(node: str) -> Response:
    """All that is said at one node, and where each answer leads."""
    with reading() as session:
        _check(session, VIEW)
        choice = _choice(session)
        line = node_line(session, node, choice, now=clock.now())
    if line is None:
        abort(HTTPStatus.NOT_FOUND)
    return page(
        "flow/node.html",
        line=line,
        choice=choice,
        kept=_kept(choice),
        type_word=type_word,
        part_word=part_word,
        way_word=way_word,
    )


@bp.get("/flow/releases")
@action(VIEW)
def flow_releases() -> Response:
    """Which version was in force since when, and who put it there."""
    with reading() as session:
        _check(session, VIEW)
        lines = release_lines(session)
    return page("flow/releases.html", lines=lines, told=request.args.get("told") == "restored")


@bp.get("/flow/releases/<int:number>")
@action(VIEW)
def flow_release(number: int) -> Response:
    """One release beside another."""
    return _release(number, against=_number(request.args.get("against")))


@bp.post("/flow/releases/<int:number>/restore")
@action(MANAGE)
def restore_flow(number: int) -> Answer:
    """Put an earlier version in force again, unless somebody was faster."""
    sent = request.form
    note = sent.get("note", "").strip()
    base = _number(sent.get("base"))
    with reading() as session:
        _check(session, MANAGE)
    if base is None or not note or len(note) > LONGEST_NOTE or sent.get("sure") != "yes":
        return _release(number, said="sure", status=HTTPStatus.BAD_REQUEST)
    try:
        with transaction() as session:
            _check(session, MANAGE)
            by = viewer_now().actor
            now = clock.now()
            current_book().restore(session, number, base=base, by=by, note=note, now=now)
    except FlowRefused as refusal:
        if refusal.rule not in REFUSALS:
            abort(HTTPStatus.NOT_FOUND)
        return _release(number, said=refusal.rule, status=HTTPStatus.CONFLICT)
    return redirect(url_for("desk.flow_releases", told="restored"), HTTPStatus.SEE_OTHER)


def _release(
    number: int, *, against: int | None = None, said: str = "", status: int = HTTPStatus.OK
) -> Response:
    with reading() as session:
        _check(session, VIEW)
        shown = release_page(session, number, against)
        may_manage = may_at_centre(session, current_person(), MANAGE)
    if shown is None:
        abort(HTTPStatus.NOT_FOUND)
    return page(
        "flow/release.html",
        status=status,
        shown=shown,
        may_manage=may_manage,
        said=gettext(REFUSALS[said]) if said else "",
        longest_note=LONGEST_NOTE,
        built_in=BUILT_IN,
    )


def _check(session: Session, wanted: str) -> None:
    """404 for who does not work at the hotline, whatever they are elsewhere."""
    if not may_at_centre(session, current_person(), wanted):
        abort(HTTPStatus.NOT_FOUND)


def _choice(session: Session) -> Choice:
    days = request.args.get("days", type=int)
    version = request.args.get("version", "")
    return choose(session, version, days if days in PERIODS else PERIODS[0], now=clock.now())


def _kept(choice: Choice) -> dict[str, str]:
    return {"version": choice.version, "days": str(choice.days)}


def _number(text: str | None) -> int | None:
    """A number of a release; None for anything that is none."""
    if text is None or not text.isascii() or not text.isdecimal():
        return None
    number = int(text[:12])
    return number if number <= LARGEST_ID else None
