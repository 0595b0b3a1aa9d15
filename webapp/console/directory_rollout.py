"""The roll-out: how far each province is, and switching its districts one by one or at once."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from cases.turned_away import turned_away
from core.database import reading, transaction
from routing import editing
from routing.change_log import LONGEST_REASON
from routing.directory import current_directory
from routing.listing import Progress, districts_of, offices_in, progress, waiting_offices
from routing.loading import hold_directory
from routing.models import District
from webapp.console import bp
from webapp.console.directory_door import (
    MANAGE,
    VIEW,
    author,
    is_good_reason,
    manages_country,
    need_country,
    typed_reason,
)
from webapp.console.directory_page import linked
from webapp.console.directory_words import place, word
from webapp.console.guard import action
from webapp.console.language import gettext, marked
from webapp.console.office_page import CODE
from webapp.console.pages import page

MOST_WAITING = 60
ALL = "all"
REASON = marked("Say in a few words why. It stands in the log with your name.")
CHOOSE = marked("Choose a district, or the whole province.")
OVERTAKEN = marked("Somebody has switched districts here meanwhile. Look at the number again.")


@dataclass(frozen=True)
class Turn:
    """What is to be switched: a district's code or ALL, and which way."""

    which: str
    is_on: bool

    @property
    def value(self) -> str:
        """As a form holds it."""
        return f"{self.which}-{'on' if self.is_on else 'off'}"


@dataclass(frozen=True)
class Said:
    """What the page says back: why not, what had been typed, and what to confirm."""

    text: str = ""
    reason: str = ""
    turn: Turn | None = None
    count: int = 0
    status: int = HTTPStatus.OK


@bp.get("/directory/rollout")
@action(VIEW)
def rollout() -> Response:
    """How many districts and offices are on, by province, with the totals."""
    with reading() as session:
        found = progress(session)
    return page("directory/rollout.html", rows=found, total=_total(found), word=word)


@bp.get("/directory/rollout/<province_code>")
@action(VIEW)
def rollout_province(province_code: str) -> Response:
    """One province: its districts, its offices that wait, and what they would have had."""
    return _shown(province_code, Said())


@bp.post("/directory/rollout/<province_code>")
@action(MANAGE)
def switch_rollout(province_code: str) -> Answer:
    """Switch one district for a reason; the whole province after its number was confirmed."""
    need_country()
    turn, reason = _turn(request.form.get("turn", "")), typed_reason()
    if turn is None or not is_good_reason(reason):
        text = gettext(CHOOSE if turn is None else REASON)
        said = Said(text, reason[:LONGEST_REASON], status=HTTPStatus.BAD_REQUEST)
        return _shown(province_code, said)
    with transaction() as session:
        hold_directory(session)
        codes = _to_switch(session, province_code, turn)
        is_sure = turn.which != ALL or request.form.get("count", "") == str(len(codes))
        if is_sure:
            editing.switch_districts(session, codes, is_on=turn.is_on, by=author(reason))
    if not is_sure:
        return _shown(province_code, _to_confirm(turn, reason, len(codes)))
    address = url_for("desk.rollout_province", province_code=province_code, kept="yes")
    return redirect(address, HTTPStatus.SEE_OTHER)


def _to_confirm(turn: Turn, reason: str, count: int) -> Said:
    """The number to be confirmed; another one than was confirmed is said to be so."""
    if "count" in request.form:
        return Said(gettext(OVERTAKEN), reason, turn, count, HTTPStatus.CONFLICT)
    return Said("", reason, turn, count)


def _turn(text: str) -> Turn | None:
    which, _, way = text.partition("-")
    return Turn(which, way == "on") if which and way in ("on", "off") else None


def _to_switch(session: Session, province: str, turn: Turn) -> list[str]:
    """The districts that stand the other way; 404 for a district that is not here."""
    districts = _districts(session, province)
    if turn.which != ALL and turn.which not in {one.code for one in districts}:
        abort(404)
    meant = (one for one in districts if turn.which in (ALL, one.code))
    return [one.code for one in meant if one.is_on is not turn.is_on]


def _districts(session: Session, province: str) -> list[District]:
    found = districts_of(session, province) if CODE.fullmatch(province) else ()
    if not found:
        abort(404)
    return list(found)


def _shown(province: str, said: Said) -> Response:
    is_manager = manages_country()
    with reading() as session:
        districts = _districts(session, province)
        waiting = waiting_offices(session, province, limit=MOST_WAITING)
        counted = turned_away(session, offices_in(session, province)) if is_manager else {}
        name = place(current_directory(session), None, province)
    return page(
        "directory/province.html",
        status=said.status,
        code=province,
        name=name,
        districts=districts,
        on=sum(one.is_on for one in districts),
        waiting=[(linked(one), counted.get(one.code)) for one in waiting],
        turned_away=sum(one.reports for one in counted.values()),
        since=min((one.first_at for one in counted.values()), default=None),
        is_manager=is_manager,
        said=said,
        word=word,
        is_kept="kept" in request.args,
    )


def _total(rows: list[Progress]) -> Progress:
    """All provinces together."""
    names = ("districts", "districts_on", "offices", "offices_on")
    sums = (sum(getattr(one, name) for one in rows) for name in names)
    return Progress("", "", "", *sums)
