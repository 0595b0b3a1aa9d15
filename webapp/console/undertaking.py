"""The undertaking of secrecy: read, tick, sign; before it is signed nothing else opens."""

from http import HTTPStatus

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from agents.sessions import PASSWORD
from agents.undertakings import SCREEN, current_undertaking, last_signature, sign
from core import clock
from core.database import reading, transaction
from core.logs import logger
from webapp.console import bp
from webapp.console.case_words import in_language
from webapp.console.guard import SIGNED_IN, action, current_person
from webapp.console.language import gettext, marked
from webapp.console.pages import page

log = logger(__name__)
NOT_TICKED = marked("Please read it all and tick the box before you sign.")


@bp.get("/undertaking")
@action(SIGNED_IN, before_gate=True)
def undertaking() -> Answer:
    """The text to sign, or the text that was signed with its day."""
    if current_person().gate == PASSWORD:
        return redirect(url_for("desk.password"), HTTPStatus.SEE_OTHER)
    return _shown("")


@bp.post("/undertaking")
@action(SIGNED_IN, before_gate=True)
def sign_undertaking() -> Answer:
    """Sign with the tick; a password that somebody else knows signs nothing."""
    person = current_person()
    if person.gate == PASSWORD:
        return redirect(url_for("desk.password"), HTTPStatus.SEE_OTHER)
    if request.form.get("agreed") != "yes":
        return _shown(gettext(NOT_TICKED))
    with transaction() as session:
        sign(session, person.staff_id, way=SCREEN, signed_at=clock.now())
    log.info("undertaking signed", staff_id=person.staff_id)
    return redirect(url_for("desk.home"), HTTPStatus.SEE_OTHER)


def _shown(refusal: str) -> Response:
    text = current_undertaking()
    with reading() as session:
        signature = last_signature(session, current_person().staff_id)
    return page(
        "undertaking.html",
        status=HTTPStatus.BAD_REQUEST if refusal else HTTPStatus.OK,
        text=text,
        signature=signature,
        refusal=refusal,
        in_language=in_language,
    )
