"""Puts the list of cases together: tabs with counts, rows, where the next page begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from calls.models import Callback
from calls.states import DIALLING, NEEDS_PERSON, WAITING
from cases.access import Viewer, visible
from cases.desk import (
    COUNT_LIMIT,
    DeskList,
    Row,
    counts,
    is_open,
    is_over,
    is_overdue,
    page,
    to_acknowledge,
)
from cases.models import Case, HazardType
from cases.states import NEXT_STEPS
from routing.directory import Directory, current_directory
from webapp.console.case_filters import ListParameters, to_mark
from webapp.console.case_words import in_language, word
from webapp.console.pages import named
from webapp.documents import office_names

PAGE = 25
OWED = ("requested", *WAITING, "claimed", *DIALLING)
# Of several callbacks the row shows the one that asks most of the reader.
URGENCY = (*NEEDS_PERSON, *DIALLING, "claimed", *WAITING, "requested")
MOST_OFFICES = 60


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
    what: str
    place: str
    severity: str
    severity_word: str
    status_word: str
    danger: bool
    quiet: bool
    is_live: bool
    office: str
    step: str
    due_at: datetime
    is_late: bool
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


def lists(now: datetime) -> dict[str, DeskList]:
    """The lists by what is waiting, in the order of the tabs."""
    return {
        "acknowledge": DeskList(to_acknowledge()),
        "callback": DeskList(_has_callback(Callback.state.in_(OWED))),
        "decision": DeskList(is_open() & _has_callback(Callback.state.in_(NEEDS_PERSON))),
        "overdue": DeskList(or_(is_overdue(now), _has_callback(_is_late(now)))),
        "open": DeskList(is_open()),
        "closed": DeskList(is_over(), newest_first=True),
    }


def case_list(
    session: Session, viewer: Viewer, asked: ListParameters, *, now: datetime
) -> CaseList:
    """The list that was asked for, with a fixed number of queries whatever it holds."""
    seen = visible(session, viewer, "case.list")
    every, chosen = lists(now), asked.chosen()
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
        rows=_shown(session, rows, now),
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


def _shown(session: Session, rows: Sequence[Row], now: datetime) -> list[CaseRow]:
    directory = current_directory(session)
    types = _types(session, rows)
    offices = office_names(session, (row.office_code for row in rows))
    callbacks = _callbacks(session, rows)
    return [
        CaseRow(
            reference=row.reference,
            what=types.get(row.hazard_type or "") or word("group", row.hazard_group),
            place=place_words(directory, row.district_code, row.province_code),
            severity=row.severity,
            severity_word=word("severity", row.severity),
            status_word=word("status", row.status),
            danger=row.danger,
            quiet=row.quiet,
            is_live=row.finished_at is None,
            office=named(offices[row.office_code]),
            step=word("step", NEXT_STEPS.get(row.status, "")),
            due_at=row.due_at,
            is_late=row.status in NEXT_STEPS and row.due_at < now,
            is_settled=row.status not in NEXT_STEPS,
            opened_at=row.opened_at,
            **_callback_words(callbacks.get(row.case_id)),
        )
        for row in rows
    ]


def place_words(directory: Directory, district_code: str | None, province: str | None) -> str:
    """The district and its province by name, as far as they are known."""
    district = directory.district(district_code)
    in_province = directory.province(district.province_code if district else province)
    return " · ".join(named(one) for one in (district, in_province) if one)


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
    wanted = columns.where(Callback.case_id.in_(ids), Callback.state.in_(URGENCY))
    found = sorted(session.execute(wanted), key=lambda one: URGENCY.index(one.state), reverse=True)
    return {one.case_id: one for one in found}


def _types(session: Session, rows: Sequence[Row]) -> dict[str, str]:
    codes = {row.hazard_type for row in rows if row.hazard_type}
    found = session.scalars(select(HazardType).where(HazardType.code.in_(codes)))
    return {one.code: in_language(one) for one in found}


def _has_callback(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Callback.case_id == Case.id, condition)


def _is_late(now: datetime) -> ColumnElement[bool]:
    return Callback.state.in_(OWED) & (Callback.late_at < now)


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
