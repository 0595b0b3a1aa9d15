"""Tables of deadlines: rules that people wrote, marks of what was late, clocks that stopped."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, ForeignKey, Index, String, event, false, text
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from cases.errors import RulesAreAppendOnly
from core.database import Base, SealedText, UtcDateTime

# Conditions of partial indexes, which a query says word for word.
STILL_LATE: Final = "done_at IS NULL"
STOP_OPEN: Final = "ended_at IS NULL"


class DeadlineRule(Base):
    """How long a step may take at an office and below; rows are only ever added, and so the log.

    `hazard` is a type ("V1"), a group ("V") or empty for all. Of several rows for the same step,
    hazard and office the one that begins last holds; one without `unit` and `amount` takes those
    back that begin with it, or else all before it. `stamp` is random, so that a process sees that
    there is something new.
    """

    __tablename__ = "deadline_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    severity: Mapped[str] = mapped_column(String(16))
    step: Mapped[str] = mapped_column(String(24))
    hazard: Mapped[str] = mapped_column(String(4), default="")
    office_code: Mapped[str] = mapped_column(String(32), index=True)
    unit: Mapped[str | None] = mapped_column(String(16))
    amount: Mapped[int | None]
    only_shortens: Mapped[bool] = mapped_column(default=False, server_default=false())
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(String(300), default="")
    stamp: Mapped[str] = mapped_column(String(32))
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LateMark(Base):
    """A step whose time passed before it was done; the mark stays when it is done, and for good.

    One row for each step that was owed: the same office's part, step and beginning.
    """

    __tablename__ = "late_marks"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    office_code: Mapped[str] = mapped_column(String(32))
    step: Mapped[str] = mapped_column(String(24))
    owed_since: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "uq_late_marks_assignment_id_step_owed_since",
            *("assignment_id", "step", "owed_since"),
            unique=True,
        ),
        Index("ix_late_marks_office_code_marked_at", "office_code", "marked_at"),
        Index(
            "ix_late_marks_still_late",
            "assignment_id",
            postgresql_where=text(STILL_LATE),
            sqlite_where=text(STILL_LATE),
        ),
    )


class ClockStop(Base):
    """A clock that stands still for a reason, from `begun_at` until a moment at most.

    While `begun_at` is empty a head operator is asked to agree. `left_s` is what was left of the
    step's time, in seconds around the clock or, `counts_work`, in seconds of opening hours.
    `ended_how` is time, hand, step (it was done), danger, refused or withdrawn.
    """

    __tablename__ = "clock_stops"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    step: Mapped[str] = mapped_column(String(24))
    owed_since: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(32))
    words: Mapped[str] = mapped_column(SealedText("clock_stops.words"))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    agreed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_s: Mapped[int | None]
    counts_work: Mapped[bool] = mapped_column(default=False, server_default=false())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_how: Mapped[str | None] = mapped_column(String(16))

    __table_args__ = (
        Index(
            "uq_clock_stops_open",
            "assignment_id",
            unique=True,
            postgresql_where=text(STOP_OPEN),
            sqlite_where=text(STOP_OPEN),
        ),
        Index(
            "ix_clock_stops_until",
            "until",
            postgresql_where=text(STOP_OPEN),
            sqlite_where=text(STOP_OPEN),
        ),
    )


def _refuse(_mapper: Mapper[Any], _connection: Connection, _rule: DeadlineRule) -> None:
    raise RulesAreAppendOnly


event.listen(DeadlineRule, "before_update", _refuse)
event.listen(DeadlineRule, "before_delete", _refuse)
