"""Tables of what was changed in the directory, by whom, and of files that wait to be applied."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, Index, LargeBinary, String, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from core.database import Base, UtcDateTime
from core.errors import HotlineError


class LogIsAppendOnly(HotlineError):
    """A row of the log was to be changed or removed."""


class DirectoryChange(Base):
    """One row of the directory that was added, changed or removed; rows are only ever added.

    `what` is the table: office, jurisdiction, office_hours, district. `about` is the code of the
    office or district, `detail` which of its rows. `before` and `after` hold the columns that
    differ; the first is empty for a row that is new, the second for one that is gone. `actor` is
    "staff:12" or "command".
    """

    __tablename__ = "directory_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(64))
    what: Mapped[str] = mapped_column(String(16))
    about: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(String(100), default="")
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(String(300), default="")

    __table_args__ = (Index("ix_directory_changes_about_id", "about", "id"),)


class DirectoryUpload(Base):
    """A file that somebody has sent and may apply, as it came; kept for a day.

    `staff_id` is no foreign key: people stand one floor up. `digest` is the SHA-256 of `content`.
    """

    __tablename__ = "directory_uploads"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int]
    file: Mapped[str] = mapped_column(String(100))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def _refuse(_mapper: Mapper[Any], _connection: Connection, _change: DirectoryChange) -> None:
    raise LogIsAppendOnly


event.listen(DirectoryChange, "before_update", _refuse)
event.listen(DirectoryChange, "before_delete", _refuse)
