"""Tables of how notices reach people: each channel's part, who has seen it, where and when."""

from datetime import datetime
from typing import Final

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, UtcDateTime

# Conditions of partial indexes; a query says them word for word, for a planner sees no match
# behind parameters.
OPEN: Final = "state IN ('owed', 'claimed')"
LOOSE: Final = "state = 'owed' AND token IS NULL"


class NoticeDelivery(Base):
    """One notice on one channel: owed, claimed, sent, failed, given_up or skipped.

    `due_at` is when somebody must look at it next, for a claimed one the end of the claim. Rows
    that go out as one message share `token`, which is also the key that makes a repeat harmless.
    """

    __tablename__ = "notice_deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    channel: Mapped[str] = mapped_column(String(16))
    receiver: Mapped[str] = mapped_column(String(48))
    notice_class: Mapped[str] = mapped_column(String(16))
    emergency: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    token: Mapped[str | None] = mapped_column(String(36), index=True)
    first_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    provider_id: Mapped[str | None] = mapped_column(String(200))
    error_code: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("notice_id", "channel"),
        Index("ix_notice_deliveries_receiver_sent_at", "receiver", "sent_at"),
        Index(
            "ix_notice_deliveries_open",
            "channel",
            "emergency",
            "due_at",
            postgresql_where=text(OPEN),
            sqlite_where=text(OPEN),
        ),
        Index(
            "ix_notice_deliveries_loose",
            "receiver",
            "channel",
            "emergency",
            "due_at",
            postgresql_where=text(LOOSE),
            sqlite_where=text(LOOSE),
        ),
    )


class NoticeReceipt(Base):
    """When a person saw a notice in the console; an office's notice is seen by each of its own."""

    __tablename__ = "notice_receipts"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NoticeBarred(Base):
    """Somebody of the notice's office who must not know of its matter (design.md §3a.7)."""

    __tablename__ = "notice_barred"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)


class NoticePreference(Base):
    """What a person chose: channels beside the console, and hours ("20:00-07:00", "none").

    `ranking` is the order of all channels, None for who never changed it.
    """

    __tablename__ = "notice_preferences"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    channels: Mapped[list[str]] = mapped_column(JSON)
    ranking: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    quiet_hours: Mapped[str] = mapped_column(String(11))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OfficeChannel(Base):
    """Where an office is told: its own mailbox, its LINE group and how many are in the group.

    LINE counts a push once for each member, so the budget does too.
    """

    __tablename__ = "office_channels"

    office_code: Mapped[str] = mapped_column(String(32), primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254))
    line_group: Mapped[str | None] = mapped_column(String(33))
    line_members: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LineUsage(Base):
    """Messages of one month ("2026-11", Bangkok) that LINE counts."""

    __tablename__ = "line_usage"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    used: Mapped[int] = mapped_column(default=0)
