"""What a file would change: two states of the same rows compared, field by field; pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

ADDED: Final = "added"
CHANGED: Final = "changed"
REMOVED: Final = "removed"

Key = tuple[str, ...]
Rows = Mapping[Key, Mapping[str, str]]


@dataclass(frozen=True)
class Field:
    """One column that changes."""

    column: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """One row that is added, changed or removed."""

    kind: str
    key: Key
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Difference:
    """Every row that changes, and how many stay as they are."""

    changes: tuple[Change, ...]
    unchanged: int

    @property
    def digest(self) -> str:
        """Names this very difference: what is applied must be what was shown."""
        told = [
            [one.kind, one.key, [(field.column, field.old, field.new) for field in one.fields]]
            for one in self.changes
        ]
        written = json.dumps([told, self.unchanged], ensure_ascii=False)
        return hashlib.sha256(written.encode()).hexdigest()

    def count(self, kind: str) -> int:
        """How many rows change in this way."""
        return sum(one.kind == kind for one in self.changes)


def compare(before: Rows, after: Rows) -> Difference:
    """The difference from one state to the other, in the order of the keys."""
    changes = []
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if old != new:
            changes.append(Change(_kind(old, new), key, tuple(_fields(old or {}, new or {}))))
    return Difference(tuple(changes), len({*before, *after}) - len(changes))


def _kind(old: Mapping[str, str] | None, new: Mapping[str, str] | None) -> str:
    if old is None:
        return ADDED
    return REMOVED if new is None else CHANGED


def _fields(old: Mapping[str, str], new: Mapping[str, str]) -> Iterable[Field]:
    for column in dict.fromkeys((*old, *new)):
        before, after = old.get(column, ""), new.get(column, "")
        if before != after:
            yield Field(column, before, after)
