"""The state tables of cases and assignments, as design.md §4 names them."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from cases.deadlines import step_due
from cases.errors import IllegalTransition
from cases.handover_models import UNANSWERED
from cases.models import WAITING
from cases.states import (
    ASSIGNMENT,
    CASE,
    NEXT_STEPS,
    SETTLED,
    UNACKNOWLEDGED,
    check_assignment,
    check_case,
)

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
STATUSES = {
    *("received", "acknowledged", "checking", "waiting_approval", "assigned", "in_progress"),
    *("reported", "closed", "referred", "unreachable", "duplicate", "not_a_case"),
}
PARTS = {"requested", "approved", "rejected", "offered", "accepted", "declined", "done", "revoked"}


def may_go(old: str, new: str) -> bool:
    """Whether a case may take this step."""
    try:
        check_case(old, new)
    except IllegalTransition:
        return False
    return True


@pytest.mark.parametrize(("table", "names"), [(CASE, STATUSES), (ASSIGNMENT, PARTS)])
def test_a_table_names_every_state_and_no_other(
    table: dict[str, frozenset[str]], names: set[str]
) -> None:
    assert set(table) == names
    assert frozenset[str]().union(*table.values()) <= names


def test_the_ordinary_way_of_a_case_is_open() -> None:
    way = ["received", "acknowledged", "checking", "waiting_approval", "assigned", "in_progress"]
    way += ["reported", "closed", "checking"]
    refused = [pair for pair in itertools.pairwise(way) if not may_go(*pair)]
    assert refused == []


@pytest.mark.parametrize("old", sorted(STATUSES - {"reported"}))
def test_no_case_is_closed_without_a_report(old: str) -> None:
    with pytest.raises(IllegalTransition, match=f"a case cannot go from {old} to closed"):
        check_case(old, "closed")


@pytest.mark.parametrize("new", sorted(STATUSES - {"checking"}))
@pytest.mark.parametrize("old", ["closed", "referred", "unreachable", "duplicate", "not_a_case"])
def test_reopening_returns_to_checking_only(old: str, new: str) -> None:
    with pytest.raises(IllegalTransition):
        check_case(old, new)


def test_safety_rule_10_an_operator_may_act_at_once_without_approval() -> None:
    assert may_go("acknowledged", "in_progress")
    assert may_go("waiting_approval", "in_progress")


def test_only_what_nobody_works_on_yet_is_sent_on_to_be_acknowledged_anew() -> None:
    assert {old for old in STATUSES if may_go(old, "received")} == {"acknowledged", "checking"}


@pytest.mark.parametrize("severity", ["emergency", "urgent", "normal"])
@pytest.mark.parametrize("step", sorted(NEXT_STEPS.values()))
def test_every_step_has_a_deadline_at_every_severity(step: str, severity: str) -> None:
    assert NOW < step_due(step, severity, NOW) < NOW + timedelta(days=31)


def test_the_hand_overs_index_and_the_table_speak_of_the_same_states() -> None:
    waiting = {state for state in PARTS if f"'{state}'" in UNANSWERED}
    assert waiting == {"requested", "offered"}
    assert all(ASSIGNMENT[state] for state in waiting)


@pytest.mark.parametrize("old", ["rejected", "declined", "done", "revoked"])
def test_an_assignment_that_is_over_stays_over(old: str) -> None:
    for new in PARTS:
        with pytest.raises(IllegalTransition):
            check_assignment(old, new)


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(IllegalTransition):
        check_case("lost", "checking")


def test_somebody_owes_the_next_step_until_a_case_is_over() -> None:
    assert set(NEXT_STEPS) | SETTLED == STATUSES
    assert {"closed", "duplicate", "not_a_case"} == SETTLED


def test_the_sweeps_index_and_the_table_speak_of_the_same_states() -> None:
    watched = (*UNACKNOWLEDGED, "accepted")
    assert all(f"'{state}'" in WAITING for state in watched)
    assert WAITING.count("'") == 2 * len(watched)
