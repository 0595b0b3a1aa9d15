"""Tables of a case's further parts: offices that solve their own share of it, beside the lead.

A part is an assignment that leads nothing and has a row here; what belongs to it (people, notes,
results) hangs on it and not on the case, so that nobody meets it who only has the case.
"""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from cases.models import ONE_AT_WORK
from core.database import Base, SealedText, UtcDateTime


class CasePart(Base):
    """What a further office was asked to do: for which place, and why (sealed).

    `ended_at` is when its result was reported or it was withdrawn; the assignment's state says
    which of the two.
    """

    __tablename__ = "case_parts"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("case_places.id"))
    briefing: Mapped[str] = mapped_column(SealedText("case_parts.briefing"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PartPerson(Base):
    """A person who has a part, until `ended_at`; nobody has the case by it."""

    __tablename__ = "part_people"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("case_parts.assignment_id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "uq_part_people_at_work",
            "assignment_id",
            "staff_id",
            unique=True,
            postgresql_where=sql(ONE_AT_WORK),
            sqlite_where=sql(ONE_AT_WORK),
        ),
    )


class PartNote(Base):
    """Which part a note belongs to; a note without such a row belongs to the lead."""

    __tablename__ = "part_notes"

    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("case_parts.assignment_id"), index=True)


class PartResult(Base):
    """What an office did on its part, in the codes of cases.result_rules; one row ends the part.

    A part that is asked for again gets another one; the last is in force.
    """

    __tablename__ = "part_results"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("case_parts.assignment_id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    done: Mapped[str] = mapped_column(SealedText("part_results.done"))
    for_whom: Mapped[list[str]] = mapped_column(JSON)
    measures: Mapped[list[str]] = mapped_column(JSON)
    steps: Mapped[list[str]] = mapped_column(JSON)
    referral: Mapped[str | None] = mapped_column(SealedText("part_results.referral"))
    child_safe: Mapped[str] = mapped_column(String(8))
