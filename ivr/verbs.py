"""What a document tells the provider to do, as plain values; `ivr.twiml` alone knows the XML.

Times are whole seconds, addresses absolute. A Gather posts to its action after silence too. A
document without a Dial, Record or Gather at its end is over after its last verb; where it is a
Dial's whisper that joins the two legs, so a whisper that only asks ends with a Hangup.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Say:
    """Speak one text; `lang` is a language of the flow, which names the voice."""

    text: str
    lang: str


@dataclass(frozen=True)
class Play:
    """Play a sound: a recorded prompt, or the caller's own message."""

    url: str


@dataclass(frozen=True)
class Pause:
    """Stay silent."""

    seconds: int = 1


@dataclass(frozen=True)
class Speech:
    """Words are listened to in a language of the flow; `hints` are names that may be said."""

    lang: str
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gather:
    """Take keys while the prompts play; `num_digits` None means until `finish_on_key`."""

    prompts: tuple[Say | Play | Pause, ...]
    action: str
    num_digits: int | None = 1
    timeout_s: int = 7
    finish_on_key: str = ""
    speech: Speech | None = None


@dataclass(frozen=True)
class Number:
    """One number for a Dial to ring; `url` is the whisper that the answerer hears first."""

    to: str
    url: str
    status_callback: str
    machine_detection: bool = False
    amd_status_callback: str | None = None


@dataclass(frozen=True)
class Dial:
    """Ring the numbers together and join the first who takes it; `action` hears how it ended."""

    action: str
    numbers: tuple[Number, ...]
    caller_id: str
    timeout_s: int = 30
    time_limit_s: int = 3600


@dataclass(frozen=True)
class Record:
    """Record the caller's voice; `action` continues, `recording_status_callback` tells the rest."""

    action: str
    recording_status_callback: str
    max_s: int = 180
    timeout_s: int = 10
    finish_keys: str = "#0"
    play_beep: bool = True


@dataclass(frozen=True)
class Redirect:
    """Go on with another document."""

    url: str


@dataclass(frozen=True)
class Hangup:
    """End the call."""


Verb: TypeAlias = Say | Play | Pause | Gather | Dial | Record | Redirect | Hangup
