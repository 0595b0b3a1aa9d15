"""Puts the page of one case together; names are looked up once for everything that it shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Staff
from agents.permissions import Grant
from calls.ledger import answers_of
from calls.models import Call
from calls.queries import CallbackFile, callbacks_of_case
from cases.access import Standing, Viewer
from cases.models import Case, CasePlace, HazardType
from cases.note_models import NoteDraft
from cases.notes import NoteFile, find_draft, readable_notes
from cases.queries import CaseFile, NextStep, next_step, timeline
from cases.states import RECEIVED, SETTLED
from cases.taking import people_of
from recordings.models import Recording
from recordings.queries import heard_lately, of_case
from routing.directory import current_directory
from webapp.console.case_words import answer_word, in_language, word
from webapp.console.desk import place_words
from webapp.console.pages import named
from webapp.console.timeline_words import Entry, entries
from webapp.documents import office_names

# Answers that say how a person got through the menus, and nothing about the case.
NOT_TOLD = frozenset({"notice_more", "reference", "pin_choose", "follow_pin", "follow_ref"})


@dataclass(frozen=True)
class CallPart:
    """One call of the case and what was pressed in it, in order: (question, answer)."""

    started_at: datetime
    ended_at: datetime | None
    language: str
    pressed: list[tuple[str, str]]


@dataclass(frozen=True)
class Allowed:
    """What this reader may do on this page now."""

    acknowledge: bool
    take_on: bool
    write: bool
    reveal: bool
    play: bool


@dataclass(frozen=True)
class CasePage:
    """All that the page shows, in the reader's language; no number unless it was revealed."""

    case: Case
    step: NextStep | None
    is_late: bool
    office: str
    office_code: str
    what: str
    place: list[tuple[str, str]]
    reasons: list[str]
    candidates: list[str]
    calls: list[CallPart]
    callbacks: Sequence[CallbackFile]
    recordings: Sequence[Recording]
    playable: frozenset[int]
    timeline: list[Entry]
    notes: list[NoteFile]
    draft: NoteDraft | None
    people: list[str]
    names: dict[int, str]
    allowed: Allowed


def case_page(
    session: Session, file: CaseFile, viewer: Viewer, standing: Standing, *, now: datetime
) -> CasePage:
    """The page for a reader who may see the case."""
    case, step = file.case, next_step(file)
    callbacks = callbacks_of_case(session, case.id)
    events = timeline(session, case.id)
    notes = readable_notes(session, case.id, viewer, standing)
    at_work = people_of(session, case.id)
    names = _names(session, at_work, callbacks, events, notes)
    offices = _offices(session, file, events)
    recordings = of_case(session, case.id)
    return CasePage(
        case=case,
        step=step,
        is_late=step is not None and step.due_at < now,
        office=offices[file.assignment.office_code],
        office_code=file.assignment.office_code,
        what=_what(session, case),
        place=_place(session, file.place),
        reasons=[in_language(_Pair(one)) for one in file.assignment.reasons],
        candidates=[offices[code] for code in file.assignment.candidates],
        calls=_calls(session, file.call_sids),
        callbacks=callbacks,
        recordings=recordings,
        playable=heard_lately(session, [one.id for one in recordings], viewer.actor, now=now),
        timeline=entries(events, names, offices),
        notes=notes,
        draft=find_draft(session, case.id, viewer.staff_id),
        people=[names[one] for one in at_work if one in names],
        names=names,
        allowed=_allowed(case, viewer, standing, at_work),
    )


def _allowed(case: Case, viewer: Viewer, standing: Standing, at_work: Sequence[int]) -> Allowed:
    is_open = case.status not in SETTLED
    takes = standing.may("case.acknowledge")
    return Allowed(
        acknowledge=takes and case.status == RECEIVED,
        take_on=takes and is_open and case.status != RECEIVED and viewer.staff_id not in at_work,
        write=is_open and standing.may("note.write"),
        reveal=standing.grant("identity.reveal") is Grant.REASON,
        play=standing.grant("recording.play") is Grant.REASON,
    )


class _Pair:
    """A reason as a case keeps it: a rule with its text in both languages."""

    def __init__(self, kept: dict[str, str]) -> None:
        self.th, self.en = kept["th"], kept["en"]


def _what(session: Session, case: Case) -> str:
    kind = session.get(HazardType, case.hazard_type) if case.hazard_type else None
    group = word("group", case.hazard_group)
    return f"{group} · {in_language(kind)}" if kind else group


def _place(session: Session, place: CasePlace) -> list[tuple[str, str]]:
    """What is known of the place, by the names of the facts."""
    known = {
        "district": place_words(
            current_directory(session), place.district_code, place.province_code
        ),
        "postal_code": place.postal_code,
        "school": place.school_code,
        "level": word("level", place.level) if place.level else None,
        "told": place.text,
    }
    return [(name, value) for name, value in known.items() if value]


def _calls(session: Session, sids: Sequence[str]) -> list[CallPart]:
    rows = {one.sid: one for one in session.scalars(select(Call).where(Call.sid.in_(sids)))}
    return [
        CallPart(one.started_at, one.ended_at, word("language", one.language), _pressed(one))
        for one in (rows[sid] for sid in sids if sid in rows)
    ]


def _pressed(call: Call) -> list[tuple[str, str]]:
    return [
        (word("question", node), answer_word(node, label))
        for node, label in answers_of(call).items()
        if node not in NOT_TOLD
    ]


def _names(
    session: Session,
    at_work: Iterable[int],
    callbacks: Iterable[CallbackFile],
    events: Iterable[Any],
    notes: Iterable[NoteFile],
) -> dict[int, str]:
    """The names of all people whom the page mentions, in one query."""
    wanted = set(at_work)
    wanted |= {one.staff_id for file in callbacks for one in file.attempts if one.staff_id}
    wanted |= {one.staff_id for file in notes for one in file.revisions}
    for event in events:
        kind, _, number = event.actor.partition(":")
        if kind == "staff" and number.isdecimal():
            wanted.add(int(number))
        if event.kind == "talked" and event.data.get("staff_id"):
            wanted.add(int(event.data["staff_id"]))
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def _offices(session: Session, file: CaseFile, events: Iterable[Any]) -> dict[str, str]:
    codes = {file.assignment.office_code, *file.assignment.candidates}
    codes |= {one.data["office_code"] for one in events if one.data.get("office_code")}
    return {code: named(name) for code, name in office_names(session, codes).items()}
