"""Puts the list of cases together: tabs with counts, rows, where the next page begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, and_, case, exists, or_, select, text
from sqlalchemy.orm import Session, aliased

from calls.decisions import undecided
from calls.models import OWED as OWED_TEXT
from calls.models import Callback
from calls.states import DIALLING, NEEDS_PERSON, WAITING
from cases.access import Viewer, reach
from cases.desk import (
    COUNT_LIMIT,
    DeskList,
    Row,
    are_open,
    are_over,
    are_overdue,
    are_unassigned,
    counts,
    page,
    to_accept,
    to_acknowledge,
    to_approve,
)
from cases.lateness import late_cases
from cases.models import Assignment, HazardType
from cases.queries import OpenHandover, owing_office, unanswered_handovers
from cases.states import NEXT_STEPS
from cases.stopping import open_stops
from routing.directory import Directory, current_directory
from webapp.console.case_filters import ListParameters, to_mark
from webapp.console.case_words import in_language, word
from webapp.console.dates import thai_date
from webapp.console.language import gettext
from webapp.console.pages import named
from webapp.documents import office_names

PAGE = 25
OWED = ("requested", *WAITING, "claimed", *DIALLING)
# Of several callbacks the row shows the one that asks most of the reader.
URGENCY = (*NEEDS_PERSON, *DIALLING, "claimed", *WAITING, "requested")
MOST_OFFICES = 60
# Lists of hand-overs that wait for the reader's answer: the case itself may not be theirs yet.
TO_ANSWER = ("approval", "accept")

Lead = aliased(Assignment)
Handovers = Mapping[int, OpenHandover]


@dataclass(frozen=True)
class Tab:
    """One list: its name, how many cases it holds ("99+" for very many), where it is."""

    name: str
    text: str
    count: str
    address: str
    is_here: bool


@dataclass(frozen=True)
class CaseRow:
    """One case as the list shows it, in the reader's language; nothing personal."""

    reference: str
    address: str
    what: str
    place: str
    severity: str
    severity_word: str
    status_word: str
    danger: bool
    quiet: bool
    is_practice: bool
    is_live: bool
    office: str
    step: str
    due_at: datetime
    is_late: bool
    was_late: bool
    stopped: str
    is_settled: bool
    opened_at: datetime
    callback: str
    callback_due: datetime | None


@dataclass(frozen=True)
class CaseList:
    """All that a list shows; `place` is the list, its filters and where this page begins."""

    tabs: list[Tab]
    rows: list[CaseRow]
    next_address: str | None
    first_address: str | None
    place: dict[str, Any]
    is_filtered: bool
    empty: str


def lists(session: Session, viewer: Viewer, now: datetime) -> dict[str, DeskList]:
    """The lists by what is waiting, in the order of the tabs."""
    lead, late = Assignment.case_id, are_overdue(now)
    return {
        "acknowledge": DeskList((to_acknowledge(),)),
        "approval": DeskList((to_approve(session, viewer, now=now, case_id=lead),)),
        # What is offered is on no other list yet.
        "accept": DeskList((to_accept(viewer, case_id=lead),), is_asked=True),
        "callback": DeskList(_with_callback(_is_owed())),
        "decision": DeskList(_with_callback(undecided())),
        "overdue": DeskList((late, _by_callback(_is_late(now), but_not=_is_overdue(now)))),
        "unassigned": DeskList((are_unassigned(),)),
        "open": DeskList((are_open(),)),
        "closed": DeskList((are_over(),), newest_first=True),
    }


def case_list(
    session: Session, viewer: Viewer, asked: ListParameters, *, now: datetime
) -> CaseList:
    """The list that was asked for, with a fixed number of queries whatever it holds."""
    seen = reach(session, viewer, "case.list")
    every, chosen = lists(session, viewer, now), asked.chosen()
    found = page(
        session, seen, every[asked.waiting], chosen=chosen, after=asked.after, limit=PAGE + 1
    )
    held = counts(session, seen, every, chosen=chosen)
    rows = found[:PAGE]
    given = _given(asked)
    is_filtered = bool(given.keys() - {"waiting"})
    more = to_mark(rows[-1].due_at, rows[-1].case_id) if len(found) > PAGE else None
    return CaseList(
        tabs=[_tab(name, held[name], asked, given) for name in every],
        rows=_shown(session, rows, now, answers=asked.waiting in TO_ANSWER),
        next_address=_address(given | {"after": more}) if more else None,
        first_address=_address(given) if asked.after else None,
        place=given | _mark_of(asked),
        is_filtered=is_filtered,
        empty=word("empty", "filtered" if is_filtered else asked.waiting),
    )


def offices_to_choose(session: Session, viewer: Viewer) -> list[tuple[str, str]]:
    """The person's offices and those right below, by code: what the filter offers."""
    directory = current_directory(session)
    mine = viewer.offices
    near = [
        (one.code, named(one))
        for one in directory.offices.values()
        if one.code in mine or one.parent_code in mine
    ]
    return sorted(near)[:MOST_OFFICES]


def _shown(session: Session, rows: Sequence[Row], now: datetime, *, answers: bool) -> list[CaseRow]:
    """The rows in words; with `answers` they lead to the hand-over that waits, not to the case."""
    directory = current_directory(session)
    types = _types(session, rows)
    handovers = unanswered_handovers(session, [row.case_id for row in rows])
    owing = {row.case_id: _owing(row, handovers) for row in rows}
    offices = office_names(session, owing.values())
    callbacks = _callbacks(session, rows)
    late = late_cases(session, [row.case_id for row in rows])
    stops = open_stops(session, [row.case_id for row in rows])
    return [
        CaseRow(
            reference=row.reference,
            address=_row_address(row, handovers if answers else {}),
            what=types.get(row.hazard_type or "") or word("group", row.hazard_group),
            place=place_words(directory, row.district_code, row.province_code),
            severity=row.severity,
            severity_word=word("severity", row.severity),
            status_word=word("status", row.status),
            danger=row.danger,
            quiet=row.quiet,
            is_practice=row.is_practice,
            is_live=row.finished_at is None,
            office=named(offices[owing[row.case_id]]),
            step=word("step", NEXT_STEPS.get(row.status, "")),
            due_at=row.due_at,
            is_late=row.status in NEXT_STEPS and row.due_at < now,
            was_late=row.case_id in late,
            stopped=_stopped_words(stops.get(row.case_id)),
            is_settled=row.status not in NEXT_STEPS,
            opened_at=row.opened_at,
            **_callback_words(callbacks.get(row.case_id)),
        )
        for row in rows
    ]


def _owing(row: Row, handovers: Handovers) -> str:
    """The office that owes the next step."""
    return owing_office(row.status, row.office_code, handovers.get(row.case_id))


def _row_address(row: Row, handovers: Handovers) -> str:
    handover = handovers.get(row.case_id)
    if handover is not None:
        return url_for("desk.one_handover", handover_id=handover.id)
    return url_for("desk.one_case", reference=row.reference)


def place_words(directory: Directory, district_code: str | None, province: str | None) -> str:
    """The district and its province by name, as far as they are known."""
    district = directory.district(district_code)
    in_province = directory.province(district.province_code if district else province)
    return " · ".join(named(one) for one in (district, in_province) if one)


def _stopped_words(stop: Any) -> str:
    """Until when the clock stands still and why; empty while it runs."""
    if stop is None:
        return ""
    values = {"date": thai_date(stop.until), "reason": word("stop_reason", stop.reason)}
    return gettext("Clock stopped until %(date)s: %(reason)s") % values


def _callback_words(callback: Any) -> dict[str, Any]:
    if callback is None:
        return {"callback": "", "callback_due": None}
    is_waiting = callback.state in WAITING
    return {
        "callback": word("callback_state", callback.state),
        "callback_due": callback.due_at if is_waiting else None,
    }


def _callbacks(session: Session, rows: Sequence[Row]) -> dict[int, Any]:
    """The callback of each case that asks most of the reader; finished ones are left out."""
    columns = select(Callback.id, Callback.case_id, Callback.state, Callback.due_at)
    ids = [row.case_id for row in rows]
    open_ones = or_(_is_owed(), undecided())
    wanted = columns.where(Callback.case_id.in_(ids), open_ones)
    found = sorted(session.execute(wanted), key=lambda one: URGENCY.index(one.state), reverse=True)
    return {one.case_id: one for one in found}


def _types(session: Session, rows: Sequence[Row]) -> dict[str, str]:
    codes = {row.hazard_type for row in rows if row.hazard_type}
    if not codes:
        return {}
    found = session.scalars(select(HazardType).where(HazardType.code.in_(codes)))
    return {one.code: in_language(one) for one in found}


def _has_callback(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Callback.case_id == Assignment.case_id, condition)


def _with_callback(condition: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    """Open cases by deadline, of which many have a callback; then the few that are over."""
    is_open = Lead.case_status.in_(tuple(NEXT_STEPS))
    return and_(are_open(), _has_callback(condition)), _by_callback(condition, but_not=is_open)


def _by_callback(
    condition: ColumnElement[bool], *, but_not: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Cases found from their callbacks, but for those whose Lead says otherwise.

    Each lead is looked up: left to itself PostgreSQL might read all assignments for it.
    """
    of_callback = select(case((but_not, 1), else_=0)).where(
        Lead.case_id == Callback.case_id, Lead.is_lead
    )
    others = select(Callback.case_id).where(condition, of_callback.scalar_subquery() == 0)
    return Assignment.case_id.in_(others)


def _is_overdue(now: datetime) -> ColumnElement[bool]:
    return and_(Lead.case_status.in_(tuple(NEXT_STEPS)), Lead.due_at < now)


def _is_owed() -> ColumnElement[bool]:
    # The condition must read as in the index: a planner sees no match behind parameters.
    return and_(text(f"callbacks.{OWED_TEXT}"))


def needs_decision(callback: Callback) -> bool:
    """Whether a person still has to decide about a callback; as calls.decisions.undecided."""
    return callback.state in NEEDS_PERSON and callback.decided_at is None


def _is_late(now: datetime) -> ColumnElement[bool]:
    return and_(_is_owed(), Callback.late_at < now)


def _tab(name: str, held: int, asked: ListParameters, given: dict[str, str]) -> Tab:
    return Tab(
        name=name,
        text=word("waiting", name),
        count=f"{COUNT_LIMIT - 1}+" if held >= COUNT_LIMIT else str(held),
        address=_address(given | {"waiting": name}),
        is_here=name == asked.waiting,
    )


def _given(asked: ListParameters) -> dict[str, str]:
    """The list and the filters as an address holds them, without the place in the list."""
    given = asked.model_dump(exclude={"after", "seen"}, exclude_none=True)
    if asked.since is not None:
        given["since"] = asked.since.isoformat()
    return given


def _mark_of(asked: ListParameters) -> dict[str, str]:
    return {"after": to_mark(*asked.after)} if asked.after else {}


def _address(given: dict[str, Any]) -> str:
    return url_for("desk.case_list", **given)
