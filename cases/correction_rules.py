"""What may be put right about a case, by whom it was misheard or mispressed; pure.

Source: domain.md B6 ("choose the correct type"), decision 0042.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cases.handover_rules import words_fault
from cases.rules import EMERGENCY, NORMAL, URGENT
from cases.states import ACKNOWLEDGED, ASSIGNED, CHECKING, IN_PROGRESS, REPORTED, WAITING_APPROVAL

# Somebody has looked at it, and it is not over: keys change it no longer.
CORRECTABLE: Final = frozenset(
    {ACKNOWLEDGED, CHECKING, WAITING_APPROVAL, ASSIGNED, IN_PROGRESS, REPORTED}
)
# The gravest first.
GRADES: Final = (EMERGENCY, URGENT, NORMAL)
Changes = Mapping[str, tuple[str | None, str | None]]


@dataclass(frozen=True)
class Correction:
    """What it is; None is as it was.

    `hazard` is a type ("V3"), a group alone ("V", the type is not known) or "X". The words say why
    it is less grave than was thought.
    """

    hazard: str | None = None
    severity: str | None = None
    district_code: str | None = None
    school_code: str | None = None
    intent: str | None = None
    role: str | None = None
    words: str = ""


@dataclass(frozen=True)
class Known:
    """Which of the codes exist."""

    hazard: bool = True
    district: bool = True
    school: bool = True
    intent: bool = True
    role: bool = True


def form_fault(wish: Correction, known: Known) -> str | None:
    """What is wrong with the codes of a wish, as a rule of CorrectionRefused."""
    faults = (
        ("hazard_unknown", wish.hazard is not None and not known.hazard),
        ("severity_unknown", wish.severity is not None and wish.severity not in GRADES),
        ("district_missing", wish.district_code is not None and not known.district),
        ("school_missing", wish.school_code is not None and not known.school),
        ("intent_unknown", wish.intent is not None and not known.intent),
        ("role_unknown", wish.role is not None and not known.role),
    )
    return next((rule for rule, is_wrong in faults if is_wrong), None)


def change_fault(changes: Changes, words: str) -> str | None:
    """The rule that the changes break: nothing changes, or it is less grave and nobody says why."""
    if not changes:
        return "nothing_changed"
    old, new = changes.get("severity", (None, None))
    falls = old is not None and new is not None and _is_graver(old, new)
    return words_fault(words, needed=falls)


def severity_after(old: str, chosen: str | None, by_type: str) -> str:
    """What somebody chose; else a graver type makes the case graver, and none makes it less so."""
    if chosen is not None:
        return chosen
    return by_type if _is_graver(by_type, old) else old


def _is_graver(one: str, other: str) -> bool:
    return GRADES.index(one) < GRADES.index(other)
