"""Rows about recordings and about who listened to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, String, event, text
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from core.database import Base, SealedText, UtcDateTime
from recordings.errors import TraceIsAppendOnly


class Recording(Base):
    """One recording that the provider made, or owed and did not make (`absent`)."""

    __tablename__ = "recordings"

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_sid: Mapped[str | None] = mapped_column(String(34), unique=True)
    account_sid: Mapped[str] = mapped_column(String(34))
    call_sid: Mapped[str] = mapped_column(String(34), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(24))
    basis: Mapped[str] = mapped_column(String(24), default="consent")
    duration_s: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    path: Mapped[str | None] = mapped_column(String(64))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    upstream_deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    purge_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    legal_hold: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        # Only what is still owed is in the index, however many recordings rest.
        Index(
            "ix_recordings_due",
            "due_at",
            postgresql_where=text("due_at IS NOT NULL"),
            sqlite_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_recordings_expiring",
            "purge_after",
            postgresql_where=text("purge_after IS NOT NULL"),
            sqlite_where=text("purge_after IS NOT NULL"),
        ),
        # An absence without a RecordingSid is told once for each call.
        Index(
            "uq_recordings_absence",
            "call_sid",
            unique=True,
            postgresql_where=text("recording_sid IS NULL"),
            sqlite_where=text("recording_sid IS NULL"),
        ),
    )


class RecordingAccess(Base):
    """Who heard or took out a recording, when and why; rows are added and never changed."""

    __tablename__ = "recording_accesses"

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recordings.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(16))
    # What people write as a reason may name a child.
    reason: Mapped[str] = mapped_column(SealedText("recording_accesses.reason"))


def _refuse(_mapper: Mapper[Any], _connection: Connection, _access: RecordingAccess) -> None:
    raise TraceIsAppendOnly


event.listen(RecordingAccess, "before_update", _refuse)
event.listen(RecordingAccess, "before_delete", _refuse)
