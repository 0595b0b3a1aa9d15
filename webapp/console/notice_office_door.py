"""Forms about an office's notices: where it is told, and sending again what reached nobody."""

from http import HTTPStatus

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from agents.errors import BadNoticeChoice
from agents.notice_planning import UNDELIVERED as LOST
from agents.notices import send_again, set_office_address
from core import clock
from core.database import transaction
from webapp.console import bp
from webapp.console.guard import action, current_person
from webapp.console.language import gettext, marked
from webapp.console.notice_office import (
    BAD_EMAIL,
    LONGEST_COUNT,
    LONGEST_EMAIL,
    LONGEST_GROUP_ID,
    AddressForm,
    NoticesSaid,
    address_of,
    notice_of_office,
    refusal_of,
)
from webapp.console.office import show_office
from webapp.console.office_page import MANAGE, managed_office

NOTHING_FAILED = marked(
    "There is nothing to send again: it is on its way, somebody has read it, or no channel can "
    "reach this person or office."
)


@bp.post("/office/<code>/notices")
@action(MANAGE)
def set_address(code: str) -> Answer:
    """Keep where the office is told."""
    form = _typed()
    with transaction() as session:
        if managed_office(session, current_person(), code) is None:
            abort(HTTPStatus.NOT_FOUND)
        refusal = refusal_of(form)
        if refusal is None:
            try:
                address = address_of(session, code, form)
                set_office_address(session, code, address, now=clock.now())
            except BadNoticeChoice:
                refusal = NoticesSaid("email", gettext(BAD_EMAIL), form)
    if refusal is not None:
        return show_office(code, status=HTTPStatus.BAD_REQUEST, notices_said=refusal)
    return redirect(_back(code, told="kept"), HTTPStatus.SEE_OTHER)


@bp.post("/office/<code>/notices/<int:notice_id>/again")
@action(MANAGE)
def send_notice_again(code: str, notice_id: int) -> Answer:
    """Try anew what failed; 404 for a notice of somebody else, as for one that is not there."""
    with transaction() as session:
        person = current_person()
        if managed_office(session, person, code) is None:
            abort(HTTPStatus.NOT_FOUND)
        found = notice_of_office(session, person, code, notice_id)
        if found is None:
            abort(HTTPStatus.NOT_FOUND)
        # What has reached somebody meanwhile is not sent twice.
        is_lost = found.state == LOST
        is_owed = is_lost and send_again(session, notice_id, now=clock.now())
    if not is_owed:
        said = NoticesSaid("lost", gettext(NOTHING_FAILED))
        return show_office(code, status=HTTPStatus.CONFLICT, notices_said=said)
    return redirect(_back(code, told="again"), HTTPStatus.SEE_OTHER)


def _back(code: str, *, told: str) -> str:
    return url_for("desk.office", code=code, told=told, _anchor="notices")


def _typed() -> AddressForm:
    form = request.form
    # One letter too many stays, so that what is too long is refused and not cut.
    return AddressForm(
        email=form.get("email", "").strip()[: LONGEST_EMAIL + 1],
        line_group=form.get("line_group", "").strip()[: LONGEST_GROUP_ID + 1],
        members=form.get("members", "").strip()[: LONGEST_COUNT + 1],
        forgets_group="forget" in form,
    )
