"""Lines of an offices file: checked against the tree as it will be, then added or changed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from routing.cells import (
    check_choice,
    check_length,
    check_needed,
    check_phone,
    check_yes_no,
    phone_values,
    yes_no,
)
from routing.csv_tables import Refusal, Row, Table, refuse
from routing.loading import Difference, Kept, compare
from routing.models import FILE, Office
from routing.pending import Pending, check_place
from routing.vocabulary import HQ, OFFICE_TYPES

LONGEST_CLUSTER = 100
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")
TYPES = tuple(one for one in OFFICE_TYPES if one != "school")
# Codes that outside programs rely on (design.md §5): example, form with its place, type.
RESERVED = (
    ("ESA-4001", re.compile(r"ESA-(\d{2})\d{2}"), "area_primary"),
    ("SESA-01", re.compile(r"SESA-()\d{2}"), "area_secondary"),
    ("DOLE-40", re.compile(r"DOLE-(\d{2})"), "province"),
    ("DOLE-4001", re.compile(r"DOLE-(\d{4})"), "district"),
)

OFFICES = Kept(
    Office,
    ("code",),
    about="code",
    own=frozenset({"active", "is_on", "phone", "phone_fingerprint", "cluster"}),
)


def check_offices(tables: Sequence[Table], pending: Pending) -> list[Refusal]:
    """What is wrong with the lines; the good ones join the pending tree first, in any order."""
    rows = [row for table in tables for row in table.rows]
    refusals: list[Refusal] = []
    for row in rows:
        refusals.extend(_check_row(row, pending))
        _join(row, pending)
    for row in rows:
        refusals.extend(_check_parent(row, pending))
    return refusals


def plan_offices(session: Session, tables: Sequence[Table]) -> Difference:
    """Which offices are new or changed, parents before children."""
    rows = [row for table in tables for row in table.rows]
    ordered = _parents_first(rows)
    return compare(session, OFFICES, map(_values, ordered), fill=english_name)


def _check_row(row: Row, pending: Pending) -> Iterator[Refusal]:
    code = row["code"]
    yield from check_needed(row, "code", "type", "name_th")
    yield from check_choice(row, "type", TYPES)
    yield from check_yes_no(row, "active")
    yield from check_yes_no(row, "on")
    yield from check_yes_no(row, "confirmed")
    yield from check_length(row, 200, "name_th", "name_en", "former_name_th", "basis")
    yield from check_length(row, LONGEST_CLUSTER, "cluster")
    yield from check_phone(row, "phone")
    yield from check_place(row, pending)
    if code and not CODE.fullmatch(code):
        yield refuse(row, "code_bad", column="code", value=code)
    yield from _check_reserved(row, pending)
    yield from _check_root(row)
    earlier = pending.rows.get(code)
    if earlier:
        yield refuse(row, "code_twice", value=code, where=f"{earlier.file}:{earlier.line}")
    elif pending.types.get(code) == "school":
        yield refuse(row, "code_of_school", value=code)


def _check_reserved(row: Row, pending: Pending) -> Iterator[Refusal]:
    code = row["code"]
    family, dash, _ = code.partition("-")
    forms = [one for one in RESERVED if dash and one[0].startswith(family + dash)]
    places = pending.provinces | pending.districts.keys() | {""}
    for _, form, office_type in forms:
        match = form.fullmatch(code)
        if match and match[1] in places and row["type"] == office_type:
            return
    if forms:
        yield refuse(
            row,
            "code_reserved",
            value=code,
            example=" / ".join(example for example, _, _ in forms),
            type=" / ".join(office_type for _, _, office_type in forms),
        )


def _check_root(row: Row) -> Iterator[Refusal]:
    is_root = row["code"] == HQ
    is_working = yes_no(row["active"]) and yes_no(row["on"])
    if is_root and (row["type"] != "hq" or row["parent_code"] or not is_working):
        yield refuse(row, "root_changed")
    if not is_root and row["type"] == "hq":
        yield refuse(row, "root_second")


def _join(row: Row, pending: Pending) -> None:
    code = row["code"]
    if code and code not in pending.rows:
        pending.rows[code] = row
        pending.types[code] = row["type"]
        pending.parents[code] = row["parent_code"] or None


def _check_parent(row: Row, pending: Pending) -> Iterator[Refusal]:
    code, parent = row["code"], row["parent_code"]
    if not code or code == HQ:
        return
    if not parent:
        yield refuse(row, "parent_missing", value=code)
    elif parent not in pending.types:
        yield refuse(row, "parent_unknown", value=code, parent=parent)
    elif not pending.is_office(parent):
        yield refuse(row, "parent_school", value=code, parent=parent)
    else:
        cycle = pending.cycle_through(code)
        if cycle and pending.rows.get(code) is row:
            yield refuse(row, "parent_cycle", cycle=" > ".join(cycle))


def _parents_first(rows: Sequence[Row]) -> list[Row]:
    """The rows so that a new office never comes before its new parent (foreign key)."""
    by_code = {row["code"]: row for row in rows}
    ordered: dict[str, Row] = {}
    for row in rows:
        chain = [row]
        while (parent := by_code.get(chain[-1]["parent_code"])) is not None:
            chain.append(parent)
        for one in reversed(chain):
            ordered.setdefault(one["code"], one)
    return list(ordered.values())


def english_name(values: Mapping[str, Any]) -> dict[str, Any]:
    """A new office without an English name is called by its Thai one."""
    return {"name_en": values["name_th"]}


def _values(row: Row) -> dict[str, Any]:
    values: dict[str, Any] = {name: cell or None for name, cell in row.cells.items()}
    if "name_en" in values:
        values["name_en"] = row["name_en"] or row["name_th"]
    values |= {"origin": FILE, "confirmed": yes_no(row["confirmed"])}
    values["basis"] = row["basis"] or row.file
    values |= switches(row) | phone_values(row, "phone")
    values.pop("on", None)
    if "district_code" in values:
        values["province_code"] = row["province_code"] or row["district_code"][:2] or None
    return values


def switches(row: Row) -> dict[str, bool]:
    """The switches that a line names."""
    columns = {"active": "active", "on": "is_on"}
    return {name: yes_no(row[cell]) for cell, name in columns.items() if cell in row.cells}
