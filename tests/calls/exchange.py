"""A provider in memory that keeps count of its rings."""

from datetime import datetime
from typing import Any

from core.telephony import CallLinks, NotFound, RemoteCall

CALLER = "+66810000001"


class Exchange:
    """A provider in memory: rings are counted, faults come as they are queued.

    A fault may be an error, or the pair (error, True): then the ring was made all the same.
    """

    def __init__(self) -> None:
        self.rings: list[dict[str, Any]] = []
        self.canceled: list[str] = []
        self.remote: dict[str, RemoteCall] = {}
        self.faults: list[Exception | tuple[Exception, bool]] = []
        self.looks = 0
        self.clock: Any = None

    def create_call(self, *, to: str, links: CallLinks, ring_s: int) -> str:
        """Ring, unless a fault is due."""
        fault = self.faults.pop(0) if self.faults else None
        error, made = fault if isinstance(fault, tuple) else (fault, fault is None)
        sid = new_sid()
        if made:
            self.rings.append({"to": to, "url": links.document, "sid": sid, "status": links.status})
            self.remote[sid] = RemoteCall(sid, "ringing", "outbound-api", to, self.clock())
        if error:
            raise error
        return sid

    def cancel_ring(self, sid: str) -> None:
        """Kept to be looked at; the leg's own status tells the rest."""
        self.canceled.append(sid)

    def call_status(self, sid: str) -> RemoteCall:
        """One call."""
        self.looks += 1
        if sid not in self.remote:
            raise NotFound("404")
        return self.remote[sid]

    def calls_to(self, to: str, since: datetime) -> list[RemoteCall]:
        """Calls to a number, newest first."""
        self.looks += 1
        found = [c for c in self.remote.values() if c.to == to and c.started_at >= since]
        return sorted(found, key=lambda call: call.started_at, reverse=True)

    def calls_in(self, since: datetime, until: datetime, most: int) -> list[RemoteCall]:
        """Nobody phones the hotline here."""
        return []

    def recording_media(self, recording_sid: str) -> Any:
        """No call of ours is recorded."""
        raise NotFound(recording_sid)

    def delete_recording(self, recording_sid: str) -> None:
        """Nothing to remove."""

    def becomes(
        self, sid: str, status: str, direction: str = "outbound-api", to: str = CALLER
    ) -> None:
        """The provider's own view of a call changes, and nobody is told."""
        known = self.remote.get(sid)
        to = known.to if known else to
        self.remote[sid] = RemoteCall(sid, status, direction, to, self.clock())


_sids = iter(range(1, 10**9))


def new_sid() -> str:
    """A call sid that nobody has."""
    return f"CA{next(_sids):032x}"
