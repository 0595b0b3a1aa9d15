"""What the lead sees of a case's further parts: how each stands, what it reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cases.models import CasePlace
from cases.part_access import PartFile, parts_of_case, results_of_part
from cases.part_models import PartResult
from routing.directory import current_directory
from webapp.console.desk import place_words
from webapp.console.pages import named
from webapp.documents import office_names


@dataclass(frozen=True)
class LeadsPart:
    """A part as the lead sees it; words only where the notes of the case are read."""

    id: int
    office: str
    place: str
    state: str
    due_at: datetime | None
    is_late: bool
    briefing: str
    results: Sequence[PartResult]


def leads_parts(session: Session, case_id: int, *, reads: bool, now: datetime) -> list[LeadsPart]:
    """The parts of a case, ended ones too, for who may see the case."""
    files = parts_of_case(session, case_id)
    if not files:
        return []
    offices = office_names(session, {one.assignment.office_code for one in files})
    return [
        _part(session, one, named(offices[one.assignment.office_code]), reads, now) for one in files
    ]


def _part(session: Session, file: PartFile, office: str, reads: bool, now: datetime) -> LeadsPart:
    due_at = file.assignment.due_at if file.is_open else None
    return LeadsPart(
        id=file.id,
        office=office,
        place=_place(session, file.place),
        state=file.assignment.state,
        due_at=due_at,
        is_late=due_at is not None and due_at < now,
        briefing=file.part.briefing if reads else "",
        results=results_of_part(session, file.id) if reads else (),
    )


def _place(session: Session, place: CasePlace | None) -> str:
    if place is None:
        return ""
    return place_words(current_directory(session), place.district_code, place.province_code)
