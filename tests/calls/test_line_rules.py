"""Who comes next: danger, then the offices in rounds, and nobody is passed for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.line_rules import Waiting, in_turn, place_of
from calls.policy import current_policy

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
AHEAD = current_policy().head_start_s
OFFICES = st.sampled_from(["HQ", "ESA-9201", "ESA-9202", "DOLE-40"])
LINES = st.lists(
    st.builds(
        Waiting,
        id=st.integers(1, 10**6),
        office_code=OFFICES,
        place=st.integers(0, 10**6).map(lambda s: NOW - timedelta(seconds=s)),
        pressing=st.booleans(),
    ),
    max_size=60,
    unique_by=lambda one: one.id,
)


def place(severity: str, since: datetime = NOW, *, immediate: bool = False) -> datetime:
    """By the policy in force."""
    return place_of(severity, since, AHEAD, immediate=immediate)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # A "now" before any other danger, danger before all the rest, however long they waited.
        (place("emergency", immediate=True), place("emergency", NOW - timedelta(days=365))),
        (place("emergency"), place("urgent", NOW - timedelta(days=365))),
        (place("urgent"), place("normal")),
        (place("urgent"), place("normal", NOW - timedelta(seconds=AHEAD["urgent"] - 1))),
        # Whoever has waited for longer than the head start is passed no more.
        (place("normal", NOW - timedelta(seconds=AHEAD["urgent"] + 1)), place("urgent")),
        (place("normal", NOW - timedelta(seconds=1)), place("normal")),
    ],
)
def test_danger_goes_first_and_waiting_makes_up_for_severity(
    first: datetime, second: datetime
) -> None:
    assert first < second


def test_an_ordinary_callback_does_not_starve_among_urgent_ones() -> None:
    """One ring a minute and a new urgent callback a minute: the ordinary one has its turn."""
    line = [Waiting(0, "HQ", place("normal"))]
    for minute in range(1, AHEAD["urgent"] // 60 + 2):
        at = NOW + timedelta(minutes=minute)
        line.append(Waiting(minute, "HQ", place("urgent", at)))
        [rung] = in_turn(line, 1)
        line = [one for one in line if one.id != rung]
    assert 0 not in {one.id for one in line}


def test_a_thousand_callbacks_of_one_office_keep_no_other_office_waiting() -> None:
    crowd = [Waiting(n, "HQ", NOW - timedelta(minutes=n)) for n in range(1, 1001)]
    single = Waiting(5000, "ESA-9201", NOW)
    assert in_turn([*crowd, single], 2) == [1000, 5000]


@given(LINES, st.integers(0, 60))
def test_danger_then_rounds_of_offices_each_by_place(line: list[Waiting], limit: int) -> None:
    by_id = {one.id: one for one in line}
    chosen = [by_id[one] for one in in_turn(line, limit)]
    assert len(chosen) == min(limit, len(line))
    pressing = [one for one in chosen if one.pressing]
    assert chosen[: len(pressing)] == pressing
    assert [one.place for one in pressing] == sorted(one.place for one in pressing)
    counted: dict[str, int] = {}
    rounds: list[int] = []
    for one in chosen[len(pressing) :]:
        counted[one.office_code] = counted.get(one.office_code, 0) + 1
        rounds.append(counted[one.office_code])
    assert rounds == sorted(rounds)
    for office in counted:
        places = [one.place for one in chosen if one.office_code == office and not one.pressing]
        assert places == sorted(places)


@given(LINES)
def test_whatever_order_the_database_gives_the_line_is_the_same(line: list[Waiting]) -> None:
    assert in_turn(line, 60) == in_turn(reversed(line), 60)
