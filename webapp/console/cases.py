"""The desk's cases: the list, one case, acknowledging it, looking at its number for a reason."""

import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from cases.errors import StaleCase
from cases.services import note_reveal
from cases.states import CASE
from cases.taking import acknowledge, take_on
from cases.timeline import note_reason
from core import clock
from core.database import reading, transaction
from webapp.console import bp
from webapp.console.case_door import (
    VIEW,
    VIEWED_FOR_REASON,
    Said,
    open_file,
    open_to_change,
    reason_of,
    show,
    viewer_now,
)
from webapp.console.case_filters import GROUPS, SEVERITIES, ListParameters
from webapp.console.case_words import word
from webapp.console.desk import CaseList, offices_to_choose
from webapp.console.desk import case_list as put_together
from webapp.console.guard import action
from webapp.console.language import gettext
from webapp.console.live import address as stream_address
from webapp.console.pages import page
from webapp.parameters import ParametersRefused


@dataclass(frozen=True)
class Live:
    """The changing part of a list, and the address that tells whether it has changed.

    The address holds the digest of what the browser shows: nothing new is answered with nothing,
    and whoever is reading keeps their place. `whole` is the address that always gives the list.
    """

    html: Markup
    digest: str
    address: str
    whole: str


@bp.get("/cases")
@action("case.list")
def case_list() -> Response:
    """Cases by what is waiting; filters and the place in the list are in the address."""
    try:
        asked = ListParameters.of(request.args)
    except ParametersRefused:
        return page("cases/bad_filters.html", status=HTTPStatus.BAD_REQUEST)
    with reading() as session:
        found = put_together(session, viewer_now(), asked, now=clock.now())
        offices = offices_to_choose(session, viewer_now())
    return page(
        "cases/list.html",
        asked=asked,
        is_filtered=found.is_filtered,
        offices=offices,
        choices=_choices(),
        live=_live(found),
        stream=stream_address("desk.case_stream", **found.place),
    )


@bp.get("/cases/rows")
@action("case.list", renews=False)
def case_rows() -> Response:
    """The same list for a page that is open: its changing part, or 204 when nothing changed."""
    try:
        asked = ListParameters.of(request.args)
    except ParametersRefused:
        return make_response("", HTTPStatus.BAD_REQUEST)
    live = live_list(asked)
    if asked.seen == live.digest:
        return make_response("", HTTPStatus.NO_CONTENT)
    return page("cases/live.html", live=live)


@bp.get("/cases/<reference>")
@action(VIEW)
def one_case(reference: str) -> Response:
    """One case, whose turn it is and by when first."""
    return show(reference)


@bp.post("/cases/<reference>/reason")
@action(VIEW)
def open_for_reason(reference: str) -> Answer:
    """Open a case that is shown for a reason only; the reason stays on the timeline."""
    reason, refused = reason_of("reason")
    if refused:
        return show(reference, said=refused)
    with transaction() as session:
        opened = open_file(session, reference)
        note_reason(
            session,
            opened.case_id,
            VIEWED_FOR_REASON,
            reason=reason,
            actor=opened.viewer.actor,
            now=clock.now(),
        )
    return _to_case(reference)


@bp.post("/cases/<reference>/acknowledge")
@action("case.acknowledge")
def acknowledge_case(reference: str) -> Answer:
    """Acknowledge a case and have it from now on; 409 when somebody has done so before."""
    return _taken(reference, acknowledge)


@bp.post("/cases/<reference>/take-on")
@action("case.acknowledge")
def take_case_on(reference: str) -> Answer:
    """Have a case as well as whoever acknowledged it."""
    return _taken(reference, take_on)


@bp.post("/cases/<reference>/number")
@action("identity.reveal")
def reveal_number(reference: str) -> Response:
    """The caller's number for a reason; the trace is kept before anything is shown."""
    reason, refused = reason_of("number")
    with transaction() as session:
        opened = open_file(session, reference, "identity.reveal")
        if not refused:
            actor, now = opened.viewer.actor, clock.now()
            note_reveal(session, opened.case_id, reason=reason, actor=actor, now=now)
    return show(reference, said=refused, reveal=refused is None)


def _taken(reference: str, take: Any) -> Answer:
    try:
        with transaction() as session:
            opened = open_to_change(session, reference, "case.acknowledge")
            take(session, opened.case_id, viewer=opened.viewer, now=clock.now())
    except StaleCase:
        text = gettext("Somebody has done this already. This is how the case stands now.")
        return show(reference, said=Said("top", text, HTTPStatus.CONFLICT))
    return _to_case(reference)


def _to_case(reference: str) -> Answer:
    return redirect(url_for("desk.one_case", reference=reference), HTTPStatus.SEE_OTHER)


def live_list(asked: ListParameters) -> Live:
    """The changing part of the list that was asked for, as the reader may see it now."""
    with reading() as session:
        found = put_together(session, viewer_now(), asked, now=clock.now())
    return _live(found)


def _live(found: CaseList) -> Live:
    html = render_template("console/cases/rows.html", found=found)
    digest = hashlib.sha256(html.encode()).hexdigest()[:16]
    whole = url_for("desk.case_rows", **found.place)
    address = url_for("desk.case_rows", **found.place, seen=digest)
    return Live(Markup(html), digest, address, whole)


def _choices() -> dict[str, list[tuple[str, str]]]:
    """What the filters offer: codes with their words."""
    return {
        "status": [(code, word("status", code)) for code in CASE],
        "severity": [(code, word("severity", code)) for code in SEVERITIES],
        "group": [(code, word("group", code)) for code in GROUPS],
    }
