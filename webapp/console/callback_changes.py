"""The page on which a person stops or moves a callback that waits, as the caller wished."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from flask import abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from calls.change_rules import KEEP, OTHER_HOURS, OVERTAKEN, WHYS, Change, ChangeFacts
from calls.changes import change, change_facts, changes
from calls.decision_rules import LONGEST_WORDS
from calls.errors import ChangeRefused
from core import clock
from core.database import reading, transaction
from core.zones import bangkok
from webapp.console import bp
from webapp.console.callback_decisions import Refusal, half_hours
from webapp.console.callback_door import OpenedCallback, open_callback
from webapp.console.callback_lines import CHANGE, Line, line_of, read_facts
from webapp.console.case_door import Said, show
from webapp.console.change_words import AT_ONCE, choice_texts, field_of, refusal_text, why_text
from webapp.console.dates import thai_day
from webapp.console.guard import action
from webapp.console.pages import page

# No page was made at a time when fewer people had decided.
NEVER_SEEN = -1


@dataclass(frozen=True)
class Typed:
    """What a person has chosen and written so far."""

    change: str = KEEP
    why: str = ""
    words: str = ""
    day: str = ""
    start: str = ""
    end: str = ""

    def wish(self, seen: int) -> Change:
        """The same as the service takes it."""
        is_now = self.change == AT_ONCE
        return Change(
            change=OTHER_HOURS if is_now else self.change,
            seen=seen,
            why=self.why,
            words=self.words,
            at_once=is_now,
            day=self.day,
            window=f"{self.start}-{self.end}" if self.start and self.end else None,
        )


@dataclass(frozen=True)
class ChangePage:
    """All that the page shows: the callback, what may be chosen, and from which days and hours."""

    line: Line
    seen: int
    needs_words: bool
    choices: list[tuple[str, str, str]]
    whys: list[tuple[str, str]]
    days: list[tuple[str, str]]
    times: list[str]


@bp.get("/callbacks/<int:callback_id>/change")
@action(CHANGE)
def change_page(callback_id: int) -> Answer:
    """What may be changed about the callback; on to the case where nothing is."""
    return _form(callback_id, Typed(), Refusal())


@bp.post("/callbacks/<int:callback_id>/change")
@action(CHANGE)
def change_callback(callback_id: int) -> Answer:
    """Keep the change; 409 with what is left of it when somebody, or the telephone, was faster."""
    typed = _typed()
    seen = request.form.get("seen", NEVER_SEEN, type=int)
    try:
        with transaction() as session:
            opened = open_callback(session, callback_id, CHANGE, to_change=True)
            reference, staff_id = opened.reference, opened.viewer.staff_id
            wish = typed.wish(seen)
            change(session, callback_id, wish, staff_id=staff_id, now=clock.now())
    except ChangeRefused as refusal:
        return _refused(callback_id, typed, refusal.rule)
    address = url_for("desk.one_case", reference=reference, _anchor="callbacks")
    return redirect(address, HTTPStatus.SEE_OTHER)


def _refused(callback_id: int, typed: Typed, rule: str) -> Answer:
    if rule == "not_allowed":
        # Somebody who must not know of the case learns nothing of the callback either.
        abort(HTTPStatus.NOT_FOUND)
    status = HTTPStatus.CONFLICT if rule in OVERTAKEN else HTTPStatus.BAD_REQUEST
    return _form(callback_id, typed, Refusal(refusal_text(rule), field_of(rule)), status)


def _form(
    callback_id: int, typed: Typed, refusal: Refusal, status: HTTPStatus = HTTPStatus.OK
) -> Answer:
    """The form as the callback stands now; where nothing is left to choose the case, which shows
    the words of a refused form again."""
    with reading() as session:
        opened = open_callback(session, callback_id, CHANGE)
        shown = _page_of(session, opened, now=clock.now())
    if shown.choices:
        values = {"shown": shown, "typed": typed, "refusal": refusal}
        return page("callbacks/change.html", status=status, **values)
    if refusal.text:
        conflict = HTTPStatus.CONFLICT
        said = Said("callback", refusal.text, conflict, typed=typed.words, item=callback_id)
        return show(opened.reference, said=said)
    address = url_for("desk.one_case", reference=opened.reference, _anchor="callbacks")
    return redirect(address, HTTPStatus.SEE_OTHER)


def _page_of(session: Session, opened: OpenedCallback, *, now: datetime) -> ChangePage:
    callback = opened.callback
    facts = change_facts(session, callback, staff_id=opened.viewer.staff_id)
    offered = _offered(changes(callback, facts.bounds), facts)
    return ChangePage(
        line=line_of(callback, read_facts(session, [callback], opened.viewer), now=now),
        seen=facts.decided,
        needs_words=facts.pressing,
        choices=[(choice, *choice_texts(choice)) for choice in offered],
        whys=[(why, why_text(why)) for why in WHYS],
        days=_days(facts.furthest_day, now=now),
        times=half_hours(facts.bounds.safe),
    )


def _offered(allowed: tuple[str, ...], facts: ChangeFacts) -> list[str]:
    """The same with "at once" before the hours, where the caller is in danger."""
    if not facts.in_danger or OTHER_HOURS not in allowed:
        return list(allowed)
    at = allowed.index(OTHER_HOURS)
    return [*allowed[:at], AT_ONCE, *allowed[at:]]


def _days(furthest: int, *, now: datetime) -> list[tuple[str, str]]:
    """Today and the days after it: as they are sent, and as people read them."""
    today = bangkok(now).date()
    days = (today + timedelta(days=ahead) for ahead in range(furthest + 1))
    return [(day.isoformat(), thai_day(day)) for day in days]


def _typed() -> Typed:
    form = request.form
    # Browsers send line ends as CR LF; they would count twice. Never a megabyte back to them.
    words = form.get("words", "").replace("\r\n", "\n")
    return Typed(
        change=form.get("change", "")[:20],
        why=form.get("why", "")[:20],
        words=words[: LONGEST_WORDS + 1],
        # One letter too many stays here as well: "10:00:30" is not ten o'clock.
        day=form.get("day", "")[:11],
        start=form.get("start", "")[:6],
        end=form.get("end", "")[:6],
    )
