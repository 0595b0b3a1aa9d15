"""What may be done with a roster: add and end shifts, leave and cover, copy a week."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from agents.errors import RosterRefused
from agents.models import Staff, StaffRole
from agents.queries import AGENT, OPERATORS
from agents.roster_models import AbsenceRow, ShiftRow
from agents.roster_rules import ON_CALL, SWAP
from agents.roster_wishes import AbsenceWish, ShiftWish, check_absence, check_shift
from core.logs import logger
from core.zones import bangkok
from routing.models import Office
from routing.vocabulary import HQ

# More lines than the largest office needs, and few enough to be read at every dial.
MOST_SHIFTS: Final = 500
ONE_WEEK: Final = timedelta(days=7)

log = logger(__name__)


def rung_at(office_code: str) -> tuple[str, ...]:
    """The roles that are rung by an office's own roster: at the centre the agents alone."""
    return (AGENT,) if office_code == HQ else (AGENT, *OPERATORS)


@dataclass(frozen=True)
class RosterKey:
    """Which roster: an office's own, or the hotline's on-call list at HQ."""

    office_code: str
    kind: str


@dataclass(frozen=True)
class Listed:
    """Somebody who can stand in a roster."""

    staff_id: int
    name: str
    email: str


def hold_roster(session: Session, key: RosterKey) -> None:
    """One change of an office's rosters after another: two that come at once must not both find
    the same line missing."""
    office = select(Office.id).where(Office.code == key.office_code)
    session.execute(office.with_for_update(key_share=True))


def listed(session: Session, key: RosterKey) -> list[Listed]:
    """Everybody who can stand in a roster: who can be rung at the office, who is on the list."""
    rows = session.execute(
        select(Staff.id, Staff.name, Staff.email)
        .where(Staff.active, _belongs(key))
        .order_by(Staff.id)
    )
    return [Listed(*row) for row in rows]


def lines(session: Session, key: RosterKey, *, since: date) -> Sequence[ShiftRow]:
    """The lines of a roster that hold on a day or later."""
    wanted = select(ShiftRow).where(
        *_of(key), or_(ShiftRow.valid_to.is_(None), ShiftRow.valid_to >= since)
    )
    return session.scalars(wanted.order_by(ShiftRow.id)).all()


def absences(session: Session, office_code: str, *, since: date) -> Sequence[AbsenceRow]:
    """The absences entered at an office that end on a day or later, the first one first."""
    wanted = select(AbsenceRow).where(
        AbsenceRow.office_code == office_code, AbsenceRow.last_day >= since
    )
    return session.scalars(wanted.order_by(AbsenceRow.first_day, AbsenceRow.id)).all()


def add_shift(
    session: Session, key: RosterKey, wish: ShiftWish, *, by: int, now: datetime
) -> ShiftRow:
    """Write one line into a roster; RosterRefused says what is wrong."""
    today = bangkok(now).date()
    check_shift(wish, today)
    hold_roster(session, key)
    _check_people(session, key, [wish.staff_id])
    known = lines(session, key, since=min(today, wish.valid_from))
    if len(known) >= MOST_SHIFTS:
        raise RosterRefused("too_many", most=MOST_SHIFTS)
    if same_line(wish) in {same_line(row) for row in known}:
        raise RosterRefused("shift_twice")
    row = _new_line(key, wish, by, now)
    session.add(row)
    session.flush()
    log.info("shift added", office=key.office_code, kind=key.kind, shift_id=row.id, by=by)
    return row


def end_shift(session: Session, key: RosterKey, shift_id: int, *, from_day: date, by: int) -> bool:
    """Let a line hold no more from a day on; what it was before stays. False for a strange one."""
    row = session.scalar(select(ShiftRow).where(ShiftRow.id == shift_id, *_of(key)))
    if row is None:
        return False
    _end(session, row, from_day)
    session.flush()
    log.info("shift ended", office=key.office_code, kind=key.kind, shift_id=shift_id, by=by)
    return True


def add_absence(
    session: Session, key: RosterKey, wish: AbsenceWish, *, by: int, now: datetime
) -> AbsenceRow:
    """Write leave or a swap down; RosterRefused says what is wrong."""
    check_absence(wish, bangkok(now).date())
    hold_roster(session, key)
    people = [wish.staff_id] if wish.cover_id is None else [wish.staff_id, wish.cover_id]
    _check_people(session, key, people)
    same_office = AbsenceRow.office_code == key.office_code
    clash = exists().where(
        AbsenceRow.staff_id == wish.staff_id,
        AbsenceRow.first_day <= wish.last_day,
        AbsenceRow.last_day >= wish.first_day,
        same_office if wish.reason == SWAP else or_(same_office, AbsenceRow.reason != SWAP),
    )
    if session.scalar(select(clash)):
        raise RosterRefused("absence_twice")
    row = AbsenceRow(office_code=key.office_code, created_by=by, created_at=now, **asdict(wish))
    session.add(row)
    session.flush()
    log.info("absence added", office=key.office_code, absence_id=row.id, by=by)
    return row


def end_absence(
    session: Session, office_code: str, absence_id: int, *, by: int, today: date
) -> bool:
    """Somebody is back from today on; days that passed stay. False for a strange one."""
    wanted = AbsenceRow.id == absence_id, AbsenceRow.office_code == office_code
    row = session.scalar(select(AbsenceRow).where(*wanted))
    if row is None:
        return False
    if row.first_day >= today:
        session.delete(row)
    else:
        row.last_day = min(row.last_day, today - timedelta(days=1))
    session.flush()
    log.info("absence ended", office=office_code, absence_id=absence_id, by=by)
    return True


def copy_week(session: Session, key: RosterKey, monday: date, *, by: int, now: datetime) -> int:
    """Repeat the single shifts of the week before in the week of `monday`; returns how many.

    Weekly shifts hold by themselves; what is there already and who has left are passed over.
    """
    hold_roster(session, key)
    able = {one.staff_id for one in listed(session, key)}
    around = lines(session, key, since=monday - ONE_WEEK)
    known = {same_line(row) for row in around}
    made = 0
    for row in around:
        is_single = row.weekday is None and monday - ONE_WEEK <= row.valid_from < monday
        if not is_single or row.staff_id not in able or len(known) >= MOST_SHIFTS:
            continue
        day = row.valid_from + ONE_WEEK
        wish = ShiftWish(row.staff_id, row.starts, row.ends, day, day)
        if same_line(wish) not in known:
            session.add(_new_line(key, wish, by, now))
            known.add(same_line(wish))
            made += 1
    session.flush()
    log.info("week copied", office=key.office_code, kind=key.kind, shifts=made, by=by)
    return made


def replace_lines(
    session: Session,
    key: RosterKey,
    *,
    added: Iterable[ShiftWish],
    ended: Iterable[int],
    by: int,
    now: datetime,
) -> None:
    """Bring a roster up to date from today on, as a file says it.

    Whoever compared the file held the roster before (`hold_roster`).
    """
    today, gone = bangkok(now).date(), set(ended)
    for row in lines(session, key, since=today):
        if row.id in gone:
            _end(session, row, today)
    session.add_all(_new_line(key, wish, by, now) for wish in added)
    session.flush()
    log.info("roster loaded", office=key.office_code, kind=key.kind, by=by)


def same_line(line: ShiftWish | ShiftRow) -> tuple[object, ...]:
    """What makes two lines the same one."""
    return (
        *(line.staff_id, line.weekday, line.starts, line.ends),
        *(line.valid_from, line.valid_to, line.on_holidays),
    )


def _end(session: Session, row: ShiftRow, from_day: date) -> None:
    if row.valid_from >= from_day:
        session.delete(row)
    elif row.valid_to is None or row.valid_to >= from_day:
        row.valid_to = from_day - timedelta(days=1)


def _new_line(key: RosterKey, wish: ShiftWish, by: int, now: datetime) -> ShiftRow:
    values = asdict(wish)
    if wish.weekday is None:
        values |= {"valid_to": wish.valid_from, "on_holidays": False}
    return ShiftRow(**asdict(key), **values, created_by=by, created_at=now)


def _of(key: RosterKey) -> tuple[ColumnElement[bool], ...]:
    return ShiftRow.office_code == key.office_code, ShiftRow.kind == key.kind


def _belongs(key: RosterKey) -> ColumnElement[bool]:
    if key.kind == ON_CALL:
        return Staff.on_call.is_(True)
    return exists().where(
        StaffRole.staff_id == Staff.id,
        StaffRole.office_code == key.office_code,
        StaffRole.role.in_(rung_at(key.office_code)),
    )


def _check_people(session: Session, key: RosterKey, staff_ids: Sequence[int]) -> None:
    able = {one.staff_id for one in listed(session, key)}
    if not able.issuperset(staff_ids):
        raise RosterRefused("person_unknown")
