"""Permissions are data: denied unless granted, and an exclusion denies whatever else holds."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.permissions import (
    ACTIONS,
    EXCLUDED,
    RELATIONS,
    Grant,
    best_grant,
    grant,
    office_relation,
)
from agents.roles import ROLES

PARENTS = {
    "HQ": None,
    "OBEC": "HQ",
    "DOLE": "HQ",
    "ESA-9201": "OBEC",
    "ESA-9202": "OBEC",
    "1092000001": "ESA-9202",
    "DOLE-92": "DOLE",
}
PAIRS = st.lists(st.tuples(st.sampled_from(ROLES), st.sampled_from(RELATIONS)), max_size=4)


@pytest.mark.parametrize(
    ("role", "action", "relation", "expected"),
    [
        ("operator", "case.view", "own", Grant.ALLOW),
        ("operator", "case.view", "sibling", Grant.DENY),
        ("operator", "case.view", "descendant", Grant.DENY),
        ("operator", "case.view", "former", Grant.DENY),
        ("operator", "recording.play", "own", Grant.DENY),
        ("operator", "recording.play", "assigned", Grant.REASON),
        ("agent", "identity.reveal", "assigned", Grant.REASON),
        ("agent", "recording.export", "assigned", Grant.DENY),
        ("head_operator", "case.view", "descendant", Grant.ALLOW),
        ("head_operator", "case.view", "ancestor", Grant.DENY),
        ("head_operator", "recording.export", "descendant", Grant.REASON),
        ("action_officer", "case.view", "assigned", Grant.ALLOW),
        ("action_officer", "case.view", "own", Grant.DENY),
        ("supervisor", "case.view", "unrelated", Grant.MASKED),
        ("supervisor", "identity.reveal", "own", Grant.DENY),
        ("auditor", "case.list", "own", Grant.DENY),
        ("auditor", "case.view", "unrelated", Grant.MASKED_REASON),
    ],
)
def test_the_table(role: str, action: str, relation: str, expected: Grant) -> None:
    assert grant(role, action, relation) == expected


@pytest.mark.parametrize(("action", "relation"), [*product(ACTIONS, RELATIONS)])
def test_an_admin_sees_no_case(action: str, relation: str) -> None:
    assert grant("admin", action, relation) == Grant.DENY


@pytest.mark.parametrize("action", ["identity.reveal", "recording.play", "recording.export"])
def test_nobody_sees_a_number_or_hears_a_child_without_a_reason(action: str) -> None:
    found = {grant(role, action, relation) for role, relation in product(ROLES, RELATIONS)}
    assert found <= {Grant.DENY, Grant.REASON}


@given(PAIRS, st.sampled_from(ACTIONS))
def test_safety_rule_07_an_exclusion_denies_everything(
    held: list[tuple[str, str]], action: str
) -> None:
    assert best_grant([*held, ("supervisor", EXCLUDED)], action) == Grant.DENY


@given(PAIRS, st.sampled_from(ACTIONS))
def test_a_person_may_do_what_the_best_of_their_roles_allows(
    held: list[tuple[str, str]], action: str
) -> None:
    found = best_grant(held, action)
    if any(relation == EXCLUDED for _, relation in held):
        assert found == Grant.DENY
    else:
        assert found == max([grant(role, action, one) for role, one in held], default=Grant.DENY)


@pytest.mark.parametrize("unknown", [("king", "case.view"), ("operator", "case.burn")])
def test_what_is_not_known_is_denied(unknown: tuple[str, str]) -> None:
    assert grant(*unknown, "own") == Grant.DENY


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ("ESA-9202", "ESA-9202", "own"),
        ("OBEC", "ESA-9202", "descendant"),
        ("HQ", "1092000001", "descendant"),
        ("1092000001", "OBEC", "ancestor"),
        ("ESA-9201", "ESA-9202", "sibling"),
        ("OBEC", "DOLE", "sibling"),
        ("ESA-9202", "DOLE-92", "unrelated"),
        ("HQ", "NOWHERE", "unrelated"),
        ("NOWHERE", "ELSEWHERE", "unrelated"),
    ],
)
def test_how_offices_stand_to_each_other(mine: str, theirs: str, expected: str) -> None:
    assert office_relation(mine, theirs, PARENTS) == expected


def test_a_cycle_of_offices_ends() -> None:
    assert office_relation("A", "B", {"A": "C", "C": "A", "B": None}) == "unrelated"
