"""Nobody gives a role above the own, and nobody changes the account of who holds one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.people_rules import gives, may_give, may_manage
from agents.roles import ROLES

PARENTS = {
    "HQ": None,
    "OBEC": "HQ",
    "ESA-9201": "OBEC",
    "ESA-9202": "OBEC",
    "1092000001": "ESA-9202",
}
HEAD = ("head_operator", "ESA-9202")
AREA_ADMIN = ("admin", "OBEC")
ADMIN = ("admin", "HQ")


@pytest.mark.parametrize(
    ("mine", "role", "office", "expected"),
    [
        (HEAD, "operator", "ESA-9202", True),
        (HEAD, "action_officer", "1092000001", True),
        (HEAD, "head_operator", "ESA-9202", True),
        (HEAD, "operator", "ESA-9201", False),
        (HEAD, "operator", "OBEC", False),
        (HEAD, "agent", "ESA-9202", False),
        (HEAD, "supervisor", "ESA-9202", False),
        (HEAD, "admin", "ESA-9202", False),
        (HEAD, "auditor", "ESA-9202", False),
        (HEAD, "operator", "NOWHERE", False),
        (AREA_ADMIN, "admin", "ESA-9202", True),
        (AREA_ADMIN, "admin", "HQ", False),
        (ADMIN, "auditor", "HQ", True),
        (ADMIN, "king", "HQ", False),
        (("supervisor", "HQ"), "operator", "ESA-9202", False),
        (("operator", "ESA-9202"), "operator", "ESA-9202", False),
    ],
)
def test_who_may_give_which_role_where(
    mine: tuple[str, str], role: str, office: str, expected: bool
) -> None:
    assert may_give([mine], role, office, PARENTS) is expected


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (HEAD, [("operator", "ESA-9202")], True),
        (HEAD, [("operator", "ESA-9202"), ("operator", "ESA-9201")], False),
        (HEAD, [("operator", "ESA-9202"), ("admin", "HQ")], False),
        (HEAD, [("operator", "ESA-9202"), ("auditor", "ESA-9202")], False),
        (HEAD, [], False),
        (AREA_ADMIN, [], False),
        (ADMIN, [], True),
        (ADMIN, [("operator", "ESA-9202"), ("admin", "HQ")], True),
    ],
)
def test_whose_account_one_may_change(
    mine: tuple[str, str], theirs: list[tuple[str, str]], expected: bool
) -> None:
    assert may_manage([mine], theirs, PARENTS) is expected


PAIRS = st.lists(st.tuples(st.sampled_from(ROLES), st.sampled_from([*PARENTS, "NOWHERE"])))


@given(PAIRS, PAIRS, st.sampled_from(ROLES), st.sampled_from(list(PARENTS)))
def test_a_chain_of_gifts_never_reaches_higher(
    mine: list[tuple[str, str]], theirs: list[tuple[str, str]], role: str, office: str
) -> None:
    """Who manages somebody could have given everything that this one is able to give on."""
    if may_manage(mine, theirs, PARENTS) and may_give(theirs, role, office, PARENTS):
        assert may_give(mine, role, office, PARENTS)


def test_only_heads_and_administrators_give_anything() -> None:
    assert {role for role in ROLES if gives([(role, "HQ")])} == {"head_operator", "admin"}
