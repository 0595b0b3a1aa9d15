"""What differs between two versions of the rules, rule by rule; pure.

Rules are the same when they bear the same name. Their order decides which one is followed, so a
rule that only changed its place counts as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from difflib import SequenceMatcher

from routing.rulebook import Rule

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
FIELDS = tuple(one.name for one in fields(Rule) if one.name != "name")


@dataclass(frozen=True)
class RuleChange:
    """One rule that differs; `fields` names what was changed in it, positions begin with 1."""

    kind: str
    name: str
    old: Rule | None
    new: Rule | None
    fields: tuple[str, ...] = ()
    old_position: int | None = None
    new_position: int | None = None


def compare(old: Iterable[Rule], new: Iterable[Rule]) -> tuple[RuleChange, ...]:
    """The changes that lead from one version to another, in the order of the newer one; what was
    taken away comes last."""
    before = {rule.name: (place, rule) for place, rule in enumerate(old, 1)}
    after = {rule.name: (place, rule) for place, rule in enumerate(new, 1)}
    moved = _moved(list(before), list(after))
    changes = [_change(before.get(name), after[name], name in moved) for name in after]
    gone = [_removed(*before[name]) for name in before if name not in after]
    return tuple(one for one in (*changes, *gone) if one is not None)


def _change(
    before: tuple[int, Rule] | None, after: tuple[int, Rule], is_moved: bool
) -> RuleChange | None:
    place, rule = after
    if before is None:
        return RuleChange(ADDED, rule.name, None, rule, new_position=place)
    old_place, old = before
    differing = tuple(name for name in FIELDS if getattr(old, name) != getattr(rule, name))
    if not differing and not is_moved:
        return None
    kind = CHANGED if differing else MOVED
    places = (old_place, place) if is_moved else (None, None)
    return RuleChange(kind, rule.name, old, rule, differing, *places)


def _removed(place: int, rule: Rule) -> RuleChange:
    return RuleChange(REMOVED, rule.name, rule, None, old_position=place)


def _moved(old: list[str], new: list[str]) -> set[str]:
    """The rules that stand in another order among those that both versions have."""
    kept, again = [one for one in old if one in new], [one for one in new if one in old]
    blocks = SequenceMatcher(None, kept, again, autojunk=False).get_matching_blocks()
    in_order = {name for block in blocks for name in kept[block.a : block.a + block.size]}
    return set(kept) - in_order
