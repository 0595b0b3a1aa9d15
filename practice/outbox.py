"""What was sent here instead of to people: mails, LINE pushes, SMS; kept for people to look at."""

import secrets
import threading
from collections import deque
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

_MOST = 1000


@dataclass(frozen=True)
class Sent:
    """One message; `key` is what its sender gave it against repeats."""

    kind: str
    sid: str
    to: str
    subject: str
    text: str
    key: str
    at: datetime


class Outbox:
    """The newest messages, in memory; safe to use from many threads."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._sent: deque[Sent] = deque(maxlen=_MOST)

    def keep(self, kind: str, *, to: str, text: str, subject: str = "", key: str = "") -> Sent:
        """Keep one message."""
        made = Sent(kind, _sid(), to, subject, text, key, datetime.now(UTC))
        with self._lock:
            self._sent.append(made)
        return made

    def known(self, kind: str, key: str) -> Sent | None:
        """The message that came with the same key before."""
        with self._lock:
            return next((one for one in self._sent if (one.kind, one.key) == (kind, key)), None)

    def all(self, kind: str | None = None) -> list[Sent]:
        """Every message, or those of a kind, oldest first."""
        with self._lock:
            return [one for one in self._sent if kind in (None, one.kind)]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._sent.clear()


def view(sent: Sent) -> dict[str, Any]:
    """One message as plain data."""
    return asdict(sent) | {"at": sent.at.isoformat()}


def _sid() -> str:
    return "SM" + secrets.token_hex(16)
