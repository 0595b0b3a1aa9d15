"""Whom somebody may shut out of a case for a conflict of interest; pure.

Who has a case, or leads the office that has it, knows first that a colleague is accused. But nobody
may hide a case from those who watch over the own office: those are named from further above, and
the hotline's desk is always left (design.md §3a.7, §3a.9).
"""

from dataclasses import dataclass

from cases.handover_rules import words_fault
from routing.vocabulary import HQ


@dataclass(frozen=True)
class Conflict:
    """Who must not know of a case, one office or one person, and why."""

    reason: str
    office_code: str | None = None
    staff_id: int | None = None


@dataclass(frozen=True)
class Named:
    """What is known of who was named: whether they exist, may not know already, and work where."""

    is_known: bool
    is_barred: bool
    offices: frozenset[str]
    is_oneself: bool = False


def conflict_fault(conflict: Conflict, named: Named, above: frozenset[str]) -> str | None:
    """The rule that a wish breaks, or None; `above` are the offices over those of who asks."""
    if (conflict.office_code is None) == (conflict.staff_id is None):
        return "conflict_whom"
    if not named.is_known:
        return "conflict_whom"
    if conflict.office_code == HQ:
        return "conflict_desk"
    if named.offices & above and not named.is_oneself:
        return "conflict_above"
    if named.is_barred:
        return "conflict_known"
    return words_fault(conflict.reason, needed=True)
