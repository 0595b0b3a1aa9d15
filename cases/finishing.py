"""Bringing a case up to date from its call: the answers, the office that routing chose, the end.

Plain statements, no ORM: this runs inside webhooks (design.md §3). A second run of the same
changes nothing and writes nothing.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Update, bindparam, select, update
from sqlalchemy.orm import Session

from cases.answers import CaseAnswers
from cases.choosing import severity_of
from cases.danger import hasten
from cases.deadlines import ACKNOWLEDGE, Due, Owed, due_of
from cases.errors import UnknownCase
from cases.lateness import end_step
from cases.merging import merged
from cases.models import Assignment, Case, CasePlace
from cases.opening import answer_values, place_values
from cases.reviving import is_graver, note_revived
from cases.rules import EMERGENCY
from cases.senders import BY_PEOPLE, end_senders
from cases.states import CHECKING, NEXT_STEPS, OVER, RECEIVED, UNACKNOWLEDGED
from cases.stopping import end_stops
from cases.timeline import note_event
from core.database import Base
from core.inserts import table_of
from routing.rules import Decision

Values = dict[str, Any]
UNKNOWN = "unknown"
NO_ANSWERS = {"version", "finished_at", "status", "status_since"}
ROUTED = ("office_code", "candidates")
DECIDES_TIME = {"severity", "hazard_group", "hazard_type"}


def _lead(model: type[CasePlace] | type[Assignment]) -> Any:
    table = table_of(model)
    return select(table).where(table.c.case_id == bindparam("of_case"), table.c.is_lead)


def _update(model: type[Base]) -> Update:
    table = table_of(model)
    return update(table).where(table.c.id == bindparam("row_id"))


# Made once: building a statement costs as much as running it.
_LOAD = (
    select(Case.__table__).where(Case.id == bindparam("of_case")).with_for_update(key_share=True),
    _lead(CasePlace),
    _lead(Assignment),
)
_UPDATE_CASE, _UPDATE_PLACE, _UPDATE_ASSIGNMENT = map(_update, (Case, CasePlace, Assignment))


class CaseFacts(NamedTuple):
    """What the floors above need to know of a case that they have just brought up to date.

    `is_revived`: it was over, and is open again by what the caller has just told. `is_hastened`: it
    was open, and the caller has told of danger when it had left its first call.
    """

    id: int
    reference: str
    office_code: str
    severity: str
    status: str
    due_at: datetime
    is_revived: bool = False
    is_hastened: bool = False


class _Telling(NamedTuple):
    answers: CaseAnswers
    decision: Decision | None
    now: datetime
    ended: bool


class _Loaded(NamedTuple):
    case: Values
    place: Values
    assignment: Values

    @property
    def started(self) -> bool:
        """Whether people have begun to work on it, or chosen its office: then it never moves."""
        is_open = self.assignment["state"] in UNACKNOWLEDGED
        was_sent = any(reason["rule"] in BY_PEOPLE for reason in self.assignment["reasons"])
        return self.case["status"] != RECEIVED or not is_open or was_sent


def update_case(
    session: Session, case_id: int, answers: CaseAnswers, *, now: datetime
) -> CaseFacts:
    """Keep the answers so far, with the severity and deadline that follow from them."""
    return _bring_up_to_date(session, case_id, _Telling(answers, None, now, ended=False))


def finish_case(
    session: Session,
    case_id: int,
    answers: CaseAnswers,
    decision: Decision,
    *,
    now: datetime,
    ended: bool,
) -> CaseFacts:
    """Keep the answers and give the case to the office of `decision`; `ended` = the call is over.

    A case that people have started on keeps its office and only gains answers; its severity is
    theirs to judge, but danger makes it an emergency (cases.danger). One that is over opens again
    when they tell of something graver. UnknownCase when there is none with this id.
    """
    return _bring_up_to_date(session, case_id, _Telling(answers, decision, now, ended))


def end_unchanged(session: Session, case_id: int, *, now: datetime) -> None:
    """The call is over and told nothing since the case was last written: only that is new."""
    ended = update(Case).where(Case.id == case_id, Case.finished_at.is_(None))
    changed = session.connection().execute(
        ended.values(finished_at=now, version=Case.version + 1).returning(Case.id)
    )
    if changed.first() is not None:
        note_event(session, case_id, "call_ended", {}, now)
        end_senders(session, case_id, now=now)


def _bring_up_to_date(session: Session, case_id: int, told: _Telling) -> CaseFacts:
    old = _load(session, case_id)
    known = merged(_known(old), told.answers, started=old.started)
    case = _changed(old.case, _new_case(session, old, known, told))
    place = _changed(old.place, place_values(known))
    due = _due(session, old, case, told)
    if due is not None and not old.started:
        case |= _changed(old.case, {"due_at": due.at})
    new = old.case | case
    assignment = _changed(old.assignment, _new_assignment(old, told, due))
    if case:
        case["version"] = old.case["version"] + 1
    if "status" in case:
        end_step(session, case_id, now=told.now)
        end_stops(session, case_id, new["reference"], now=told.now)
    _write(session, _UPDATE_CASE, case_id, case)
    _write(session, _UPDATE_PLACE, old.place["id"], place)
    _write(session, _UPDATE_ASSIGNMENT, old.assignment["id"], assignment)
    _note(session, case_id, (case, place, assignment), told.now)
    office = (old.assignment | assignment)["office_code"]
    is_revived = "status" in case
    if is_revived:
        note_revived(session, old.case, office, new["severity"], now=told.now)
    if "finished_at" in case and old.started:
        end_senders(session, case_id, now=told.now)
    is_hastened = _is_hastened(old, told)
    if is_hastened:
        new["due_at"] = hasten(session, case_id, old.case["severity"], now=told.now)
    facts = (new["reference"], office, new["severity"], new["status"], new["due_at"])
    return CaseFacts(case_id, *facts, is_revived, is_hastened)


def _load(session: Session, case_id: int) -> _Loaded:
    connection = session.connection()
    found = [connection.execute(one, {"of_case": case_id}).first() for one in _LOAD]
    if found[0] is None:
        raise UnknownCase(str(case_id))
    return _Loaded(*(dict(row._mapping) for row in found if row is not None))


def _known(old: _Loaded) -> CaseAnswers:
    case, place = old.case, old.place
    return CaseAnswers(
        hazard_group=case["hazard_group"],
        hazard_type=case["hazard_type"],
        danger=case["danger"],
        quiet=case["quiet"],
        silent=case["silent_event"],
        conflict=case["conflict"],
        level=place["level"],
        affiliation=place["affiliation"],
        district_code=place["district_code"],
        province_code=place["province_code"],
        postal_code=place["postal_code"],
        school_code=place["school_code"],
        place_text=place["text"],
        place_confirmed=place["confirmed"],
        language=case["language"],
        recording_consent=case["recording_consent"],
        intent=None if case["intent"] == UNKNOWN else case["intent"],
        role=None if case["role"] == UNKNOWN else case["role"],
        anonymous=case["anonymous"],
        caller_number=case["caller_number"],
    )


def _new_case(session: Session, old: _Loaded, known: CaseAnswers, told: _Telling) -> Values:
    values = answer_values(known)
    if old.case["status"] in OVER:
        values |= _revived(session, old, known, told)
    if not old.started:
        level = severity_of(session, known)
        # A later call lowers nothing that people may have judged meanwhile.
        if told.decision is not None or is_graver(old.case["severity"], level):
            values["severity"] = level
    elif _is_hastened(old, told):
        values["severity"] = EMERGENCY
    if told.ended and old.case["finished_at"] is None:
        values["finished_at"] = told.now
    return values


def _is_hastened(old: _Loaded, told: _Telling) -> bool:
    """Whether danger is told of a case that is open and no longer its first call's alone.

    For the first time, or in a call that follows it up: a call says its danger at every turn.
    """
    is_known = old.started or old.case["finished_at"] is not None
    is_news = not old.case["danger"] or told.decision is None
    return told.answers.danger and is_known and is_news and old.case["status"] not in OVER


def _revived(session: Session, old: _Loaded, known: CaseAnswers, told: _Telling) -> Values:
    """Open again by danger that is told, by a later call also anew, or by what makes it graver.

    What was told before makes nothing graver now: people may have judged it otherwise.
    """
    level, said = severity_of(session, known), severity_of(session, _known(old))
    is_danger = told.answers.danger and (told.decision is None or not old.case["danger"])
    if is_danger or (is_graver(said, level) and is_graver(old.case["severity"], level)):
        return {"severity": level, "status": CHECKING, "status_since": told.now}
    return {}


def _due(session: Session, old: _Loaded, case: Values, told: _Telling) -> Due | None:
    """By when the office must act, where something may have changed that decides about it."""
    new, office = old.case | case, old.assignment["office_code"]
    step, since = ACKNOWLEDGE, old.case["opened_at"]
    decides_nothing = told.decision is None and not case.keys() & DECIDES_TIME
    if "status" in case:
        step, since = NEXT_STEPS[CHECKING], told.now
    elif old.started or decides_nothing or _is_hastened(old, told):
        return None
    elif told.decision is not None:
        office = told.decision.office_code
    owed = Owed(new["severity"], new["hazard_group"], new["hazard_type"], office)
    return due_of(session, step, owed, since)


def _new_assignment(old: _Loaded, told: _Telling, due: Due | None) -> Values:
    decision, values, office = told.decision, Values(), old.assignment["office_code"]
    if decision is not None and not old.started:
        values["office_code"] = decision.office_code
        values["reasons"] = [asdict(reason) for reason in decision.reasons]
        values["candidates"] = list(decision.candidates)
        values["meant_for"] = decision.meant_for
    if due is None:
        return values
    is_later = (due.at, due.since) != (old.assignment["due_at"], old.assignment["owed_since"])
    if is_later:
        values |= due.values()
    if is_later or values.get("office_code", office) != office:
        values |= {"escalation": 0, "escalate_at": due.at}
    if values.get("office_code", office) != office:
        values["told_at"] = None
    return values | {"due_rule_id": due.rule_id}


def _changed(old: Values, new: Values) -> Values:
    return {name: value for name, value in new.items() if old[name] != value}


def _write(session: Session, statement: Update, row_id: int, values: Values) -> None:
    if values:
        session.connection().execute(statement, {"row_id": row_id} | values)


def _note(
    session: Session, case_id: int, changes: tuple[Values, Values, Values], now: datetime
) -> None:
    """One entry per fact: codes and the names of fields, never what the caller said."""
    case, place, assignment = changes
    answered = sorted((set(case) | set(place)) - NO_ANSWERS)
    if answered:
        note_event(session, case_id, "answers_changed", {"fields": answered}, now, "caller")
    if "office_code" in assignment or "reasons" in assignment:
        data = {name: value for name, value in assignment.items() if name in ROUTED}
        data["rules"] = [reason["rule"] for reason in assignment.get("reasons", [])]
        note_event(session, case_id, "routed", data, now)
    if "finished_at" in case:
        note_event(session, case_id, "call_ended", {}, now)
