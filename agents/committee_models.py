"""Tables of an office's safety-centre committee: the order that appoints it, and its members.

Source: domain.md B4 (each provincial and district office appoints one), B9.
"""

from datetime import date, datetime
from typing import Final

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, UtcDateTime

STANDING: Final = "replaced_at IS NULL"
ENDING: Final = "warn_at IS NOT NULL"


class Committee(Base):
    """A committee as one order appoints it; the next order replaces it, and the row stays.

    `ends_on` is the last day of its term, empty for one without an end. `warn_at` is when the
    heads of the office are to be told that the term ends, empty once they were.
    """

    __tablename__ = "committees"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_code: Mapped[str] = mapped_column(String(32), index=True)
    order_number: Mapped[str] = mapped_column(String(40))
    appointed_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    warn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "uq_committees_standing",
            "office_code",
            unique=True,
            postgresql_where=sql(STANDING),
            sqlite_where=sql(STANDING),
        ),
        Index(
            "ix_committees_ending",
            "warn_at",
            postgresql_where=sql(ENDING),
            sqlite_where=sql(ENDING),
        ),
    )


class CommitteeMember(Base):
    """A member; `part` is "chair", "member" or "secretary"."""

    __tablename__ = "committee_members"

    committee_id: Mapped[int] = mapped_column(ForeignKey("committees.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, index=True)
    part: Mapped[str] = mapped_column(String(16))
