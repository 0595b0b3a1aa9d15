"""Changing the directory by hand: what is typed is one line of a file, checked and compared as
files are, logged, and told to every process. The caller commits.

LoadRefused tells what is wrong, by column; its line is 1, of hours the ISO weekday.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from routing.cells import moment
from routing.change_log import Author, record
from routing.csv_tables import LoadRefused, Reading, Refusal, refuse, typed
from routing.export import LINK_COLUMNS, OFFICE_COLUMNS, SCHOOL_COLUMNS, as_cells
from routing.import_jurisdictions import KEYS, LINKS, check_jurisdictions, link_values
from routing.import_schools import SCHOOL
from routing.importer import plan_load, write_planned
from routing.loading import Change, bump_version, compare, hold_directory, revision, rows_of, write
from routing.models import Jurisdiction, Office
from routing.pending import read_pending

# What a row that was typed rests on, where nothing else is said; in bases.yaml for people.
TYPED = "typed at the desk"
HOURS = ("office_code", "weekday", "from", "to")
Cells = Mapping[str, str]
Span = tuple[str, str]


def office_cells(session: Session, code: str) -> dict[str, str]:
    """An office or school as the cells of a file; empty when there is none."""
    rows = rows_of(session, Office, Office.code == code)
    return as_cells(rows[0]) if rows else {}


def mark_of(cells: Cells) -> str:
    """A mark of how an office was when a form was made, to see whether it is so still."""
    told = json.dumps(sorted(cells.items()))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def add_office(
    session: Session, cells: Cells, *, by: Author, barred: Sequence[Refusal] = ()
) -> bool:
    """Put a new office or school into the directory; `barred` is what else speaks against it."""
    hold_directory(session)
    known = {"active": "yes", "on": "yes", "confirmed": "yes"}
    reading = _line(known | dict(cells))
    row = reading.tables[0].rows[0]
    # A control character, which no database takes, is refused already.
    if not reading.refusals and office_cells(session, row["code"]):
        barred = [*barred, refuse(row, "code_taken", column="code", value=row["code"])]
    return _keep(session, reading, by, barred)


def edit_office(
    session: Session, code: str, cells: Cells, *, by: Author, barred: Sequence[Refusal] = ()
) -> bool:
    """Give an office other facts, by column of its file; False when it has them already."""
    hold_directory(session)
    return _keep(session, _line(office_cells(session, code) | dict(cells)), by, barred)


def edit_hours(
    session: Session, code: str, days: Mapping[int, Sequence[Span]], *, by: Author
) -> bool:
    """Give an office hours by ISO weekday, all of them; without any it keeps the usual ones."""
    hold_directory(session)
    spans = [(day, (code, str(day), *span)) for day, found in days.items() for span in found]
    return _keep(session, typed(TYPED, HOURS, spans or [(1, (code, "", "", ""))]), by)


def switch_districts(session: Session, codes: Iterable[str], *, is_on: bool, by: Author) -> bool:
    """Let districts take part, or not yet."""
    hold_directory(session)
    lines = [(line, (code, "yes" if is_on else "no")) for line, code in enumerate(codes, 1)]
    return _keep(session, typed(TYPED, ("district_code", "on"), lines), by)


def add_link(session: Session, cells: Cells, *, ends_others: bool, by: Author) -> None:
    """Let an office serve something from a date on; with `ends_others` nobody else does from then.

    A link of the same office that has ended begins anew.
    """
    hold_directory(session)
    reading = typed(TYPED, LINK_COLUMNS, [(1, [cells.get(name, "") for name in LINK_COLUMNS])])
    (table,) = reading.tables
    refusals = [*reading.refusals, *check_jurisdictions([table], read_pending(session))]
    if refusals:
        raise LoadRefused(refusals)
    values = link_values(table.rows[0])
    begins = values["valid_from"] or by.at
    same = [one for one in _rivals(session, values) if _holds(one, begins)]
    if any(one["office_code"] == values["office_code"] for one in same):
        raise LoadRefused([refuse(table.rows[0], "link_there", column="affiliation")])
    ended = [revision(LINKS, one, _ended(one, begins)) for one in same if ends_others]
    added = compare(session, LINKS, [values]).changes
    _write(session, [*(one for one in ended if one), *added], by)


def end_link(session: Session, code: str, link_id: int, until: str, *, by: Author) -> None:
    """Let an office serve something no longer, from a date (ISO, Bangkok) on."""
    hold_directory(session)
    found = rows_of(session, Jurisdiction, Jurisdiction.id == link_id)
    cells = as_cells(found[0]) | {"valid_to": until} if found else {}
    line = (1, [cells.get(name, "") for name in LINK_COLUMNS])
    reading = typed(TYPED, LINK_COLUMNS, [line])
    row = reading.tables[0].rows[0]
    if not found or found[0]["office_code"] != code:
        raise LoadRefused([refuse(row, "link_unknown", column="valid_to")])
    if not row["valid_to"]:
        raise LoadRefused([refuse(row, "value_missing", column="valid_to")])
    refusals = check_jurisdictions(reading.tables, read_pending(session))
    if refusals:
        raise LoadRefused(refusals)
    ends_at = moment(row["valid_to"])
    change = revision(LINKS, found[0], {"valid_to": ends_at, "origin": "file"})
    _write(session, [change] if change else [], by)


def _line(cells: Cells) -> Reading:
    """One office or school as a table of its kind."""
    is_school = cells.get("type") == SCHOOL
    columns = SCHOOL_COLUMNS if is_school else OFFICE_COLUMNS
    return typed(TYPED, columns, [(1, [cells.get(name, "") for name in columns])])


def _keep(session: Session, reading: Reading, by: Author, barred: Sequence[Refusal] = ()) -> bool:
    planned = plan_load(session, reading)
    if planned.refusals or barred:
        raise LoadRefused([*barred, *planned.refusals])
    if planned.changes:
        write_planned(session, planned, by=by)
    return bool(planned.changes)


def _write(session: Session, changes: Sequence[Change], by: Author) -> None:
    if changes:
        write(session, changes)
        record(session, changes, by)
        bump_version(session)


def _rivals(session: Session, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The links for the very same affiliation, level and place."""
    same = (getattr(Jurisdiction, name).is_not_distinct_from(values[name]) for name in KEYS[1:])
    return rows_of(session, Jurisdiction, *same)


def _holds(link: Mapping[str, Any], at: datetime) -> bool:
    """Whether a link holds at a moment or will later."""
    return link["valid_to"] is None or link["valid_to"] > at


def _ended(link: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """A link that would begin only later never does."""
    begins = link["valid_from"]
    return {"valid_to": max(at, begins) if begins else at, "origin": "file"}
