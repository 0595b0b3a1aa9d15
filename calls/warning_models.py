"""Tables of what the directory and the telephone warn of: open while it holds, kept afterwards."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, SealedText, UtcDateTime

# The condition of two partial indexes, which a query says word for word.
OPEN: Final = "closed_at IS NULL"


class DirectoryWarning(Base):
    """One thing that is not as it should be, from `opened_at` until `closed_at`.

    `office_code` is whose it is; `subject` tells several of a kind at one office apart (a staff id,
    a school's code, a postal code with a type). `weight` orders them, the gravest first. `data`
    holds counts and codes, nothing personal. Until `aside_until` somebody has set it aside.
    """

    __tablename__ = "warnings"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    office_code: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64), default="")
    weight: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    aside_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    aside_reason: Mapped[str | None] = mapped_column(SealedText("warnings.aside_reason"))
    aside_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    aside_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "uq_warnings_open",
            "kind",
            "office_code",
            "subject",
            unique=True,
            postgresql_where=text(OPEN),
            sqlite_where=text(OPEN),
        ),
        Index(
            "ix_warnings_open",
            "weight",
            "id",
            postgresql_where=text(OPEN),
            sqlite_where=text(OPEN),
        ),
    )


class WarningCase(Base):
    """A case that a warning counts: who must not know of the case must not know of the warning."""

    __tablename__ = "warning_cases"

    warning_id: Mapped[int] = mapped_column(ForeignKey("warnings.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
