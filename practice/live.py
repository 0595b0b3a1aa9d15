"""A caller who is a person at a screen: keys are pressed while the call goes on, in real time."""

import time
from collections import deque

from practice.keys import Ending, Entry, Keys, ScriptError, Speaking, Token
from practice.legs import Leg

KEYS = "0123456789*#"
LONGEST_WORDS = 1000
NOTHING_SAID = "silence"
WORDS = "words"


class LiveKeys(Keys):
    """Keys that are pressed from outside; whoever listens waits for them in real time.

    What wakes the leg ends a wait as well: an order of the REST side is obeyed at once.
    """

    def __init__(self, leg: Leg) -> None:
        """Begin with nothing pressed."""
        super().__init__("")
        self._leg = leg
        self._pressed: deque[str] = deque()

    def press(self, sign: str) -> None:
        """Press a key, or NOTHING_SAID, or WORDS; ScriptError for any other sign."""
        if sign not in (*KEYS, NOTHING_SAID, WORDS):
            raise ScriptError("this is no key")
        self._pressed.append(sign)
        self._leg.wake.set()

    def press_first(self, key: str) -> None:
        """A person at a screen chooses the language alone."""

    def head(self, *, skip_pauses: bool = True) -> Token | None:
        """What was pressed and not taken yet."""
        if not self._pressed:
            return None
        sign = self._pressed[0]
        return Token("key", sign) if sign in KEYS else Token("silent", "-")

    def presses_at_once(self) -> bool:
        """Whether something was pressed already."""
        return bool(self._pressed)

    def lose_key(self) -> str:
        """Take the next key for nothing and return it."""
        return self._pressed.popleft()

    def hangup(self, *, skip_pauses: bool = True) -> int | None:
        """A person at a screen hangs up by an order of its own."""
        return None

    def entry(self, *, limit: int | None, finish: str, listens_s: float = 0.0) -> Entry:
        """Wait for what one prompt needs; each key may take `listens_s` seconds."""
        began, digits = time.monotonic(), ""
        while (sign := self._next(listens_s)) in (*KEYS,):
            if sign in finish:
                return self._entry(digits, Ending.FINISHED, began, finish=sign)
            digits += sign
            if len(digits) == limit:
                return self._entry(digits, Ending.FULL, began)
        if sign == WORDS and not digits:
            return self._entry("", Ending.SPEECH, began)
        return self._entry(digits, Ending.PAUSE if digits else Ending.SILENCE, began)

    def _entry(self, digits: str, ending: Ending, began: float, *, finish: str = "") -> Entry:
        return Entry(digits, ending, finish=finish, waited_s=time.monotonic() - began)

    def speaking(self, *, longest_s: float = 0.0) -> Speaking:
        """Speak until a key is pressed, NOTHING_SAID is told or the recording is full."""
        began = time.monotonic()
        sign = self._next(longest_s)
        waited = time.monotonic() - began
        if self._leg.takes_leave():
            return Speaking(round(waited), "", hangs_up=True, waited_s=waited)
        if sign == NOTHING_SAID:
            return Speaking(0, "", waited_s=waited)
        key = sign if sign in KEYS else ""
        return Speaking(max(round(waited), 1), key, waited_s=waited)

    def _next(self, seconds: float) -> str:
        """The next sign; empty when time is up or the REST side has an order."""
        end = time.monotonic() + seconds
        while not self._pressed:
            left = end - time.monotonic()
            if left <= 0 or self._leg.has_order():
                return ""
            self._leg.wake.wait(left)
            self._leg.wake.clear()
        return self._pressed.popleft()
