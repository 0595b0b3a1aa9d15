"""Tables of who works when: days off that the calendar does not know, shifts, absences."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, UtcDateTime

# The condition of a partial index, which a query says word for word.
HOLDS: Final = "withdrawn_at IS NULL"


class HolidayChange(Base):
    """A day that an admin made a holiday, or a working day although the government rests.

    `office_code` is empty for the whole country. What was taken back stays with `withdrawn_at`.
    """

    __tablename__ = "holiday_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    office_code: Mapped[str] = mapped_column(String(32), default="")
    is_off: Mapped[bool]
    name_th: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    changed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "uq_holiday_changes_holds",
            "day",
            "office_code",
            unique=True,
            postgresql_where=text(HOLDS),
            sqlite_where=text(HOLDS),
        ),
    )


class ShiftRow(Base):
    """One line of an office's roster: a weekday, or with `weekday` empty the day `valid_from`.

    `kind` is "office" (the office's own roster) or "on_call" (the hotline's on-call list, at HQ).
    Times are "08:30" to "24:00"; a shift that ends no later than it starts ends on the next day.
    A weekly shift rests on holidays unless `on_holidays`.
    """

    __tablename__ = "shifts"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_code: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(8))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    weekday: Mapped[int | None]
    starts: Mapped[str] = mapped_column(String(5))
    ends: Mapped[str] = mapped_column(String(5))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    on_holidays: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_shifts_office_code_kind_valid_to", "office_code", "kind", "valid_to"),
        Index("ix_shifts_staff_id", "staff_id"),
    )


class AbsenceRow(Base):
    """Whole days on which somebody does not come, both ends included.

    With the reason "swap" the person only gives the shifts of `office_code` to `cover_id`; with any
    other it is leave, which holds everywhere.
    """

    __tablename__ = "absences"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    office_code: Mapped[str] = mapped_column(String(32))
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(16))
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_absences_staff_id_last_day", "staff_id", "last_day"),
        Index("ix_absences_office_code_last_day", "office_code", "last_day"),
    )
