"""One connection of the telephone company, and those it must ask and tell about it."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

BY_REST, BY_DIAL, INBOUND = "outbound-api", "outbound-dial", "inbound"
# What somebody does at a Gather instead of pressing keys.
HANGS_UP: Final = "hangs up"


@dataclass
class Leg:
    """One connection; `whisper` is what the answerer of a Dial hears before the two are joined."""

    sid: str
    to: str
    caller: str
    direction: str
    document: str
    status_url: str
    began: datetime
    events: frozenset[str] = frozenset()
    verdict_url: str | None = None
    parent: "Leg | None" = None
    child: "Leg | None" = None
    action: str | None = None
    status: str = "queued"
    answered_by: str | None = None
    documents: int = 0
    bridged: bool = False
    over: bool = False

    @property
    def key(self) -> str:
        """The key of ours in its addresses."""
        return self.document.partition("/ivr/leg/")[2].partition("/")[0]


@dataclass(frozen=True)
class Reaction:
    """What a ring comes to after so many seconds; `answered_by` is a word of the verdict."""

    status: str
    after_s: float
    answered_by: str | None = None


class Phones(Protocol):
    """The people at the telephones."""

    def react(self, leg: Leg) -> Reaction:
        """What comes of a ring."""

    def hear(self, leg: Leg, asked: ET.Element) -> tuple[float, str]:
        """After how many seconds which keys are pressed; "" is silence, HANGS_UP the end."""

    def talk_s(self, leg: Leg) -> float:
        """How long two talk who are joined."""


class Witness(Protocol):
    """Who writes down what rings."""

    def begins(self, leg: Leg) -> None:
        """A telephone begins to ring."""

    def is_over(self, leg: Leg) -> None:
        """A connection has ended."""
