"""The phones of the practice world: which numbers exist and how each reacts when it rings."""

import re
import threading
from dataclasses import dataclass, replace
from typing import Any

from practice.keys import read

BEHAVIOURS = ("answer", "no_answer", "busy", "failed", "machine", "fax", "unknown")
# Numbers that parse as valid and ring nobody: +66 81 000 0000-0999 and +66 2 100 0000-0999.
_RINGS_NOBODY = re.compile(r"\+6681000(0\d{3})|\+662100(0\d{3})")


class PhoneError(ValueError):
    """A phone cannot be set like this."""


def may_ring(number: str, hotline: str) -> bool:
    """Whether practice may ring a number, so that it never looks as if a real person was rung."""
    return number == hotline or _RINGS_NOBODY.fullmatch(number) is not None


@dataclass(frozen=True)
class Phone:
    """How one number reacts; seconds are virtual.

    Who was not told which keys to press takes calls with 1 and decides nothing: whether a case
    may be handed over is for a person, in practice too.
    """

    behaviour: str = "answer"
    keys: str = "1"
    decides: bool = False
    ring_s: float = 4.0
    talk_s: float = 3.0
    amd_s: float = 3.0

    @property
    def answered_by(self) -> str:
        """The verdict of answering machine detection."""
        return {"answer": "human", "machine": "machine_start"}.get(self.behaviour, self.behaviour)

    @property
    def script(self) -> str:
        """The keys that are pressed on this phone; only people press keys."""
        return self.keys if self.behaviour == "answer" else ""


def read_phone(data: Any, base: Phone | None = None) -> Phone:
    """Make a phone of a control request's JSON (an object, or just the behaviour's name)."""
    wish = {"behaviour": data} if isinstance(data, str) else data
    if not isinstance(wish, dict) or not set(wish) <= {*Phone.__dataclass_fields__, "then"}:
        raise PhoneError(f"a phone has {', '.join(Phone.__dataclass_fields__)} and then")
    told = {k: v for k, v in wish.items() if k != "then"}
    phone = replace(base or Phone(), **({"decides": True} if "keys" in told else {}) | told)
    if phone.behaviour not in BEHAVIOURS:
        raise PhoneError(f"behaviour is one of {', '.join(BEHAVIOURS)}")
    if not isinstance(phone.decides, bool):
        raise PhoneError("decides is true or false")
    if not all(isinstance(s, int | float) for s in (phone.ring_s, phone.talk_s, phone.amd_s)):
        raise PhoneError("ring_s, talk_s and amd_s are seconds")
    read(phone.keys)
    return phone


class PhoneBook:
    """Every phone that was told how to behave; all others answer and take calls with 1."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._phones: dict[str, list[Phone]] = {}

    def put(self, number: str, data: Any) -> list[Phone]:
        """Set how a number behaves; raise PhoneError or ScriptError when that makes no sense."""
        first = read_phone(data)
        later = data.get("then", []) if isinstance(data, dict) else []
        phones = [first, *(read_phone(item, first) for item in later)]
        with self._lock:
            self._phones[number] = phones
        return phones

    def pick(self, number: str) -> Phone:
        """The behaviour for the next ring of a number; the last one of a list stays."""
        with self._lock:
            phones = self._phones.get(number, [Phone()])
            return phones.pop(0) if len(phones) > 1 else phones[0]

    def all(self) -> dict[str, list[Phone]]:
        """Every phone that was set, with the behaviours still to come."""
        with self._lock:
            return {number: list(phones) for number, phones in self._phones.items()}

    def clear(self) -> None:
        """Forget every phone."""
        with self._lock:
            self._phones.clear()
