"""Closing an account: what the person has on the desk, and who takes it over; nothing is lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from agents.errors import StaffRefused
from agents.models import Staff, StaffRole
from agents.people_rules import MANAGE
from agents.staffing import close_account
from cases.access import reach
from cases.handover_rules import ACTION_ROLES
from cases.leaving import Held, held_by, let_go
from cases.models import Case
from cases.reach import not_excluded
from core import clock
from core.database import reading, transaction
from webapp.console import bp
from webapp.console.case_words import in_language, word
from webapp.console.guard import action
from webapp.console.pages import page
from webapp.console.people_door import OpenedPerson, actor_now, open_to_manage, viewer_here
from webapp.console.people_list import office_names

DECIDE = "handover.decide"
SEE = "case.view"


@dataclass(frozen=True)
class Line:
    """A case that the person has; `is_seen` is whether who closes the account may open it."""

    held: Held
    office: str
    is_seen: bool


@dataclass(frozen=True)
class Takeover:
    """An office whose cases who closes the account may give to one of its people."""

    office_code: str
    office: str
    people: list[tuple[int, str]]


@dataclass(frozen=True)
class Leaving:
    """All that the page shows."""

    staff: Staff
    lines: list[Line]
    takeovers: list[Takeover]


@bp.get("/people/<int:staff_id>/leave")
@action(MANAGE)
def leaving(staff_id: int) -> Response:
    """What the person has, and the question who takes it over."""
    return _shown(staff_id, "")


@bp.post("/people/<int:staff_id>/leave")
@action(MANAGE)
def close_person(staff_id: int) -> Answer:
    """Close the account and pass on what the person has; each case's head is told."""
    try:
        with transaction() as session:
            opened = _open(session, staff_id)
            now, by = clock.now(), actor_now(session)
            successors = _successors(session, held_by(session, staff_id), staff_id)
            actor = viewer_here().actor
            passed_on = let_go(session, staff_id, successors, actor=actor, now=now)
            close_account(session, opened.staff, cases=len(passed_on), by=by, now=now)
    except StaffRefused as refused:
        return _shown(staff_id, in_language(refused.text))
    return redirect(url_for("desk.person", staff_id=staff_id), HTTPStatus.SEE_OTHER)


def _open(session: Session, staff_id: int) -> OpenedPerson:
    opened = open_to_manage(session, staff_id)
    if not opened.staff.active:
        abort(HTTPStatus.NOT_FOUND)
    return opened


def _shown(staff_id: int, refusal: str) -> Response:
    with reading() as session:
        opened = _open(session, staff_id)
        shown = _leaving(session, opened.staff)
    return page(
        "people/leaving.html",
        status=HTTPStatus.BAD_REQUEST if refusal else HTTPStatus.OK,
        shown=shown,
        refusal=refusal,
        word=word,
    )


def _leaving(session: Session, staff: Staff) -> Leaving:
    """Every case but those that who asks must not even know of: these are passed on unseen."""
    held = held_by(session, staff.id)
    known = _matching(session, held, not_excluded(viewer_here()))
    seen = _matching(session, held, reach(session, viewer_here(), SEE).visible())
    names = office_names(session, {one.office_code for one in held})
    lines = [
        Line(one, names.get(one.office_code, one.office_code), one.case_id in seen)
        for one in held
        if one.case_id in known
    ]
    codes = _decided(session, held)
    people = _candidates(session, set(codes.values()), staff.id)
    takeovers = [
        Takeover(code, names.get(code, code), people[code]) for code in sorted(people) if code
    ]
    return Leaving(staff, lines, takeovers)


def _successors(session: Session, held: Sequence[Held], staff_id: int) -> dict[int, int]:
    """Who takes over which case, as the form says and as far as who asks may decide it."""
    codes = _decided(session, held)
    people = _candidates(session, set(codes.values()), staff_id)
    found = {}
    for case_id, code in codes.items():
        wanted = request.form.get(f"successor-{code}", 0, type=int)
        if wanted in {one for one, _ in people.get(code, [])}:
            found[case_id] = wanted
    return found


def _decided(session: Session, held: Sequence[Held]) -> dict[int, str]:
    """The cases, never parts, that who asks may give away without asking anybody (domain.md B8)."""
    cases = [one for one in held if one.part_id is None]
    may = _matching(session, cases, reach(session, viewer_here(), DECIDE).visible())
    return {one.case_id: one.office_code for one in cases if one.case_id in may}


def _matching(session: Session, held: Iterable[Held], condition: ColumnElement[bool]) -> set[int]:
    ids = [one.case_id for one in held]
    wanted = select(Case.id).where(Case.id.in_(ids), condition)
    return set(session.scalars(wanted))


def _candidates(
    session: Session, codes: Iterable[str], leaving_id: int
) -> dict[str, list[tuple[int, str]]]:
    """The people of each office who may have a case, but for the one who leaves."""
    wanted = (
        select(Staff.id, Staff.name, StaffRole.office_code)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .where(Staff.active, Staff.id != leaving_id, StaffRole.office_code.in_(set(codes)))
        .where(StaffRole.role.in_(ACTION_ROLES))
        .distinct()
        .order_by(Staff.id)
    )
    found: dict[str, list[tuple[int, str]]] = {}
    for row in session.execute(wanted):
        found.setdefault(row.office_code, []).append((row.id, row.name))
    return found
