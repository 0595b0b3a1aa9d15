"""People and committees as files: exported with the columns that are read, tried before applied.

A file is tried by writing it into a transaction that is never committed: what is shown is what the
very same code would leave behind.
"""

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session

from agents.committee_files import COMMITTEES
from agents.committee_models import STANDING, Committee, CommitteeMember
from agents.differences import Difference, Key, Rows, compare
from agents.models import Staff, StaffRole
from agents.people import PEOPLE
from agents.person import text_of
from agents.profile_models import StaffTraining, StaffUndertaking
from agents.profiles import skills_of
from agents.undertakings import current_undertaking
from core.phones import national
from core.zones import bangkok
from routing.csv_tables import LoadRefused, Refusal, Table, escaped, read_content
from routing.importer import Kind
from routing.pending import read_pending

KINDS: Final[tuple[Kind, ...]] = (PEOPLE, COMMITTEES)
PHONE: Final = "phone"
PEOPLE_COLUMNS: Final = (
    *("email", "name", "role", "office_code", PHONE, "always_on_duty", "on_call", "deputy"),
    *("post", "skills", "course", "trained_on", "undertaking_signed"),
)
COMMITTEE_COLUMNS: Final = (
    *("office_code", "order_number", "appointed_on", "ends_on", "email", "part"),
)


@dataclass(frozen=True)
class Tried:
    """What a file changes, and all rows that it is about, as they are after it."""

    difference: Difference
    people: Rows
    committees: Rows


def load(session: Session, name: str, content: bytes) -> Tried:
    """Write a file of people or of committees; LoadRefused with every line at fault.

    The caller commits, or does not: then it was a trial.
    """
    reading = read_content(name, content)
    tables = reading.tables
    refusals = [*reading.refusals, *_closed(session, tables)]
    refusals += [
        _refusal(one.file, 1, "file_unknown")
        for one in tables
        if not any(kind.fits(one) for kind in KINDS)
    ]
    pending = read_pending(session)
    for kind in KINDS:
        refusals += kind.check([one for one in tables if kind.fits(one)], pending)
    if refusals:
        raise LoadRefused(refusals)
    before = _state(session, tables)
    for kind in KINDS:
        assert kind.write is not None
        kind.write(session, [one for one in tables if kind.fits(one)])
    session.expire_all()
    after = _state(session, tables)
    return Tried(compare(_joined(before), _joined(after)), *after)


def people_rows(
    session: Session,
    which: ColumnElement[bool],
    *,
    with_phones: bool,
    with_all_courses: bool = False,
) -> dict[Key, dict[str, str]]:
    """The active people that a condition on Staff holds for, a row for each role.

    Of the courses a row holds the latest, as it is read again, or all that the person took.
    """
    wanted = (
        select(Staff, StaffRole)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .where(which, Staff.active)
        .order_by(Staff.email, StaffRole.office_code, StaffRole.role)
    )
    found = session.execute(wanted).all()
    ids = {staff.id for staff, _ in found}
    skills, courses, signed = skills_of(session, ids), _courses(session, ids), _signed(session, ids)
    return {
        (staff.email, held.role, held.office_code): {
            **_account_cells(staff, held, with_phones),
            "skills": ";".join(skills.get(staff.id, ())),
            **_course_cells(courses.get(staff.id, [])[0 if with_all_courses else -1 :]),
            "undertaking_signed": signed.get(staff.id, ""),
        }
        for staff, held in found
    }


def committee_rows(session: Session, which: ColumnElement[bool]) -> dict[Key, dict[str, str]]:
    """The standing committees that a condition on Committee holds for, a row for each member."""
    wanted = (
        select(Committee, CommitteeMember.part, Staff.email)
        .join(CommitteeMember, CommitteeMember.committee_id == Committee.id)
        .join(Staff, Staff.id == CommitteeMember.staff_id)
        .where(which, text(STANDING))
        .order_by(Committee.office_code, CommitteeMember.part, Staff.email)
    )
    return {
        (one.office_code, email): {
            "office_code": one.office_code,
            "order_number": one.order_number,
            "appointed_on": one.appointed_on.isoformat(),
            "ends_on": one.ends_on.isoformat() if one.ends_on else "",
            "email": email,
            "part": part,
        }
        for one, part, email in session.execute(wanted)
    }


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """A file for Excel: UTF-8 with its mark, no cell that it takes for a formula."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows([escaped(row[column]) for column in columns] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def _closed(session: Session, tables: Sequence[Table]) -> list[Refusal]:
    """A file changes nothing of a closed account: it would not be seen in the difference."""
    wanted = select(Staff.email).where(Staff.email.in_(_named(tables, PEOPLE, "email")))
    closed = set(session.scalars(wanted.where(~Staff.active)))
    return [
        _refusal(row.file, row.line, "account_closed")
        for one in tables
        if PEOPLE.fits(one)
        for row in one.rows
        if row["email"].lower() in closed
    ]


def _refusal(file: str, line: int, rule: str) -> Refusal:
    text = text_of((rule, {}))
    return Refusal(file, line, rule, text.th, text.en)


def _account_cells(staff: Staff, held: StaffRole, with_phones: bool) -> dict[str, str]:
    phone = {PHONE: _written(staff.phone)} if with_phones else {}
    return {
        "email": staff.email,
        "name": staff.name,
        "role": held.role,
        "office_code": held.office_code,
        **phone,
        "always_on_duty": _yes(staff.always_on_duty),
        "on_call": _yes(staff.on_call),
        "deputy": _yes(held.deputy) if held.role == "head_operator" else "",
        "post": staff.post or "",
    }


def _written(phone: str | None) -> str:
    """As people write it: a spreadsheet would take bare digits for a number."""
    digits = national(phone) if phone else ""
    return f"{digits[:-7]}-{digits[-7:-4]}-{digits[-4:]}" if digits else ""


def _yes(value: bool) -> str:
    return "true" if value else "false"


def _courses(session: Session, ids: Collection[int]) -> dict[int, list[StaffTraining]]:
    """The courses of each person, the latest last."""
    wanted = select(StaffTraining).where(StaffTraining.staff_id.in_(ids))
    found: dict[int, list[StaffTraining]] = {}
    for one in session.scalars(wanted.order_by(StaffTraining.trained_on, StaffTraining.id)):
        found.setdefault(one.staff_id, []).append(one)
    return found


def _course_cells(taken: Sequence[StaffTraining]) -> dict[str, str]:
    return {
        "course": "; ".join(one.course for one in taken),
        "trained_on": "; ".join(one.trained_on.isoformat() for one in taken),
    }


def _signed(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The day on which each person signed the text in force."""
    wanted = select(StaffUndertaking.staff_id, StaffUndertaking.signed_at).where(
        StaffUndertaking.staff_id.in_(ids),
        StaffUndertaking.version == current_undertaking().version,
    )
    return {
        row.staff_id: bangkok(row.signed_at).date().isoformat() for row in session.execute(wanted)
    }


def _state(session: Session, tables: Sequence[Table]) -> tuple[Rows, Rows]:
    """The people and committees that the tables name, as they are now."""
    emails, offices = _named(tables, PEOPLE, "email"), _named(tables, COMMITTEES, "office_code")
    named = Staff.email.in_(emails)
    # An older course than the latest is a change like any other.
    everything = {"with_phones": True, "with_all_courses": True}
    people = people_rows(session, named, **everything) if emails else {}
    which = Committee.office_code.in_(offices)
    return people, committee_rows(session, which) if offices else {}


def _named(tables: Sequence[Table], kind: Kind, column: str) -> set[str]:
    cells = {row[column] for one in tables if kind.fits(one) for row in one.rows}
    return {one.lower() for one in cells} if column == "email" else cells


def _joined(state: tuple[Rows, Rows]) -> Rows:
    return {**state[0], **state[1]}
