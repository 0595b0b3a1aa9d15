"""Opening a case in the webhook that hears the first telling key: five plain inserts, no ORM."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, exists, insert, select
from sqlalchemy.orm import Session

from agents.numbers import number_fingerprint
from cases.answers import CaseAnswers
from cases.deadlines import ACKNOWLEDGE, Due, step_due
from cases.models import Assignment, Case, CaseCall, CasePlace
from cases.reference import new_reference
from cases.rules import UNKNOWN_GROUP, severity, type_of
from cases.silent import lift_silent_event
from cases.states import OFFERED, RECEIVED
from cases.taxonomy import type_facts
from cases.timeline import note_event
from core import runtime
from core.errors import HotlineError
from core.inserts import insert_in, table_of
from routing.catalogue import Catalogue
from routing.vocabulary import HQ

REASONS = Path(__file__).parent / "data" / "reasons.yaml"
NOT_ROUTED_YET = "not_routed_yet"
# A hundred million references: one try in a hundred meets a taken one at a million cases.
REFERENCE_TRIES = 20
Values = dict[str, Any]

_INSERT_CALL = insert(table_of(CaseCall))
_INSERT_PLACE = insert(table_of(CasePlace))
_INSERT_ASSIGNMENT = insert(table_of(Assignment))
_FIND_CASE = (
    select(Case.id, Case.reference)
    .join(CaseCall, CaseCall.case_id == Case.id)
    .where(CaseCall.call_sid == bindparam("of_call"))
)


class OpenedCase(NamedTuple):
    """A case that is there: its id and the reference that the caller hears."""

    id: int
    reference: str


def open_case(
    session: Session, answers: CaseAnswers, *, call_sid: str, account_sid: str, now: datetime
) -> OpenedCase:
    """Write the case of a call, at HQ until it is routed; the same call again finds its case."""
    connection = session.connection()
    facts = type_facts(session, type_of(answers))
    level = severity(facts, answers)
    # Rules of its office hold from when it has one; until then what the product came with.
    due = Due(step_due(ACKNOWLEDGE, level, now), now)
    case = _case_values(answers, level, due) | _telephone(account_sid)
    opened, is_new = _insert_or_find(connection, case, call_sid)
    if is_new:
        _insert_parts(connection, opened.id, call_sid, due, answers)
        data = {"hazard_group": case["hazard_group"], "severity": case["severity"]}
        note_event(session, opened.id, "opened", data, now, actor="caller")
        if answers.silent:
            lift_silent_event(session, call_sid, opened.id)
    return opened


def _insert_or_find(
    connection: Connection, values: Values, call_sid: str
) -> tuple[OpenedCase, bool]:
    statement = _insert_case(connection.dialect.name, tuple(values))
    for _ in range(REFERENCE_TRIES):
        given = values | {"reference": new_reference(), "of_call": call_sid}
        row = connection.execute(statement, given).first()
        if row is not None:
            return OpenedCase(row.id, row.reference), True
        known = connection.execute(_FIND_CASE, {"of_call": call_sid}).first()
        if known is not None:
            return OpenedCase(known.id, known.reference), False
    raise HotlineError("no free reference was found")


@cache
def _insert_case(dialect: str, names: tuple[str, ...]) -> Any:
    """Insert unless the call has a case or the reference is taken, in one statement.

    Made once: building it costs as much as running it.
    """
    table = table_of(Case)
    columns = [table.c[name] for name in (*names, "reference")]
    row = select(*(bindparam(column.name, type_=column.type) for column in columns))
    unless_known = row.where(~exists().where(CaseCall.call_sid == bindparam("of_call")))
    statement = insert_in(dialect, Case).from_select(columns, unless_known)
    return statement.returning(table.c.id, table.c.reference)


def _insert_parts(
    connection: Connection, case_id: int, call_sid: str, due: Due, answers: CaseAnswers
) -> None:
    call = {"call_sid": call_sid, "case_id": case_id, "linked_at": due.since}
    connection.execute(_INSERT_CALL, call)
    connection.execute(_INSERT_PLACE, {"case_id": case_id} | place_values(answers))
    assignment = due.values() | {
        "case_id": case_id,
        "office_code": HQ,
        "is_lead": True,
        "state": OFFERED,
        "escalate_at": due.at,
        "reasons": [_not_routed_yet()],
        "candidates": [],
        "escalation": 0,
        "created_at": due.since,
    }
    connection.execute(_INSERT_ASSIGNMENT, assignment)


def _telephone(account_sid: str) -> Values:
    is_practice = runtime.current().settings.is_practice_account(account_sid)
    return {"account_sid": account_sid, "is_practice": is_practice}


def _case_values(answers: CaseAnswers, severity: str, due: Due) -> Values:
    return answer_values(answers) | {
        "channel": "phone",
        "status": RECEIVED,
        "status_since": due.since,
        "severity": severity,
        "opened_at": due.since,
        "due_at": due.at,
        "pin_failures": 0,
        "version": 0,
    }


def answer_values(answers: CaseAnswers) -> Values:
    """The columns of a case that hold answers."""
    return {
        "hazard_group": answers.hazard_group or UNKNOWN_GROUP,
        "hazard_type": type_of(answers),
        "intent": answers.intent or "unknown",
        "role": answers.role or "unknown",
        "danger": answers.danger,
        "quiet": answers.quiet,
        "silent_event": answers.silent,
        "anonymous": True if answers.anonymous is None else answers.anonymous,
        "recording_consent": answers.recording_consent,
        "conflict": answers.conflict,
        "language": answers.language,
        "caller_number": answers.caller_number,
        "caller_fingerprint": number_fingerprint(answers.caller_number),
    }


def place_values(answers: CaseAnswers) -> Values:
    """The columns of the lead place."""
    return {
        "is_lead": True,
        "district_code": answers.district_code,
        "province_code": answers.province_code,
        "postal_code": answers.postal_code,
        "school_code": answers.school_code,
        "affiliation": answers.affiliation,
        "level": answers.level,
        "text": answers.place_text,
        "confirmed": answers.place_confirmed,
    }


@cache
def _not_routed_yet() -> dict[str, str]:
    text = Catalogue(REASONS).fill(NOT_ROUTED_YET, {}, {})
    return {"rule": NOT_ROUTED_YET, "th": text.th, "en": text.en}
