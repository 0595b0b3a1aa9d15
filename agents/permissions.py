"""Who may do what, as data: role x action x relation, denied unless `permissions.yaml` grants it.

Source: reliability.md §5.5 with the roles of design.md §5.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from functools import cache
from pathlib import Path

from agents.roles import ROLES
from core import yaml_text
from core.errors import HotlineError

FILE = Path(__file__).parent / "data" / "permissions.yaml"
ACTIONS = (
    *("case.list", "case.view", "case.acknowledge", "identity.reveal"),
    *("note.read", "note.write", "note.correct", "recording.play", "recording.export"),
    *("case.begin", "case.report", "case.close", "case.reopen", "case.junk", "case.send"),
    *("case.conflict", "case.refer", "case.unreachable", "case.duplicate"),
    *("handover.ask", "handover.decide", "handover.answer", "handover.revoke"),
    *("callback.list", "callback.call", "callback.decide", "callback.change"),
    *("office.manage", "directory.view", "directory.manage"),
    *("rules.view", "rules.manage", "jurisdiction.learn"),
    *("case.stop_clock", "case.agree_stop"),
    *("case.not_ours", "case.correct"),
    *("deadline.view", "deadline.shorten", "deadline.manage"),
    *("people.view", "people.manage", "people.load", "committee.view", "committee.manage"),
    *("part.ask", "part.view", "part.take_on", "part.report"),
    *("story.view", "story.join", "story.manage"),
    *(
        "roster.view",
        "roster.manage",
        "leave.enter",
        "holiday.manage",
        "warning.view",
        "warning.manage",
    ),
    *("limit.view", "limit.manage", "flow.view", "flow.manage"),
)
OWN, DESCENDANT, ANCESTOR = "own", "descendant", "ancestor"
SIBLING, UNRELATED = "sibling", "unrelated"
ASSIGNED, OFFERED, FORMER, EXCLUDED = "assigned", "offered", "former", "excluded"
RELATIONS = (ASSIGNED, OFFERED, OWN, DESCENDANT, ANCESTOR, SIBLING, UNRELATED, FORMER, EXCLUDED)
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
    raw = yaml_text.load(FILE.read_text(encoding="utf-8"))
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
    if mine in offices_above(theirs, parents):
        return DESCENDANT
    if theirs in offices_above(mine, parents):
        return ANCESTOR
    shared = parents.get(mine)
    return SIBLING if shared is not None and shared == parents.get(theirs) else UNRELATED


def office_relations(mine: str, parents: Parents) -> dict[str, str]:
    """How every office of the tree stands to a person of office `mine`, in one walk.

    The same as `office_relation` of each, which would climb the tree anew for every one of them.
    """
    shared = parents.get(mine)
    below = offices_below(mine, parents)
    above = set(offices_above(mine, parents))

    def relation(theirs: str) -> str:
        if theirs in below:
            return DESCENDANT
        if theirs in above:
            return ANCESTOR
        return SIBLING if shared is not None and shared == parents.get(theirs) else UNRELATED

    return {theirs: relation(theirs) for theirs in parents} | {mine: OWN}


def offices_below(code: str, parents: Parents) -> set[str]:
    """The offices of every level below, as deep as `offices_above` climbs."""
    children: dict[str, list[str]] = {}
    for one, above in parents.items():
        if above is not None:
            children.setdefault(above, []).append(one)
    below: set[str] = set()
    level = [code]
    for _ in range(DEEPEST):
        level = [one for above in level for one in children.get(above, ()) if one not in below]
        below.update(level)
    return below


def offices_above(code: str, parents: Parents) -> list[str]:
    """The offices above, the nearest first; a cycle that slipped in ends it."""
    chain: list[str] = []
    above = parents.get(code)
    while above is not None and len(chain) < DEEPEST:
        chain.append(above)
        above = parents.get(above)
    return chain
