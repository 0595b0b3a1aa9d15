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
from cases.deadlines import first_action_due
from cases.errors import UnknownCase
from cases.merging import merged
from cases.models import Assignment, Case, CasePlace
from cases.opening import answer_values, place_values
from cases.rules import severity, type_of
from cases.states import RECEIVED, UNACKNOWLEDGED
from cases.taxonomy import type_facts
from cases.timeline import note_event
from core.database import Base
from core.inserts import table_of
from routing.rules import Decision

Values = dict[str, Any]
UNKNOWN = "unknown"
ROUTED = ("office_code", "candidates")


def _lead(model: type[CasePlace] | type[Assignment]) -> Any:
    table = table_of(model)
    return select(table).where(table.c.case_id == bindparam("of_case"), table.c.is_lead)


def _update(model: type[Base]) -> Update:
    table = table_of(model)
    return update(table).where(table.c.id == bindparam("row_id"))


# Made once: building a statement costs as much as running it.
_LOAD = (
    select(Case.__table__).where(Case.id == bindparam("of_case")).with_for_update(),
    _lead(CasePlace),
    _lead(Assignment),
)
_UPDATE_CASE, _UPDATE_PLACE, _UPDATE_ASSIGNMENT = map(_update, (Case, CasePlace, Assignment))


class CaseFacts(NamedTuple):
    """What the floors above need to know of a case that they have just brought up to date."""

    id: int
    reference: str
    office_code: str
    severity: str
    status: str
    due_at: datetime


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
        """Whether people have begun to work on it: then it is never moved from here."""
        is_open = self.assignment["state"] in UNACKNOWLEDGED
        return self.case["status"] != RECEIVED or not is_open


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

    A case that people have started on keeps its office, severity and deadline and only gains
    answers. UnknownCase when there is none with this id.
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


def _bring_up_to_date(session: Session, case_id: int, told: _Telling) -> CaseFacts:
    old = _load(session, case_id)
    known = merged(_known(old), told.answers, started=old.started)
    case = _changed(old.case, _new_case(session, old, known, told.now if told.ended else None))
    place = _changed(old.place, place_values(known))
    new = old.case | case
    assignment = _changed(old.assignment, _new_assignment(old, told.decision, new["due_at"]))
    if case:
        case["version"] = old.case["version"] + 1
    _write(session, _UPDATE_CASE, case_id, case)
    _write(session, _UPDATE_PLACE, old.place["id"], place)
    _write(session, _UPDATE_ASSIGNMENT, old.assignment["id"], assignment)
    _note(session, case_id, (case, place, assignment), told.now)
    office = (old.assignment | assignment)["office_code"]
    return CaseFacts(
        case_id, new["reference"], office, new["severity"], new["status"], new["due_at"]
    )


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


def _new_case(
    session: Session, old: _Loaded, known: CaseAnswers, ended_at: datetime | None
) -> Values:
    values = answer_values(known)
    if not old.started:
        level = severity(type_facts(session, type_of(known)), known)
        values["severity"] = level
        if level != old.case["severity"]:
            values["due_at"] = first_action_due(level, old.case["opened_at"])
    if ended_at is not None and old.case["finished_at"] is None:
        values["finished_at"] = ended_at
    return values


def _new_assignment(old: _Loaded, decision: Decision | None, due_at: datetime) -> Values:
    if old.started:
        return {}
    values: Values = {"due_at": due_at}
    moved = decision is not None and decision.office_code != old.assignment["office_code"]
    if decision is not None:
        values["office_code"] = decision.office_code
        values["reasons"] = [asdict(reason) for reason in decision.reasons]
        values["candidates"] = list(decision.candidates)
    if moved or due_at != old.assignment["due_at"]:
        values |= {"escalation": 0, "escalate_at": due_at}
    return values


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
    answered = sorted((set(case) | set(place)) - {"version", "finished_at"})
    if answered:
        note_event(session, case_id, "answers_changed", {"fields": answered}, now, "caller")
    if "office_code" in assignment or "reasons" in assignment:
        data = {name: value for name, value in assignment.items() if name in ROUTED}
        data["rules"] = [reason["rule"] for reason in assignment.get("reasons", [])]
        note_event(session, case_id, "routed", data, now)
    if "finished_at" in case:
        note_event(session, case_id, "call_ended", {}, now)
