"""Tables of what people write about a case: notes, their revisions, and drafts.

The words are sealed; a revision is never changed, a correction adds the next one.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from cases.errors import NoteIsAppendOnly
from core.database import Base, SealedText, UtcDateTime


class Note(Base):
    """A note on a case; its words are in the revisions.

    `office_code` is the office that the author wrote for: visibility is measured from there.
    `visibility` is one of cases.note_rules.VISIBILITIES.
    """

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    author_staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    office_code: Mapped[str] = mapped_column(String(32))
    visibility: Mapped[str] = mapped_column(String(24))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NoteRevision(Base):
    """One wording of a note; `number` counts 1, 2, 3 and the highest is in force."""

    __tablename__ = "note_revisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
    number: Mapped[int]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(SealedText("note_revisions.text"))

    __table_args__ = (UniqueConstraint("note_id", "number"),)


class NoteDraft(Base):
    """What a person has begun to write on a case and not yet kept: one for each of them."""

    __tablename__ = "note_drafts"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    visibility: Mapped[str] = mapped_column(String(24))
    text: Mapped[str] = mapped_column(SealedText("note_drafts.text"))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


def _refuse(_mapper: Mapper[Any], _connection: Connection, _row: NoteRevision | Note) -> None:
    raise NoteIsAppendOnly


for _table in (Note, NoteRevision):
    event.listen(_table, "before_update", _refuse)
    event.listen(_table, "before_delete", _refuse)
