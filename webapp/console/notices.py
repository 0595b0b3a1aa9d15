"""What a person was told: the list, which refreshes itself, and marking as read."""

import hashlib
from http import HTTPStatus

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from agents.notice_queries import unread_by
from agents.notices import mark_seen, mark_some_seen
from cases.receipts import note_readings
from core import clock
from core.database import reading, transaction
from webapp.console import bp
from webapp.console.callbacks import Live
from webapp.console.guard import LARGEST_ID, SIGNED_IN, action, current_person
from webapp.console.language import gettext, marked, ngettext
from webapp.console.notice_count import unread_text
from webapp.console.notice_page import (
    MOST_SHOWN,
    NoticePage,
    notice_page,
    own_notices,
)
from webapp.console.notice_pages import answers_owed, is_to_answer, leads_to, pages_about
from webapp.console.pages import page

# People wait here for nothing that lasts seconds, and emergencies ring.
SECONDS = 10
GONE = marked("The case is not with you any more.")
NOTHING = marked("There was nothing to mark. This is what you were told.")


@bp.get("/notices")
@action(SIGNED_IN)
def notices() -> Response:
    """What the person was told, what is new first; looking marks nothing as read."""
    return _shown()


@bp.get("/about/<reference>")
@action(SIGNED_IN)
def about(reference: str) -> Answer:
    """Where a message leads: to the hand-over that waits for the reader, else to the case
    or the reader's part of it, else to the list of notices."""
    person = current_person()
    with reading() as session:
        known = {reference} if reference.isascii() and reference.isdecimal() else set()
        owed = answers_owed(session, person, known, now=clock.now())
        opened = pages_about(session, person, known - owed.keys()) | owed
    found = opened.get(reference)
    address = found.address if found else url_for("desk.notices", gone="yes")
    return redirect(address, HTTPStatus.SEE_OTHER)


@bp.get("/notices/rows")
@action(SIGNED_IN, renews=False)
def notice_rows() -> Response:
    """The same list for a page that is open: its changing part, or 204 when nothing changed."""
    live = _live(_read(), is_part=True)
    if request.args.get("seen") == live.digest:
        return make_response("", HTTPStatus.NO_CONTENT)
    return page("notices/live.html", live=live, unseen=unread_text(current_person()))


@bp.post("/notices/<int:notice_id>/seen")
@action(SIGNED_IN)
def see_notice(notice_id: int) -> Answer:
    """Mark one as read; with `open` go on to what it is about. 404 unless it is the person's."""
    person, now, address = current_person(), clock.now(), ""
    with transaction() as session:
        found = next(iter(own_notices(session, person, [notice_id], now=now)), None)
        if found is None:
            abort(HTTPStatus.NOT_FOUND)
        unread = unread_by(session, person.staff_id, [notice_id])
        mark_seen(session, person.staff_id, notice_id, now=now)
        note_readings(session, person.staff_id, unread, now=now)
        if "open" in request.form:
            known = {found.reference} if found.reference else set()
            asked = known if is_to_answer(found.template) else set()
            opened = pages_about(session, person, known)
            opened |= answers_owed(session, person, asked, now=now)
            address = leads_to(found.template, found.reference, opened)
    return redirect(address or url_for("desk.notices"), HTTPStatus.SEE_OTHER)


@bp.post("/notices/seen")
@action(SIGNED_IN)
def see_all() -> Answer:
    """Mark as read what the page showed, and nothing that has come since."""
    person, now = current_person(), clock.now()
    with transaction() as session:
        mine = own_notices(session, person, _chosen(), now=now)
        ids = [one.id for one in mine]
        unread = unread_by(session, person.staff_id, ids)
        mark_some_seen(session, person.staff_id, ids, now=now)
        note_readings(session, person.staff_id, unread, now=now)
    if not mine:
        return _shown(refusal=gettext(NOTHING))
    return redirect(url_for("desk.notices"), HTTPStatus.SEE_OTHER)


def _chosen() -> list[int]:
    """The notices that stood on the page; whatever else was sent is none."""
    found = request.form.getlist("notice")[:MOST_SHOWN]
    return [int(one) for one in found if one.isascii() and one.isdigit() and _is_id(one)]


def _is_id(text: str) -> bool:
    return len(text) <= len(str(LARGEST_ID)) and int(text) <= LARGEST_ID


def _shown(*, refusal: str = "") -> Response:
    status = HTTPStatus.BAD_REQUEST if refusal else HTTPStatus.OK
    said = gettext(GONE) if "gone" in request.args else ""
    return page("notices/list.html", status=status, live=_live(_read()), refusal=refusal, said=said)


def _read() -> NoticePage:
    with reading() as session:
        return notice_page(session, current_person(), now=clock.now())


def _live(found: NoticePage, *, is_part: bool = False) -> Live:
    html = render_template("console/notices/rows.html", found=found)
    digest = hashlib.sha256(html.encode()).hexdigest()[:16]
    count = len(found.new)
    return Live(
        html=Markup(html),
        digest=digest,
        address=url_for("desk.notice_rows", seen=digest),
        seconds=SECONDS,
        news=ngettext("%(num)d unread notice", "%(num)d unread notices", count) % {"num": count},
        is_part=is_part,
    )
