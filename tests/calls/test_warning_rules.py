"""When to warn: staffing, telephones, traffic, several reports; and to whom that may be told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.warning_policy import current_warning_policy
from calls.warning_rules import (
    KINDS,
    Finding,
    Report,
    Staffing,
    Traffic,
    changes,
    failing,
    knowing_office,
    repeated,
    staffing,
    traffic,
)

PARENTS = {
    "HQ": None,
    "OBEC": "HQ",
    "ESA-9201": "OBEC",
    "ESA-9202": "OBEC",
    "1092000001": "ESA-9202",
    "DOLE": "HQ",
}
FIGURES = {
    "weeks": 4,
    "usual_fewest": 4,
    "silent_days": 14,
    "busy_times": 3,
    "busy_fewest": 10,
}


def test_every_kind_has_a_weight_of_its_own() -> None:
    kinds = current_warning_policy().kinds
    assert set(kinds) == set(KINDS)
    assert len({one.weight for one in kinds.values()}) == len(kinds)
    assert sorted(KINDS, key=lambda one: kinds[one].weight) == list(KINDS)


@pytest.mark.parametrize(
    ("operators", "heads", "expected"),
    [(0, 0, ["few"]), (1, 0, ["few", "no_head"]), (1, 1, ["few"]), (2, 0, ["no_head"]), (2, 1, [])],
)
def test_too_few_people(operators: int, heads: int, expected: list[str]) -> None:
    found = staffing([Staffing("A", operators, heads)], 2)
    assert [one.kind for one in found] == expected


@pytest.mark.parametrize(
    ("rings", "expected"),
    [
        ([True, True, True], [3]),
        ([True, True, True, False], [3]),
        ([True, True, False, True], []),
        ([False, True, True, True], []),
        ([True, True], []),
        ([], []),
    ],
)
def test_a_telephone_fails_when_its_last_rings_all_did(
    rings: list[bool], expected: list[int]
) -> None:
    found = list(failing([("A", 7, rings)], 3))
    assert [(one.data["count"], one.subject) for one in found] == [(one, "7") for one in expected]


@pytest.mark.parametrize(
    ("usual", "last_week", "before", "days", "expected"),
    [
        (3, 0, 4, 14, ["silent"]),
        (4, 0, 4, 13, []),
        (4, 0, 3, 30, []),
        (8, 10, 0, 0, ["busy"]),
        (4, 9, 0, 0, []),
        (16, 11, 0, 0, []),
        (16, 12, 0, 0, ["busy"]),
        (0, 29, 0, 0, []),
        (0, 30, 0, 0, ["busy"]),
        (3, 30, 0, 0, ["busy"]),
    ],
)
def test_silent_and_busy_are_against_what_is_usual(
    usual: int, last_week: int, before: int, days: int, expected: list[str]
) -> None:
    found = traffic([Traffic("A", usual, last_week, before, days)], {}, **FIGURES)
    assert [one.kind for one in found] == expected


@pytest.mark.parametrize(("days", "expected"), [(90, [("silent", 90)]), (2, [])])
def test_an_office_is_silent_until_its_next_case_however_long(
    days: int, expected: list[tuple[str, int]]
) -> None:
    found = traffic([Traffic("A", 9, 0, 9, days)], {"A": days}, **FIGURES)
    assert [(one.kind, one.data["days"]) for one in found] == expected
    assert len(list(traffic([], {"A": days}, **FIGURES))) == len(expected)


def reports(*offices: str, excluded: str = "") -> list[Report]:
    shut_out = frozenset({excluded} - {""})
    return [Report(number, one, "school:1", shut_out) for number, one in enumerate(offices)]


def test_three_reports_about_one_place_and_no_fewer() -> None:
    assert list(repeated(reports("ESA-9202", "ESA-9202"), PARENTS, fewest=3, days=14)) == []
    (found,) = repeated(reports(*["ESA-9202"] * 3), PARENTS, fewest=3, days=14)
    assert found == Finding("reports", "ESA-9202", "school:1", {"count": 3, "days": 14}, (0, 1, 2))


@pytest.mark.parametrize(
    ("offices", "excluded", "expected"),
    [
        (("ESA-9202", "ESA-9202"), "", "ESA-9202"),
        (("ESA-9202", "ESA-9202"), "ESA-9202", "OBEC"),
        (("ESA-9202", "ESA-9202"), "HQ", "ESA-9202"),
        (("1092000001", "ESA-9202"), "", "ESA-9202"),
        (("1092000001", "ESA-9202"), "ESA-9202", "OBEC"),
        (("ESA-9202", "ESA-9201"), "", "OBEC"),
        (("ESA-9202", "HQ"), "", "HQ"),
        (("ESA-9202", "DOLE"), "", "HQ"),
        (("NOWHERE", "ESA-9202"), "", "HQ"),
    ],
)
def test_safety_rule_07_whoever_may_not_know_one_of_them_learns_of_none(
    offices: tuple[str, ...], excluded: str, expected: str
) -> None:
    assert knowing_office(reports(*offices, excluded=excluded), PARENTS) == expected


CODES = st.sampled_from([one for one in PARENTS if one != "HQ"])


@given(st.lists(CODES, min_size=1, max_size=5), st.sets(CODES, max_size=3))
def test_safety_rule_07_the_office_that_is_told_is_never_an_excluded_one(
    offices: list[str], excluded: set[str]
) -> None:
    told = [Report(number, one, "x", frozenset(excluded)) for number, one in enumerate(offices)]
    assert knowing_office(told, PARENTS) not in excluded


def test_what_is_new_what_still_holds_and_what_is_over() -> None:
    old, held, new = (Finding("few", code) for code in "abc")
    fresh, still, gone = changes({old.key, held.key}, [held, new, new])
    assert (fresh, still, gone) == ([new], [held], {old.key})
