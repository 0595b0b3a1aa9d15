"""Puts the page of one case together; names are looked up once for everything that it shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.names import names_of
from agents.permissions import Grant
from calls.ledger import answers_of
from calls.legs import ring_result, rung_in
from calls.models import Call, Leg
from calls.queries import CallbackFile, callbacks_of_case
from cases.access import Standing, Viewer
from cases.handover_timeline import unexplained
from cases.inferring import UNKNOWN, intent_of, role_of
from cases.models import Case, CasePlace, HazardType
from cases.must_ask import must_ask
from cases.note_models import NoteDraft
from cases.notes import NoteFile, find_draft, readable_notes
from cases.queries import CaseFile, NextStep, next_step, timeline
from cases.result_models import ResultReport
from cases.states import OVER, RECEIVED, SETTLED
from cases.taking import people_of
from cases.told_places import told_places
from recordings.models import Recording
from recordings.queries import heard_lately, of_case
from routing.directory import current_directory
from webapp.console.after_talk import to_ask_about
from webapp.console.case_callbacks import CallbackMoves, callback_moves
from webapp.console.case_next import CaseNext, case_next
from webapp.console.case_story import StoryCard, story_card
from webapp.console.case_words import answer_word, in_language, word
from webapp.console.correction_words import corrected_places
from webapp.console.deadline_card import ClockCard, clock_card
from webapp.console.desk import OWED, needs_decision, place_words
from webapp.console.lead_parts import LeadsPart, leads_parts
from webapp.console.note_defaults import note_office, usual_visibility
from webapp.console.pages import named
from webapp.console.timeline_words import Entry, entries
from webapp.console.way_out_card import WayOut, way_out
from webapp.documents import office_names

# Answers that say how a person got through the menus, and nothing about the case.
NOT_TOLD = frozenset({"notice_more", "reference", "pin_choose", "follow_pin", "follow_ref"})


@dataclass(frozen=True)
class Rung:
    """A person who was rung while the caller waited: when, and whether they took the call."""

    name: str
    at: datetime
    result: str


@dataclass(frozen=True)
class CallPart:
    """One call of the case and what was pressed in it, in order: (question, answer)."""

    started_at: datetime
    ended_at: datetime | None
    language: str
    pressed: list[tuple[str, str]]


@dataclass(frozen=True)
class Allowed:
    """What this reader may do on this page now, beside the steps of the case."""

    write: bool
    reveal: bool
    play: bool
    ask_parts: bool


@dataclass(frozen=True)
class CasePage:
    """All that the page shows, in the reader's language; no number unless it was revealed."""

    case: Case
    step: NextStep | None
    step_office: str
    is_late: bool
    clock: ClockCard
    next: CaseNext
    must_ask: list[str]
    callbacks_left: int
    office: str
    office_code: str
    what: str
    place: list[tuple[str, str]]
    report: list[tuple[str, str, str]]
    reasons: list[str]
    calls: list[CallPart]
    rung: list[Rung]
    callbacks: Sequence[CallbackFile]
    moves: CallbackMoves
    after_talk: list[CallbackFile]
    recordings: Sequence[Recording]
    playable: frozenset[int]
    timeline: list[Entry]
    reads: bool
    notes: list[NoteFile]
    draft: NoteDraft | None
    usual_visibility: str
    people: list[str]
    names: dict[int, str]
    allowed: Allowed
    parts: list[LeadsPart]
    story: StoryCard
    way_out: WayOut | None

    @property
    def further(self) -> list[str]:
        """The other places that the caller told of."""
        return [value for name, value in self.place if name == "further"]


def case_page(
    session: Session, file: CaseFile, viewer: Viewer, standing: Standing, *, now: datetime
) -> CasePage:
    """The page for a reader who may see the case."""
    case, step, reads = file.case, next_step(file), standing.may("note.read")
    callbacks = callbacks_of_case(session, case.id)
    moves = callback_moves(session, callbacks, viewer, standing, now=now)
    events = timeline(session, case.id)
    notes = readable_notes(session, case.id, viewer, standing)
    at_work = people_of(session, case.id)
    owed = unexplained(events)
    following = case_next(session, file, viewer, standing, unexplained=owed, now=now)
    rung = rung_in(session, file.call_sids)
    near = {*at_work, *(one.staff_id for one in rung if one.staff_id)}
    names = _names(session, near, callbacks, events, notes, following.reports)
    offices = _offices(session, file, step, events)
    recordings = of_case(session, case.id)
    allowed = _allowed(case, standing)
    return CasePage(
        case=case,
        step=step,
        step_office=offices[step.office_code] if step else "",
        is_late=step is not None and step.due_at < now,
        clock=clock_card(session, file, step, standing, now=now),
        next=following,
        must_ask=[in_language(one) for one in must_ask(case.hazard_group, case.hazard_type)],
        callbacks_left=_left(callbacks) if case.status in SETTLED else 0,
        office=offices[file.assignment.office_code],
        office_code=file.assignment.office_code,
        what=what_of(session, case),
        place=[*place_facts(session, file.place), *_further(session, case.id)],
        report=report_facts(case, file.place),
        reasons=[in_language(_Pair(one)) for one in file.assignment.reasons],
        calls=call_parts(session, file.call_sids),
        rung=[_rung(one, names) for one in rung],
        callbacks=callbacks,
        moves=moves,
        after_talk=to_ask_about(events, callbacks, moves.change, viewer.staff_id),
        recordings=recordings,
        playable=heard_lately(session, [one.id for one in recordings], viewer.actor, now=now),
        timeline=entries(events, names, offices, with_words=reads),
        reads=reads,
        notes=notes,
        draft=find_draft(session, case.id, viewer.staff_id),
        usual_visibility=_usual(session, file, viewer, standing) if allowed.write else "",
        people=[names[one] for one in at_work if one in names],
        names=names,
        allowed=allowed,
        parts=leads_parts(session, case.id, reads=False, now=now),
        story=story_card(session, case.id, viewer),
        way_out=way_out(case.status, events, names, offices, with_words=reads),
    )


def _allowed(case: Case, standing: Standing) -> Allowed:
    return Allowed(
        write=case.status not in SETTLED and standing.may("note.write"),
        reveal=standing.grant("identity.reveal") is Grant.REASON,
        play=standing.grant("recording.play") is Grant.REASON,
        ask_parts=case.status not in OVER | {RECEIVED} and standing.may("part.ask"),
    )


def _usual(session: Session, file: CaseFile, viewer: Viewer, standing: Standing) -> str:
    return usual_visibility(session, note_office(file, viewer, standing))


def _left(callbacks: Iterable[CallbackFile]) -> int:
    """How many callbacks still wait for a call or for a person's decision."""
    return sum(one.callback.state in OWED or needs_decision(one.callback) for one in callbacks)


class _Pair:
    """A reason as a case keeps it: a rule with its text in both languages."""

    def __init__(self, kept: dict[str, str]) -> None:
        self.th, self.en = kept["th"], kept["en"]


def what_of(session: Session, case: Case) -> str:
    """What was reported: the hazard group, and the type where it is known."""
    kind = session.get(HazardType, case.hazard_type) if case.hazard_type else None
    group = word("group", case.hazard_group)
    return f"{group} · {in_language(kind)}" if kind else group


def report_facts(case: Case, place: CasePlace) -> list[tuple[str, str, str]]:
    """What the report is and who reported, as far as it is known, and why it was inferred."""
    known = {"intent": intent_of(case, place), "role": role_of(case, place)}
    return [
        (name, word(name, one.value), in_language(one.why) if one.why else "")
        for name, one in known.items()
        if one.value != UNKNOWN
    ]


def place_facts(session: Session, place: CasePlace) -> list[tuple[str, str]]:
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


def _further(session: Session, case_id: int) -> list[tuple[str, str]]:
    """The other places that the caller told of."""
    directory = current_directory(session)
    told = told_places(session, case_id)
    return [
        ("further", place_words(directory, one.district_code, one.province_code)) for one in told
    ]


def call_parts(session: Session, sids: Sequence[str]) -> list[CallPart]:
    """The calls by their sids, and what was pressed in each."""
    if not sids:
        return []
    rows = {one.sid: one for one in session.scalars(select(Call).where(Call.sid.in_(sids)))}
    return [
        CallPart(one.started_at, one.ended_at, word("language", one.language), _pressed(one))
        for one in (rows[sid] for sid in sids if sid in rows)
    ]


def _rung(leg: Leg, names: Mapping[int, str]) -> Rung:
    name = names.get(leg.staff_id or 0, "–")
    return Rung(name, leg.created_at, word("call_ring", ring_result(leg)))


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
    reports: Iterable[ResultReport],
) -> dict[int, str]:
    """The names of all people whom the page mentions, in one query."""
    wanted = set(at_work)
    wanted |= {one.staff_id for file in callbacks for one in file.attempts if one.staff_id}
    wanted |= {one.staff_id for file in notes for one in file.revisions}
    wanted |= {one.staff_id for one in reports}
    for event in events:
        kind, _, number = event.actor.partition(":")
        if kind == "staff" and number.isdecimal():
            wanted.add(int(number))
        if event.kind == "talked" and event.data.get("staff_id"):
            wanted.add(int(event.data["staff_id"]))
        if event.data.get("barred_id"):
            wanted.add(int(event.data["barred_id"]))
    return names_of(session, wanted)


def _offices(
    session: Session, file: CaseFile, step: NextStep | None, events: Iterable[Any]
) -> dict[str, str]:
    codes = {file.assignment.office_code}
    codes |= {step.office_code} if step else set()
    codes |= {one.data["office_code"] for one in events if one.data.get("office_code")}
    found = {code: named(name) for code, name in office_names(session, codes).items()}
    return found | corrected_places(session, events)
