"""Hand-overs: asked for on the case's page; asked about, rung for and taken back on their own."""

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from cases.errors import HandoverRefused, IllegalTransition, StaleCase
from cases.handovers import ask, ask_to_ring, revoke
from core import clock
from core.database import transaction
from webapp.console import bp
from webapp.console.case_door import open_to_change, refused, stale
from webapp.console.case_words import word
from webapp.console.guard import SIGNED_IN, action
from webapp.console.handover_door import Step, open_handover, show_handover
from webapp.console.handover_forms import HandoverForm
from webapp.console.handover_standing import ASK, REVOKE, OpenedHandover
from webapp.console.pages import page

OUT_OF_SIGHT = ("sent", "answered", "conflict")


@bp.post("/cases/<reference>/handovers")
@action(ASK)
def ask_for_handover(reference: str) -> Answer:
    """Ask a head operator to let the case go to an office, a person or a committee."""
    form = HandoverForm.sent()
    try:
        with transaction() as session:
            opened = open_to_change(session, reference, ASK)
            ask(session, opened.case_id, form.wish(), viewer=opened.viewer, now=clock.now())
    except HandoverRefused as refusal:
        return refused(reference, "handover", refusal, form=form.shortened())
    except (StaleCase, IllegalTransition):
        return stale(reference)
    return redirect(url_for("desk.one_case", reference=reference, _anchor="handover"), 303)


@bp.get("/handovers/<int:handover_id>")
@action(SIGNED_IN)
def one_handover(handover_id: int) -> Answer:
    """One hand-over, made to be decided about on a phone."""
    return show_handover(handover_id)


@bp.post("/handovers/<int:handover_id>/revoke")
@action(REVOKE)
def revoke_handover(handover_id: int) -> Answer:
    """Take a hand-over back, or the case from who solves it."""
    words = request.form.get("words", "").replace("\r\n", "\n").strip()

    def step(session: Session, opened: OpenedHandover) -> None:
        if not opened.standing.may(REVOKE):
            abort(404)
        revoke(session, handover_id, viewer=opened.viewer, words=words or None, now=clock.now())

    return _on_the_case(handover_id, step, typed=words)


@bp.post("/handovers/<int:handover_id>/ring")
@action(ASK)
def ring_for_handover(handover_id: int) -> Answer:
    """Have the head operators rung now; says so when nobody can be."""

    def step(session: Session, opened: OpenedHandover) -> None:
        if not opened.standing.may(ASK):
            abort(404)
        if not ask_to_ring(session, handover_id, now=clock.now()):
            raise HandoverRefused("nobody_to_ring")

    return _on_the_case(handover_id, step)


@bp.get("/done/<what>")
@action(SIGNED_IN)
def out_of_sight(what: str) -> Response:
    """What was done, for who may not see the case any longer."""
    if what not in OUT_OF_SIGHT:
        abort(404)
    return page(
        "handovers/out_of_sight.html", heading=word("done", what), text=word("done_text", what)
    )


def _on_the_case(handover_id: int, step: Step, *, typed: str = "") -> Answer:
    """Take a step whose form stands on the case's page, and go back there."""
    try:
        with transaction() as session:
            opened = open_handover(session, handover_id)
            reference = opened.file.reference
            step(session, opened)
    except HandoverRefused as refusal:
        return refused(reference, "asked", refusal, typed=typed)
    except (StaleCase, IllegalTransition):
        return stale(reference)
    return redirect(url_for("desk.one_case", reference=reference, _anchor="handover"), 303)
