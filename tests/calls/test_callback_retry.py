"""Each outcome has its own next step; of several reports about one attempt the strongest stands."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from calls.policy import current_policy
from calls.retry import OUTCOMES, Standing, Step, dial_outcome, next_step, outranks
from calls.rules import Limits, Span
from calls.states import (
    ATTEMPT_MOVES,
    CALLBACK_MOVES,
    ENDED,
    PROVIDER_STATUS,
    later_status,
    sources,
    verdict,
)

POLICY = current_policy()
DAY = Span(8 * 60, 20 * 60)
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
BOUNDED = Limits(DAY, DAY)
AT_ONCE = Limits(None, DAY, immediate=True)


def standing(**changes: object) -> Standing:
    """A normal callback after its first ring at the caller."""
    values = {"severity": "normal", "limits": BOUNDED, "rung": True, "tries": 1} | changes
    return Standing(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        ("reached", "done", None),
        ("wrong_person", "decision", "wrong_person"),
        ("stopped", "stopped", "stopped"),
    ],
)
def test_some_outcomes_end_the_dialling_whatever_the_tries(
    outcome: str, state: str, reason: str | None
) -> None:
    for tries in (1, 2, 3):
        step = next_step(outcome, standing(tries=tries), POLICY, now=NOW)
        assert step == Step(state, None, reason)


@pytest.mark.parametrize("severity", ["emergency", "urgent", "normal"])
@pytest.mark.parametrize(
    "outcome", ["no_answer", "busy", "machine", "failed", "not_now", "unknown"]
)
def test_other_outcomes_try_again_after_their_own_spacing(outcome: str, severity: str) -> None:
    spacing = timedelta(seconds=POLICY.spacing_s[severity][outcome])
    step = next_step(outcome, standing(severity=severity, tries=2), POLICY, now=NOW)
    assert step == Step("retry", NOW + spacing)


def test_the_last_try_makes_a_persons_decision() -> None:
    step = next_step("no_answer", standing(tries=POLICY.max_tries), POLICY, now=NOW)
    assert step == Step("exhausted", None, "tries_spent")


def test_a_retry_waits_for_the_callers_window() -> None:
    evening = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
    step = next_step("machine", standing(), POLICY, now=evening)
    assert step == Step("retry", datetime(2026, 11, 21, 1, 0, tzinfo=UTC))


def test_not_now_takes_back_a_now_and_leaves_no_time_to_ring() -> None:
    """Silence grants nothing: with "now" gone no other time was ever given."""
    step = next_step("not_now", standing(limits=AT_ONCE), POLICY, now=NOW)
    assert step == Step("decision", None, "not_now")


@pytest.mark.parametrize("outcome", ["operator_no_answer", "failed", "unknown"])
def test_an_attempt_that_never_rang_the_caller_is_no_try(outcome: str) -> None:
    step = next_step(outcome, standing(rung=False, tries=3), POLICY, now=NOW)
    assert step == Step("due", NOW)


def test_a_provider_that_keeps_refusing_is_a_persons_matter() -> None:
    refused = standing(rung=False, tries=0, refusals=POLICY.max_refusals)
    assert next_step("failed", refused, POLICY, now=NOW).reason == "provider_refused"


@pytest.mark.parametrize(
    ("status", "connected", "bridged", "answered_by", "outcome"),
    [
        ("completed", True, True, "human", "reached"),
        ("completed", True, None, "human", "reached"),
        ("completed", True, False, "human", "failed"),
        ("completed", False, False, "human", "no_answer"),
        ("completed", False, None, None, "no_answer"),
        ("completed", False, False, "machine_start", "machine"),
        ("completed", False, False, "fax", "machine"),
        ("completed", False, False, "unknown", "machine"),
        ("busy", False, None, None, "busy"),
        ("no_answer", False, None, None, "no_answer"),
        ("failed", False, None, None, "failed"),
        ("canceled", False, None, None, "no_answer"),
        ("failed", True, None, "human", "failed"),
        (None, False, None, None, "unknown"),
    ],
)
def test_completed_is_not_reached_unless_the_two_were_joined(
    status: str | None,
    connected: bool,
    bridged: bool | None,
    answered_by: str | None,
    outcome: str,
) -> None:
    """B42: a whisper that was hung up on completes too."""
    found = dial_outcome(status, connected=connected, bridged=bridged, answered_by=answered_by)
    assert found == outcome


def test_reports_in_any_order_leave_the_same_outcome() -> None:
    for order in permutations(["no_answer", "stopped", "machine", "unknown"]):
        known: str | None = None
        for outcome in order:
            known = outcome if outranks(outcome, known) else known
        assert known == "stopped"
    assert not any(outranks(outcome, outcome) for outcome in OUTCOMES)


def test_a_calls_status_never_moves_backwards() -> None:
    words = ["initiated", "ringing", "in-progress", "completed"]
    for order in permutations(words):
        status: str | None = None
        for word in order:
            status = later_status(status, PROVIDER_STATUS[word])
        assert status == "completed"
    assert later_status("busy", "completed") == "busy"


@pytest.mark.parametrize("table", [CALLBACK_MOVES, ATTEMPT_MOVES])
def test_tables_of_states_lead_nowhere_unknown(table: dict[str, frozenset[str]]) -> None:
    assert {target for targets in table.values() for target in targets} <= set(table)


def test_done_and_stopped_are_the_end() -> None:
    assert not CALLBACK_MOVES["done"] | CALLBACK_MOVES["stopped"]
    assert "done" not in sources("claimed")
    assert "dialling_caller" in sources("connected")


def test_every_word_of_the_provider_has_one_of_ours() -> None:
    assert set(PROVIDER_STATUS.values()) == ENDED | {"ringing", "in_progress"}
    assert verdict("machine_end_beep") == "machine_end_beep"
    assert verdict("robot") == "unknown"
    assert verdict("") is None
