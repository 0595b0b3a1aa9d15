"""The way to a hand-over: for who decides, who is asked and who sees the case; else a plain 404."""

from collections.abc import Callable
from http import HTTPStatus

from flask import abort, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from cases.errors import HandoverRefused, IllegalTransition, StaleCase
from cases.handover_rules import LONGEST_WORDS
from cases.handovers import handover_file
from core import clock
from core.database import reading, transaction
from webapp.console.case_door import Said, refusal_words, viewer_now
from webapp.console.case_words import word
from webapp.console.handover_page import handover_page
from webapp.console.handover_standing import OpenedHandover, opened_for
from webapp.console.language import gettext
from webapp.console.pages import page

HIGHEST_ID = 2**31
# Refusals that are about what was typed.
WORDS = frozenset({"reason_missing", "reason_too_long"})


Step = Callable[[Session, OpenedHandover], None]


def open_handover(session: Session, handover_id: int) -> OpenedHandover:
    """The hand-over for who may look at it or has answered it; 404 for everybody else."""
    file = handover_file(session, handover_id) if handover_id < HIGHEST_ID else None
    if file is None:
        abort(404)
    opened = opened_for(session, file, viewer_now(), now=clock.now())
    if not opened.is_seen and (opened.is_shut_out or not opened.is_answered_by_me):
        abort(404)
    return opened


def show_handover(handover_id: int, *, said: Said | None = None) -> Answer:
    """The hand-over's page; who has answered and may look no longer is only thanked."""
    with reading() as session:
        opened = open_handover(session, handover_id)
        if not opened.is_seen:
            return redirect(url_for("desk.out_of_sight", what="answered"), HTTPStatus.SEE_OTHER)
        words, now = opened.reads_words, clock.now()
        shown = handover_page(session, opened.file, with_words=words, now=now)
    heading = "decide" if opened.may_decide else "answer" if opened.may_answer else "look"
    return page(
        "handovers/handover.html",
        status=said.status if said else HTTPStatus.OK,
        shown=shown,
        card=shown.card,
        heading=word("handover_heading", heading),
        opened=opened,
        said=said,
        word=word,
    )


def answered(handover_id: int, step: Step, *, place: str, typed: str = "") -> Answer:
    """Take one step with a hand-over, then show what follows; a refusal keeps what was typed."""
    try:
        with transaction() as session:
            step(session, open_handover(session, handover_id))
    except HandoverRefused as refusal:
        return show_handover(handover_id, said=_said(refusal, place, typed))
    except (StaleCase, IllegalTransition):
        text = gettext("Somebody has done this already. This is how it stands now.")
        return show_handover(handover_id, said=Said("top", text, HTTPStatus.CONFLICT))
    return redirect(url_for("desk.one_handover", handover_id=handover_id), HTTPStatus.SEE_OTHER)


def only_if(may: bool, opened: OpenedHandover, state: str) -> None:
    """StaleCase where it was answered meanwhile, 404 for who does not answer it."""
    if opened.state != state:
        raise StaleCase(f"the hand-over is {opened.state}")
    if not may:
        abort(404)


def _said(refusal: HandoverRefused, place: str, typed: str) -> Said:
    if refusal.rule == "not_yours":
        abort(404)
    if refusal.rule in WORDS:
        return Said(place, refusal_words(refusal), typed=typed[:LONGEST_WORDS])
    # It is not the words: whoever was to have the case cannot take it any longer.
    return Said("top", refusal_words(refusal), HTTPStatus.CONFLICT)
