"""Pure rules of a case: how severe it is, who may be involved."""

from dataclasses import dataclass
from typing import Final

from cases.answers import CaseAnswers

EMERGENCY: Final = "emergency"
URGENT: Final = "urgent"
NORMAL: Final = "normal"
UNKNOWN_GROUP: Final = "X"
# An unanswered question counts as yes here (design.md §3a.7) …
CONFLICT_TYPES: Final = frozenset({"V1", "V8", "R2"})
# … and for a quiet caller in this group, whom nobody could ask (design.md §3a.7).
QUIET_CONFLICT_GROUP: Final = "V"


@dataclass(frozen=True)
class TypeFacts:
    """What the taxonomy says of a hazard type."""

    severity: str = NORMAL
    sensitive: bool = False


def severity(facts: TypeFacts, answers: CaseAnswers) -> str:
    """Danger is an emergency; quiet, silent and sensitive are urgent; else the type decides."""
    if answers.danger:
        return EMERGENCY
    if facts.severity == EMERGENCY:
        return EMERGENCY
    if answers.quiet or answers.silent or facts.sensitive:
        return URGENT
    return facts.severity


def staff_involved(answers: CaseAnswers) -> bool:
    """Whether somebody of the school or office must be taken to be involved.

    A "yes" counts everywhere. Where children are hurt by those who look after them, anything but
    a "no" counts: unanswered, hung up before, never asked (design.md §3a.7).
    """
    if answers.conflict in ("yes", "no"):
        return answers.conflict == "yes"
    if answers.quiet and answers.hazard_group == QUIET_CONFLICT_GROUP:
        return True
    return answers.hazard_type in CONFLICT_TYPES


def no_longer_barred(
    answers: CaseAnswers, by_answers: frozenset[str], complained_of: str | None
) -> frozenset[str]:
    """Of the offices that the caller's own keys shut out, those that a later key lets in again.

    A key must say so: "no" to the question, or another place, confirmed and with its level, whose
    office is complained of instead. What was only taken back, left open or heard lets nobody in.
    """
    if answers.conflict == "no":
        return by_answers
    is_certain = answers.place_confirmed and (answers.level or answers.school_code)
    if complained_of is None or not is_certain:
        return frozenset()
    return by_answers - {complained_of}


def type_of(answers: CaseAnswers) -> str | None:
    """The hazard type as it is kept: always empty for X, and for a type of another group."""
    group, code = answers.hazard_group, answers.hazard_type
    if not code or group in (None, UNKNOWN_GROUP) or code[0] != group:
        return None
    return code
