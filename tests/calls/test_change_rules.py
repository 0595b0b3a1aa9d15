"""What may be changed about a callback by the caller's word: a table of states, facts and forms."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.change_rules import (
    CHANGES,
    KEEP,
    MOVABLE,
    OTHER_HOURS,
    REFUSALS,
    Change,
    ChangeFacts,
    change_refusal,
    changes,
    day_of,
)
from calls.decision_rules import BY_REASON, LONGEST_WORDS, NO_CALL, DecisionFacts
from calls.rules import Span
from calls.states import CALLBACK_MOVES

# A Friday, ten o'clock in Thailand.
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
SAFE = Span(8 * 60, 20 * 60)
CLEAR = DecisionFacts(dialable=True, safe=SAFE, window=Span(480, 720), wish=Span(480, 720))
STOP_ONLY = (KEEP, NO_CALL)


@dataclass
class Owed:
    """A callback as far as these rules look at it."""

    state: str = "due"
    reason: str | None = None
    consent: bool = True
    decided_at: datetime | None = None


TABLE = [
    ("requested", None, CHANGES),
    ("due", None, CHANGES),
    ("due", "nobody_there", CHANGES),
    ("retry", None, CHANGES),
    ("claimed", None, ()),
    ("dialling_operator", None, ()),
    ("dialling_caller", None, ()),
    ("connected", None, ()),
    ("done", None, ()),
    ("withdrawn", "superseded", ()),
    ("exhausted", "tries_spent", CHANGES),
    ("stopped", "stopped", STOP_ONLY),
    *(("decision", reason, CHANGES if reason in MOVABLE else STOP_ONLY) for reason in BY_REASON),
]


@pytest.mark.parametrize(("state", "reason", "expected"), TABLE)
def test_each_state_leaves_its_changes(
    state: str, reason: str | None, expected: tuple[str, ...]
) -> None:
    assert changes(Owed(state, reason), CLEAR) == expected


def test_every_state_is_in_the_table() -> None:
    assert {state for state, _, _ in TABLE} == set(CALLBACK_MOVES)
    assert (
        frozenset(
            {
                *("window_open", "now_without_danger", "not_now", "number_in_directory"),
                *("provider_refused", "tries_spent", "case_over", "no_common_hour"),
            }
        )
        == MOVABLE
    )


@pytest.mark.parametrize(
    ("callback", "facts"),
    [
        (Owed(consent=False), CLEAR),
        (Owed(), replace(CLEAR, dialable=False)),
        (Owed(), replace(CLEAR, halted=True)),
        (Owed(), replace(CLEAR, owed=True)),
        (Owed(), replace(CLEAR, case_over=True)),
    ],
)
def test_a_fact_takes_other_hours_away_and_never_the_stop(
    callback: Owed, facts: DecisionFacts
) -> None:
    """3a.1, 3a.2: nobody's spoken word stands for the key; a ring less is always theirs to say."""
    assert changes(callback, facts) == STOP_ONLY


def test_rounds_that_are_spent_leave_the_caller_to_name_hours() -> None:
    facts = replace(CLEAR, rounds_spent=True)
    assert changes(Owed("exhausted", "tries_spent"), facts) == CHANGES


@given(
    st.sampled_from(sorted(CALLBACK_MOVES)),
    st.sampled_from([None, "strange", *BY_REASON]),
    st.booleans(),
    st.booleans(),
)
def test_safety_rules_02_and_06_no_other_hours_without_permission_nor_after_stop(
    state: str, reason: str | None, consent: bool, halted: bool
) -> None:
    found = changes(Owed(state, reason, consent), replace(CLEAR, halted=halted))
    if OTHER_HOURS in found:
        assert consent
        assert not halted
        assert state != "stopped"
        assert state in ("requested", "due", "retry") or reason in MOVABLE


FACTS = ChangeFacts(
    bounds=CLEAR, decided=0, in_danger=False, pressing=False, furthest_day=14, margin_s=120
)
OFF = Change(NO_CALL, 0, why="caller_said")
HOURS = Change(OTHER_HOURS, 0, day="2026-11-23", window="16:00-18:00")


@pytest.mark.parametrize(
    ("wish", "more", "rule"),
    [
        (Change(KEEP, 0), {}, None),
        (OFF, {}, None),
        (replace(OFF, why=""), {}, "why_missing"),
        (replace(OFF, why="'; --"), {}, "why_missing"),
        (replace(OFF, why="other"), {}, "words_missing"),
        (replace(OFF, why="other", words="moved away"), {}, None),
        (OFF, {"pressing": True}, "words_missing"),
        (replace(OFF, words="is at the hospital"), {"pressing": True}, None),
        (replace(OFF, words="x" * (LONGEST_WORDS + 1)), {}, "words_too_long"),
        (replace(OFF, seen=1), {}, "changed_since"),
        (Change("", 0), {}, "change"),
        (Change("ring", 0), {}, "change"),
        (HOURS, {}, None),
        # The hours named before bind nobody: the caller has named others.
        (replace(HOURS, window="14:00-20:00"), {}, None),
        (replace(HOURS, window=None), {}, "window_missing"),
        (replace(HOURS, window="16-18"), {}, "window_format"),
        (replace(HOURS, window="18:00-16:00"), {}, "window_order"),
        (replace(HOURS, window="16:00-16:30"), {}, "window_too_short"),
        (replace(HOURS, window="06:00-09:00"), {}, "window_outside_safe_hours"),
        (replace(HOURS, window="19:00-21:00"), {}, "window_outside_safe_hours"),
        (replace(HOURS, day=""), {}, "day_missing"),
        (replace(HOURS, day="23/11/2026"), {}, "day_format"),
        (replace(HOURS, day="2026-02-30"), {}, "day_format"),
        (replace(HOURS, day="20261123"), {}, "day_format"),
        (replace(HOURS, day="๒๕๖๙-๑๑-๒๓"), {}, "day_format"),
        (replace(HOURS, day="2026-11-19"), {}, "day_past"),
        (replace(HOURS, day="2569-11-23"), {}, "day_far"),
        (replace(HOURS, day="2026-12-04"), {}, None),
        (replace(HOURS, day="2026-12-05"), {}, "day_far"),
        (replace(HOURS, day="2026-11-20"), {}, None),
        (replace(HOURS, day="2026-11-20", window="08:00-10:00"), {}, "day_over"),
        (replace(HOURS, day="2026-11-20", window="08:00-10:02"), {}, "day_over"),
        (replace(HOURS, day="2026-11-20", window="08:00-10:03"), {}, None),
        (Change(OTHER_HOURS, 0, at_once=True), {}, "now_without_danger"),
        (Change(OTHER_HOURS, 0, at_once=True), {"in_danger": True}, None),
    ],
)
def test_a_form_is_taken_or_refused_by_a_named_rule(
    wish: Change, more: dict[str, object], rule: str | None
) -> None:
    facts = replace(FACTS, **more)  # type: ignore[arg-type]
    assert change_refusal(wish, Owed(), facts, now=NOW) == rule
    assert rule is None or rule in REFUSALS


@pytest.mark.parametrize(
    ("callback", "bounds", "rule"),
    [
        (Owed("claimed"), {}, "being_called"),
        (Owed("connected"), {}, "being_called"),
        (Owed("done"), {}, "not_waiting"),
        (Owed("withdrawn"), {}, "not_waiting"),
        (Owed("exhausted", "tries_spent", decided_at=NOW), {}, "not_waiting"),
        (Owed(), {"call_over": False}, "still_calling"),
        (Owed("claimed"), {"may_know": False}, "not_allowed"),
    ],
)
def test_where_the_callback_stands_comes_before_the_form(
    callback: Owed, bounds: dict[str, object], rule: str
) -> None:
    facts = replace(FACTS, bounds=replace(CLEAR, **bounds))  # type: ignore[arg-type]
    for wish in (Change(KEEP, 0), OFF, HOURS):
        assert change_refusal(wish, callback, facts, now=NOW) == rule


def test_a_day_is_written_in_one_way() -> None:
    assert day_of("2026-11-23") == date(2026, 11, 23)
    assert day_of("2026-W48-1") is None
