"""Puts the page of warnings together: in the reader's words, the gravest first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.names import names_of
from agents.sessions import SignedIn
from calls.models import OrphanEvent
from calls.warning_list import (
    Asked,
    counts,
    listed,
    orphan_events,
    silent_events,
    unheard_of,
    visible,
)
from calls.warning_models import DirectoryWarning, WarningCase
from calls.warning_policy import current_warning_policy
from calls.warning_rules import KINDS, PHONE_FAILS, REPORTS, ROSTER_GAP
from cases.access import Viewer
from cases.access import visible as may_see
from cases.models import Case, HazardType, SilentEvent
from routing.models import Office
from routing.vocabulary import HQ
from webapp.console.case_door import VIEW
from webapp.console.guard import may_ever
from webapp.console.language import current_language, gettext, marked
from webapp.console.office_page import MANAGE as MANAGE_OFFICE
from webapp.console.pages import named
from webapp.documents import office_names

PAGE_LENGTH = 50
MOST_EVENTS = 20
MOST_CASES = 10
# Up to this weight somebody may be in danger unheard (calls/data/warnings.yaml).
GRAVE = 40
# What is set aside until midnight is so on the day before.
LAST_MOMENT = timedelta(seconds=1)
# Who watches over the hotline itself sees what is on no other list.
WATCHES = ("supervisor", "head_operator")
KIND_NAMES = {
    "on_call_empty": marked("Nobody on call"),
    "reports": marked("Several reports"),
    "on_call_gap": marked("Hours without anybody on call"),
    "nobody": marked("Open with nobody on duty"),
    "phone_fails": marked("A telephone that fails"),
    "no_action": marked("Nobody acts"),
    "busy": marked("Far more cases than usual"),
    "silent": marked("Fallen silent"),
    "roster_gap": marked("Hours without anybody on shift"),
    "no_head": marked("No head operator"),
    "few": marked("Too few operators"),
}
TEXTS = {
    "on_call_empty": marked(
        "Nobody with a telephone is on the hotline's on-call list. In an emergency nobody is rung. "
        "Please name somebody at once."
    ),
    "reports": marked("%(count)s reports within %(days)s days about the same place: %(about)s."),
    "on_call_gap": marked(
        "In the next seven days the roster of the on-call list leaves hours without anybody. In "
        "those hours the whole list is rung."
    ),
    "nobody": marked("The office is open and nobody with a telephone is on duty: callbacks wait."),
    "phone_fails": marked(
        "The last %(count)s rings at the telephone of %(name)s failed. Please check the number, "
        "and whether the person is there."
    ),
    "no_action": marked("%(count)s cases have a step that has been overdue for %(days)s days."),
    "busy": marked("%(count)s cases in the last seven days; usual are %(usual)s a week."),
    "silent": marked(
        "No case for %(days)s days, where cases are usual. Does the routing still lead here?"
    ),
    "roster_gap": marked(
        "In the next seven days the roster leaves %(hours)s opening hours without anybody."
    ),
    "no_head": marked(
        "There is no head operator here: hand-overs are approved by the office above."
    ),
    "few": marked("%(count)s operators work here; at least two are wanted."),
}
OTHER_SPOT = marked("postal code %(postal)s, %(type)s")


@dataclass(frozen=True)
class WarningLine:
    """One warning as the page shows it."""

    id: int
    name: str
    text: str
    office: str
    is_grave: bool
    since: datetime
    address: str
    aside_until: datetime | None
    aside_by: str
    aside_reason: str
    cases: Sequence[str]


@dataclass(frozen=True)
class WarningPage:
    """All that the page shows."""

    tabs: list[tuple[str, str, int]]
    total: int
    lines: list[WarningLine]
    after: tuple[int, int] | None
    watches: bool
    silent: Sequence[SilentEvent]
    unheard_of: frozenset[int]
    orphans: Sequence[OrphanEvent]


def warning_page(session: Session, person: SignedIn, asked: Asked, *, now: datetime) -> WarningPage:
    """The page of one person, with a fixed number of queries."""
    viewer = Viewer(person.staff_id, person.roles)
    seen = visible(session, viewer)
    counted = counts(seen, session, now)
    rows = listed(seen, session, asked, now=now, limit=PAGE_LENGTH + 1)
    shown = rows[:PAGE_LENGTH]
    watches = any(role in WATCHES and office == HQ for role, office in person.roles)
    silent = silent_events(session, MOST_EVENTS) if watches else []
    return WarningPage(
        tabs=[
            (kind, gettext(KIND_NAMES[kind]), counted[kind]) for kind in KINDS if counted.get(kind)
        ],
        total=sum(counted.values()),
        lines=_lines(session, viewer, shown, manages=may_ever(person, MANAGE_OFFICE)),
        after=(shown[-1].weight, shown[-1].id) if len(rows) > PAGE_LENGTH else None,
        watches=watches,
        silent=silent,
        unheard_of=unheard_of(session, silent),
        orphans=orphan_events(session, MOST_EVENTS) if watches else (),
    )


def _lines(
    session: Session, viewer: Viewer, rows: Sequence[DirectoryWarning], *, manages: bool
) -> list[WarningLine]:
    offices = office_names(session, {one.office_code for one in rows})
    people = _people(session, rows)
    places = _places(session, rows)
    cases = _cases(session, viewer, rows)
    return [
        WarningLine(
            id=one.id,
            name=gettext(KIND_NAMES[one.kind]),
            text=_text(one, people, places),
            office=named(offices[one.office_code]),
            is_grave=one.weight <= GRAVE,
            since=one.opened_at,
            address=_address(one, manages=manages),
            aside_until=one.aside_until and one.aside_until - LAST_MOMENT,
            aside_by=people.get(one.aside_by or 0, ""),
            aside_reason=one.aside_reason or "",
            cases=cases.get(one.id, ()),
        )
        for one in rows
    ]


def _text(row: DirectoryWarning, people: Mapping[int, str], places: Mapping[str, str]) -> str:
    values: dict[str, Any] = dict(row.data)
    if row.kind == PHONE_FAILS:
        values["name"] = people.get(int(row.subject), "")
    if row.kind == REPORTS:
        values["about"] = places.get(row.subject, "")
        # One that was counted before it kept its days has them at the next sweep.
        values.setdefault("days", current_warning_policy().report_days)
    text = gettext(TEXTS[row.kind])
    return text % values if values else text


def _address(row: DirectoryWarning, *, manages: bool) -> str:
    """Where something can be done about it: the roster where the office's page is not theirs."""
    if row.kind in ("on_call_gap", ROSTER_GAP):
        kind = "on_call" if row.kind == "on_call_gap" else None
        return url_for("desk.roster", code=row.office_code, list=kind)
    if row.kind in (REPORTS, "no_action"):
        return url_for("desk.case_list")
    return url_for("desk.office" if manages else "desk.roster", code=row.office_code)


def _people(session: Session, rows: Iterable[DirectoryWarning]) -> dict[int, str]:
    ids = {int(one.subject) for one in rows if one.kind == PHONE_FAILS}
    ids |= {one.aside_by for one in rows if one.aside_by is not None}
    return names_of(session, ids)


def _cases(
    session: Session, viewer: Viewer, rows: Iterable[DirectoryWarning]
) -> dict[int, list[str]]:
    """The references of the cases that these warnings count and the reader may open, newest first.

    Whoever must not know of one of the cases does not see the warning (warning_list.visible).
    """
    ids = [one.id for one in rows if one.kind == REPORTS]
    if not ids:
        return {}
    counted = select(WarningCase.warning_id, Case.reference)
    joined = counted.join(Case, Case.id == WarningCase.case_id)
    mine = WarningCase.warning_id.in_(ids) & may_see(session, viewer, VIEW)
    wanted = joined.where(mine).order_by(Case.id.desc())
    found: dict[int, list[str]] = {}
    for warning_id, reference in session.execute(wanted):
        found.setdefault(warning_id, []).append(reference)
    return {warning_id: references[:MOST_CASES] for warning_id, references in found.items()}


def _places(session: Session, rows: Iterable[DirectoryWarning]) -> dict[str, str]:
    """What the schools and spots of these warnings are called."""
    subjects = [one.subject for one in rows if one.kind == REPORTS]
    codes = {one.removeprefix("school:") for one in subjects if one.startswith("school:")}
    schools = select(Office).where(Office.code.in_(codes))
    names = {one.code: named(one) for one in session.scalars(schools)} if codes else {}
    found = {f"school:{code}": names.get(code, code) for code in codes}
    spots = [one for one in subjects if one.startswith("spot:")]
    types = {one.code: one for one in session.scalars(select(HazardType))} if spots else {}
    for one in spots:
        _, postal, code = one.split(":")
        kind = getattr(types.get(code), current_language(), code)
        found[one] = gettext(OTHER_SPOT) % {"postal": postal, "type": kind}
    return found
