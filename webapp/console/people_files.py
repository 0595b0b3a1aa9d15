"""People and committees as files: export, try one, apply exactly what was shown."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, abort, request
from sqlalchemy import select, true
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from agents.committee_models import Committee
from agents.differences import ADDED, Difference
from agents.models import Staff
from agents.people_files import (
    COMMITTEE_COLUMNS,
    PEOPLE_COLUMNS,
    PHONE,
    Tried,
    as_csv,
    committee_rows,
    load,
    people_rows,
)
from agents.people_rules import ADMIN, VIEW, may_give, may_put_on_call
from agents.person import text_of
from agents.profiles import note_change
from cases.access import reach
from core import clock
from core.database import transaction, trial
from core.errors import HotlineError
from routing.csv_tables import LoadRefused, Refusal
from webapp.console import bp
from webapp.console.case_words import in_language
from webapp.console.csv_files import sent_file, to_save
from webapp.console.guard import action, current_person, may_ever
from webapp.console.pages import page
from webapp.console.people_door import actor_now, in_reach, viewer_here

LOAD = "people.load"
COMMITTEES = "committee.view"
LARGEST_KB = 200
MOST_LINES = 2_000
# So many of each are listed; the counts are of all.
MOST_SHOWN = 200
NAME = "people.csv"


class Overtaken(HotlineError):
    """What the file changes is not what was shown any longer."""


@dataclass(frozen=True)
class Sent:
    """A file as it came: chosen in the browser, or sent back by the page that showed its trial."""

    content: bytes

    @classmethod
    def now(cls) -> "Sent":
        """The file of this request."""
        return cls(sent_file("content"))

    @property
    def text(self) -> str:
        """The file as a page can carry it; only one that could be read comes so far."""
        return self.content.decode("utf-8-sig")


@bp.get("/people/files")
@action(VIEW)
def people_files() -> Response:
    """What can be exported, and the form for a file."""
    return _page()


@bp.post("/people/files/export")
@action(VIEW)
def export_people() -> Response:
    """Everybody or every committee that who asks may see; with numbers for administrators alone."""
    what, now = request.form.get("what", ""), clock.now()
    if what not in ("people", "committees"):
        abort(HTTPStatus.BAD_REQUEST)
    with_phones = request.form.get("phones") == "yes" and _is_admin()
    with transaction() as session:
        content, count = _exported(session, what, with_phones)
        actor = current_person().staff_id
        told = {"what": what, "rows": count, "phones": with_phones}
        note_change(session, "exported", staff_id=None, actor_id=actor, now=now, **told)
    return to_save(content, f"{what}.csv")


@bp.post("/people/files")
@action(LOAD)
def try_file() -> Response:
    """Show what a file would change; nothing is changed."""
    sent = Sent.now()
    try:
        with trial() as session:
            tried = _load(session, sent.content)
    except LoadRefused as refused:
        return _page(refused.refusals)
    return _page(difference=tried.difference, text=sent.text)


@bp.post("/people/files/apply")
@action(LOAD)
def apply_people_file() -> Answer:
    """Apply what was shown; where that is no longer what the file does, show it anew."""
    sent, shown = Sent.now(), request.form.get("digest", "")
    try:
        with transaction() as session:
            tried = _load(session, sent.content)
            if tried.difference.digest != shown:
                raise Overtaken("the difference is another one by now")
            _note(session, tried)
    except LoadRefused as refused:
        return _page(refused.refusals)
    except Overtaken:
        with trial() as session:
            tried = _load(session, sent.content)
        return _page(difference=tried.difference, text=sent.text, is_overtaken=True)
    return _page(applied=tried.difference)


def _load(session: Session, content: bytes) -> Tried:
    """Write the file into this session; LoadRefused also for what who asks may not change."""
    lines = content.count(b"\n")
    if len(content) > LARGEST_KB * 1024:
        raise LoadRefused([_refusal("file_large", most=LARGEST_KB)])
    if lines > MOST_LINES:
        raise LoadRefused([_refusal("rows_many", most=MOST_LINES)])
    tried = load(session, NAME, content)
    refusals = _above(session, tried)
    if refusals:
        raise LoadRefused(refusals)
    return tried


def _above(session: Session, tried: Tried) -> list[Refusal]:
    """Whom who asks may not change: a role above the own or elsewhere, and nobody themselves."""
    codes = {row["office_code"] for row in (*tried.people.values(), *tried.committees.values())}
    by = actor_now(session, *codes)
    me = session.get_one(Staff, by.staff_id).email
    changed = {one.key[0] for one in tried.difference.changes if len(one.key) > 2}

    def is_above(role: str, office_code: str) -> bool:
        return not may_give(by.roles, role, office_code, by.parents)

    above = (changed & {me}) | {
        row["email"]
        for row in tried.people.values()
        if row["email"] in changed and is_above(row["role"], row["office_code"])
    }
    offices = {row["office_code"] for row in tried.committees.values()}
    above |= {code for code in offices if is_above("operator", code)}
    above |= set() if may_put_on_call(by.roles) else _put_on_call(tried)
    return [_refusal("file_above", who=one) for one in sorted(above)]


def _put_on_call(tried: Tried) -> set[str]:
    """Whom the file puts on the hotline's on-call list, or takes off it."""
    added = {one.key for one in tried.difference.changes if one.kind == ADDED}
    known = {key[0] for key in tried.people if key not in added}
    return {
        one.key[0]
        for one in tried.difference.changes
        for field in one.fields
        if field.column == "on_call" and "true" in (field.old, field.new)
        # A further role of somebody known shows the mark that the person has already.
        if one.kind != ADDED or one.key[0] not in known
    }


def _refusal(rule: str, **values: object) -> Refusal:
    text = text_of((rule, dict(values)))
    return Refusal(NAME, 1, rule, text.th, text.en)


def _note(session: Session, tried: Tried) -> None:
    """A trace with each person and one of the whole file; of values nothing."""
    actor, now = current_person().staff_id, clock.now()
    emails = {one.key[0] for one in tried.difference.changes if len(one.key) > 2}
    changed = select(Staff.id).where(Staff.email.in_(emails)).order_by(Staff.id)
    for staff_id in session.scalars(changed).all():
        note_change(session, "loaded", staff_id=staff_id, actor_id=actor, now=now)
    count = len(tried.difference.changes)
    note_change(session, "file_applied", staff_id=None, actor_id=actor, now=now, rows=count)


def _exported(session: Session, what: str, with_phones: bool) -> tuple[bytes, int]:
    if what == "people":
        people = people_rows(session, in_reach(session), with_phones=with_phones)
        columns = tuple(one for one in PEOPLE_COLUMNS if with_phones or one != PHONE)
        return as_csv(columns, people.values()), len(people)
    seen = reach(session, viewer_here(), COMMITTEES)
    which = true() if seen.everywhere else seen.reaches(Committee.office_code)
    rows = committee_rows(session, which)
    return as_csv(COMMITTEE_COLUMNS, rows.values()), len(rows)


def _is_admin() -> bool:
    return any(role == ADMIN for role, _ in current_person().roles)


def _page(
    refusals: tuple[Refusal, ...] = (),
    *,
    difference: Difference | None = None,
    text: str = "",
    applied: Difference | None = None,
    is_overtaken: bool = False,
) -> Response:
    status = HTTPStatus.CONFLICT if is_overtaken else HTTPStatus.OK
    return page(
        "people/files.html",
        status=HTTPStatus.BAD_REQUEST if refusals else status,
        refusals=[(one.line, in_language(one)) for one in refusals[:MOST_SHOWN]],
        fault_count=len(refusals),
        difference=difference,
        most=MOST_SHOWN,
        text=text,
        applied=applied,
        is_overtaken=is_overtaken,
        may_load=may_ever(current_person(), LOAD),
        may_have_phones=_is_admin(),
        largest=LARGEST_KB,
        lines=MOST_LINES,
        people_columns=", ".join(PEOPLE_COLUMNS),
        committee_columns=", ".join(COMMITTEE_COLUMNS),
        masked_columns=(PHONE,),
    )
