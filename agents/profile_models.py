"""Tables of what is known of a person beside the account: skills, courses, qualifications, secrecy.

Source: domain.md B12-B14 (post and qualifications), C2 (secrecy).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, UtcDateTime


class StaffSkill(Base):
    """A tag of what a person can do: a language that he or she speaks, or any other skill."""

    __tablename__ = "staff_skills"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    skill: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)


class StaffTraining(Base):
    """A course that a person took; the latest one is shown first."""

    __tablename__ = "staff_trainings"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    course: Mapped[str] = mapped_column(String(120))
    trained_on: Mapped[date] = mapped_column(Date)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffQualification(Base):
    """A qualification of qualifications.yaml that somebody has confirmed of a person."""

    __tablename__ = "staff_qualifications"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffUndertaking(Base):
    """A signature under one version of the undertaking of secrecy; rows are only ever added.

    `way` is "screen" (the person ticked and signed at the console) or "paper" (somebody keeps the
    sheet; `recorded_by` wrote it down, empty for the command line).
    """

    __tablename__ = "staff_undertakings"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    version: Mapped[str] = mapped_column(String(16))
    way: Mapped[str] = mapped_column(String(8))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class StaffChange(Base):
    """One thing that was done to a person's account, or to many at once; rows are only ever added.

    `staff_id` is empty for what is about many (an export, a file that was applied). `data` holds
    codes and counts, never a name or a number.
    """

    __tablename__ = "staff_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(String(32))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
