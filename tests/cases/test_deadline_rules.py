"""Which rule decides how long a step may take: the most specific; a head only shortens."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.deadline_rules import (
    RANGES,
    Deadline,
    Question,
    Rule,
    decide,
    due_at,
    governing,
    is_shorter,
    remind_at,
    rule_fault,
)
from cases.work_clock import WorkClock
from routing.opening import UsualHours

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SINCE = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
LATER = SINCE + timedelta(days=1)
DEFAULT = Deadline("minutes", 240)
OFFICES = ("ESA-9202", "OBEC", "HQ")
CLOCK = WorkClock(None, UsualHours((time(8, 30), time(16, 30)), None))


def rule(
    office: str,
    minutes: int | None,
    hazard: str = "",
    *,
    heads: bool = False,
    begin: datetime = BEGIN,
    number: int = 1,
    step: str = "check",
    severity: str = "urgent",
) -> Rule:
    deadline = Deadline("minutes", minutes) if minutes else None
    return Rule(number, severity, step, hazard, office, deadline, begin, heads)


def minutes_of(rules: list[Rule], kind: str | None = "V1") -> int:
    """What holds for a matter of violence at the area office, in minutes."""
    asked = Question("urgent", "check", "V", kind, OFFICES)
    found = governing(rules, asked, SINCE)
    return decide(DEFAULT, found, lambda one: due_at(SINCE, one, CLOCK)).deadline.amount


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], 240),
        ([rule("HQ", 300)], 300),
        ([rule("HQ", 300, "V")], 300),
        ([rule("HQ", 300, "V1")], 300),
        ([rule("HQ", 300, "V2")], 240),
        ([rule("HQ", 300, "A")], 240),
        ([rule("HQ", 300, step="decide")], 240),
        ([rule("HQ", 300, severity="normal")], 240),
        ([rule("ESA-9201", 300)], 240),
        # The type before the group before all.
        ([rule("HQ", 300), rule("HQ", 310, "V"), rule("HQ", 320, "V1")], 320),
        ([rule("HQ", 300), rule("HQ", 310, "V"), rule("HQ", 320, "V2")], 310),
        # The nearest office before the type.
        ([rule("HQ", 300, "V1"), rule("OBEC", 310)], 310),
        ([rule("OBEC", 310, "V1"), rule("ESA-9202", 320), rule("HQ", 100)], 320),
        # The one that begins last; one that has not begun is not there yet.
        ([rule("HQ", 300), rule("HQ", 310, number=2)], 310),
        ([rule("HQ", 300, begin=SINCE), rule("HQ", 310, number=2)], 300),
        ([rule("HQ", 300, begin=LATER)], 240),
        # Taken back: the next wider one holds again.
        ([rule("HQ", 300), rule("HQ", 310, "V"), rule("HQ", None, "V", number=2)], 300),
        ([rule("OBEC", 300), rule("ESA-9202", 310), rule("ESA-9202", None, number=2)], 300),
        # Announced and taken back, by two at once: what held before goes on.
        (
            [rule("HQ", 300)]
            + [rule("HQ", one, begin=SINCE, number=at) for at, one in enumerate((310, None, None))],
            300,
        ),
        # A head only shortens, whatever stands above or beside.
        ([rule("ESA-9202", 300, heads=True)], 240),
        ([rule("ESA-9202", 60, heads=True)], 60),
        ([rule("HQ", 50), rule("ESA-9202", 60, heads=True)], 50),
        ([rule("ESA-9202", 50), rule("ESA-9202", 60, heads=True, number=2)], 50),
        ([rule("ESA-9202", 70), rule("ESA-9202", 60, heads=True)], 60),
        ([rule("OBEC", 60, heads=True), rule("ESA-9202", 90)], 90),
        (
            [
                rule("ESA-9202", 60, heads=True),
                rule("ESA-9202", None, heads=True, number=2),
                rule("ESA-9202", 90),
            ],
            90,
        ),
    ],
)
def test_the_most_specific_rule_wins(rules: list[Rule], expected: int) -> None:
    assert minutes_of(rules) == expected


def test_a_matter_of_unknown_type_goes_by_its_group() -> None:
    rules = [rule("HQ", 300, "V"), rule("HQ", 320, "V1")]
    assert (minutes_of(rules, None), minutes_of(rules, "V1")) == (300, 320)


UNITS = st.sampled_from(sorted(RANGES))
DEADLINES = UNITS.flatmap(
    lambda unit: st.integers(*RANGES[unit]).map(lambda amount: Deadline(unit, amount))
)
RULES = st.builds(
    Rule,
    id=st.integers(1, 99),
    severity=st.just("urgent"),
    step=st.just("check"),
    hazard=st.sampled_from(["", "V", "V1", "A"]),
    office_code=st.sampled_from(OFFICES),
    deadline=st.none() | DEADLINES,
    valid_from=st.sampled_from([BEGIN, SINCE, LATER]),
    only_shortens=st.booleans(),
)


@given(st.lists(RULES, max_size=8))
def test_what_heads_of_the_nearest_office_write_never_makes_a_time_longer(
    rules: list[Rule],
) -> None:
    asked = Question("urgent", "check", "V", "V1", OFFICES)

    def due(some: list[Rule]) -> datetime:
        found = governing(some, asked, SINCE)
        return decide(DEFAULT, found, lambda one: due_at(SINCE, one, CLOCK)).at

    without = [one for one in rules if not (one.only_shortens and one.office_code == OFFICES[0])]
    assert due(rules) <= due(without)


@given(st.lists(RULES, max_size=8), st.randoms())
def test_the_order_in_which_rules_are_read_does_not_matter(rules: list[Rule], dice: object) -> None:
    numbered = [
        Rule(at, *(getattr(one, name) for name in list(one.__dataclass_fields__)[1:]))
        for at, one in enumerate(rules)
    ]
    asked = Question("urgent", "check", "V", "V1", OFFICES)
    mixed = list(numbered)
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    assert governing(numbered, asked, SINCE) == governing(mixed, asked, SINCE)


@pytest.mark.parametrize(
    ("severity", "step", "wanted", "fault"),
    [
        ("normal", "report", Deadline("working_days", 5), None),
        ("normal", "report", Deadline("weeks", 5), "unit"),
        ("normal", "report", Deadline("working_days", 0), "amount"),
        ("normal", "report", Deadline("working_days", 21), "amount"),
        ("normal", "report", Deadline("minutes", 4), "amount"),
        ("normal", "acknowledge", Deadline("working_minutes", 480), None),
        ("emergency", "acknowledge", Deadline("working_minutes", 10), "emergency_clock"),
        ("emergency", "acknowledge", Deadline("minutes", 16), "emergency_longer"),
        ("emergency", "approve", Deadline("minutes", 20), "emergency_longer"),
        ("emergency", "accept", Deadline("working_days", 1), "emergency_clock"),
        ("emergency", "acknowledge", Deadline("minutes", 10), None),
        ("emergency", "check", Deadline("minutes", 90), None),
    ],
)
def test_safety_rule_10_an_emergency_never_waits_longer_than_it_came_with(
    severity: str, step: str, wanted: Deadline, fault: str | None
) -> None:
    assert rule_fault(severity, step, wanted, Deadline("minutes", 15)) == fault


@pytest.mark.parametrize(
    ("wanted", "above", "expected"),
    [((1, 2), (2, 2), True), ((2, 2), (2, 2), False), ((1, 3), (2, 2), False)],
)
def test_shorter_is_never_later_and_once_earlier(
    wanted: tuple[int, ...], above: tuple[int, ...], expected: bool
) -> None:
    moments = [[SINCE + timedelta(hours=one) for one in some] for some in (wanted, above)]
    assert is_shorter(*moments) is expected


@pytest.mark.parametrize(
    ("minutes", "expected"), [(15, None), (19, None), (20, 15), (40, 30), (240, 180)]
)
def test_a_reminder_comes_at_three_quarters_and_never_where_the_time_is_short(
    minutes: int, expected: int | None
) -> None:
    figures = {"fraction": 0.75, "margin": timedelta(minutes=5), "shortest": timedelta(minutes=20)}
    found = remind_at(SINCE, SINCE + timedelta(minutes=minutes), **figures)  # type: ignore[arg-type]
    assert found == (SINCE + timedelta(minutes=expected) if expected else None)
