"""Editable routing rules as plain values: when one holds, and what it asks for.

Pure, and knows no office: `routing.overruling` applies a book of rules to a directory.
"""

from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from typing import Any

# What a rule may ask for besides the code of an office.
SUPERIOR = "superior"
DESK = "desk"
OPEN, CLOSED = "open", "closed"


@dataclass(frozen=True)
class Facts:
    """What the conditions of a rule are compared with; None means not known.

    `affiliation` and `level` are those by which the built-in tree searched, `hours` whether the
    office that it chose is open.
    """

    hazard_group: str
    hazard_type: str | None
    severity: str | None
    affiliation: str
    level: str | None
    province: str | None
    district: str | None
    language: str | None
    hours: str
    conflict: bool


@dataclass(frozen=True)
class When:
    """The conditions of a rule; one that is empty does not count, all others must hold.

    `province` and `district` are one condition: the report comes from any of these places.
    """

    hazard_group: tuple[str, ...] = ()
    hazard_type: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    affiliation: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    province: tuple[str, ...] = ()
    district: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    hours: str | None = None
    conflict: bool | None = None

    def holds(self, facts: Facts) -> bool:
        """Whether every condition holds; what is not known fulfils none."""
        if any(getattr(facts, name) not in wanted for name, wanted in self._plain):
            return False
        if (self.province or self.district) and not self._is_here(facts):
            return False
        if self.conflict is not None and self.conflict != facts.conflict:
            return False
        return self.hours is None or self.hours == facts.hours

    def given(self) -> dict[str, Any]:
        """The conditions that count, as plain lists and values."""
        values = {name: getattr(self, name) for name in CONDITIONS}
        lists = {name: list(one) for name, one in values.items() if isinstance(one, tuple)}
        return {name: one for name, one in {**values, **lists}.items() if one not in ([], None)}

    @cached_property
    def _plain(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Kept, because every rule is asked in every call."""
        given = ((name, getattr(self, name)) for name in PLAIN)
        return tuple((name, wanted) for name, wanted in given if wanted)

    def _is_here(self, facts: Facts) -> bool:
        return facts.district in self.district or facts.province in self.province


PLAIN = ("hazard_group", "hazard_type", "severity", "affiliation", "level", "language")
CONDITIONS = tuple(one.name for one in fields(When))


@dataclass(frozen=True)
class Rule:
    """One rule: under these conditions to an office's code, the superior, or the desk, and why."""

    name: str
    when: When
    send_to: str
    th: str
    en: str
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    def is_valid(self, at: datetime | None) -> bool:
        """Whether the rule is in force at this moment; without a moment, when it has no end."""
        if at is None:
            return self.valid_to is None
        begun = self.valid_from is None or self.valid_from <= at
        return begun and (self.valid_to is None or at < self.valid_to)


@dataclass(frozen=True)
class RuleBook:
    """A published version of the rules, in their order; version 0 is before any was published."""

    version: int = 0
    rules: tuple[Rule, ...] = ()
    published_at: datetime | None = field(default=None, compare=False)
