"""Who may do what, as data: role x action x relation, denied unless `permissions.yaml` grants it.

Source: reliability.md §5.5 with the roles of design.md §5.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from functools import cache
from pathlib import Path

import yaml

from agents.roles import ROLES
from core.errors import HotlineError

FILE = Path(__file__).parent / "data" / "permissions.yaml"
ACTIONS = (
    *("case.list", "case.view", "case.acknowledge", "identity.reveal"),
    *("note.read", "note.write", "note.correct", "recording.play", "recording.export"),
)
OWN, DESCENDANT, ANCESTOR = "own", "descendant", "ancestor"
SIBLING, UNRELATED = "sibling", "unrelated"
ASSIGNED, FORMER, EXCLUDED = "assigned", "former", "excluded"
RELATIONS = (ASSIGNED, OWN, DESCENDANT, ANCESTOR, SIBLING, UNRELATED, FORMER, EXCLUDED)
DEEPEST = 8

Parents = Mapping[str, str | None]


class Grant(IntEnum):
    """What is granted; of several the highest holds."""

    DENY = 0
    MASKED_REASON = 1
    MASKED = 2
    REASON = 3
    ALLOW = 4


class BadPermissions(HotlineError):
    """permissions.yaml names something that does not exist, or grants to the excluded."""


@cache
def _table() -> dict[tuple[str, str, str], Grant]:
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    table: dict[tuple[str, str, str], Grant] = {}
    for role, actions in raw.items():
        for action, relations in actions.items():
            for relation, granted in relations.items():
                known = role in ROLES and action in ACTIONS and relation in RELATIONS
                if not known or relation == EXCLUDED:
                    raise BadPermissions(f"{role} {action} {relation}")
                table[role, action, relation] = Grant[granted.upper()]
    return table


def grant(role: str, action: str, relation: str) -> Grant:
    """What one role allows."""
    return _table().get((role, action, relation), Grant.DENY)


def best_grant(held: Iterable[tuple[str, str]], action: str) -> Grant:
    """What a person may do who holds (role, relation) pairs; one exclusion denies everything."""
    pairs = list(held)
    if any(relation == EXCLUDED for _, relation in pairs):
        return Grant.DENY
    return max((grant(role, action, relation) for role, relation in pairs), default=Grant.DENY)


def office_relation(mine: str, theirs: str, parents: Parents) -> str:
    """How a case of office `theirs` stands to a person of office `mine`."""
    if mine == theirs:
        return OWN
    if mine in _above(theirs, parents):
        return DESCENDANT
    if theirs in _above(mine, parents):
        return ANCESTOR
    shared = parents.get(mine)
    return SIBLING if shared is not None and shared == parents.get(theirs) else UNRELATED


def _above(code: str, parents: Parents) -> list[str]:
    """The offices above, the nearest first; a cycle that slipped in ends it."""
    chain: list[str] = []
    above = parents.get(code)
    while above is not None and len(chain) < DEEPEST:
        chain.append(above)
        above = parents.get(above)
    return chain
