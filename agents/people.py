"""The kind of CSV file that brings people: one line for each role of a person.

Columns: email, name, role, office_code, phone?, always_on_duty?, on_call?, deputy?, post?, skills?
(between semicolons), course?, trained_on?, undertaking_signed? (on paper); an empty cell leaves
what is known of a person who is there already. `directory load` takes it beside offices.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.days import parse_day
from agents.models import Staff
from agents.person import Fault, Person, faults, text_of
from agents.queries import on_call_people
from agents.services import add_staff
from core import clock
from core.zones import bangkok
from routing.cells import NO, YES
from routing.csv_tables import LoadRefused, Refusal, Row, Table
from routing.importer import Kind
from routing.loading import Counts
from routing.pending import Pending

FLAGS = ("always_on_duty", "on_call", "deputy")
DAYS = ("trained_on", "undertaking_signed")


def check_people(tables: Sequence[Table], pending: Pending) -> list[Refusal]:
    """What is wrong with the lines, against the offices as they will be."""
    seen: dict[tuple[str, ...], Row] = {}
    refusals: list[Refusal] = []
    today = bangkok(clock.now()).date()
    for row in (row for table in tables for row in table.rows):
        found = [*_cell_faults(row), *faults(_person(row), pending.types.__contains__, today=today)]
        key = (row["email"].lower(), row["role"], row["office_code"])
        earlier = seen.setdefault(key, row)
        if earlier is not row:
            found.append(("email_twice", {"where": f"{earlier.file}:{earlier.line}"}))
        refusals.extend(_refuse(row, fault) for fault in found)
    return refusals


def write_people(session: Session, tables: Sequence[Table]) -> Counts:
    """Add the people and roles, or bring them up to date.

    LoadRefused where that would leave nobody on call and somebody was before (design.md §3a.9).
    """
    rows = [row for table in tables for row in table.rows]
    on_call = _on_call(session)
    known = set(session.scalars(select(Staff.email)))
    named = {row["email"].lower() for row in rows}
    for row in rows:
        add_staff(session, _person(row), now=clock.now())
    if on_call and not _on_call(session):
        gone = [row for row in rows if row["email"].lower() in on_call]
        raise LoadRefused([_refuse(row, ("on_call_last", {})) for row in gone])
    return Counts(added=len(named - known), changed=len(named & known))


def _on_call(session: Session) -> set[str]:
    """Who is on the hotline's on-call list with a telephone, by address."""
    ids = [one.staff_id for one in on_call_people(session)]
    return set(session.scalars(select(Staff.email).where(Staff.id.in_(ids))))


def _person(row: Row) -> Person:
    return Person(
        email=row["email"],
        name=row["name"],
        role=row["role"],
        office_code=row["office_code"],
        phone=row["phone"] or None,
        always_on_duty=_flag(row["always_on_duty"]),
        on_call=_flag(row["on_call"]),
        deputy=_flag(row["deputy"]),
        post=row["post"] or None,
        skills=_skills(row["skills"]),
        course=row["course"] or None,
        trained_on=_day(row["trained_on"]),
        undertaking_signed=_day(row["undertaking_signed"]),
    )


def _flag(cell: str) -> bool | None:
    return cell.lower() not in NO if cell else None


def _skills(cell: str) -> tuple[str, ...] | None:
    return tuple(one.strip() for one in cell.split(";") if one.strip()) if cell else None


def _day(cell: str) -> date | None:
    try:
        return parse_day(cell)
    except ValueError:
        return None


def _cell_faults(row: Row) -> Iterator[Fault]:
    for column in FLAGS:
        if row[column].lower() not in YES | NO:
            yield "yes_or_no", {"column": column}
    for column in DAYS:
        if row[column] and _day(row[column]) is None:
            yield "day_bad", {"column": column}


def _refuse(row: Row, fault: Fault) -> Refusal:
    text = text_of(fault)
    return Refusal(row.file, row.line, fault[0], text.th, text.en)


PEOPLE = Kind(
    "people",
    frozenset({"email", "name", "role", "office_code"}),
    frozenset({"phone", *FLAGS, "post", "skills", "course", *DAYS}),
    check_people,
    write_people,
)
