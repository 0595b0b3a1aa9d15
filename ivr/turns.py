"""What goes into the engine and what comes out: states, replies, questions to the world, turns."""

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias

from ivr.verbs import Verb


@dataclass
class State:
    """Where one call stands; plain data, kept sealed in the call's row between two webhooks.

    `marks` says what was met at each node (calls.node_marks), for the figures of the flow.
    """

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
    marks: dict[str, str] = field(default_factory=dict)
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
            marks=dict(self.marks),
            rung=list(self.rung),
        )

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "State":
        """The state from plain data."""
        return cls(**data)


@dataclass(frozen=True)
class Reply:
    """What the caller, or the dial that waited, did; `keys` is empty for silence.

    `words` are what the provider believes to have heard, where it was told to listen.

    `dial_s` is how long the dialled connection was, `elapsed_s` how long the call lasts by now,
    `turn` how many turns it had.
    """

    keys: str = ""
    words: str = ""
    recorded_s: int = 0
    recording_sid: str = ""
    dial_status: str | None = None
    dial_bridged: bool = True
    dial_s: int = 0
    elapsed_s: int = 0
    turn: int = 0


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
    since: datetime


@dataclass(frozen=True)
class RingTarget:
    """A person to ring now, and the addresses of the leg that we cause."""

    leg_key: str
    staff_id: int
    number: str
    whisper: str
    status_callback: str


@dataclass(frozen=True)
class Freeing:
    """Nobody is free, but a ring at somebody is being broken off for this caller."""


# Questions that the engine asks the world; the answer is sent into the generator.
@dataclass(frozen=True)
class FindDistricts:
    """Which districts has this postal code? Answer: tuple[DistrictFact, ...]."""

    postal_code: str


@dataclass(frozen=True)
class SchoolFact:
    """One school as the caller hears it, with its district."""

    code: str
    th: str
    en: str
    affiliation: str | None
    district: DistrictFact


@dataclass(frozen=True)
class ProvinceFact:
    """One province as the caller hears it."""

    code: str
    th: str
    en: str


@dataclass(frozen=True)
class HeardFact:
    """The districts that somebody may have said; else the province, where only that was said."""

    districts: tuple[DistrictFact, ...] = ()
    province: ProvinceFact | None = None


@dataclass(frozen=True)
class FindSaid:
    """Which districts may these words mean? Answer: HeardFact.

    `province` is the code of the one that was said before.
    """

    words: str
    province: str | None


@dataclass(frozen=True)
class FindHints:
    """Which names may be said? Answer: tuple[str, ...], the likeliest first."""

    lang: str
    province: str | None


@dataclass(frozen=True)
class FindSchool:
    """Which school has this code? Answer: SchoolFact or None."""

    code: str


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
class FindPlayback:
    """Where may this recording be played to the caller? Answer: an address, or None as yet."""

    recording_sid: str


@dataclass(frozen=True)
class Withdraw:
    """The caller takes this recording back. Answer: None."""

    recording_sid: str


@dataclass(frozen=True)
class Anybody:
    """Is anybody on duty who may be rung? Answer: bool.

    With a language only those who speak it count.
    """

    urgent: bool
    speaks: str | None = None


@dataclass(frozen=True)
class AskHours:
    """Are these the hotline's hours? Answer: None, or OffHours."""


@dataclass(frozen=True)
class OffHours:
    """Why nobody is at the phones by the hours: from when on they are, so many days ahead."""

    is_holiday: bool
    opens_at: datetime
    days_ahead: int


@dataclass(frozen=True)
class Ring:
    """Whom to ring next? Answer: RingTarget, Freeing, or None when nobody is free.

    `prefers` is the language of which the speakers are rung first, `speaks` the one that whoever is
    rung must speak. `graver` are the queues whose callers go first; `alike` those of callers in
    danger, where this is one of them.
    """

    urgent: bool
    rung: tuple[int, ...]
    keys_only: bool
    prefers: str = ""
    speaks: str | None = None
    graver: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()


@dataclass(frozen=True)
class Taken:
    """Did the person who was rung take the call, and were the two joined? Answer: bool."""

    leg_key: str
    bridged: bool = True


@dataclass(frozen=True)
class Position:
    """How many wait, this call included? Answer: int."""


Question: TypeAlias = (
    FindDistricts
    | FindSchool
    | FindSaid
    | FindHints
    | CheckPin
    | Save
    | SetPin
    | FindPlayback
    | Withdraw
    | Anybody
    | AskHours
    | Ring
    | Taken
    | Position
)


@dataclass(frozen=True)
class Turn:
    """The engine's answer: the new state and the document."""

    state: State
    verbs: tuple[Verb, ...]


Steps: TypeAlias = Generator[Question, Any, None]
Run: TypeAlias = Generator[Question, Any, Turn]
