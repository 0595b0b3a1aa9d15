"""Puts the pages of further parts together, for the offices that have them: the list, one part."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.names import names_of
from cases.access import Viewer
from cases.models import Case, CaseCall, HazardType
from cases.must_ask import must_ask
from cases.notes import NoteFile
from cases.part_access import (
    parts_for,
    people_of_part,
    results_of_part,
)
from cases.part_models import PartResult
from cases.part_rules import OWED
from cases.part_work import readable_part_notes
from webapp.console.case_page import CallPart, call_parts, place_facts, what_of
from webapp.console.case_words import in_language, word
from webapp.console.pages import named
from webapp.console.part_door import OpenedPart
from webapp.documents import office_names

MOST_PARTS = 100


@dataclass(frozen=True)
class PartLine:
    """One part on a list, in the reader's language."""

    id: int
    what: str
    about: str
    step: str
    due_at: datetime
    is_late: bool
    severity: str
    is_practice: bool


@dataclass(frozen=True)
class PartPage:
    """All that a part's page shows: what was reported, and this office's own share of it."""

    id: int
    case: Case
    what: str
    office: str
    state: str
    step: str | None
    due_at: datetime
    is_late: bool
    briefing: str
    place: list[tuple[str, str]]
    others: int
    must_ask: list[str]
    calls: list[CallPart]
    people: list[str]
    notes: list[NoteFile]
    results: list[PartResult]
    names: dict[int, str]
    reads: bool
    may_take_on: bool
    may_report: bool
    may_write: bool


def part_lines(session: Session, viewer: Viewer, *, now: datetime) -> list[PartLine]:
    """The open parts that a person may see, the nearest deadline first."""
    rows = parts_for(session, viewer, limit=MOST_PARTS)
    codes = {row.hazard_type for row in rows if row.hazard_type}
    types = session.scalars(select(HazardType).where(HazardType.code.in_(codes)))
    type_names = {one.code: in_language(one) for one in types}
    offices = office_names(session, {row.office_code for row in rows})
    return [
        PartLine(
            id=row.id,
            what=type_names.get(row.hazard_type or "") or word("group", row.hazard_group),
            about=f"{row.reference} · {named(offices[row.office_code])}",
            step=word("part_step", OWED[row.state]),
            due_at=row.due_at,
            is_late=row.due_at < now,
            severity=row.severity,
            is_practice=row.is_practice,
        )
        for row in rows
    ]


def part_page(session: Session, opened: OpenedPart, *, now: datetime) -> PartPage:
    """The page for a reader who may see the part."""
    file, stands = opened.file, opened.standing
    case, office_code = file.case, file.assignment.office_code
    notes = readable_part_notes(session, file, opened.viewer, stands)
    results, people = results_of_part(session, file.id), people_of_part(session, file.id)
    names = _names(session, people, notes, results)
    reads = stands.may("note.read")
    return PartPage(
        id=file.id,
        case=case,
        what=what_of(session, case),
        office=named(office_names(session, {office_code})[office_code]),
        state=file.assignment.state,
        step=file.step,
        due_at=file.assignment.due_at,
        is_late=file.is_open and file.assignment.due_at < now,
        briefing=file.part.briefing if reads else "",
        place=place_facts(session, file.place) if file.place else [],
        others=file.others,
        must_ask=[in_language(one) for one in must_ask(case.hazard_group, case.hazard_type)],
        calls=call_parts(session, _call_sids(session, case.id)),
        people=[names[one] for one in people],
        notes=notes,
        results=results if reads else [],
        names=names,
        reads=reads,
        may_take_on=file.is_open and stands.may("part.take_on") and not stands.is_assigned,
        may_report=file.step == "report" and stands.may("part.report"),
        may_write=file.is_open and stands.may("note.write"),
    )


def _call_sids(session: Session, case_id: int) -> list[str]:
    wanted = select(CaseCall.call_sid).where(CaseCall.case_id == case_id)
    return list(session.scalars(wanted.order_by(CaseCall.linked_at, CaseCall.call_sid)))


def _names(
    session: Session,
    people: Iterable[int],
    notes: Iterable[NoteFile],
    results: Iterable[PartResult],
) -> dict[int, str]:
    wanted = {*people, *(one.staff_id for one in results)}
    wanted |= {one.staff_id for file in notes for one in file.revisions}
    return names_of(session, wanted)
