"""What goes into the engine and what comes out: states, replies, questions to the world, turns."""

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from ivr.verbs import Verb


@dataclass
class State:
    """Where one call stands; plain data, kept sealed in the call's row between two webhooks."""

    node: str
    facts: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    visits: dict[str, int] = field(default_factory=dict)
    history: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    silences: int = 0
    misses: int = 0
    repeats: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    returns_to: str | None = None
    rung: list[int] = field(default_factory=list)
    waited_s: int = 0
    leg_key: str | None = None
    ended: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON; the containers are the state's own."""
        return dict(vars(self))

    def copy(self) -> "State":
        """A copy that may be worked on: what lies inside the containers is never changed."""
        return replace(
            self,
            facts=dict(self.facts),
            answers=dict(self.answers),
            visits=dict(self.visits),
            history=list(self.history),
            spoken=list(self.spoken),
            failures=dict(self.failures),
            rung=list(self.rung),
        )

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "State":
        """The state from plain data."""
        return cls(**data)


@dataclass(frozen=True)
class Reply:
    """What the caller, or the dial that waited, did; `keys` is empty for silence."""

    keys: str = ""
    recorded_s: int = 0
    recording_sid: str = ""
    dial_status: str | None = None
    dial_bridged: bool = True


@dataclass(frozen=True)
class Links:
    """Addresses that a document needs: the next turn, and where recordings are announced."""

    next_turn: str
    recording: str
    caller_id: str


@dataclass(frozen=True)
class DistrictFact:
    """One district as the caller hears it."""

    code: str
    province_code: str
    th: str
    en: str
    kind_th: str
    province_th: str
    province_en: str


@dataclass(frozen=True)
class FollowedCase:
    """A case that the caller has proved to know."""

    case_id: int
    status: str
    since_th: str
    since_en: str


@dataclass(frozen=True)
class RingTarget:
    """A person to ring now, and the addresses of the leg that we cause."""

    leg_key: str
    staff_id: int
    number: str
    whisper: str
    status_callback: str


# Questions that the engine asks the world; the answer is sent into the generator.
@dataclass(frozen=True)
class FindDistricts:
    """Which districts has this postal code? Answer: tuple[DistrictFact, ...]."""

    postal_code: str


@dataclass(frozen=True)
class CheckPin:
    """Do reference and PIN open a case? Answer: FollowedCase or None."""

    reference: str
    pin: str


@dataclass(frozen=True)
class Save:
    """Write the case (or the silent event) now. Answer: the reference, or None for an event."""

    facts: dict[str, Any]
    visits: dict[str, int]
    silent_event: bool = False


@dataclass(frozen=True)
class SetPin:
    """Keep this PIN for the case. Answer: None."""

    pin: str


@dataclass(frozen=True)
class Anybody:
    """Is anybody on duty who may be rung? Answer: bool."""

    urgent: bool


@dataclass(frozen=True)
class Ring:
    """Whom to ring next? Answer: RingTarget, or None when nobody is free."""

    urgent: bool
    rung: tuple[int, ...]
    keys_only: bool
    queue: str


@dataclass(frozen=True)
class Taken:
    """Did the person who was rung take the call, and were the two joined? Answer: bool."""

    leg_key: str
    bridged: bool = True


@dataclass(frozen=True)
class Position:
    """How many wait, this call included? Answer: int."""


Question: TypeAlias = FindDistricts | CheckPin | Save | SetPin | Anybody | Ring | Taken | Position


@dataclass(frozen=True)
class Turn:
    """The engine's answer: the new state and the document."""

    state: State
    verbs: tuple[Verb, ...]


Steps: TypeAlias = Generator[Question, Any, None]
Run: TypeAlias = Generator[Question, Any, Turn]
