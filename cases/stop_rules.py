"""Pure rules of a stopped clock: which step may wait, for how long, what is left afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cases.rules import EMERGENCY

# What is owed here is a first answer, or somebody else's; it never waits.
NEVER_STOPPED: Final = frozenset({"received", "waiting_approval", "assigned"})
# Until somebody helps, an emergency or a danger is not answered.
BEFORE_HELP: Final = frozenset({"acknowledged", "checking"})


@dataclass(frozen=True)
class StopFacts:
    """How a case stands whose clock somebody wants to stop; `owes` is whether a step is owed."""

    status: str
    severity: str
    danger: bool
    owes: bool
    is_stopped: bool = False


def stop_fault(facts: StopFacts) -> str | None:
    """Why a clock cannot be stopped at all now: "stop_step", "stop_danger", "stop_twice".

    Never before somebody has acknowledged, nor while an approval or an answer is waited for, nor
    before an emergency or a danger is helped.
    """
    if not facts.owes or facts.status in NEVER_STOPPED:
        return "stop_step"
    if facts.status in BEFORE_HELP and (facts.danger or facts.severity == EMERGENCY):
        return "stop_danger"
    return "stop_twice" if facts.is_stopped else None


def until_fault(
    until: datetime, *, first_begun: datetime | None, longest: timedelta, now: datetime
) -> str | None:
    """Why a clock cannot stand still until then: "stop_until" for no time to come, "stop_too_long".

    All stops of one step for the same reason together last no longer than the reason allows.
    """
    if until <= now:
        return "stop_until"
    return "stop_too_long" if until > (first_begun or now) + longest else None
