"""Safety rule 11: calls without a key are a class of their own, one open event per number."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from cases.answers import CaseAnswers
from cases.models import Case, SilentEvent
from cases.services import open_case, record_silent_call
from core.database import reading, transaction
from core.runtime import Runtime

pytestmark = pytest.mark.backends("postgresql", "sqlite")
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
NUMBER = "+66810000003"


def silent(call: int, number: str | None = NUMBER) -> None:
    """A call without a key ends."""
    at = NOW + timedelta(minutes=call)
    with transaction() as session:
        record_silent_call(session, call_sid=f"CA{call:032x}", caller_number=number, now=at)


def events() -> list[SilentEvent]:
    """All events, the oldest first."""
    with reading() as session:
        return list(session.scalars(select(SilentEvent).order_by(SilentEvent.id)))


def test_twenty_silent_calls_of_one_number_are_one_line_on_the_board(runtime: Runtime) -> None:
    for call in range(1, 21):
        silent(call)
    [event] = events()
    assert event.calls == 20
    assert event.opened_at == NOW + timedelta(minutes=1)
    assert event.last_at == NOW + timedelta(minutes=20)
    with reading() as session:
        assert session.scalars(select(Case)).all() == []


def test_the_same_call_counts_once(runtime: Runtime) -> None:
    for call in (1, 1, 2, 2):
        silent(call)
    [event] = events()
    assert event.calls == 2


def test_a_call_that_is_heard_of_late_is_not_the_last(runtime: Runtime) -> None:
    for call in (2, 5, 3):
        silent(call)
    [event] = events()
    assert (event.calls, event.last_at) == (3, NOW + timedelta(minutes=5))


def test_withheld_numbers_are_never_joined(runtime: Runtime) -> None:
    for call in (1, 2):
        silent(call, None)
    assert [event.calls for event in events()] == [1, 1]


def test_one_key_lifts_a_silent_call_into_a_case_that_is_urgent(runtime: Runtime) -> None:
    silent(1)
    with transaction() as session:
        made = open_case(
            session,
            CaseAnswers(hazard_group="X", quiet=True, silent=True, caller_number=NUMBER),
            call_sid=f"CA{1:032x}",
            account_sid="AC" + "0" * 32,
            now=NOW,
        )
    [event] = events()
    assert (event.open, event.case_id) == (False, made.id)
    with reading() as session:
        case = session.get_one(Case, made.id)
    assert (case.severity, case.silent_event) == ("urgent", True)
    silent(2)
    assert [event.open for event in events()] == [False, True]
