"""Which office a note is for, and who reads it unless its author chooses otherwise."""

from sqlalchemy.orm import Session

from agents.office_settings import note_visibility
from cases.access import Standing, Viewer
from cases.note_rules import THIS_OFFICE
from cases.queries import CaseFile


def note_office(file: CaseFile, viewer: Viewer, standing: Standing) -> str:
    """The office that the note is for: the author's that has the case, else the author's first."""
    mine = viewer.offices
    lead = file.assignment.office_code
    with_part = sorted(mine & standing.case_offices)
    return lead if lead in mine else (with_part or sorted(mine))[0]


def usual_visibility(session: Session, office_code: str) -> str:
    """What the form for a new note begins with."""
    return note_visibility(session, office_code) or THIS_OFFICE
