"""Tables of hand-overs: what was asked, who may approve it, who is to take the case.

Source: domain.md B7-B9 (every hand-over needs the head operator), design.md §3a.10.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, SealedText, UtcDateTime
from routing.graveness import IS_GRAVE

# A hand-over on which somebody owes an answer; the same words stand in cases.states.
UNANSWERED: Final = "state IN ('requested','offered')"
CLIMBING: Final = "climb_at IS NOT NULL"
GRAVE_CLIMBING: Final = f"{CLIMBING} AND {IS_GRAVE}"
RINGING: Final = "ring_at IS NOT NULL"


class Handover(Base):
    """Passing a case on: to an office below, to a person as SC-Action, or to a committee.

    `state` is one of requested, offered, accepted, rejected, declined, revoked, done.
    `due_at` is by when whoever owes the next answer must give it: the approvers while it is
    requested, the receivers while it is offered. `climb_at` is when the next level is told,
    `level` how many were. `ring_at` is when the next approver is to be rung, empty when nobody is;
    `ring_round` tells one request to ring from the next. `status_before` is what the case was when
    it was asked.
    """

    __tablename__ = "handovers"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), default="requested")
    severity: Mapped[str] = mapped_column(String(16))
    from_office_code: Mapped[str] = mapped_column(String(32))
    to_office_code: Mapped[str | None] = mapped_column(String(32), index=True)
    reason: Mapped[str] = mapped_column(SealedText("handovers.reason"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status_before: Mapped[str] = mapped_column(String(24))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    climb_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    level: Mapped[int] = mapped_column(default=0)
    ring_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ring_round: Mapped[int] = mapped_column(default=0)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_way: Mapped[str | None] = mapped_column(String(16))
    decision_words: Mapped[str | None] = mapped_column(SealedText("handovers.decision_words"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    end_words: Mapped[str | None] = mapped_column(SealedText("handovers.end_words"))
    version: Mapped[int] = mapped_column(default=0)

    # One open question per case: two hand-overs at once would be two owners of the next step.
    __table_args__ = (
        Index(
            "uq_handovers_unanswered",
            "case_id",
            unique=True,
            postgresql_where=sql(UNANSWERED),
            sqlite_where=sql(UNANSWERED),
        ),
        Index(
            "ix_handovers_climbing",
            "climb_at",
            postgresql_where=sql(CLIMBING),
            sqlite_where=sql(CLIMBING),
        ),
        Index(
            "ix_handovers_climbing_grave",
            "severity",
            "climb_at",
            postgresql_where=sql(GRAVE_CLIMBING),
            sqlite_where=sql(GRAVE_CLIMBING),
        ),
        Index(
            "ix_handovers_ringing",
            "ring_at",
            postgresql_where=sql(RINGING),
            sqlite_where=sql(RINGING),
        ),
    )


class HandoverApprover(Base):
    """An office whose head operators are asked to approve; each level that it climbs adds one."""

    __tablename__ = "handover_approvers"

    handover_id: Mapped[int] = mapped_column(ForeignKey("handovers.id"), primary_key=True)
    office_code: Mapped[str] = mapped_column(String(32), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_handover_approvers_office_code", "office_code"),)


class HandoverPerson(Base):
    """A person who is to take the case on; of a committee its chair answers for all.

    `answer` is empty, "accepted" or "declined".
    """

    __tablename__ = "handover_people"

    handover_id: Mapped[int] = mapped_column(ForeignKey("handovers.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, index=True)
    chair: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str | None] = mapped_column(String(16))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
