"""Tables of stories: many reports about one thing, and what callers hear about it at the front.

A case stays a case of its own, with its own office and callbacks: joining a story moves nothing.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, Index, String, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, UtcDateTime

JOINED: Final = "left_at IS NULL"
ANNOUNCING: Final = "announcing"
RUNNING: Final = "ended_at IS NULL"


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    condition = sql(where)
    return Index(name, *columns, unique=unique, postgresql_where=condition, sqlite_where=condition)


class Story(Base):
    """One thing that many people report.

    `places` holds codes of districts (four digits) and provinces (two); none is everywhere. The
    announcement is in force while `announcing` and its time last; at most one is, for nobody knows
    at the front of a call where it comes from.
    """

    __tablename__ = "stories"

    id: Mapped[int] = mapped_column(primary_key=True)
    title_th: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(120))
    hazard_group: Mapped[str] = mapped_column(String(1))
    hazard_type: Mapped[str | None] = mapped_column(String(4))
    places: Mapped[list[str]] = mapped_column(JSON)
    opened_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    announcing: Mapped[bool] = mapped_column(default=False, server_default=false())
    announcement_th: Mapped[str | None] = mapped_column(String(400))
    announcement_en: Mapped[str | None] = mapped_column(String(400))
    announce_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    announce_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        _partial("uq_stories_announcing", "announcing", where=ANNOUNCING, unique=True),
        _partial("ix_stories_running", "opened_at", where=RUNNING),
    )


class StoryCase(Base):
    """A case that belongs to a story, until `left_at`; to one at a time."""

    __tablename__ = "story_cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    story_id: Mapped[int] = mapped_column(ForeignKey("stories.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    joined_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        _partial("uq_story_cases_joined", "case_id", where=JOINED, unique=True),
        _partial("ix_story_cases_of_story", "story_id", "case_id", where=JOINED),
    )


class StoryEvent(Base):
    """What somebody did with a story; rows are only ever added. `data` holds codes and texts that
    every caller hears, never a word of a case."""

    __tablename__ = "story_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    story_id: Mapped[int] = mapped_column(ForeignKey("stories.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(24))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
