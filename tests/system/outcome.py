"""What became of a call: through the REST API, as outside programs see it, and what rang."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.stack import Stack

# A callback that rests waits for a moment to come, for a person, or for nothing more.
UNDER_WAY = {"requested", "claimed", "dialling_operator", "dialling_caller", "connected"}
WAITING = {"due", "retry"}
# Who is put off for a moment, for a telephone is still busy or another rings, goes on by itself.
A_MOMENT = timedelta(seconds=20)
OUTCOME_WITHIN_S = 40.0


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
        return datetime.fromisoformat(callback["due_at"]) <= datetime.now(UTC) + A_MOMENT
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

    def is_quiet() -> bool:
        return bool(stack.practice("/practice/health")["active"] == 0)

    def rests() -> Outcome | None:
        # The provider is asked before, for that is cheap, and after, for lines open meanwhile.
        found = look(stack, sid) if is_quiet() else None
        return found if found and found.is_settled and is_quiet() else None

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
