"""The directory as CSV files that the importer reads back: the same columns, nothing changed.

UTF-8 with Excel's mark; a cell that a spreadsheet would take for a formula bears a quote, which the
importer takes off. Telephones are written as people dial them, so that no "+" is lost.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.phones import national
from core.zones import bangkok
from routing.csv_tables import escaped
from routing.import_schools import SCHOOL
from routing.loading import rows_of
from routing.models import District, Jurisdiction, Office, OfficeHours, Province

MARK = "\ufeff"
Record = Mapping[str, Any]
OFFICE_COLUMNS = (
    *("code", "type", "name_th", "name_en", "former_name_th", "parent_code", "province_code"),
    *("district_code", "active", "on", "phone", "cluster", "confirmed", "basis"),
)
SCHOOL_COLUMNS = (
    *("code", "name_th", "name_en", "former_name_th", "parent_code", "affiliation", "level"),
    *("district_code", "postal_code", "active", "on", "phone", "cluster", "basis"),
)
LINK_COLUMNS = (
    *("office_code", "affiliation", "level", "province_code", "district_code", "confirmed"),
    *("basis", "valid_from", "valid_to"),
)
DISTRICT_COLUMNS = ("district_code", "name_th", "province_th", "on")
HOURS_COLUMNS = ("office_code", "weekday", "from", "to")


def export(session: Session, kind: str) -> str:
    """All rows of a kind of file, with its header; KeyError for a kind that there is not."""
    columns, read = EXPORTS[kind]
    file = io.StringIO(newline="")
    file.write(MARK)
    writer = csv.writer(file)
    writer.writerow(columns)
    for record in read(session):
        cells = as_cells(record)
        writer.writerow(escaped(cells[column]) for column in columns)
    return file.getvalue()


def as_cells(record: Record) -> dict[str, str]:
    """A row as the cells of a file; the names are the file's."""
    cells = {name: _cell(value) for name, value in record.items()}
    if "is_on" in cells:
        cells["on"] = cells.pop("is_on")
    if cells.get("phone"):
        cells["phone"] = dialled(cells["phone"])
    return cells


def dialled(e164: str) -> str:
    """A number as people write it, in groups: 02 126 6565, 075 218 012, 081 000 0010."""
    digits = national(e164)
    area = 2 if digits.startswith("02") else 3
    return f"{digits[:area]} {digits[area : area + 3]} {digits[area + 3 :]}"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return bangkok(value).isoformat()
    return str(value)


def _offices(session: Session) -> Iterable[Record]:
    return rows_of(session, Office, Office.type != SCHOOL)


def _schools(session: Session) -> Iterable[Record]:
    return rows_of(session, Office, Office.type == SCHOOL)


def _links(session: Session) -> Iterable[Record]:
    return rows_of(session, Jurisdiction)


def _districts(session: Session) -> Iterable[Record]:
    columns = (
        *(District.code.label("district_code"), District.name_th),
        *(Province.name_th.label("province_th"), District.is_on),
    )
    placed = select(*columns).join(Province, Province.code == District.province_code)
    return [dict(row) for row in session.execute(placed.order_by(District.code)).mappings()]


def _hours(session: Session) -> Iterable[Record]:
    return [
        {**row, "from": row["opens"], "to": row["closes"]} for row in rows_of(session, OfficeHours)
    ]


EXPORTS: dict[str, tuple[tuple[str, ...], Callable[[Session], Iterable[Record]]]] = {
    "offices": (OFFICE_COLUMNS, _offices),
    "schools": (SCHOOL_COLUMNS, _schools),
    "jurisdictions": (LINK_COLUMNS, _links),
    "districts": (DISTRICT_COLUMNS, _districts),
    "hours": (HOURS_COLUMNS, _hours),
}
