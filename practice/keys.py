"""The script of a person on the telephone: which keys are pressed, and when nothing is.

`21 1 - 92160 r0 h` reads: 2, then 1, a pause, 1, silent at one prompt, five digits, say nothing
at the next recording, hang up. Each prompt takes what it needs.

    0-9 * #   press a key                 !1    press it at once, before the prompt has ended
    , space   pause: ends an open entry   -     stay silent at this prompt
    s         say the next spoken text    wN    stay silent for N real seconds
    rN        speak N s at the next recording, then press # (rN/0 presses 0, rN/- presses nothing)
    h         hang up now (after rN: when that is said)   hN    hang up N virtual seconds from now
"""

import re
from collections import deque
from dataclasses import dataclass
from enum import Enum

_TOKEN = re.compile(
    r"(?P<gap>[\s,]+)|(?P<record>r\d+(?:/[0-9*#-])?(?:[\s,]*h(?!\d))?)|(?P<hangup>h\d*)"
    r"|(?P<wait>w\d+)|(?P<speak>s)|(?P<silent>-)|(?P<key>!?[0-9*#])"
)


class ScriptError(ValueError):
    """The script holds a sign that means nothing."""


class Ending(Enum):
    """Why an entry of keys is over."""

    FULL = "full"
    FINISHED = "finished"
    PAUSE = "pause"
    SILENCE = "silence"
    SPEECH = "speech"


@dataclass(frozen=True)
class Token:
    """One sign of a script; `kind` is a group name of the pattern above."""

    kind: str
    text: str

    @property
    def number(self) -> int:
        """The number behind the letter, 0 without one."""
        found = re.search(r"\d+", self.text)
        return int(found.group()) if found else 0


@dataclass(frozen=True)
class Entry:
    """What a person gave at one prompt; `finish` ended it, `wait_s` are real seconds.

    `waited_s` are the seconds that have passed already: None for a script, which takes none.
    """

    digits: str
    ending: Ending
    finish: str = ""
    wait_s: int = 0
    waited_s: float | None = None


@dataclass(frozen=True)
class Speaking:
    """What a person does at a recording; an empty `key` presses nothing; `waited_s` as above."""

    seconds: int = 5
    key: str = "#"
    hangs_up: bool = False
    waited_s: float | None = None


def read(script: str) -> list[Token]:
    """Split a script into its tokens; raise ScriptError at a sign that means nothing."""
    tokens: list[Token] = []
    position = 0
    while position < len(script):
        found = _TOKEN.match(script, position)
        if found is None:
            raise ScriptError(f"sign {position + 1} of the keys means nothing")
        tokens.append(Token(found.lastgroup or "", found.group()))
        position = found.end()
    return tokens


class Keys:
    """A script that is used up from the left."""

    def __init__(self, script: str) -> None:
        """Read the script; raise ScriptError when it is wrong."""
        self._tokens = deque(read(script))
        self._recordings: deque[Token] = deque()

    def press_first(self, key: str) -> None:
        """Put one key before everything else."""
        self._tokens.extendleft([Token("gap", " "), Token("key", key)])

    def head(self, *, skip_pauses: bool = True) -> Token | None:
        """The next thing to do at a prompt; plans for recordings are laid aside."""
        passed = {"gap", "record"} if skip_pauses else set()
        while self._tokens and self._tokens[0].kind in passed:
            token = self._tokens.popleft()
            if token.kind == "record":
                self._recordings.append(token)
        return self._tokens[0] if self._tokens else None

    def presses_at_once(self) -> bool:
        """Whether the next key comes before the prompt has ended."""
        head = self.head()
        return head is not None and head.text.startswith("!")

    def lose_key(self) -> str:
        """Take the next key for nothing and return it."""
        return self._tokens.popleft().text.lstrip("!")

    def hangup(self, *, skip_pauses: bool = True) -> int | None:
        """Seconds until the person hangs up, where that is the next thing to do."""
        head = self.head(skip_pauses=skip_pauses)
        if head is None or head.kind != "hangup":
            return None
        return self._tokens.popleft().number

    def entry(self, *, limit: int | None, finish: str, listens_s: float = 0.0) -> Entry:
        """Take what one prompt needs: `limit` keys at most, or up to a key of `finish`."""
        head = self.head()
        if head is None or head.kind == "hangup":
            return Entry("", Ending.SILENCE)
        if head.kind == "key":
            return self._digits(limit, finish)
        self._tokens.popleft()
        if head.kind == "speak":
            return Entry("", Ending.SPEECH)
        return Entry("", Ending.SILENCE, wait_s=head.number if head.kind == "wait" else 0)

    def _digits(self, limit: int | None, finish: str) -> Entry:
        digits = ""
        while self._tokens and self._tokens[0].kind == "key":
            key = self.lose_key()
            if key in finish:
                return Entry(digits, Ending.FINISHED, finish=key)
            digits += key
            if len(digits) == limit:
                return Entry(digits, Ending.FULL)
        return Entry(digits, Ending.PAUSE)

    def speaking(self, *, longest_s: float = 0.0) -> Speaking:
        """What to do at a recording; without a plan speak for 5 s and press #."""
        self.head()
        if not self._recordings:
            return Speaking()
        plan = self._recordings.popleft()
        if plan.text.endswith("h"):
            return Speaking(plan.number, "", hangs_up=True)
        key = plan.text.partition("/")[2] or "#"
        return Speaking(plan.number, "" if key == "-" else key)
