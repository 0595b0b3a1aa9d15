"""The call flows that calls have begun with or may begin with, and which one is in force."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, UtcDateTime

LONGEST_VERSION = 32


class FlowVersion(Base):
    """The source of one version of the call flow, kept from when it was published or first used."""

    __tablename__ = "flow_versions"

    version: Mapped[str] = mapped_column(String(LONGEST_VERSION), primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    first_used_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FlowRelease(Base):
    """One time that a version was put in force: the newest row holds for calls that begin now.

    Rows are only ever added; going back adds one too, with the release whose version it takes
    again. `refused_at` is set while the telephone cannot use the version and goes on with another.
    """

    __tablename__ = "flow_releases"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(ForeignKey("flow_versions.version"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    back_to: Mapped[int | None] = mapped_column(ForeignKey("flow_releases.id"))
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
