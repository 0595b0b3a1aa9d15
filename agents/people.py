"""The kind of CSV file that brings people: one line for each role of a person.

Columns: email, name, role, office_code, phone?, always_on_duty?, on_call?; an empty cell leaves
what is known of a person who is there already. `directory load` takes it beside offices.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Staff
from agents.person import Fault, Person, faults, text_of
from agents.services import add_staff
from core import clock
from routing.cells import NO, YES
from routing.csv_tables import Refusal, Row, Table
from routing.importer import Kind
from routing.loading import Counts
from routing.pending import Pending

FLAGS = ("always_on_duty", "on_call")


def check_people(tables: Sequence[Table], pending: Pending) -> list[Refusal]:
    """What is wrong with the lines, against the offices as they will be."""
    seen: dict[tuple[str, ...], Row] = {}
    refusals: list[Refusal] = []
    for row in (row for table in tables for row in table.rows):
        found = [*_flag_faults(row), *faults(_person(row), pending.types.__contains__)]
        key = (row["email"].lower(), row["role"], row["office_code"])
        earlier = seen.setdefault(key, row)
        if earlier is not row:
            found.append(("email_twice", {"where": f"{earlier.file}:{earlier.line}"}))
        refusals.extend(_refuse(row, fault) for fault in found)
    return refusals


def write_people(session: Session, tables: Sequence[Table]) -> Counts:
    """Add the people and roles, or bring them up to date."""
    rows = [row for table in tables for row in table.rows]
    known = set(session.scalars(select(Staff.email)))
    named = {row["email"].lower() for row in rows}
    for row in rows:
        add_staff(session, _person(row), now=clock.now())
    return Counts(added=len(named - known), changed=len(named & known))


def _person(row: Row) -> Person:
    return Person(
        email=row["email"],
        name=row["name"],
        role=row["role"],
        office_code=row["office_code"],
        phone=row["phone"] or None,
        always_on_duty=_flag(row["always_on_duty"]),
        on_call=_flag(row["on_call"]),
    )


def _flag(cell: str) -> bool | None:
    return cell.lower() not in NO if cell else None


def _flag_faults(row: Row) -> Iterator[Fault]:
    for column in FLAGS:
        if row[column].lower() not in YES | NO:
            yield "yes_or_no", {"column": column}


def _refuse(row: Row, fault: Fault) -> Refusal:
    text = text_of(fault)
    return Refusal(row.file, row.line, fault[0], text.th, text.en)


PEOPLE = Kind(
    "people",
    frozenset({"email", "name", "role", "office_code"}),
    frozenset({"phone", *FLAGS}),
    check_people,
    write_people,
)
