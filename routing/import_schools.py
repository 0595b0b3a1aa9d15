"""Lines of a schools file; schools are offices of the type school, kept out of the snapshot."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.orm import Session

from routing.cells import (
    check_choice,
    check_length,
    check_needed,
    check_phone,
    check_yes_no,
    phone_values,
)
from routing.csv_tables import Refusal, Row, Table, refuse
from routing.import_offices import LONGEST_CLUSTER, OFFICES, english_name, switches
from routing.loading import Difference, compare
from routing.models import FILE
from routing.pending import Pending, check_place
from routing.vocabulary import AFFILIATIONS, LEVELS

SCHOOL = "school"
# Two public schemes exist (8 and 10 digits, domain.md §3): the code is opaque, only its form holds.
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{3,19}")
POSTAL_CODE = re.compile(r"[1-9]\d{4}")


def check_schools(tables: Sequence[Table], pending: Pending) -> list[Refusal]:
    """What is wrong with the lines; the good ones join the pending directory."""
    refusals: list[Refusal] = []
    for table in tables:
        for row in table.rows:
            refusals.extend(_check_row(row, pending))
            pending.rows.setdefault(row["code"], row)
            pending.types.setdefault(row["code"], SCHOOL)
    return refusals


def plan_schools(session: Session, tables: Sequence[Table]) -> Difference:
    """Which schools are new or changed."""
    rows = [_values(row) for table in tables for row in table.rows]
    return compare(session, OFFICES, rows, fill=english_name)


def _check_row(row: Row, pending: Pending) -> Iterator[Refusal]:
    code, parent = row["code"], row["parent_code"]
    yield from check_needed(row, "code", "name_th")
    yield from check_choice(row, "affiliation", AFFILIATIONS)
    yield from check_choice(row, "level", LEVELS)
    yield from check_yes_no(row, "active")
    yield from check_yes_no(row, "on")
    yield from check_length(row, 200, "name_th", "name_en", "former_name_th", "basis")
    yield from check_length(row, LONGEST_CLUSTER, "cluster")
    yield from check_phone(row, "phone")
    yield from check_place(row, pending)
    if code and not CODE.fullmatch(code):
        yield refuse(row, "code_bad", column="code", value=code)
    if row["postal_code"] and not POSTAL_CODE.fullmatch(row["postal_code"]):
        yield refuse(row, "code_bad", column="postal_code", value=row["postal_code"])
    earlier = pending.rows.get(code)
    if code and earlier:
        yield refuse(row, "code_twice", value=code, where=f"{earlier.file}:{earlier.line}")
    elif pending.is_office(code):
        yield refuse(row, "code_of_office", value=code)
    if not parent:
        yield refuse(row, "parent_missing", value=code)
    elif parent not in pending.types:
        yield refuse(row, "parent_unknown", value=code, parent=parent)
    elif not pending.is_office(parent):
        yield refuse(row, "parent_school", value=code, parent=parent)


def _values(row: Row) -> dict[str, Any]:
    values: dict[str, Any] = {name: cell or None for name, cell in row.cells.items()}
    if "name_en" in values:
        values["name_en"] = row["name_en"] or row["name_th"]
    values |= {"type": SCHOOL, "origin": FILE, "confirmed": True}
    values["basis"] = row["basis"] or row.file
    values |= switches(row) | phone_values(row, "phone")
    values.pop("on", None)
    if "district_code" in values:
        values["province_code"] = row["district_code"][:2] or None
    return values
