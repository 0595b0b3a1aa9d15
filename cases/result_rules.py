"""Pure rules of how a case ends: what a report of its result needs, when a case may be closed,
when one person's word that it is none does not suffice.

Source: domain.md C4 (a report every time), A10 (measures), C7 (the five ป of Trang).
"""

from dataclasses import dataclass
from typing import Any, Final

FOR_WHOM: Final = ("child", "reporter", "family", "school", "other")
MEASURES: Final = ("prevent", "instil", "suppress")
SUPPRESS_REFER: Final = "suppress_refer"
STEPS: Final = (
    *("protect_support", "instil_promote", "coordinate", "comfort_encourage"),
    SUPPRESS_REFER,
)
YES: Final = "yes"
NO: Final = "no"
UNKNOWN: Final = "unknown"
CHILD_SAFE: Final = (YES, NO, UNKNOWN)
LONGEST_DONE: Final = 20_000
LONGEST_REFERRAL: Final = 2_000


@dataclass(frozen=True)
class Result:
    """What somebody reports: what was done, for whom, by which measures and steps.

    `referral` names the agency that was asked for help; `child_safe` is one of CHILD_SAFE.
    """

    done: str
    for_whom: tuple[str, ...]
    measures: tuple[str, ...]
    child_safe: str
    steps: tuple[str, ...] = ()
    referral: str | None = None


def result_fault(result: Result) -> str | None:
    """What is wrong with a report, as a rule of ResultRefused."""
    if not result.done.strip():
        return "done_missing"
    referral = (result.referral or "").strip()
    if len(result.done.strip()) > LONGEST_DONE or len(referral) > LONGEST_REFERRAL:
        return "too_long"
    if not _some_of(result.for_whom, FOR_WHOM):
        return "for_whom"
    if not _some_of(result.measures, MEASURES):
        return "measures"
    return _step_fault(result, referral)


def kept_values(result: Result) -> dict[str, Any]:
    """A report as it is kept: words without edges, codes in order and once."""
    return {
        "done": result.done.strip(),
        "for_whom": sorted(set(result.for_whom)),
        "measures": sorted(set(result.measures)),
        "steps": sorted(set(result.steps)),
        "referral": (result.referral or "").strip() or None,
        "child_safe": result.child_safe,
    }


def close_fault(child_safe: str | None, *, has_referral: bool, is_head: bool) -> str | None:
    """Why a case may not be closed; `child_safe` is None where no report is in force."""
    if child_safe is None:
        return "no_report"
    if child_safe == NO and not has_referral:
        return "child_not_safe"
    return "head_needed" if child_safe == UNKNOWN and not is_head else None


@dataclass(frozen=True)
class JunkFacts:
    """What may be lost if a call is put aside as none of ours."""

    danger: bool
    quiet: bool
    silent: bool
    sensitive: bool
    has_recording: bool


def needs_second_person(facts: JunkFacts) -> bool:
    """Whether two different people must say that this is no case."""
    spoke_little = facts.quiet or facts.silent
    return facts.danger or spoke_little or facts.sensitive or facts.has_recording


def _step_fault(result: Result, referral: str) -> str | None:
    if not set(result.steps) <= set(STEPS):
        return "steps"
    if result.child_safe not in CHILD_SAFE:
        return "child_safe"
    return "referral_missing" if SUPPRESS_REFER in result.steps and not referral else None


def _some_of(given: tuple[str, ...], known: tuple[str, ...]) -> bool:
    return bool(given) and set(given) <= set(known)
