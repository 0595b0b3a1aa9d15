"""A case is there from the first telling key on, once per call, and costs five statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select

from cases.answers import CaseAnswers
from cases.models import Assignment, Case, CaseCall, CasePlace, TimelineEvent
from cases.queries import case_file
from cases.reference import valid_reference
from cases.services import OpenedCase, open_case
from core.database import reading, transaction
from core.runtime import Runtime

BOTH = pytest.mark.backends("postgresql", "sqlite")
pytestmark = BOTH
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
ACCOUNT = "AC" + "0" * 32
SID = "CA" + "1" * 32
NUMBER = "+66810000001"


def opened(answers: CaseAnswers, sid: str = SID) -> OpenedCase:
    """Open a case as a webhook does."""
    with transaction() as session:
        return open_case(session, answers, call_sid=sid, account_sid=ACCOUNT, now=NOW)


@contextmanager
def statements(runtime: Runtime) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(runtime.engine, "before_cursor_execute", note)
    yield seen
    event.remove(runtime.engine, "before_cursor_execute", note)


def test_a_hazard_group_makes_a_case_at_the_hotlines_desk(runtime: Runtime) -> None:
    made = opened(CaseAnswers(hazard_group="V", caller_number=NUMBER))
    assert valid_reference(made.reference)
    with reading() as session:
        file = case_file(session, made.reference)
    assert file is not None
    assert file.case.id == made.id
    assert file.case.status == "received"
    assert file.case.hazard_group == "V"
    assert file.case.hazard_type is None
    assert file.case.finished_at is None
    assert file.case.caller_number == NUMBER
    assert file.assignment.office_code == "HQ"
    assert [reason["rule"] for reason in file.assignment.reasons] == ["not_routed_yet"]
    assert file.call_sids == (SID,)


def test_the_same_call_again_finds_its_case_and_adds_nothing(runtime: Runtime) -> None:
    first = opened(CaseAnswers(hazard_group="V"))
    assert opened(CaseAnswers(hazard_group="A")) == first
    with reading() as session:
        for model in (Case, CaseCall, CasePlace, Assignment, TimelineEvent):
            assert session.scalar(select(func.count()).select_from(model)) == 1


def test_opening_costs_five_statements(runtime: Runtime) -> None:
    with transaction() as session, statements(runtime) as seen:
        open_case(
            session,
            CaseAnswers(hazard_group="V"),
            call_sid=SID,
            account_sid=ACCOUNT,
            now=NOW,
        )
    assert len([one for one in seen if not one.startswith("BEGIN")]) == 5


def test_pressed_danger_is_an_emergency_with_fifteen_minutes(runtime: Runtime) -> None:
    made = opened(CaseAnswers(hazard_group="X", danger=True))
    with reading() as session:
        case = session.get_one(Case, made.id)
    assert case.severity == "emergency"
    assert case.due_at == NOW + timedelta(minutes=15)


def test_a_withheld_number_leaves_no_number_and_no_fingerprint(runtime: Runtime) -> None:
    made = opened(CaseAnswers(hazard_group="V"))
    with reading() as session:
        case = session.get_one(Case, made.id)
    assert case.caller_number is None
    assert case.caller_fingerprint is None


def test_two_calls_from_one_number_share_a_fingerprint_and_no_case(runtime: Runtime) -> None:
    one = opened(CaseAnswers(hazard_group="V", caller_number=NUMBER))
    two = opened(CaseAnswers(hazard_group="V", caller_number=NUMBER), "CA" + "2" * 32)
    with reading() as session:
        cases = [session.get_one(Case, made.id) for made in (one, two)]
    assert one.id != two.id
    assert cases[0].caller_fingerprint == cases[1].caller_fingerprint
    assert NUMBER not in str(cases[0].caller_fingerprint)
