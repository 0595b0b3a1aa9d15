"""What may be done with days off: add one, take one away, take a change back; a year as a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import or_, select, text, update
from sqlalchemy.orm import Session

from agents.errors import RosterRefused
from agents.holiday_cache import forget_changes
from agents.holiday_rules import Change, days_off
from agents.hours import government_holidays, holiday_names
from agents.models import Staff
from agents.roster_models import HOLDS, HolidayChange
from agents.roster_wishes import check_days
from core.inserts import insert_unless_there
from core.logs import logger
from core.zones import bangkok
from routing.models import Office

LONGEST_NAME: Final = 120

log = logger(__name__)


@dataclass(frozen=True)
class DayWish:
    """A day that is to be off, or not; an empty office is the whole country."""

    day: date
    is_off: bool
    name_th: str
    name_en: str = ""
    office_code: str = ""


@dataclass(frozen=True)
class Day:
    """One line of the year: what the calendar says, or what somebody changed and when."""

    day: date
    name_th: str
    name_en: str
    is_off: bool = True
    change_id: int | None = None
    office_code: str = ""
    changed_by: str = ""
    changed_at: datetime | None = None


def year_of(session: Session, year: int) -> list[Day]:
    """The days off of a year, with every change in force beside them, in their order."""
    thai, english = holiday_names(year, "th"), holiday_names(year, "en")
    known = [Day(day, thai.get(day, ""), english.get(day, "")) for day in government_holidays(year)]
    changed = [
        Day(
            *(row.day, row.name_th, row.name_en, row.is_off),
            *(row.id, row.office_code, name, row.changed_at),
        )
        for row, name in session.execute(
            select(HolidayChange, Staff.name)
            .join(Staff, Staff.id == HolidayChange.changed_by)
            .where(
                text(f"holiday_changes.{HOLDS}"),
                HolidayChange.day >= date(year, 1, 1),
                HolidayChange.day <= date(year, 12, 31),
            )
        )
    ]
    return sorted(known + changed, key=lambda one: (one.day, one.change_id or 0))


def change_day(session: Session, wish: DayWish, *, by: int, now: datetime) -> None:
    """Make a day a day off, or a working day; RosterRefused says what is wrong."""
    check_days(wish.day, wish.day, bangkok(now).date())
    if not 0 < len(wish.name_th) <= LONGEST_NAME or len(wish.name_en) > LONGEST_NAME:
        raise RosterRefused("name_missing", most=LONGEST_NAME)
    if wish.office_code and not _is_office(session, wish.office_code):
        raise RosterRefused("office_unknown")
    if (wish.day in _off(session, wish)) == wish.is_off:
        raise RosterRefused("off_already" if wish.is_off else "not_off")
    _take_back(session, wish, by, now)
    insert = insert_unless_there(session.connection(), HolidayChange)
    made = session.execute(
        insert.values(
            day=wish.day,
            office_code=wish.office_code,
            is_off=wish.is_off,
            name_th=wish.name_th,
            name_en=wish.name_en or wish.name_th,
            changed_by=by,
            changed_at=now,
        ).returning(HolidayChange.id)
    ).scalar_one_or_none()
    if made is None:
        raise RosterRefused("off_already" if wish.is_off else "not_off")
    forget_changes()
    log.info("day off changed", day=str(wish.day), office=wish.office_code, by=by)


def withdraw_change(session: Session, change_id: int, *, by: int, now: datetime) -> bool:
    """Take a change back, so that the calendar holds again; False where none is in force."""
    done = session.execute(
        update(HolidayChange)
        .where(HolidayChange.id == change_id, text(HOLDS))
        .values(withdrawn_by=by, withdrawn_at=now)
        .returning(HolidayChange.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    forget_changes()
    if done:
        log.info("change of a day off taken back", change_id=change_id, by=by)
    return done is not None


def change_office(session: Session, change_id: int) -> str | None:
    """The office of a change that is in force; None where there is none."""
    wanted = select(HolidayChange.office_code).where(HolidayChange.id == change_id, text(HOLDS))
    return session.scalar(wanted)


def _take_back(session: Session, wish: DayWish, by: int, now: datetime) -> None:
    """What said the contrary of the same day for the same office holds no more."""
    session.execute(
        update(HolidayChange)
        .where(
            text(HOLDS),
            HolidayChange.day == wish.day,
            HolidayChange.office_code == wish.office_code,
        )
        .values(withdrawn_by=by, withdrawn_at=now)
        .execution_options(synchronize_session=False)
    )


def _off(session: Session, wish: DayWish) -> frozenset[date]:
    """The days off as the database has them now, for the wish's office."""
    columns = select(HolidayChange.day, HolidayChange.office_code, HolidayChange.is_off)
    rows: Sequence[Change] = [
        Change(*row)
        for row in session.execute(
            columns.where(
                text(HOLDS),
                HolidayChange.day == wish.day,
                or_(
                    HolidayChange.office_code == "",
                    HolidayChange.office_code == wish.office_code,
                ),
            )
        )
    ]
    return days_off(government_holidays(wish.day.year), rows, wish.office_code)


def _is_office(session: Session, code: str) -> bool:
    return session.scalar(select(Office.id).where(Office.code == code)) is not None
