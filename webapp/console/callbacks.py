"""Callbacks at the desk: the list, which refreshes itself, and the button that calls now."""

import hashlib
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from calls.errors import CallNowRefused
from calls.work_list import call_now
from core import clock
from core.database import reading, transaction
from webapp.console import bp
from webapp.console.callback_door import LARGEST_ID, open_callback
from webapp.console.callback_lines import CALL
from webapp.console.callback_list import LIST, CallbackPage, callback_page
from webapp.console.callback_words import call_refusal_text
from webapp.console.case_door import Said, show
from webapp.console.duty import DutyCard, duty_card
from webapp.console.guard import action, current_person
from webapp.console.pages import page

# Refused because somebody, or something, was faster than the page.
OVERTAKEN = frozenset({"already_ringing", "not_waiting", "number_busy"})
# While a call goes on the page looks often; otherwise as often as the list of cases.
BUSY_SECONDS, CALM_SECONDS = 2, 5


@dataclass(frozen=True)
class Live:
    """The changing part of the page, and the address that tells whether it has changed.

    `news` is what a screen reader says when the part is exchanged by itself.
    """

    html: Markup
    digest: str
    address: str
    seconds: int
    news: str
    is_part: bool


@bp.get("/callbacks")
@action(LIST)
def callback_list() -> Response:
    """What is to be called now, to be decided, and what waits for its time."""
    return _shown(_called(), decided="decided" in request.args)


@bp.get("/callbacks/rows")
@action(LIST, renews=False)
def callback_rows() -> Response:
    """The same list for a page that is open: its changing part, or 204 when nothing changed."""
    found, duty = _read(_called())
    live = _live(found, duty, _called(), is_part=True)
    if request.args.get("seen") == live.digest:
        return make_response("", HTTPStatus.NO_CONTENT)
    return page("callbacks/live.html", live=live)


@bp.post("/callbacks/<int:callback_id>/call")
@action(CALL)
def call(callback_id: int) -> Answer:
    """Ring the reader for this callback now, then the caller; the list shows how it goes."""
    try:
        with transaction() as session:
            opened = open_callback(session, callback_id, CALL, to_change=True)
            reference, staff_id = opened.reference, opened.viewer.staff_id
            call_now(session, callback_id, staff_id=staff_id, now=clock.now())
    except CallNowRefused as refusal:
        return _refused(callback_id, reference, refusal.rule)
    return redirect(url_for("desk.callback_list", called=callback_id), HTTPStatus.SEE_OTHER)


def _refused(callback_id: int, reference: str, rule: str) -> Response:
    if rule == "not_allowed":
        # Somebody who must not know of the case learns nothing of the callback either.
        abort(HTTPStatus.NOT_FOUND)
    text = call_refusal_text(rule)
    status = HTTPStatus.CONFLICT if rule in OVERTAKEN else HTTPStatus.BAD_REQUEST
    if request.form.get("from") == "case":
        return show(reference, said=Said("callback", text, status, item=callback_id))
    return _shown(None, refusal=text, status=status)


def _shown(
    called: int | None,
    *,
    refusal: str = "",
    status: int = HTTPStatus.OK,
    decided: bool = False,
) -> Response:
    found, duty = _read(called)
    live = _live(found, duty, called)
    return page(
        "callbacks/list.html",
        status=status,
        live=live,
        duty=duty,
        refusal=refusal,
        decided=decided,
    )


def _read(called: int | None) -> tuple[CallbackPage, DutyCard | None]:
    person, now = current_person(), clock.now()
    with reading() as session:
        found = callback_page(session, person, called=called, now=now)
        return found, duty_card(session, person, now=now)


def _called() -> int | None:
    called = request.args.get("called", type=int)
    return called if called is not None and 0 < called <= LARGEST_ID else None


def _live(
    found: CallbackPage, duty: DutyCard | None, called: int | None, *, is_part: bool = False
) -> Live:
    end = duty.phone_end if duty else None
    html = render_template("console/callbacks/rows.html", found=found, phone_end=end)
    digest = hashlib.sha256(html.encode()).hexdigest()[:16]
    return Live(
        html=Markup(html),
        digest=digest,
        address=url_for("desk.callback_rows", called=called, seen=digest),
        seconds=BUSY_SECONDS if found.is_busy else CALM_SECONDS,
        news=" · ".join(
            text for one in found.progress for text in (one.text, one.next_text) if text
        ),
        is_part=is_part,
    )
