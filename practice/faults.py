"""The faults that a test has ordered: each queue is used up from the left."""

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

REST_FAULTS = (
    "ok",
    "429",
    "500_before",
    "500_after",
    "hang",
    "hang_before",
    "reset",
    "reset_before",
    "400",
    "401",
    "html",
)
MEDIA_FAULTS = ("ok", "404", "absent", "zero", "html", "short")
WEBHOOK_KINDS = ("voice", "status", "recording", "amd")
CONNECTION_FAULTS = ("connect", "read")


class FaultError(ValueError):
    """A fault that does not exist."""


@dataclass(frozen=True)
class WebhookFaults:
    """Copies sent after each webhook, kinds never sent, seed for events in a wrong order."""

    duplicate: int = 0
    drop: frozenset[str] = frozenset()
    shuffle_seed: int | None = None


@dataclass(frozen=True)
class ConnectionFault:
    """The first `times` tries for a call's document number `document` fail.

    "connect": the request is never sent; "read": it is sent, the answer never arrives.
    """

    document: int
    fault: str
    times: int = 1


@dataclass
class Faults:
    """All faults still to come."""

    webhooks: WebhookFaults = field(default_factory=WebhookFaults)
    cleared: threading.Event = field(default_factory=threading.Event)
    _rest: deque[str] = field(default_factory=deque)
    _media: deque[str] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def order(self, data: dict[str, Any]) -> None:
        """Add the faults of a control request; raise FaultError at one that does not exist."""
        rest = _known(data.get("rest", []), REST_FAULTS)
        media = _known(data.get("media", []), MEDIA_FAULTS)
        webhooks = _read_webhooks(data["webhooks"]) if "webhooks" in data else None
        with self._lock:
            self._rest.extend(rest)
            self._media.extend(media)
            self.webhooks = webhooks or self.webhooks

    def clear(self) -> None:
        """Forget all faults and let hanging requests go."""
        with self._lock:
            self._rest.clear()
            self._media.clear()
            self.webhooks = WebhookFaults()
            self.cleared.set()
            self.cleared = threading.Event()

    def next_rest(self) -> str:
        """The fault for the next call that is created."""
        with self._lock:
            return self._rest.popleft() if self._rest else "ok"

    def next_media(self) -> str:
        """The fault for the next fetch of a recording; "absent" waits for a recording."""
        with self._lock:
            waits = not self._media or self._media[0] == "absent"
            return "ok" if waits else self._media.popleft()

    def makes_absent(self) -> bool:
        """Whether the recording that was just made gets lost."""
        with self._lock:
            if not self._media or self._media[0] != "absent":
                return False
            self._media.popleft()
            return True

    def pending(self) -> dict[str, Any]:
        """What is still to come, for people to read."""
        with self._lock:
            return {
                "rest": list(self._rest),
                "media": list(self._media),
                "webhooks": {
                    "duplicate": self.webhooks.duplicate,
                    "drop": sorted(self.webhooks.drop),
                    "shuffle_seed": self.webhooks.shuffle_seed,
                },
            }


def read_connection(items: Any) -> list[ConnectionFault]:
    """Read the connection faults of one call: [{"document": 2, "fault": "read", "times": 1}]."""
    try:
        found = [ConnectionFault(**item) for item in items or []]
    except TypeError as error:
        raise FaultError("a connection fault has document, fault and times") from error
    _known([item.fault for item in found], CONNECTION_FAULTS)
    return found


def _read_webhooks(data: dict[str, Any]) -> WebhookFaults:
    if not set(data) <= {"duplicate", "drop", "shuffle_seed"}:
        raise FaultError("webhooks has duplicate, drop and shuffle_seed")
    return WebhookFaults(
        duplicate=int(data.get("duplicate", 0)),
        drop=frozenset(_known(data.get("drop", []), WEBHOOK_KINDS)),
        shuffle_seed=data.get("shuffle_seed"),
    )


def _known(wanted: list[str], known: tuple[str, ...]) -> list[str]:
    if not set(wanted) <= set(known):
        raise FaultError(f"known faults are {', '.join(known)}")
    return wanted
