"""What an office does on its part of a case: take it on, write on it, report its result.

A part is solved by its office's own people ex officio (domain.md B10); it is handed over to nobody.
"""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from cases.access import Standing, Viewer
from cases.errors import PartRefused, ResultRefused, StaleCase
from cases.lateness import end_part_step
from cases.models import Assignment
from cases.note_models import Note
from cases.notes import NoteFile, Writing, keep_note, notes_among
from cases.part_access import PartFile, people_of_part
from cases.part_clock import owed_from
from cases.part_models import PartNote, PartResult
from cases.part_moves import end_part, held_part, take_part_on
from cases.part_notices import PART_REPORTED, settle, tell_reported
from cases.part_rules import ACCEPTED, DONE
from cases.result_rules import Result, kept_values, result_fault
from cases.states import OFFERED, check_assignment
from cases.timeline import note_event

TAKEN_ON = "part_taken_on"


def take_on_part(session: Session, part_id: int, *, viewer: Viewer, now: datetime) -> PartFile:
    """Acknowledge a part, or join who has it; StaleCase when this person has it already."""
    file = held_part(session, part_id)
    if not take_part_on(session, part_id, viewer.staff_id, now=now):
        raise StaleCase(f"part {part_id} is taken on")
    if file.assignment.state == OFFERED:
        check_assignment(OFFERED, ACCEPTED)
        settle(session, file)
        end_part_step(session, file.assignment, now=now)
        values = owed_from(session, ACCEPTED, file.owed, now)
        session.execute(
            update(Assignment).where(Assignment.id == part_id).values(state=ACCEPTED, **values)
        )
    _note(session, file, TAKEN_ON, viewer, now)
    return file


def report_part(
    session: Session, part_id: int, result: Result, *, viewer: Viewer, now: datetime
) -> PartResult:
    """Keep what an office did on its part, which is done by it; the lead is told.

    ResultRefused says what is missing, PartRefused "begin_first" is for a part that nobody took on.
    """
    file = held_part(session, part_id)
    rule = result_fault(result)
    if rule is not None:
        raise ResultRefused(rule)
    if file.assignment.state != ACCEPTED or not people_of_part(session, part_id):
        raise PartRefused("begin_first")
    values = kept_values(result)
    kept = PartResult(assignment_id=part_id, staff_id=viewer.staff_id, at=now, **values)
    session.add(kept)
    end_part(session, file, DONE, now=now)
    _note(session, file, PART_REPORTED, viewer, now)
    tell_reported(session, file, now=now)
    return kept


def write_part_note(
    session: Session, file: PartFile, text: str, visibility: str, *, viewer: Viewer, now: datetime
) -> Note:
    """Keep a note on a part, for its office; NoteRefused says what is wrong with it."""
    writing = Writing(text, visibility, file.assignment.office_code)
    note = keep_note(session, file.case.id, writing, viewer=viewer, now=now)
    session.add(PartNote(note_id=note.id, assignment_id=file.id))
    session.flush()
    return note


def readable_part_notes(
    session: Session, file: PartFile, viewer: Viewer, standing: Standing
) -> list[NoteFile]:
    """The notes of a part that this person may read; `standing` is that to the part."""
    return notes_among(session, file.case.id, viewer, standing, part_id=file.id)


def _note(session: Session, file: PartFile, kind: str, viewer: Viewer, now: datetime) -> None:
    data = {"part_id": file.id, "office_code": file.assignment.office_code}
    note_event(session, file.case.id, kind, data, now, viewer.actor)
