"""Pure rules of who may give which role where, and whose account one may change.

Nobody gives a role above the own, nobody changes the account of who holds one, and nobody their
own roles: else a head operator could become, or sign in as, the administrator.
"""

from collections.abc import Collection, Mapping
from typing import Final

from agents.permissions import Grant, Parents, grant, office_relation
from agents.roles import ROLES
from routing.vocabulary import HQ

VIEW: Final = "people.view"
MANAGE: Final = "people.manage"
ADMIN: Final = "admin"
# What each role may give, at the offices where it may manage people at all.
GIVES: Final[Mapping[str, frozenset[str]]] = {
    ADMIN: frozenset(ROLES),
    "head_operator": frozenset({"operator", "head_operator", "action_officer"}),
}

Roles = Collection[tuple[str, str]]


def may_give(mine: Roles, role: str, office_code: str, parents: Parents) -> bool:
    """Whether somebody with the (role, office) pairs `mine` may give or take a role there."""
    return any(
        role in GIVES.get(my_role, frozenset())
        and grant(my_role, MANAGE, office_relation(my_office, office_code, parents)) is Grant.ALLOW
        for my_role, my_office in mine
    )


def may_manage(mine: Roles, theirs: Roles, parents: Parents) -> bool:
    """Whether one may change a person's account: every role of theirs is one that one may give.

    Who has lost every role is for the administrators of the centre.
    """
    if not theirs:
        return (ADMIN, HQ) in mine
    return all(may_give(mine, role, office, parents) for role, office in theirs)


def may_put_on_call(mine: Roles) -> bool:
    """Whether one may change who is on the hotline's on-call list: it serves the whole country."""
    return (ADMIN, HQ) in mine


def may_let_practise(mine: Roles) -> bool:
    """Whether one may say who practises beside the real telephone."""
    return any(role == ADMIN for role, _ in mine)


def gives(mine: Roles) -> tuple[str, ...]:
    """The roles that somebody may give anywhere, in their usual order."""
    given = frozenset[str]().union(*(GIVES.get(role, frozenset()) for role, _ in mine))
    return tuple(role for role in ROLES if role in given)
