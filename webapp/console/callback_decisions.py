"""The page on which a person decides about a callback that no rule could decide."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask import abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from calls.change_rules import OTHER_HOURS, changes
from calls.decision_rules import LONGEST_WORDS, choices
from calls.decisions import decide, facts_of
from calls.errors import DecisionRefused, StaleCallback
from calls.models import Callback
from calls.policy import current_policy
from calls.rounds import rounds_made
from calls.rules import Span
from core import clock
from core.database import reading, transaction
from webapp.console import bp
from webapp.console.callback_door import OpenedCallback, open_callback
from webapp.console.callback_lines import DECIDE, Line, line_of, read_facts
from webapp.console.callback_words import (
    ABOUT_WINDOW,
    ABOUT_WORDS,
    choice_texts,
    decision_refusal_text,
)
from webapp.console.case_door import Said, show
from webapp.console.case_words import word
from webapp.console.guard import action
from webapp.console.language import gettext
from webapp.console.pages import page

HALF_HOUR = 30
LAST_MINUTE = 24 * 60 - 1


@dataclass(frozen=True)
class Typed:
    """What a person has chosen and written so far."""

    choice: str = ""
    words: str = ""
    start: str = ""
    end: str = ""

    @property
    def window(self) -> str | None:
        """Both times as the service takes them."""
        return f"{self.start}-{self.end}" if self.start and self.end else None


@dataclass(frozen=True)
class Refusal:
    """Why the decision was not kept, and which part of the form that is about."""

    text: str = ""
    field: str = ""


@dataclass(frozen=True)
class DecisionPage:
    """All that the page shows: what is known, and what may be chosen."""

    line: Line
    known: list[tuple[str, str]]
    choices: list[tuple[str, str, str]]
    times: list[str]
    is_spent: bool
    may_move: bool


@bp.get("/callbacks/<int:callback_id>/decision")
@action(DECIDE)
def decision(callback_id: int) -> Answer:
    """Why a person is needed, what is known, what may be chosen; else on to the case."""
    return _form(callback_id, Typed(), Refusal())


@bp.post("/callbacks/<int:callback_id>/decision")
@action(DECIDE)
def decide_callback(callback_id: int) -> Answer:
    """Keep the decision; 409 with the case when somebody was faster."""
    typed = _typed()
    try:
        with transaction() as session:
            opened = open_callback(session, callback_id, DECIDE, to_change=True)
            _decide(session, opened, typed)
    except DecisionRefused as refusal:
        if refusal.rule == "not_allowed":
            abort(HTTPStatus.NOT_FOUND)
        return _form(callback_id, typed, _refusal(refusal.rule))
    except StaleCallback:
        text = gettext("Somebody has decided already, or it is not needed any more.")
        conflict = HTTPStatus.CONFLICT
        said = Said("callback", text, conflict, typed=typed.words, item=callback_id)
        return show(opened.reference, said=said)
    return redirect(url_for("desk.callback_list", decided="yes"), HTTPStatus.SEE_OTHER)


def _decide(session: Session, opened: OpenedCallback, typed: Typed) -> None:
    decide(
        session,
        opened.callback.id,
        typed.choice,
        staff_id=opened.viewer.staff_id,
        words=typed.words,
        window=typed.window,
        now=clock.now(),
    )


def _form(callback_id: int, typed: Typed, refusal: Refusal) -> Answer:
    with reading() as session:
        opened = open_callback(session, callback_id, DECIDE)
        shown = _page_of(session, opened, now=clock.now())
    if not shown.choices:
        address = url_for("desk.one_case", reference=opened.reference, _anchor="callbacks")
        return redirect(address, HTTPStatus.SEE_OTHER)
    status = HTTPStatus.BAD_REQUEST if refusal.text else HTTPStatus.OK
    return page("callbacks/decision.html", status=status, shown=shown, typed=typed, refusal=refusal)


def _page_of(session: Session, opened: OpenedCallback, *, now: datetime) -> DecisionPage:
    callback = opened.callback
    bounds = facts_of(session, callback, staff_id=opened.viewer.staff_id)
    offered = choices(callback, bounds)
    line = line_of(callback, read_facts(session, [callback], opened.viewer), now=now)
    room = bounds.wish.meet(bounds.safe) if bounds.wish else bounds.safe
    return DecisionPage(
        line=line,
        known=[*_known(callback, line), *_rounds(session, callback)],
        choices=[(choice, *choice_texts(choice)) for choice in offered],
        times=half_hours(room) if room else [],
        is_spent=bounds.rounds_spent,
        may_move=line.may_change and OTHER_HOURS in changes(callback, bounds),
    )


def _rounds(session: Session, callback: Callback) -> list[tuple[str, str]]:
    """How many rounds of tries were made of those that the policy allows; nothing before any."""
    policy = current_policy()
    made = rounds_made(session, callback, policy)
    values = {"made": made, "most": policy.max_rounds}
    text = gettext("%(made)s of %(most)s") % values
    return [(gettext("Rounds of calls"), text)] if made else []


def _known(callback: Callback, line: Line) -> list[tuple[str, str]]:
    """What the caller said about being called; of the number only whether there is one."""
    has_number = gettext("Known") if callback.number else gettext("No number")
    told = [
        (gettext("Time"), line.window),
        (gettext("Number"), has_number),
        (gettext("Tries"), line.tries),
        (gettext("Language"), word("language", callback.language)),
    ]
    if callback.keys_only:
        told.insert(0, (gettext("Speaking"), gettext("The caller cannot speak: keys only.")))
    return told


def half_hours(room: Span) -> list[str]:
    """The full and half hours from which a person may choose."""
    first = -(-room.start // HALF_HOUR) * HALF_HOUR
    minutes = range(first, min(room.end, LAST_MINUTE) + 1, HALF_HOUR)
    return [f"{at // 60:02}:{at % 60:02}" for at in minutes]


def _typed() -> Typed:
    form = request.form
    # Browsers send line ends as CR LF; they would count twice. Never a megabyte back to them.
    words = form.get("words", "").replace("\r\n", "\n")
    return Typed(
        choice=form.get("choice", ""),
        words=words[: LONGEST_WORDS + 1],
        # One letter too many stays here as well: "10:00:30" is not ten o'clock.
        start=form.get("start", "")[:6],
        end=form.get("end", "")[:6],
    )


def _refusal(rule: str) -> Refusal:
    field = "window" if rule in ABOUT_WINDOW else "words" if rule in ABOUT_WORDS else "choice"
    return Refusal(decision_refusal_text(rule), field)
