"""What is known about one leg of a call: facts only, no behaviour."""

import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

# What the hotline does with a caller: speaks or rings people, waits for a key or words, records.
SPEAKING, LISTENING, RECORDING = "speaking", "listening", "recording"
ACTIVE = ("queued", "initiated", "ringing", "in-progress")


def new_sid(prefix: str) -> str:
    """A new identifier in Twilio's form: two letters and 32 hex digits."""
    return prefix + uuid.uuid4().hex


def utc_now() -> datetime:
    """The real time; a leg's own seconds are virtual."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Callback:
    """Where and for which events a leg's progress is reported."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


@dataclass(frozen=True)
class DocumentRequest:
    """A document to fetch; or the document itself, where REST gave it inline."""

    url: str
    method: str = "POST"
    params: Mapping[str, str] = field(default_factory=dict)
    inline: str | None = None


@dataclass(frozen=True)
class Line:
    """One line of a conversation, at a virtual second."""

    at: float
    who: str
    text: str
    lang: str | None = None


@dataclass
class Leg:
    """One connection between the provider and one telephone."""

    direction: str
    number_from: str
    number_to: str
    sid: str = field(default_factory=lambda: new_sid("CA"))
    parent: "Leg | None" = None
    status: str = "queued"
    answered_by: str | None = None  # the verdict of detection, where it was asked for
    picked_up_by: str | None = None  # the truth
    ended_by: str | None = None
    bridged: bool = False
    duration: int | None = None
    fallback: DocumentRequest | None = None
    callback: Callback | None = None
    created_at: datetime = field(default_factory=utc_now)
    rang_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    is_over: bool = False
    doing: str = SPEAKING
    sequence: int = 0
    transcript: list[Line] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    children: list["Leg"] = field(default_factory=list)
    interrupt: "Interrupt | None" = None
    wake: threading.Event = field(default_factory=threading.Event)

    @property
    def is_active(self) -> bool:
        """Whether the line is still open."""
        return self.status in ACTIVE

    @property
    def root(self) -> "Leg":
        """The leg that this call began with."""
        return self.parent.root if self.parent else self

    def has_order(self) -> bool:
        """Whether the REST side wants something of this leg or of one that it dialled."""
        return any(leg.interrupt is not None for leg in (self, *self.children))

    def takes_leave(self) -> bool:
        """Whether the person at a screen has hung up; asked once, what follows is the asker's."""
        if self.interrupt is None or self.interrupt.by != "caller":
            return False
        self.interrupt = None
        return True

    def disturb(self, interrupt: "Interrupt") -> None:
        """Leave an order of the REST side, which the leg obeys at its next moment."""
        self.interrupt = interrupt
        self.root.wake.set()


@dataclass(frozen=True)
class Interrupt:
    """End the leg with a status, or send it to another document; `by` says whose wish it is."""

    status: str | None = None
    request: DocumentRequest | None = None
    by: str = "api"


@dataclass
class Recording:
    """A recording of the provider; a sound of `seconds` is made when it is fetched.

    `sound` is what a person really said, `said_s` seconds of it.
    """

    call_sid: str
    sid: str = field(default_factory=lambda: new_sid("RE"))
    status: str = "in-progress"
    seconds: int = 0
    sound: bytes | None = field(default=None, repr=False)
    said_s: int | None = None
    created_at: datetime = field(default_factory=utc_now)


@dataclass
class Webhook:
    """One webhook as it was sent and answered; `status` is None when nothing came back."""

    index: int
    call_sid: str
    root_sid: str
    kind: str
    method: str
    url: str
    params: dict[str, str]
    headers: dict[str, str]
    sent: str | None
    status: int | None = None
    failure: str | None = None
    attempts: int = 0
    ms: float = 0.0
    body: str = ""

    def view(self) -> dict[str, Any]:
        """The webhook as JSON."""
        return dict(self.__dict__)
