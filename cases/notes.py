"""Writing, correcting and reading notes; drafts wait on the server until they are kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from agents.permissions import Parents, office_relation
from cases.access import Standing, Viewer, parents_of
from cases.errors import NoteRefused, StaleCase
from cases.note_models import Note, NoteDraft, NoteRevision
from cases.note_rules import Reader, fault, may_correct, may_read
from cases.part_models import PartNote
from cases.timeline import note_event
from core.errors import NotFoundError
from routing.vocabulary import HQ


@dataclass(frozen=True)
class Writing:
    """What somebody wants to keep: the words, who may read them, the office they are for."""

    text: str
    visibility: str
    office_code: str


@dataclass(frozen=True)
class NoteFile:
    """A note with all its wordings, the first one first; the last is in force."""

    note: Note
    revisions: tuple[NoteRevision, ...]
    may_correct: bool

    @property
    def text(self) -> str:
        """The words in force."""
        return self.revisions[-1].text

    @property
    def earlier(self) -> tuple[NoteRevision, ...]:
        """The wordings that were corrected, the newest first."""
        return tuple(reversed(self.revisions[:-1]))


def write_note(
    session: Session, case_id: int, writing: Writing, *, viewer: Viewer, now: datetime
) -> Note:
    """Keep a note and forget the draft; NoteRefused says what is wrong with it."""
    note = keep_note(session, case_id, writing, viewer=viewer, now=now)
    drop_draft(session, case_id, viewer.staff_id)
    return note


def keep_note(
    session: Session, case_id: int, writing: Writing, *, viewer: Viewer, now: datetime
) -> Note:
    """Keep a note whatever was begun to be written elsewhere on the case."""
    _check(writing.text, writing.visibility)
    note = Note(
        case_id=case_id,
        author_staff_id=viewer.staff_id,
        office_code=writing.office_code,
        visibility=writing.visibility,
        created_at=now,
    )
    session.add(note)
    session.flush()
    _revise(session, note.id, 1, writing.text, viewer.staff_id, now)
    data = {"note_id": note.id, "visibility": note.visibility}
    note_event(session, case_id, "note_written", data, now, viewer.actor)
    return note


def correct_note(
    session: Session, file: NoteFile, text: str, *, number: int, viewer: Viewer, now: datetime
) -> None:
    """Add a wording; the earlier ones stay. StaleCase when `number` is not the one in force."""
    if not file.may_correct:
        raise NotFoundError("there is no such note")
    _check(text, file.note.visibility)
    if file.revisions[-1].number != number:
        raise StaleCase(f"note {file.note.id} has been corrected since")
    if text.strip() == file.text:
        return
    _revise(session, file.note.id, number + 1, text, viewer.staff_id, now)
    data = {"note_id": file.note.id, "number": number + 1}
    note_event(session, file.note.case_id, "note_corrected", data, now, viewer.actor)


def readable_notes(
    session: Session, case_id: int, viewer: Viewer, standing: Standing
) -> list[NoteFile]:
    """The notes of a case that this person may read, the oldest first; none of its parts'."""
    return notes_among(session, case_id, viewer, standing)


def notes_among(
    session: Session,
    case_id: int,
    viewer: Viewer,
    standing: Standing,
    *,
    part_id: int | None = None,
) -> list[NoteFile]:
    """The readable notes of one part, or of the lead: `standing` is that to the same.

    A wall, whatever a note's visibility: who stands to one part reads none of another.
    """
    if not standing.may("note.read"):
        return []
    wanted = select(Note).outerjoin(PartNote, PartNote.note_id == Note.id)
    of_case = wanted.where(
        Note.case_id == case_id, PartNote.assignment_id.is_not_distinct_from(part_id)
    )
    notes = session.scalars(of_case.order_by(Note.id)).all()
    parents = parents_of(session, viewer.offices | {one.office_code for one in notes})
    readers = {one.id: _reader(one, viewer, standing, parents) for one in notes}
    shown = [one for one in notes if may_read(one.visibility, readers[one.id])]
    wordings = _wordings(session, [one.id for one in shown])
    corrects = standing.may("note.correct")
    return [
        NoteFile(one, tuple(wordings[one.id]), corrects and may_correct(readers[one.id]))
        for one in shown
    ]


def save_draft(
    session: Session, case_id: int, *, staff_id: int, text: str, visibility: str, now: datetime
) -> None:
    """Keep what has been typed so far; nothing typed forgets the draft."""
    reason = fault(text, visibility)
    if reason == "empty":
        drop_draft(session, case_id, staff_id)
        return
    if reason:
        raise NoteRefused(reason)
    session.merge(
        NoteDraft(
            case_id=case_id, staff_id=staff_id, visibility=visibility, text=text, saved_at=now
        )
    )
    session.flush()


def find_draft(session: Session, case_id: int, staff_id: int) -> NoteDraft | None:
    """What this person has begun to write on this case, if anything."""
    return session.get(NoteDraft, (case_id, staff_id))


def drop_draft(session: Session, case_id: int, staff_id: int) -> None:
    """Forget a draft."""
    session.execute(
        delete(NoteDraft).where(NoteDraft.case_id == case_id, NoteDraft.staff_id == staff_id)
    )


def _check(text: str, visibility: str) -> None:
    reason = fault(text, visibility)
    if reason:
        raise NoteRefused(reason)


def _revise(
    session: Session, note_id: int, number: int, text: str, staff_id: int, now: datetime
) -> None:
    session.add(
        NoteRevision(note_id=note_id, number=number, staff_id=staff_id, at=now, text=text.strip())
    )
    session.flush()


def _wordings(session: Session, note_ids: Iterable[int]) -> dict[int, list[NoteRevision]]:
    found: dict[int, list[NoteRevision]] = {one: [] for one in note_ids}
    if not found:
        return found
    wanted = select(NoteRevision).where(NoteRevision.note_id.in_(found))
    rows: Sequence[NoteRevision] = session.scalars(wanted.order_by(NoteRevision.number)).all()
    for row in rows:
        found[row.note_id].append(row)
    return found


def _reader(note: Note, viewer: Viewer, standing: Standing, parents: Parents) -> Reader:
    return Reader(
        is_author=note.author_staff_id == viewer.staff_id,
        to_office=frozenset(
            office_relation(mine, note.office_code, parents) for mine in viewer.offices
        ),
        at_hotline=HQ in viewer.offices,
        is_assigned=standing.is_assigned or bool(viewer.offices & standing.case_offices),
    )
