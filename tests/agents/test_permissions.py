"""Permissions are data: denied unless granted, and an exclusion denies whatever else holds."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.permissions import (
    ACTIONS,
    DEEPEST,
    EXCLUDED,
    RELATIONS,
    Grant,
    best_grant,
    grant,
    office_relation,
    office_relations,
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
# How an office may stand to a person's own.
OF_OFFICES = ("own", "descendant", "ancestor", "sibling", "unrelated")
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
        ("operator", "case.begin", "own", Grant.ALLOW),
        ("operator", "handover.ask", "own", Grant.DENY),
        ("operator", "handover.ask", "assigned", Grant.ALLOW),
        ("operator", "handover.decide", "assigned", Grant.DENY),
        ("operator", "handover.decide", "own", Grant.DENY),
        ("operator", "handover.answer", "offered", Grant.ALLOW),
        ("operator", "case.view", "offered", Grant.DENY),
        ("action_officer", "handover.answer", "offered", Grant.ALLOW),
        ("action_officer", "handover.ask", "assigned", Grant.DENY),
        ("action_officer", "case.report", "assigned", Grant.ALLOW),
        ("action_officer", "case.close", "assigned", Grant.DENY),
        ("head_operator", "handover.decide", "descendant", Grant.ALLOW),
        ("head_operator", "handover.decide", "sibling", Grant.DENY),
        ("head_operator", "handover.decide", "ancestor", Grant.DENY),
        ("agent", "handover.answer", "offered", Grant.DENY),
        ("operator", "roster.view", "own", Grant.ALLOW),
        ("operator", "roster.view", "descendant", Grant.DENY),
        ("operator", "roster.manage", "own", Grant.DENY),
        ("operator", "warning.view", "own", Grant.DENY),
        ("head_operator", "roster.manage", "descendant", Grant.ALLOW),
        ("head_operator", "roster.manage", "sibling", Grant.DENY),
        ("head_operator", "holiday.manage", "own", Grant.DENY),
        ("head_operator", "warning.manage", "descendant", Grant.ALLOW),
        ("action_officer", "roster.view", "own", Grant.DENY),
        ("auditor", "warning.view", "own", Grant.DENY),
        ("supervisor", "handover.decide", "descendant", Grant.DENY),
        ("auditor", "case.view", "unrelated", Grant.MASKED_REASON),
    ],
)
def test_the_table(role: str, action: str, relation: str, expected: Grant) -> None:
    assert grant(role, action, relation) == expected


BELOW = {"own", "descendant"}
EVERY_OFFICE = {*BELOW, "ancestor", "sibling", "unrelated"}
AN_ADMIN = {
    "office.manage": BELOW,
    "directory.view": EVERY_OFFICE,
    "directory.manage": BELOW,
    "deadline.view": BELOW,
    "deadline.manage": BELOW,
    "people.view": EVERY_OFFICE,
    "people.manage": BELOW,
    "people.load": BELOW,
    "committee.view": EVERY_OFFICE,
    "committee.manage": BELOW,
    "roster.view": BELOW,
    "roster.manage": BELOW,
    "holiday.manage": BELOW,
    "warning.view": BELOW,
    "warning.manage": BELOW,
    "story.view": {"own"},
    "story.manage": {"own"},
    "rules.view": {"own", "ancestor"},
    "rules.manage": {"own"},
    "flow.view": {"own"},
    "flow.manage": {"own"},
    "jurisdiction.learn": {"own"},
}


@pytest.mark.parametrize(("action", "relation"), [*product(ACTIONS, RELATIONS)])
def test_an_admin_sees_no_case_and_manages_what_belongs_to_none(action: str, relation: str) -> None:
    granted = relation in AN_ADMIN.get(action, ())
    assert grant("admin", action, relation) == (Grant.ALLOW if granted else Grant.DENY)


@pytest.mark.parametrize("role", ROLES)
def test_only_the_centre_changes_what_holds_for_the_whole_country(role: str) -> None:
    for action in ("rules.manage", "jurisdiction.learn", "story.manage", "flow.manage"):
        found = {one for one in RELATIONS if grant(role, action, one) > Grant.DENY}
        assert found <= {"own"}


@pytest.mark.parametrize("role", ROLES)
def test_everybody_may_look_at_every_office_and_admins_alone_change_it(role: str) -> None:
    assert {grant(role, "directory.view", one) for one in OF_OFFICES} == {Grant.ALLOW}
    assert grant(role, "directory.view", "excluded") == Grant.DENY
    changes = {one for one in RELATIONS if grant(role, "directory.manage", one) > Grant.DENY}
    assert changes == ({"own", "descendant"} if role == "admin" else set())


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


CODES = "ABCDEFGHIJKL"
TREES = st.dictionaries(st.sampled_from(CODES), st.none() | st.sampled_from(CODES))


@given(st.sampled_from(CODES), TREES)
def test_all_offices_at_once_stand_as_each_of_them_does(
    mine: str, parents: dict[str, str | None]
) -> None:
    """Whatever hangs together, circles too, and a chain deeper than anybody climbs."""
    assert office_relations(mine, parents) == {
        theirs: office_relation(mine, theirs, parents) for theirs in {*parents, mine}
    }


def test_all_offices_at_once_are_climbed_no_deeper_than_each() -> None:
    deep: dict[str, str | None] = {str(one + 1): str(one) for one in range(2 * DEEPEST)}
    for mine in ("0", str(DEEPEST), str(2 * DEEPEST)):
        each = {theirs: office_relation(mine, theirs, deep) for theirs in {*deep, mine}}
        assert office_relations(mine, deep) == each
