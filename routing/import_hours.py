"""Lines of an hours file: when an office is open, by weekday.

For an office that a file names, the file's lines are the whole truth; a line with the office alone
gives it the usual hours back.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.orm import Session

from routing.cells import check_needed
from routing.csv_tables import Refusal, Row, Table, refuse
from routing.loading import Difference, Kept, compare, removal, rows_of
from routing.models import OfficeHours
from routing.pending import Pending
from routing.vocabulary import HQ

WEEKDAYS = tuple("1234567")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
SPAN = ("weekday", "from", "to")
HOURS = Kept(
    OfficeHours,
    ("office_code", "weekday", "opens"),
    about="office_code",
    detail=("weekday", "opens"),
)


def check_hours(tables: Sequence[Table], pending: Pending) -> list[Refusal]:
    """What is wrong with the lines; times are compared as text, "08:30" to "24:00"."""
    refusals: list[Refusal] = []
    rows = [row for table in tables for row in table.rows]
    for row in rows:
        refusals.extend(_check_row(row, pending))
    refusals.extend(_overlapping(rows))
    return refusals


def _check_row(row: Row, pending: Pending) -> Iterator[Refusal]:
    code = row["office_code"]
    yield from check_needed(row, "office_code")
    if code == HQ:
        yield refuse(row, "hours_of_root")
    elif code and not pending.is_office(code):
        yield refuse(row, "office_unknown", value=code)
    if not _is_usual(row):
        yield from _check_span(row)


def _is_usual(row: Row) -> bool:
    return not any(row[column] for column in SPAN)


def _check_span(row: Row) -> Iterator[Refusal]:
    yield from check_needed(row, *SPAN)
    if row["weekday"] and row["weekday"] not in WEEKDAYS:
        listed = ", ".join(WEEKDAYS)
        yield refuse(row, "value_unknown", column="weekday", choices=listed, value=row["weekday"])
    bad = [column for column in ("from", "to") if row[column] and not TIME.fullmatch(row[column])]
    for column in bad:
        yield refuse(row, "time_bad", column=column, value=row[column])
    if not bad and row["from"] and row["to"] and row["from"] >= row["to"]:
        yield refuse(row, "times_reversed")


def _overlapping(rows: Sequence[Row]) -> Iterator[Refusal]:
    """Two spans of one weekday that share a moment, and usual hours beside a span; a line once."""
    of_office: dict[str, list[Row]] = {}
    for row in rows:
        of_office.setdefault(row["office_code"], []).append(row)
    for code, mine in of_office.items():
        for later, earlier in (_crossing(mine) | _beside_usual(mine)).items():
            where = f"{mine[earlier].file}:{mine[earlier].line}"
            yield refuse(mine[later], "hours_overlap", value=code, where=where)


def _crossing(mine: Sequence[Row]) -> dict[int, int]:
    """Of an office's lines by number, each that shares a moment with an earlier one, and which.

    In the order of time each is compared with the one that ends last so far, not with every other:
    a form or a file may hold thousands, and the directory is held meanwhile.
    """
    spans = (number for number, row in enumerate(mine) if not _is_usual(row))
    found: dict[int, int] = {}
    last = -1
    for one in sorted(spans, key=lambda number: (mine[number]["weekday"], mine[number]["from"])):
        is_new_day = last < 0 or mine[last]["weekday"] != mine[one]["weekday"]
        if not is_new_day and mine[one]["from"] < mine[last]["to"]:
            found.setdefault(max(one, last), min(one, last))
        if is_new_day or mine[one]["to"] > mine[last]["to"]:
            last = one
    return found


def _beside_usual(mine: Sequence[Row]) -> dict[int, int]:
    """The same of the usual hours, which stand alone."""
    usual = next((number for number, row in enumerate(mine) if _is_usual(row)), len(mine))
    return {one: min(usual, one - 1) for one in range(max(usual, 1), len(mine))}


def plan_hours(session: Session, tables: Sequence[Table]) -> Difference:
    """Which spans are new, changed or gone, of every office named."""
    rows = [row for table in tables for row in table.rows]
    wanted = [_values(row) for row in rows if not _is_usual(row)]
    kept = {tuple(one[key] for key in HOURS.keys) for one in wanted}
    named = {row["office_code"] for row in rows}
    gone = tuple(
        removal(HOURS, old)
        for old in rows_of(session, OfficeHours)
        if old["office_code"] in named and tuple(old[key] for key in HOURS.keys) not in kept
    )
    found = compare(session, HOURS, wanted)
    return Difference((*gone, *found.changes), found.unchanged)


def _values(row: Row) -> dict[str, Any]:
    return {
        "office_code": row["office_code"],
        "weekday": int(row["weekday"]),
        "opens": row["from"],
        "closes": row["to"],
    }
