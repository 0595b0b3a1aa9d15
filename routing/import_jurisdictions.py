"""Lines of a jurisdictions file: which office serves what.

For a district that a file names, the file's lines are the whole truth for that affiliation and
level: what was linked before goes, so that a confirmed list replaces a guess. For provinces and the
country lines are only added or changed; `valid_to` ends one. What had ended before stays, so that
"where did this go then" keeps its answer.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.orm import Session

from core import clock
from routing.cells import (
    check_choice,
    check_length,
    check_moment,
    check_needed,
    check_yes_no,
    moment,
    yes_no,
)
from routing.csv_tables import Refusal, Row, Table, refuse
from routing.loading import Change, Difference, Kept, compare, removal, rows_of
from routing.models import FILE, Jurisdiction
from routing.pending import Pending, check_place
from routing.vocabulary import AFFILIATIONS, BASIC, PRIMARY_LEVEL, SECONDARY_LEVEL

KEYS = ("office_code", "affiliation", "level", "province_code", "district_code")
LINKS = Kept(Jurisdiction, KEYS, about="office_code", detail=KEYS[1:])


def check_jurisdictions(tables: Sequence[Table], pending: Pending) -> list[Refusal]:
    """What is wrong with the lines."""
    refusals: list[Refusal] = []
    seen: dict[tuple[str, ...], Row] = {}
    for table in tables:
        for row in table.rows:
            refusals.extend(_check_row(row, pending))
            key = (row["office_code"], row["affiliation"], row["level"], _place(row))
            earlier = seen.setdefault(key, row)
            if earlier is not row:
                where = f"{earlier.file}:{earlier.line}"
                refusals.append(refuse(row, "code_twice", value=row["office_code"], where=where))
    return refusals


def plan_jurisdictions(session: Session, tables: Sequence[Table]) -> Difference:
    """Which links are new or changed, and which the files replace."""
    rows = [link_values(row) for table in tables for row in table.rows]
    found = compare(session, LINKS, rows)
    return Difference((*_replaced(session, rows), *found.changes), found.unchanged)


def _place(row: Row) -> str:
    return row["district_code"] or row["province_code"]


def _check_row(row: Row, pending: Pending) -> Iterator[Refusal]:
    yield from check_needed(row, "office_code", "affiliation")
    yield from check_choice(row, "affiliation", AFFILIATIONS)
    yield from check_choice(row, "level", (PRIMARY_LEVEL, SECONDARY_LEVEL))
    yield from check_yes_no(row, "confirmed")
    yield from check_length(row, 200, "basis")
    yield from check_place(row, pending)
    if row["office_code"] and not pending.is_office(row["office_code"]):
        yield refuse(row, "office_unknown", value=row["office_code"])
    if row["level"] and row["affiliation"] != BASIC:
        yield refuse(row, "level_without_basic", value=row["level"])
    moments = [*check_moment(row, "valid_from"), *check_moment(row, "valid_to")]
    yield from moments
    if not moments:
        begin, end = moment(row["valid_from"]), moment(row["valid_to"])
        if begin and end and end <= begin:
            yield refuse(row, "moments_reversed")


def link_values(row: Row) -> dict[str, Any]:
    """A line as the columns of its row."""
    values: dict[str, Any] = {name: cell or None for name, cell in row.cells.items()}
    values |= {"level": row["level"] or None, "district_code": row["district_code"] or None}
    values["province_code"] = row["district_code"][:2] or row["province_code"] or None
    values["confirmed"] = yes_no(row["confirmed"])
    values["basis"] = row["basis"] or row.file
    values["origin"] = FILE
    for name in ("valid_from", "valid_to"):
        if name in values:
            values[name] = moment(row[name])
    return values


def _replaced(session: Session, rows: Sequence[dict[str, Any]]) -> list[Change]:
    """The links of the districts named, but for those that are named again or over."""
    now = clock.now()
    named = [row for row in rows if row["district_code"]]
    served = {(row["affiliation"], row["level"], row["district_code"]) for row in named}
    kept = {tuple(row[name] for name in KEYS) for row in rows}
    return [
        removal(LINKS, link)
        for link in rows_of(session, Jurisdiction, Jurisdiction.district_code.is_not(None))
        if replaces(served, link["affiliation"], link["level"], link["district_code"])
        and tuple(link[name] for name in KEYS) not in kept
        and not (link["valid_to"] and link["valid_to"] <= now)
    ]


def replaces(
    served: set[tuple[str, str | None, str | None]],
    affiliation: str,
    level: str | None,
    district: str | None,
) -> bool:
    """Whether lines for these (affiliation, level, district) take the place of such a link; a line
    without a level takes the place of every level's."""
    return (affiliation, level, district) in served or (affiliation, None, district) in served
