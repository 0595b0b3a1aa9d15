"""A roster as a CSV file: written, read, and compared with what is there before anything changes.

Columns: email, weekday (1 to 7) or date, from, to, valid_from?, valid_to?, on_holidays? (`?` may be
left out). The file is the whole roster from today on: a line that it lacks ends today.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from agents.errors import RosterRefused
from agents.roster_models import ShiftRow
from agents.roster_wishes import ShiftWish, check_shift, day_of, text_of
from agents.rosters import MOST_SHIFTS, Listed, same_line
from routing.catalogue import Text
from routing.cells import NO, YES
from routing.csv_tables import Row, Table, read_content, refuse_line

REQUIRED: Final = frozenset({"email", "weekday", "date", "from", "to"})
OPTIONAL: Final = frozenset({"valid_from", "valid_to", "on_holidays"})
COLUMNS: Final = ("email", "weekday", "date", "from", "to", "valid_from", "valid_to", "on_holidays")
# A spreadsheet takes a cell that begins with one of these for a formula.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
FILE: Final = "roster.csv"


@dataclass(frozen=True)
class Fault:
    """A line that cannot be taken, and why, in both languages."""

    line: int
    text: Text


@dataclass(frozen=True)
class Difference:
    """What a file would change; `digest` tells whether it is still the same later."""

    added: tuple[ShiftWish, ...] = ()
    ended: tuple[ShiftRow, ...] = ()
    unchanged: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def digest(self) -> str:
        """A fingerprint of exactly these changes."""
        told = [sorted(map(repr, map(same_line, self.added))), sorted(one.id for one in self.ended)]
        return hashlib.sha256(repr(told).encode()).hexdigest()


def written(rows: Iterable[ShiftRow], people: Sequence[Listed]) -> str:
    """The lines as a file; of people who can stand in the roster no more nothing."""
    emails = {one.staff_id: one.email for one in people}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        if row.staff_id in emails:
            writer.writerow(_safe(emails[row.staff_id]) + _cells(row))
    return out.getvalue()


def compared(
    raw: bytes, rows: Sequence[ShiftRow], people: Sequence[Listed], today: date
) -> Difference:
    """What a file would change of these lines, or every line at fault."""
    reading = read_content(FILE, raw)
    faults = [Fault(one.line, Text(one.th, one.en)) for one in reading.refusals]
    found: dict[tuple[object, ...], ShiftWish] = {}
    lines: dict[tuple[object, ...], int] = {}
    for table in reading.tables:
        faults += _header_faults(table)
        for row in table.rows if not faults else ():
            try:
                wish = _wish(row, {one.email: one.staff_id for one in people}, today)
                _once(wish, row.line, lines)
            except RosterRefused as refusal:
                faults.append(Fault(row.line, text_of(refusal)))
            else:
                found[same_line(wish)] = wish
    if len(found) > MOST_SHIFTS:
        faults.append(Fault(1, text_of(RosterRefused("too_many", most=MOST_SHIFTS))))
    if faults:
        return Difference(faults=tuple(sorted(faults, key=lambda one: one.line)))
    known = {same_line(row): row for row in rows}
    return Difference(
        added=tuple(wish for key, wish in found.items() if key not in known),
        ended=tuple(row for key, row in known.items() if key not in found),
        unchanged=len(found.keys() & known.keys()),
    )


def _safe(cell: str) -> list[str]:
    return [f"'{cell}" if cell.startswith(FORMULA) else cell]


def _cells(row: ShiftRow) -> list[str]:
    if row.weekday is None:
        return ["", row.valid_from.isoformat(), row.starts, row.ends, "", "", ""]
    until = row.valid_to.isoformat() if row.valid_to else ""
    holidays = "yes" if row.on_holidays else "no"
    return [str(row.weekday), "", row.starts, row.ends, row.valid_from.isoformat(), until, holidays]


def _header_faults(table: Table) -> list[Fault]:
    columns = set(table.columns)
    if REQUIRED <= columns <= REQUIRED | OPTIONAL:
        return []
    refusal = refuse_line(
        table.file,
        1,
        "header_unknown",
        kind="roster",
        missing=", ".join(sorted(REQUIRED - columns)) or "-",
        unexpected=", ".join(sorted(columns - REQUIRED - OPTIONAL)) or "-",
    )
    return [Fault(1, Text(refusal.th, refusal.en))]


def _wish(row: Row, people: Mapping[str, int], today: date) -> ShiftWish:
    staff_id = people.get(row["email"].removeprefix("'").lower())
    if staff_id is None:
        raise RosterRefused("email_unknown")
    if bool(row["weekday"]) == bool(row["date"]):
        raise RosterRefused("weekday_or_day")
    wish = _weekly(row, staff_id, today) if row["weekday"] else _single(row, staff_id)
    check_shift(wish, today)
    return wish


def _weekly(row: Row, staff_id: int, today: date) -> ShiftWish:
    if row["weekday"] not in tuple("1234567"):
        raise RosterRefused("weekday_bad")
    if row["on_holidays"].lower() not in YES | NO:
        raise RosterRefused("yes_or_no", column="on_holidays")
    return ShiftWish(
        staff_id=staff_id,
        starts=row["from"],
        ends=row["to"],
        valid_from=day_of(row["valid_from"]) if row["valid_from"] else today,
        valid_to=day_of(row["valid_to"]) if row["valid_to"] else None,
        weekday=int(row["weekday"]),
        on_holidays=row["on_holidays"].lower() in YES - {""},
    )


def _single(row: Row, staff_id: int) -> ShiftWish:
    day = day_of(row["date"])
    return ShiftWish(staff_id, row["from"], row["to"], day, day)


def _once(wish: ShiftWish, line: int, lines: dict[tuple[object, ...], int]) -> None:
    earlier = lines.setdefault(same_line(wish), line)
    if earlier != line:
        raise RosterRefused("line_twice", line=earlier)
