"""Everything that ever happened here, in memory: legs, rings, recordings, webhooks, mistakes."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from practice.legs import Interrupt, Leg, Recording, Webhook

CUT_S = 5.0
NOTICED = 0  # what Twilio passes over in silence


@dataclass(frozen=True)
class Problem:
    """A mistake of the service under practice, with Twilio's error number or NOTICED."""

    code: int
    call_sid: str
    text: str


class Ledger:
    """The memory of the provider; safe to use from many threads."""

    def __init__(self) -> None:
        """Start empty."""
        self._changed = threading.Condition(threading.RLock())
        self._empty()

    def _empty(self) -> None:
        self._legs: dict[str, Leg] = {}
        self._rings: list[Leg] = []
        self._recordings: dict[str, Recording] = {}
        self._webhooks: list[Webhook] = []
        self._problems: list[Problem] = []
        self._differences: list[dict[str, Any]] = []

    def clear(self) -> None:
        """Cut the calls that still go on, give them time to end, then forget everything."""
        with self._changed:
            going_on = [leg for leg in self._legs.values() if not leg.is_over]
            for leg in going_on:
                leg.disturb(Interrupt(status="completed"))
            self._changed.wait_for(lambda: all(leg.is_over for leg in going_on), timeout=CUT_S)
            self._empty()

    def add_leg(self, leg: Leg) -> Leg:
        """Remember a leg from its first moment on."""
        with self._changed:
            self._legs[leg.sid] = leg
        return leg

    def add_ring(self, leg: Leg) -> None:
        """A telephone starts to ring: the ground truth of every test about rings."""
        with self._changed:
            self._rings.append(leg)

    def add_recording(self, recording: Recording) -> None:
        """Remember a recording."""
        with self._changed:
            self._recordings[recording.sid] = recording

    def add_problem(self, code: int, call_sid: str, text: str) -> None:
        """Write down a mistake of the service under practice."""
        with self._changed:
            self._problems.append(Problem(code, call_sid, text))

    def add_difference(self, difference: dict[str, Any]) -> None:
        """Write down that a repeated webhook was answered in another way."""
        with self._changed:
            self._differences.append(difference)

    def add_webhook(self, make: Callable[[int], Webhook]) -> Webhook:
        """Number a webhook and remember it."""
        with self._changed:
            webhook = make(len(self._webhooks))
            self._webhooks.append(webhook)
            return webhook

    def finish(self, leg: Leg) -> None:
        """A leg is over, its last webhook sent: wake everybody who waits for it."""
        with self._changed:
            leg.is_over = True
            self._changed.notify_all()

    def wait(self, leg: Leg, seconds: float) -> None:
        """Wait until a leg is over, at most so many real seconds."""
        with self._changed:
            self._changed.wait_for(lambda: leg.is_over, timeout=seconds)

    def leg(self, sid: str) -> Leg | None:
        """One leg by its sid."""
        return self._legs.get(sid)

    def legs(self) -> list[Leg]:
        """All legs, newest first as Twilio lists them."""
        with self._changed:
            return list(reversed(self._legs.values()))

    def rings(self) -> list[Leg]:
        """Every ring ever made, oldest first."""
        with self._changed:
            return list(self._rings)

    def recording(self, sid: str) -> Recording | None:
        """One recording that was not deleted."""
        return self._recordings.get(sid)

    def recordings(self) -> list[Recording]:
        """All recordings that were not deleted, newest first."""
        with self._changed:
            return list(reversed(self._recordings.values()))

    def recording_of(self, call_sid: str) -> Recording | None:
        """The recording that a call makes now."""
        going_on = (r for r in self.recordings() if r.status == "in-progress")
        return next((r for r in going_on if r.call_sid == call_sid), None)

    def drop_recording(self, sid: str) -> None:
        """Delete a recording."""
        with self._changed:
            self._recordings.pop(sid, None)

    def webhooks(self) -> list[Webhook]:
        """Every webhook ever sent, in order; its place is its index."""
        with self._changed:
            return list(self._webhooks)

    def problems(self) -> list[Problem]:
        """Every mistake written down."""
        with self._changed:
            return list(self._problems)

    def differences(self) -> list[dict[str, Any]]:
        """Every repeated webhook that was answered in another way."""
        with self._changed:
            return list(self._differences)
