"""The desk's choice for good: offered after a case was sent, listed, and ended again."""

from http import HTTPStatus

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from agents.permissions import EXCLUDED
from cases.access import standing
from cases.errors import StaleCase
from cases.learning import Offer, learn, offer_of, sent_by, unlearn
from cases.queries import CaseFile, case_file
from cases.reference import valid_reference
from core import clock
from core.database import reading, transaction
from routing.learning import Served
from webapp.console import bp
from webapp.console.always_words import LEARN, always_card, decided_lines
from webapp.console.case_door import VIEW, viewer_now
from webapp.console.centre import may_at_centre
from webapp.console.guard import action, current_person, may_ever
from webapp.console.language import gettext
from webapp.console.pages import page


@bp.get("/cases/<reference>/always")
@action(LEARN)
def always(reference: str) -> Response:
    """Whether reports like this one shall always go to the office that was chosen."""
    return _show(reference)


@bp.post("/cases/<reference>/always")
@action(LEARN)
def always_submit(reference: str) -> Answer:
    """Decide it for good; the same click again changes nothing."""
    try:
        with transaction() as session:
            file = _open(session, reference)
            learn(session, reference, _seen(file.case.id), viewer=viewer_now(), now=clock.now())
    except StaleCase:
        said = gettext("This has changed since you opened it. This is how it stands now.")
        return _show(reference, said, HTTPStatus.CONFLICT)
    return redirect(url_for("desk.always", reference=reference), HTTPStatus.SEE_OTHER)


@bp.get("/rules/learned")
@action("directory.view")
def learned() -> Response:
    """What the desk decided for good, and who did."""
    with reading() as session:
        person = current_person()
        lines = decided_lines(session, viewer_now())
        may_end = may_at_centre(session, person, LEARN)
    return page(
        "rules/learned.html",
        lines=lines,
        may_end=may_end,
        sees_rules=may_ever(person, "rules.view"),
        is_ended="ended" in request.args,
    )


@bp.post("/rules/learned/<int:jurisdiction_id>/end")
@action(LEARN)
def end_learned(jurisdiction_id: int) -> Answer:
    """End it from now on; the desk chooses again, case by case."""
    with transaction() as session:
        if not may_at_centre(session, current_person(), LEARN):
            abort(404)
        unlearn(session, jurisdiction_id, viewer=viewer_now(), now=clock.now())
    return redirect(url_for("desk.learned", ended="yes"), HTTPStatus.SEE_OTHER)


def is_offered(reference: str) -> bool:
    """Whether the person could decide for good what was just chosen in this case."""
    with reading() as session:
        if not may_at_centre(session, current_person(), LEARN):
            return False
        file = case_file(session, reference)
        return file is not None and offer_of(session, file, now=clock.now()) is not None


def _show(reference: str, said: str = "", status: int = HTTPStatus.OK) -> Response:
    with reading() as session:
        file = _open(session, reference)
        card = always_card(session, file, now=clock.now())
        sees_case = standing(session, viewer_now(), file.case.id).may(VIEW)
    if card is None:
        abort(404)
    return page(
        "rules/always.html",
        status=status,
        reference=reference,
        always=card,
        said=said,
        sees_case=sees_case,
    )


def _open(session: Session, reference: str) -> CaseFile:
    """The case, for who may decide such things and sees it or chose its office; else 404."""
    file = case_file(session, reference) if valid_reference(reference) else None
    if file is None or not may_at_centre(session, current_person(), LEARN):
        abort(404)
    viewer = viewer_now()
    stands = standing(session, viewer, file.case.id)
    if any(relation == EXCLUDED for _, relation in stands.pairs):
        abort(404)
    if not stands.may(VIEW) and not sent_by(session, file.case.id, viewer):
        abort(404)
    return file


def _seen(case_id: int) -> Offer:
    """What the form was about: nobody decides anything but what stood on the button."""
    form = request.form
    served = Served(
        form.get("district", ""), form.get("affiliation", ""), form.get("level", "") or None
    )
    return Offer(case_id, "", served, form.get("office_code", ""))
