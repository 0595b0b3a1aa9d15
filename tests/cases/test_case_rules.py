"""The rules of a case as tables: severity, deadlines, who counts as involved, the kept type."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from agents.hours import government_holidays
from cases.answers import CaseAnswers
from cases.deadlines import escalation_period, step_due
from cases.rules import TypeFacts, no_longer_barred, severity, staff_involved, type_of
from core.zones import BANGKOK

NORMAL, URGENT, EMERGENCY = TypeFacts(), TypeFacts("urgent"), TypeFacts("emergency")
SENSITIVE = TypeFacts("normal", sensitive=True)


@pytest.mark.parametrize(
    ("facts", "answers", "expected"),
    [
        (NORMAL, CaseAnswers(), "normal"),
        (URGENT, CaseAnswers(), "urgent"),
        (SENSITIVE, CaseAnswers(), "urgent"),
        (NORMAL, CaseAnswers(quiet=True), "urgent"),
        (NORMAL, CaseAnswers(silent=True), "urgent"),
        (NORMAL, CaseAnswers(danger=True), "emergency"),
        (URGENT, CaseAnswers(danger=True, quiet=True), "emergency"),
        (EMERGENCY, CaseAnswers(), "emergency"),
        (EMERGENCY, CaseAnswers(quiet=True), "emergency"),
    ],
)
def test_severity(facts: TypeFacts, answers: CaseAnswers, expected: str) -> None:
    assert severity(facts, answers) == expected


def bangkok(text: str) -> datetime:
    """A moment as people in Thailand write it."""
    return datetime.fromisoformat(text).replace(tzinfo=BANGKOK)


@pytest.mark.parametrize(
    ("level", "opened", "expected"),
    [
        ("emergency", "2026-11-20 23:55", "2026-11-21 00:10"),
        ("urgent", "2026-11-21 03:00", "2026-11-21 04:00"),
        # A Thursday, a Friday, a Saturday.
        ("normal", "2026-11-19 10:00", "2026-11-20 16:30"),
        ("normal", "2026-11-20 10:00", "2026-11-23 16:30"),
        ("normal", "2026-11-21 10:00", "2026-11-23 16:30"),
        # Before midnight in Thailand it is still the day before in UTC and here the same.
        ("normal", "2026-11-19 00:30", "2026-11-20 16:30"),
        # Songkran, and the turn of the year with a day that the cabinet gave.
        ("normal", "2026-04-10 10:00", "2026-04-16 16:30"),
        ("normal", "2025-12-30 10:00", "2026-01-05 16:30"),
    ],
)
def test_first_action_is_due(level: str, opened: str, expected: str) -> None:
    assert step_due("acknowledge", level, bangkok(opened)) == bangkok(expected)


def test_levels_are_told_a_period_apart() -> None:
    assert escalation_period("emergency") == timedelta(minutes=15)
    assert escalation_period("urgent") == timedelta(hours=1)


def test_civil_servants_have_a_day_that_others_work() -> None:
    assert date(2026, 5, 13) in government_holidays(2026)
    assert step_due("acknowledge", "normal", datetime(2026, 5, 12, 3, tzinfo=UTC)).day == 14


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (CaseAnswers("V", "V3", conflict="yes"), True),
        (CaseAnswers("V", "V3", conflict="no"), False),
        (CaseAnswers("V", "V3", conflict="unanswered"), False),
        (CaseAnswers("V", "V3"), False),
        *((CaseAnswers(code[0], code, conflict="unanswered"), True) for code in ("V1", "V8", "R2")),
        # Hung up before the question, or never asked: nobody said no.
        *((CaseAnswers(code[0], code), True) for code in ("V1", "V8", "R2")),
        *((CaseAnswers(code[0], code, conflict="no"), False) for code in ("V1", "V8", "R2")),
        (CaseAnswers("V", quiet=True), True),
        (CaseAnswers("V", quiet=True, conflict="no"), False),
        (CaseAnswers("A", quiet=True), False),
        (CaseAnswers("A", "A3", conflict="yes"), True),
        (CaseAnswers("X", conflict="unanswered"), False),
    ],
)
def test_safety_rule_07_an_unanswered_question_counts_as_yes(
    answers: CaseAnswers, expected: bool
) -> None:
    assert staff_involved(answers) is expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (CaseAnswers("V", "V3"), "V3"),
        (CaseAnswers("V"), None),
        (CaseAnswers("X", "X"), None),
        (CaseAnswers("A", "V3"), None),
        (CaseAnswers(None, "V3"), None),
    ],
)
def test_a_type_is_kept_only_under_its_own_group(
    answers: CaseAnswers, expected: str | None
) -> None:
    assert type_of(answers) == expected


PLACED = CaseAnswers("V", "V3", conflict="yes", level="secondary", place_confirmed=True)
FIRST, OTHER = "ESA-9202", "ESA-9201"


@pytest.mark.parametrize(
    ("answers", "complained_of", "let_in"),
    [
        (replace(PLACED, conflict="no"), None, {FIRST, OTHER}),
        (replace(PLACED, conflict="no", place_confirmed=False), None, {FIRST, OTHER}),
        (PLACED, OTHER, {FIRST}),
        (replace(PLACED, conflict="unanswered", hazard_type="V1"), OTHER, {FIRST}),
        (replace(PLACED, level=None, school_code="92990042"), OTHER, {FIRST}),
        # Nobody knows yet who is complained of instead, or not for certain.
        (PLACED, None, set()),
        (replace(PLACED, place_confirmed=False), OTHER, set()),
        (replace(PLACED, level=None), OTHER, set()),
        (replace(PLACED, conflict="unanswered"), None, set()),
        (replace(PLACED, conflict="unknown"), None, set()),
    ],
)
def test_safety_rule_07_only_a_key_lets_in_again_whom_a_key_shut_out(
    answers: CaseAnswers, complained_of: str | None, let_in: set[str]
) -> None:
    assert no_longer_barred(answers, frozenset({FIRST, OTHER}), complained_of) == let_in
