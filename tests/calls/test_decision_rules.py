"""What a person may decide about a callback: a table for each reason, fact and rule."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.decision_rules import (
    BY_REASON,
    CHOICES,
    LONGEST_WORDS,
    REFUSALS,
    RINGS,
    WITHOUT_RING,
    Decision,
    DecisionFacts,
    choices,
    decision_refusal,
    window_refusal,
)
from calls.rules import Span, parse_span

SAFE = Span(8 * 60, 20 * 60)
ALL_DAY = Span(0, 24 * 60)


@dataclass
class Owed:
    """A callback as far as these rules look at it."""

    state: str = "decision"
    reason: str | None = "tries_spent"
    consent: bool = True
    decided_at: datetime | None = None


CLEAR = DecisionFacts(dialable=True, safe=SAFE, window=Span(480, 1200), wish=Span(480, 1200))
NO_WINDOW = replace(CLEAR, window=None, wish=None)
IN_A_WINDOW = ("ring_in_window", *WITHOUT_RING)


@pytest.mark.parametrize(
    ("state", "reason", "consent", "facts", "expected"),
    [
        ("decision", "unanswered", False, NO_WINDOW, WITHOUT_RING),
        ("decision", "number_missing", True, replace(CLEAR, dialable=False), WITHOUT_RING),
        ("decision", "number_unconfirmed", True, CLEAR, WITHOUT_RING),
        ("decision", "number_not_dialable", True, replace(CLEAR, dialable=False), WITHOUT_RING),
        ("decision", "number_in_directory", True, CLEAR, CHOICES),
        ("decision", "number_in_directory", True, NO_WINDOW, IN_A_WINDOW),
        ("decision", "window_open", True, NO_WINDOW, IN_A_WINDOW),
        ("decision", "now_without_danger", True, NO_WINDOW, IN_A_WINDOW),
        ("decision", "no_common_hour", True, CLEAR, WITHOUT_RING),
        ("decision", "not_now", True, NO_WINDOW, IN_A_WINDOW),
        ("decision", "provider_refused", True, CLEAR, CHOICES),
        ("decision", "wrong_person", True, CLEAR, WITHOUT_RING),
        ("decision", "never heard of", True, CLEAR, WITHOUT_RING),
        ("decision", None, True, CLEAR, WITHOUT_RING),
        ("decision", "case_over", True, CLEAR, CHOICES),
        ("decision", "case_over", True, replace(CLEAR, case_over=True), WITHOUT_RING),
        ("exhausted", "tries_spent", True, replace(CLEAR, case_over=True), WITHOUT_RING),
        ("exhausted", "tries_spent", True, CLEAR, CHOICES),
        ("stopped", "stopped", True, CLEAR, WITHOUT_RING),
        # Halted together with another callback of its line: whatever the reason says.
        ("stopped", "tries_spent", True, CLEAR, WITHOUT_RING),
        ("due", None, True, CLEAR, ()),
        ("done", None, True, CLEAR, ()),
        ("withdrawn", "other_way", True, CLEAR, ()),
    ],
)
def test_each_reason_leaves_its_choices(
    state: str,
    reason: str | None,
    consent: bool,
    facts: DecisionFacts,
    expected: tuple[str, ...],
) -> None:
    assert choices(Owed(state, reason, consent), facts) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"dialable": False}, WITHOUT_RING),
        ({"halted": True}, WITHOUT_RING),
        ({"owed": True}, WITHOUT_RING),
        ({"window": None, "wish": None, "now_stands": True}, CHOICES),
        ({"window": None, "wish": None}, IN_A_WINDOW),
        # The part of the caller's wish inside the safe hours is shorter than an hour.
        ({"wish": Span(1170, 1300), "window": Span(1170, 1300)}, ("ring", *WITHOUT_RING)),
        ({"wish": Span(1260, 1320), "window": Span(1260, 1320)}, WITHOUT_RING),
    ],
)
def test_a_fact_may_take_a_ring_away(changes: dict[str, object], expected: tuple[str, ...]) -> None:
    facts = replace(CLEAR, **changes)  # type: ignore[arg-type]
    assert choices(Owed("exhausted"), facts) == expected


def test_nothing_is_left_to_decide_once_somebody_has() -> None:
    assert choices(Owed("exhausted", decided_at=datetime(2026, 11, 20, tzinfo=UTC)), CLEAR) == ()


SPANS = st.one_of(
    st.none(),
    st.tuples(st.integers(0, 1440), st.integers(0, 1440))
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: Span(*pair)),
)
FACTS = st.builds(
    DecisionFacts,
    dialable=st.booleans(),
    safe=SPANS.filter(lambda span: span is not None),
    window=SPANS,
    wish=SPANS,
    now_stands=st.booleans(),
    halted=st.booleans(),
    owed=st.booleans(),
)
CALLBACKS = st.builds(
    Owed,
    state=st.sampled_from(["decision", "exhausted", "stopped"]),
    reason=st.sampled_from([None, "strange", *BY_REASON]),
    consent=st.booleans(),
)


@given(CALLBACKS, FACTS)
def test_safety_rules_02_and_06_no_ring_without_permission_nor_after_stop(
    callback: Owed, facts: DecisionFacts
) -> None:
    """3a.1, 3a.2, 3a.6: a person cannot grant what no caller did, whatever the reason."""
    found = choices(callback, facts)
    assert set(WITHOUT_RING) <= set(found)
    if set(found) & set(RINGS):
        assert callback.consent
        assert facts.dialable
        assert callback.state != "stopped"
        assert not facts.halted
        assert callback.reason not in ("unanswered", "number_unconfirmed", "wrong_person")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("09:00-12:00", None),
        ("08:00-20:00", None),
        ("09:00-10:00", None),
        (None, "window_missing"),
        ("", "window_missing"),
        ("now", "window_format"),
        ("23:00-24:00", "window_format"),
        ("24:00-08:00", "window_format"),
        ("9:00-12:00", "window_format"),
        ("09:00–12:00", "window_format"),
        ("09:60-12:00", "window_format"),
        ("๐๙:๐๐-๑๒:๐๐", "window_format"),
        ("20/11/2569 09:00-12:00", "window_format"),
        ("2569-11-20T09:00", "window_format"),
        ("2036-11-20 09:00-12:00", "window_format"),
        ("2020-01-01", "window_format"),
        ("09:00-12:00\n", "window_format"),
        ("12:00-09:00", "window_order"),
        ("12:00-12:00", "window_order"),
        ("09:00-09:59", "window_too_short"),
        ("07:00-09:00", "window_outside_safe_hours"),
        ("19:00-21:00", "window_outside_safe_hours"),
        ("00:00-23:59", "window_outside_safe_hours"),
    ],
)
def test_hours_are_a_plain_part_of_a_day_inside_the_safe_ones(text: str | None, rule: str) -> None:
    """B61: the past, another decade, 24:00 and the Buddhist era are all refused by name."""
    assert window_refusal(text, NO_WINDOW) == rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("13:00-14:00", None),
        ("12:00-16:00", None),
        ("11:00-13:00", "window_outside_wish"),
        ("17:00-18:00", "window_outside_wish"),
    ],
)
def test_chosen_hours_never_widen_the_callers_own(text: str, rule: str | None) -> None:
    facts = replace(CLEAR, wish=parse_span("12:00-16:00"), safe=ALL_DAY)
    assert window_refusal(text, facts) == rule


@pytest.mark.parametrize(
    ("decision", "changes", "rule"),
    [
        (Decision("ring"), {}, None),
        (Decision("ring", "the mother asked for it"), {}, None),
        (Decision("ring_in_window", window="09:00-12:00"), {}, None),
        (Decision("ring_in_window"), {}, "window_missing"),
        (Decision("ring_in_window", window="9-12"), {}, "window_format"),
        (Decision("other_way", "the school visits the family"), {}, None),
        (Decision("no_call", "the number is the accused teacher's"), {}, None),
        (Decision("other_way"), {}, "words_missing"),
        (Decision("no_call"), {}, "words_missing"),
        (Decision("no_call", ""), {}, "words_missing"),
        (Decision("no_call", "ก" * (LONGEST_WORDS + 1)), {}, "words_too_long"),
        (Decision("no_call", "ก" * LONGEST_WORDS), {}, None),
        (Decision("ring", "ก" * (LONGEST_WORDS + 1)), {}, "words_too_long"),
        (Decision("strange", "words"), {}, "choice"),
        (Decision("", "words"), {}, "choice"),
        (Decision("ring"), {"halted": True}, "choice"),
        (Decision("ring"), {"call_over": False}, "still_calling"),
        (Decision("ring"), {"may_know": False}, "not_allowed"),
    ],
)
def test_each_refusal_has_its_name(
    decision: Decision, changes: dict[str, object], rule: str | None
) -> None:
    facts = replace(CLEAR, **changes)  # type: ignore[arg-type]
    offered = choices(Owed("exhausted"), facts)
    assert decision_refusal(decision, offered, facts) == rule
    assert rule is None or rule in REFUSALS
