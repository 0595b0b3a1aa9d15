"""The answers to a hand-over: a head operator's approval, then the receiver's acceptance."""

from flask import request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from calls.services import follow_case
from cases.errors import HandoverRefused
from cases.handover_moves import OFFERED, REQUESTED
from cases.handover_rules import OFFICE, PAGE
from cases.handovers import accept, approve, decline, explain, reject
from core import clock
from webapp.console import bp
from webapp.console.guard import action
from webapp.console.handover_door import answered, only_if
from webapp.console.handover_standing import ANSWER, DECIDE, OpenedHandover


@bp.post("/handovers/<int:handover_id>/approve")
@action(DECIDE)
def approve_handover(handover_id: int) -> Answer:
    """Let the case go: the receiver is asked next."""

    def step(session: Session, opened: OpenedHandover) -> None:
        only_if(opened.may_decide, opened, REQUESTED)
        staff_id, now = opened.viewer.staff_id, clock.now()
        approve(session, handover_id, staff_id=staff_id, way=PAGE, now=now)

    return answered(handover_id, step, place="reject")


@bp.post("/handovers/<int:handover_id>/reject")
@action(DECIDE)
def reject_handover(handover_id: int) -> Answer:
    """Keep the case where it is, and say why."""
    words = _words()

    def step(session: Session, opened: OpenedHandover) -> None:
        only_if(opened.may_decide, opened, REQUESTED)
        staff_id, now = opened.viewer.staff_id, clock.now()
        reject(session, handover_id, staff_id=staff_id, way=PAGE, words=words, now=now)

    return answered(handover_id, step, place="reject", typed=words)


@bp.post("/handovers/<int:handover_id>/reason")
@action(DECIDE)
def explain_rejection(handover_id: int) -> Answer:
    """Say why a telephone key rejected it; for whoever pressed the key."""
    words = _words()

    def step(session: Session, opened: OpenedHandover) -> None:
        if opened.is_shut_out:
            raise HandoverRefused("not_yours")
        staff_id = opened.viewer.staff_id
        explain(session, handover_id, staff_id=staff_id, words=words, now=clock.now())

    return answered(handover_id, step, place="reason", typed=words)


@bp.post("/handovers/<int:handover_id>/accept")
@action(ANSWER)
def accept_handover(handover_id: int) -> Answer:
    """Take the case; callbacks that nobody was rung for go to an office with it."""

    def step(session: Session, opened: OpenedHandover) -> None:
        only_if(opened.may_answer, opened, OFFERED)
        now = clock.now()
        handover = accept(session, handover_id, staff_id=opened.viewer.staff_id, now=now)
        if handover.kind == OFFICE and handover.to_office_code:
            follow_case(session, handover.case_id, handover.to_office_code, now=now)

    return answered(handover_id, step, place="decline")


@bp.post("/handovers/<int:handover_id>/decline")
@action(ANSWER)
def decline_handover(handover_id: int) -> Answer:
    """Not take the case, and say why; it goes back to who asked."""
    words = _words()

    def step(session: Session, opened: OpenedHandover) -> None:
        only_if(opened.may_answer, opened, OFFERED)
        decline(session, handover_id, staff_id=opened.viewer.staff_id, words=words, now=clock.now())

    return answered(handover_id, step, place="decline", typed=words)


def _words() -> str:
    return request.form.get("words", "").replace("\r\n", "\n").strip()
