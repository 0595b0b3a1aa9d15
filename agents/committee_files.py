"""The kind of CSV file that brings committees: one line for each member of an office's committee.

Columns: office_code, order_number, appointed_on, email, part (chair, member, secretary), ends_on?.
The lines of an office are its whole committee; another order than the one in force replaces it.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.committee_rules import Appointment
from agents.committees import appoint
from agents.days import parse_day
from agents.errors import StaffRefused
from agents.models import Staff
from agents.person import Fault, text_of
from core import clock
from routing.csv_tables import LoadRefused, Refusal, Row, Table
from routing.importer import Kind
from routing.loading import Counts
from routing.pending import Pending

DAYS = ("appointed_on", "ends_on")
# What all lines of one office must agree on.
SHARED = ("order_number", "appointed_on", "ends_on")


def check_committees(tables: Sequence[Table], pending: Pending) -> list[Refusal]:
    """What is wrong with the lines, against the offices as they will be."""
    first: dict[str, Row] = {}
    refusals: list[Refusal] = []
    for row in (row for table in tables for row in table.rows):
        found = list(_faults(row, pending))
        shown = first.setdefault(row["office_code"], row)
        if any(row[column] != shown[column] for column in SHARED):
            found.append(("order_two", {"where": f"{shown.file}:{shown.line}"}))
        refusals.extend(_refuse(row, fault) for fault in found)
    return refusals


def write_committees(session: Session, tables: Sequence[Table]) -> Counts:
    """Appoint the committees; LoadRefused names the line of a member whom nobody knows."""
    groups: dict[str, list[Row]] = {}
    for row in (row for table in tables for row in table.rows):
        groups.setdefault(row["office_code"], []).append(row)
    emails = {row["email"].lower() for rows in groups.values() for row in rows}
    known = select(Staff.email, Staff.id).where(Staff.email.in_(emails), Staff.active)
    ids = {row.email: row.id for row in session.execute(known)}
    for office_code, rows in groups.items():
        _appoint(session, office_code, rows, ids)
    return Counts(changed=len(groups))


def _appoint(session: Session, office_code: str, rows: Sequence[Row], ids: dict[str, int]) -> None:
    strangers = [row for row in rows if row["email"].lower() not in ids]
    if strangers:
        raise LoadRefused([_refuse(row, ("member_unknown", {})) for row in strangers])
    members = tuple((ids[row["email"].lower()], row["part"]) for row in rows)
    begins, ends = (parse_day(rows[0][column]) for column in DAYS)
    wished = Appointment(rows[0]["order_number"], begins, ends, members)
    try:
        appoint(session, office_code, wished, actor_id=None, now=clock.now())
    except StaffRefused as refused:
        where = (rows[0].file, rows[0].line)
        text = refused.text
        raise LoadRefused([Refusal(*where, refused.rule, text.th, text.en)]) from None


def _faults(row: Row, pending: Pending) -> Iterator[Fault]:
    if row["office_code"] not in pending.types:
        yield "office_unknown", {"office": row["office_code"]}
    for column in DAYS:
        try:
            parse_day(row[column])
        except ValueError:
            yield "day_bad", {"column": column}


def _refuse(row: Row, fault: Fault) -> Refusal:
    text = text_of(fault)
    return Refusal(row.file, row.line, fault[0], text.th, text.en)


COMMITTEES = Kind(
    "committees",
    frozenset({"office_code", "order_number", "appointed_on", "email", "part"}),
    frozenset({"ends_on"}),
    check_committees,
    write_committees,
)
