"""The way to a case: found by reference for who may know of it; everything else is one same 404."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from flask import Response, abort, request
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from agents.permissions import Grant
from calls.models import Callback
from cases.access import Standing, Viewer, standing
from cases.desk import find
from cases.errors import CaseRefused
from cases.holding import hold_case
from cases.models import TimelineEvent
from cases.queries import CaseFile, case_file
from cases.reference import valid_reference
from core import clock
from core.database import reading
from recordings.rules import is_reason
from webapp.console.always_words import LEARN, always_card
from webapp.console.case_page import case_page
from webapp.console.case_words import word
from webapp.console.centre import may_at_centre
from webapp.console.guard import current_person
from webapp.console.language import gettext
from webapp.console.pages import page

VIEW = "case.view"
VIEWED_FOR_REASON = "viewed_for_reason"
# So long does a reason open a case for who sees it only for a reason.
REASON_HOLDS = timedelta(minutes=30)
LONGEST_REASON = 500
# What stands behind these has changed since the page was made; the others are about the form.
OVERTAKEN = frozenset(
    {
        *("open_handover", "wrong_status", "begin_first"),
        *("stop_twice", "stop_step", "stop_danger"),
    }
)


@dataclass(frozen=True)
class OpenedFile:
    """A case, and how the person who asks stands to it."""

    file: CaseFile
    viewer: Viewer
    standing: Standing

    @property
    def case_id(self) -> int:
        """The case's id."""
        return self.file.case.id


@dataclass(frozen=True)
class Said:
    """What the page says back to a form: where, how, and what had been typed there.

    `item` is the note or the recording that the form was about; `form` all that a longer one
    held, and `rule` what it broke.
    """

    place: str
    text: str
    status: int = 400
    typed: str = ""
    visibility: str = ""
    item: int | None = None
    form: Any = None
    rule: str = ""


@dataclass(frozen=True)
class Numbers:
    """The caller's numbers, after they were revealed."""

    called_from: str | None
    callbacks: tuple[str, ...]


def viewer_now() -> Viewer:
    """Who asks."""
    person = current_person()
    return Viewer(person.staff_id, person.roles)


def open_file(session: Session, reference: str, action: str = VIEW) -> OpenedFile:
    """The case for an action; 404 where there is none, and the same 404 where it is denied."""
    viewer = viewer_now()
    file = case_file(session, reference) if valid_reference(reference) else None
    if file is None:
        abort(404)
    stands = standing(session, viewer, file.case.id)
    if not stands.may(action) or not stands.may(VIEW):
        abort(404)
    return OpenedFile(file, viewer, stands)


def open_to_change(session: Session, reference: str, action: str) -> OpenedFile:
    """The same for who is about to change it: the case is held before the right is looked at.

    Else it could go to another office between the look and the change.
    """
    case_id = find(session, reference)
    if case_id is None:
        abort(404)
    hold_case(session, case_id)
    return open_file(session, reference, action)


def show(reference: str, *, said: Said | None = None, reveal: bool = False) -> Response:
    """The case's page, or the question for a reason where it is shown for a reason only."""
    now = clock.now()
    with reading() as session:
        opened = open_file(session, reference)
        status = said.status if said else 200
        if _needs_reason(session, opened, now):
            return page("cases/reason.html", status=status, reference=reference, said=said)
        shown = case_page(session, opened.file, opened.viewer, opened.standing, now=now)
        numbers = numbers_of(session, opened.file) if reveal else None
        may_learn = may_at_centre(session, current_person(), LEARN)
        always = always_card(session, opened.file, now=now) if may_learn else None
    return page(
        "cases/case.html",
        status=status,
        shown=shown,
        said=said,
        numbers=numbers,
        always=always,
        reference=reference,
        word=word,
    )


def reason_of(place: str, item: int | None = None) -> tuple[str, Said | None]:
    """The reason of a form, or what to say where it says nothing."""
    reason = request.form.get("reason", "").strip()
    if is_reason(reason) and len(reason) <= LONGEST_REASON:
        return reason, None
    text = gettext("Say in a few words why. The reason is kept with your name.")
    return reason, Said(place, text, typed=reason[:LONGEST_REASON], item=item)


def stale(reference: str) -> Response:
    """The case as it is now, and that somebody was faster."""
    text = gettext("Somebody has done this already. This is how the case stands now.")
    return show(reference, said=Said("top", text, HTTPStatus.CONFLICT))


def refused(
    reference: str, place: str, refusal: CaseRefused, *, typed: str = "", form: Any = None
) -> Response:
    """The case's page with why something cannot be done, and all that was typed."""
    if refusal.rule in OVERTAKEN:
        return show(reference, said=Said("top", refusal_words(refusal), HTTPStatus.CONFLICT))
    said = Said(
        place, refusal_words(refusal), typed=typed[:LONGEST_REASON], form=form, rule=refusal.rule
    )
    return show(reference, said=said)


def refusal_words(refusal: CaseRefused) -> str:
    """Why something cannot be done, in the reader's language."""
    return word("refusal", refusal.rule)


def numbers_of(session: Session, file: CaseFile) -> Numbers:
    """The number that was called from, and others that were given for the callback."""
    given = session.scalars(select(Callback.number).where(Callback.case_id == file.case.id))
    called_from = file.case.caller_number
    others = sorted({one for one in given if one and one != called_from})
    return Numbers(called_from, tuple(others))


def _needs_reason(session: Session, opened: OpenedFile, now: datetime) -> bool:
    if opened.standing.grant(VIEW) is not Grant.MASKED_REASON:
        return False
    given = exists().where(
        TimelineEvent.case_id == opened.case_id,
        TimelineEvent.kind == VIEWED_FOR_REASON,
        TimelineEvent.actor == opened.viewer.actor,
        TimelineEvent.at > now - REASON_HOLDS,
    )
    return not session.scalar(select(given))
