"""Writing down what a call has told: the case, its office with the reasons, the callback owed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from calls.hastening import hasten_callbacks
from calls.services import request_callback
from cases.answers import CaseAnswers
from cases.choosing import question_of, severity_of
from cases.exclusions import exclude_office, excluded_offices
from cases.services import CaseFacts, end_unchanged, finish_case, update_case
from cases.told_places import keep_told_places
from core import runtime
from ivr.facts import CallIdentity, callback_wish, case_answers, further_districts
from ivr.places import FURTHER_PLACES
from ivr.progress import TELLING
from recordings.expiry import case_reopened
from routing.directory import current_directory
from routing.queries import with_school
from routing.rules import Decision, choose_office

# What a case and its callback are written from; nothing else in the facts concerns them.
WRITTEN_FROM = (
    "group",
    "subcat",
    "danger",
    "quiet",
    "silent_saved",
    "conflict",
    "level",
    "place",
    "district",
    "candidates",
    "school",
    "postal_code",
    FURTHER_PLACES,
    "recording_consent",
    "lang",
    "callback",
    "callback_window",
    "number",
    "other_number",
)


def digest(facts: Mapping[str, Any]) -> str:
    """A mark of everything that a case is written from, to see whether writing it again is due."""
    told = json.dumps([facts.get(name) for name in WRITTEN_FROM], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def is_telling(facts: Mapping[str, Any]) -> bool:
    """Whether the call has told enough to be a case: a group, a danger or a quiet answer."""
    return any(facts.get(name) for name in TELLING)


def write_case(
    session: Session,
    case_id: int,
    facts: Mapping[str, Any],
    visits: Mapping[str, int],
    *,
    call: CallIdentity,
    ended: bool,
) -> None:
    """Bring the case up to date: answers, office, reasons, and the callback once it was spoken of.

    The same facts again change nothing. A hang-up before the answer about a callback leaves a
    person's decision; a call that a person has taken needs none (design.md §3a.2).
    """
    settled = "callback" in facts or bool(facts.get("talked"))
    if ended and settled and facts.get("written") == digest(facts):
        end_unchanged(session, case_id, now=call.now)
        return
    answers = case_answers(facts, visits)
    decision = choose(session, case_id, answers, call.now)
    case = finish_case(session, case_id, answers, decision, now=call.now, ended=ended)
    keep_told_places(session, case_id, further_districts(facts), now=call.now)
    _heed(session, case, call.now)
    if "callback" in facts or (ended and not facts.get("talked")):
        _request(session, case, facts, call)


def write_follow_up(
    session: Session,
    case_id: int,
    facts: Mapping[str, Any],
    visits: Mapping[str, int],
    *,
    call: CallIdentity,
) -> None:
    """Add to a case that the caller has proved to know; its office stays."""
    case = update_case(session, case_id, case_answers(facts, visits), now=call.now)
    _heed(session, case, call.now)
    if "callback" in facts:
        _request(session, case, facts, call)


def _heed(session: Session, case: CaseFacts, now: datetime) -> None:
    """What the caller has just told is graver than what was known: what hangs on the case follows.

    The recordings of a case that was over stay; callbacks that were asked for before hurry.
    """
    if case.is_revived:
        case_reopened(session, case.id)
    if case.is_revived or case.is_hastened:
        hasten_callbacks(session, case.id, case.severity, now=now)


def _request(
    session: Session, case: CaseFacts, facts: Mapping[str, Any], call: CallIdentity
) -> None:
    practice = runtime.current().settings.is_practice
    wish = callback_wish(facts, call, case.office_code, around_clock=practice)
    request_callback(session, case.id, wish, now=call.now)


def choose(session: Session, case_id: int, answers: CaseAnswers, now: datetime) -> Decision:
    """The office for these answers; the one complained of is barred for good."""
    question = question_of(
        answers,
        severity=severity_of(session, answers),
        excluded=excluded_offices(session, case_id),
        at=now,
        around_clock=runtime.current().settings.is_practice,
    )
    question = with_school(session, replace(question, school_office=answers.school_code))
    decision = choose_office(question, current_directory(session))
    if decision.complained_of is not None:
        exclude_office(session, case_id, decision.complained_of)
    return decision
