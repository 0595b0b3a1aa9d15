"""A roster as a file: saved, loaded with a look at the difference first, then exactly that."""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Final

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from agents.roster_files import Difference, compared, written
from agents.roster_models import ShiftRow
from agents.roster_wishes import ShiftWish
from agents.rosters import RosterKey, hold_roster, lines, listed, replace_lines
from core import clock
from core.database import reading, transaction
from core.zones import bangkok
from webapp.console import bp
from webapp.console.csv_files import sent_file, to_save
from webapp.console.dates import long_date, weekday_name
from webapp.console.guard import action, current_person
from webapp.console.language import current_language, gettext, marked
from webapp.console.office_page import managed_office
from webapp.console.pages import named, page
from webapp.console.roster import asked_roster
from webapp.console.roster_page import MANAGE

LARGEST_FILE: Final = 100_000
CHANGED = marked("The roster has changed since you looked. Here is the difference as it is now.")
TOO_LARGE = marked("The file is larger than 100 kB.")
NO_FILE = marked("Choose a file first.")


@dataclass(frozen=True)
class DiffPage:
    """The difference in the reader's words."""

    added: list[str]
    ended: list[str]
    unchanged: int
    faults: list[tuple[int, str]]
    digest: str
    text: str


@bp.get("/roster/<code>/roster.csv")
@action(MANAGE)
def save_roster(code: str) -> Response:
    """The roster from today on as a file."""
    key, today = asked_roster(code), bangkok(clock.now()).date()
    with reading() as session:
        if managed_office(session, current_person(), code, MANAGE) is None:
            abort(HTTPStatus.NOT_FOUND)
        text = written(lines(session, key, since=today), listed(session, key))
    return to_save(text.encode("utf-8-sig"), f"roster-{key.kind}.csv")


@bp.get("/roster/<code>/file")
@action(MANAGE)
def roster_file(code: str) -> Response:
    """Save the roster, or choose a file to load."""
    return _show(code)


@bp.post("/roster/<code>/file")
@action(MANAGE)
def compare_roster(code: str) -> Response:
    """What the file would change, or the text in its stead; nothing is changed yet."""
    raw = sent_file("text", most=LARGEST_FILE + 1)
    if not raw or len(raw) > LARGEST_FILE:
        said = gettext(TOO_LARGE if raw else NO_FILE)
        return _show(code, said=said, status=HTTPStatus.BAD_REQUEST)
    return _show(code, raw=raw)


@bp.post("/roster/<code>/file/apply")
@action(MANAGE)
def load_roster(code: str) -> Answer:
    """Change exactly what was shown; 409 with the new difference where that is another by now."""
    key, now, person = asked_roster(code), clock.now(), current_person()
    raw = request.form.get("text", "").encode()
    with transaction() as session:
        if managed_office(session, person, code, MANAGE) is None:
            abort(HTTPStatus.NOT_FOUND)
        hold_roster(session, key)
        found = _difference(session, key, raw, bangkok(now).date())
        is_same = not found.faults and found.digest == request.form.get("digest")
        if is_same:
            ended = [one.id for one in found.ended]
            by = person.staff_id
            replace_lines(session, key, added=found.added, ended=ended, by=by, now=now)
    if not is_same:
        return _show(code, raw=raw, said=gettext(CHANGED), status=HTTPStatus.CONFLICT)
    return redirect(url_for("desk.roster", code=code, list=key.kind, told="loaded"), 303)


def _show(code: str, *, raw: bytes = b"", said: str = "", status: int = HTTPStatus.OK) -> Response:
    key, today = asked_roster(code), bangkok(clock.now()).date()
    with reading() as session:
        office = managed_office(session, current_person(), code, MANAGE)
        if office is None:
            abort(HTTPStatus.NOT_FOUND)
        diff = _page_of(session, key, raw, today) if raw else None
    return page(
        "roster/file.html",
        status=status,
        code=code,
        name=named(office),
        kind=key.kind,
        diff=diff,
        said=said,
    )


def _difference(session: Session, key: RosterKey, raw: bytes, today: date) -> Difference:
    return compared(raw, lines(session, key, since=today), listed(session, key), today)


def _page_of(session: Session, key: RosterKey, raw: bytes, today: date) -> DiffPage:
    found = _difference(session, key, raw, today)
    names = {one.staff_id: one.name for one in listed(session, key)}
    language = current_language()
    return DiffPage(
        added=[_words(one, names) for one in found.added],
        ended=[_words(one, names) for one in found.ended],
        unchanged=found.unchanged,
        faults=[(one.line, getattr(one.text, language)) for one in found.faults],
        digest=found.digest,
        text=raw.decode("utf-8-sig", "replace"),
    )


def _words(line: ShiftWish | ShiftRow, names: dict[int, str]) -> str:
    day = weekday_name(line.weekday) if line.weekday else long_date(line.valid_from)
    name = names.get(line.staff_id, "")
    return f"{name} · {day} · {line.starts}–{line.ends}"
