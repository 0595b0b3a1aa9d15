"""People with their shifts and absences around some days, in one bounded statement."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    exists,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from agents.hours import holidays_between
from agents.models import Staff, StaffRole
from agents.roster_models import AbsenceRow, ShiftRow
from agents.roster_rules import OFFICE, ON_CALL, ONE_DAY, SWAP, Absence, Choice, Roster, Shift
from core.zones import bangkok
from routing.opening import clock_time
from routing.vocabulary import HQ

EVERY_WEEKDAY: Final = 7
# A roster is kept from its first line to its last. One whose lines ended longer ago than this and
# go on some day has run out meanwhile: by then the office's hours count.
LONGEST_GAP: Final = timedelta(days=14)
Columns = tuple[Any, ...]


@dataclass(frozen=True)
class Member:
    """Somebody of a team as the rules of duty see them; `place` is their place in ringing."""

    staff_id: int
    name: str
    phone: str | None
    choice: Choice
    place: int = 0


@dataclass(frozen=True)
class Team:
    """The people who share one roster, the longest unrung first."""

    office_code: str
    members: tuple[Member, ...]
    roster: Roster


@dataclass(frozen=True)
class Days:
    """The days that are looked at, both ends included."""

    first: date
    last: date

    @classmethod
    def around(cls, now: datetime) -> "Days":
        """The days on which a shift may have begun that holds now."""
        today = bangkok(now).date()
        return cls(today - ONE_DAY, today)

    @property
    def weekdays(self) -> list[int]:
        """Their weekdays, Monday 1 to Sunday 7."""
        count = min((self.last - self.first).days + 1, EVERY_WEEKDAY)
        return sorted((self.first + ONE_DAY * ahead).isoweekday() for ahead in range(count))


def team_of(
    session: Session,
    office_code: str,
    roles: Collection[str],
    days: Days,
    *more: ColumnElement[bool],
) -> Team:
    """The active people who hold one of the roles at an office, with the office's roster."""
    found = teams(session, roles, days, StaffRole.office_code == office_code, *more)
    return found.get(office_code) or Team(office_code, (), Roster(office_code))


def teams(
    session: Session, roles: Collection[str], days: Days, *more: ColumnElement[bool]
) -> dict[str, Team]:
    """The same of every office that the conditions leave, by its code."""
    wanted = _select(StaffRole.office_code, OFFICE, days)
    asked = wanted.where(Staff.active, StaffRole.role.in_(sorted(roles)), *more)
    rows: dict[str, list[Any]] = {}
    places: dict[int, int] = {}
    for row in session.execute(asked):
        rows.setdefault(row.office, []).append(row)
        places.setdefault(row.id, len(places))
    return {code: _team(code, found, days, places) for code, found in rows.items()}


def on_call_team(session: Session, days: Days) -> Team:
    """The active people of the hotline's on-call list, with its own roster."""
    wanted = _select(literal(HQ), ON_CALL, days).where(Staff.active, Staff.on_call)
    rows = session.execute(wanted).all()
    return _team(HQ, rows, days, {row.id: place for place, row in enumerate(rows)})


def _select(office: SQLColumnExpression[str], kind: str, days: Days) -> Select[*Columns]:
    """Each person with each shift and absence near these days: a few rows for a person."""
    is_kept = and_(
        _has_line(office, kind, since=days.first - LONGEST_GAP, until=days.last),
        _has_line(office, kind, since=days.first),
    )
    near = and_(
        ShiftRow.staff_id == Staff.id,
        ShiftRow.office_code == office,
        ShiftRow.kind == kind,
        ShiftRow.valid_from <= days.last,
        or_(ShiftRow.valid_to.is_(None), ShiftRow.valid_to >= days.first),
        or_(ShiftRow.weekday.is_(None), ShiftRow.weekday.in_(days.weekdays)),
    )
    away = and_(
        AbsenceRow.staff_id == Staff.id,
        AbsenceRow.first_day <= days.last,
        AbsenceRow.last_day >= days.first,
    )
    columns: Select[*Columns] = select(
        *(Staff.id, Staff.name, Staff.phone, Staff.duty, Staff.duty_since, Staff.always_on_duty),
        *(office.label("office"), is_kept.label("is_kept"), ShiftRow, AbsenceRow),
    )
    joined = columns.select_from(Staff)
    if kind == OFFICE:
        joined = joined.join(StaffRole, StaffRole.staff_id == Staff.id)
    joined = joined.outerjoin(ShiftRow, near).outerjoin(AbsenceRow, away)
    return joined.order_by(Staff.last_rung_at.asc().nulls_first(), Staff.id)


def _has_line(
    office: SQLColumnExpression[str], kind: str, *, since: date, until: date = date.max
) -> ColumnElement[bool]:
    """The condition that somebody who works here has a line that meets these days."""
    line, holder = aliased(ShiftRow), aliased(Staff)
    return exists().where(
        line.office_code == office,
        line.kind == kind,
        line.valid_from <= until,
        or_(line.valid_to.is_(None), line.valid_to >= since),
        holder.id == line.staff_id,
        holder.active,
    )


def _team(office_code: str, rows: Sequence[Any], days: Days, places: Mapping[int, int]) -> Team:
    people = {row.id: row for row in rows}
    shifts = {row.ShiftRow.id: row.ShiftRow for row in rows if row.ShiftRow}
    absences = {row.AbsenceRow.id: row.AbsenceRow for row in rows if row.AbsenceRow}
    roster = Roster(
        office_code,
        shifts=tuple(shift_of(shifts[key]) for key in sorted(shifts)),
        absences=tuple(absence_of(absences[key]) for key in sorted(absences)),
        is_kept=any(row.is_kept for row in rows),
        holidays=holidays_between(days.first, days.last, office_code),
    )
    return Team(office_code, tuple(_members(people.values(), places)), roster)


def _members(rows: Iterable[Any], places: Mapping[int, int]) -> Iterator[Member]:
    for row in rows:
        choice = Choice(row.duty, row.duty_since, row.always_on_duty)
        yield Member(row.id, row.name, row.phone, choice, places[row.id])


def shift_of(row: ShiftRow) -> Shift:
    """A line of the roster as the rules see it."""
    return Shift(
        staff_id=row.staff_id,
        starts=clock_time(row.starts),
        ends=clock_time(row.ends),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        weekday=row.weekday,
        on_holidays=row.on_holidays,
        id=row.id,
    )


def absence_of(row: AbsenceRow) -> Absence:
    """An absence as the rules see it."""
    return Absence(
        staff_id=row.staff_id,
        first_day=row.first_day,
        last_day=row.last_day,
        office_code=row.office_code,
        cover_id=row.cover_id,
        is_leave=row.reason != SWAP,
        id=row.id,
    )
