"""What became of a call: through the REST API, as outside programs see it, and what rang."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.support.stack import Stack

# A callback that rests waits for a moment to come, for a person, or for nothing more.
UNDER_WAY = {"requested", "claimed", "dialling_operator", "dialling_caller", "connected"}
WAITING = {"due", "retry"}
OUTCOME_WITHIN_S = 30.0


@dataclass(frozen=True)
class Outcome:
    """A call with the case, the callbacks and the rings that came of it."""

    call: dict[str, Any]
    cases: list[dict[str, Any]]
    callbacks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def case(self) -> dict[str, Any]:
        """The only case."""
        [found] = self.cases
        return found

    @property
    def callback(self) -> dict[str, Any]:
        """The only callback."""
        [found] = self.callbacks
        return found

    @property
    def is_settled(self) -> bool:
        """Whether nothing more happens by itself now."""
        if self.call["ended_at"] is None or any(map(_is_under_way, self.callbacks)):
            return False
        recordings = [one for case in self.cases for one in case["recordings"]]
        return all(one["state"] != "registered" for one in recordings)


def _is_under_way(callback: dict[str, Any]) -> bool:
    if callback["state"] in WAITING:
        return datetime.fromisoformat(callback["due_at"]) <= datetime.now(UTC)
    return callback["state"] in UNDER_WAY


def look(stack: Stack, sid: str) -> Outcome:
    """What the API knows of a call now."""
    call = stack.api(f"/calls/{sid}")
    cases = stack.api(f"/cases?call_sid={sid}")["items"]
    callbacks = [
        one
        for case in cases
        for one in reversed(stack.api(f"/callbacks?reference={case['reference']}")["items"])
    ]
    return Outcome(call, cases, callbacks)


def settled(stack: Stack, sid: str, within_s: float = OUTCOME_WITHIN_S) -> Outcome:
    """What became of a call, once nothing more happens by itself and no line is open."""

    def rests() -> Outcome | None:
        found = look(stack, sid)
        is_quiet = stack.practice("/practice/health")["active"] == 0
        return found if found.is_settled and is_quiet else None

    found = stack.wait_for(rests, within_s)
    assert found is not None
    return found


def rings(stack: Stack) -> list[str]:
    """Every number that ever rang, the oldest ring first."""
    return [ring["to"] for ring in stack.ledger()]


def said(call: dict[str, Any]) -> str:
    """Everything that the hotline said on a leg."""
    return " ".join(line["text"] for line in call["transcript"] if line["who"] == "hotline")


def callback_legs(stack: Stack) -> list[dict[str, Any]]:
    """The calls that REST asked for, the oldest first, each with the legs that it made."""
    found = [one for one in stack.practice("/practice/calls") if one["direction"] == "outbound-api"]
    return [stack.call(one["sid"]) for one in reversed(found)]
