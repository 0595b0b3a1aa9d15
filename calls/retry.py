"""What follows each outcome of an attempt: the retry policy as pure functions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from calls.policy import Policy
from calls.rules import Limits, first_moment
from calls.states import HUMAN

# The more an outcome tells, the higher it ranks; of several reports about one attempt the highest
# stands, in whatever order they come (reliability.md P5).
OUTCOMES: Final = (
    "unknown",
    "operator_no_answer",
    "no_answer",
    "failed",
    "busy",
    "machine",
    "not_now",
    "reached",
    "wrong_person",
    "stopped",
)
HALTING: Final = frozenset({"wrong_person", "stopped"})
FINAL: Final = {"reached": "done", "wrong_person": "decision", "stopped": "stopped"}
BY_DIAL_STATUS: Final = {
    "busy": "busy",
    "failed": "failed",
    "no_answer": "no_answer",
    # The operator gave up while it rang, or somebody picked up and left without a key.
    "canceled": "no_answer",
    "completed": "no_answer",
}


@dataclass(frozen=True)
class Standing:
    """Where a callback stands when an attempt ends.

    `rung`: the caller's phone was rung in this attempt. `tries`: how often so far, this one
    included. `refusals`: how often running the provider refused to ring an operator.
    """

    severity: str
    limits: Limits
    rung: bool
    tries: int
    refusals: int = 0


@dataclass(frozen=True)
class Step:
    """What becomes of the callback: its state, when it rings again, why a person must decide."""

    state: str
    due_at: datetime | None = None
    reason: str | None = None


def outranks(outcome: str, known: str | None) -> bool:
    """Whether an outcome tells more than what is known already."""
    return known is None or OUTCOMES.index(outcome) > OUTCOMES.index(known)


def next_step(outcome: str, standing: Standing, policy: Policy, *, now: datetime) -> Step:
    """The callback's next step after an attempt with this outcome."""
    if outcome in FINAL:
        return Step(FINAL[outcome], reason=None if outcome == "reached" else outcome)
    if not standing.rung:
        return _next_operator(outcome, standing, policy, now=now)
    if standing.tries >= policy.max_tries:
        return Step("exhausted", reason="tries_spent")
    if outcome == "not_now" and standing.limits.immediate:
        # The "now" was taken back and no other time was ever given: silence grants none.
        return Step("decision", reason="not_now")
    spacing = policy.spacing_s[standing.severity][outcome]
    return _waiting("retry", now + timedelta(seconds=spacing), standing.limits)


def _next_operator(outcome: str, standing: Standing, policy: Policy, *, now: datetime) -> Step:
    if outcome == "failed" and standing.refusals >= policy.max_refusals:
        return Step("decision", reason="provider_refused")
    return _waiting("due", now, standing.limits)


def _waiting(state: str, moment: datetime, limits: Limits) -> Step:
    due_at = first_moment(moment, limits)
    return Step(state, due_at) if due_at else Step("decision", reason="no_common_hour")


def dial_outcome(
    status: str | None, *, connected: bool, bridged: bool | None, answered_by: str | None
) -> str:
    """How the dialling of the caller ended, from the provider's report in our words.

    `completed` alone says nothing: a whisper that was hung up on completes too (B42).
    """
    if status == "completed" and (bridged or (connected and bridged is None)):
        return "reached"
    if connected:
        return "failed"
    if answered_by not in (None, HUMAN):
        return "machine"
    return BY_DIAL_STATUS.get(status or "", "unknown")
