"""The person (or machine) at the end of a leg: presses keys, speaks, hangs up."""

import re
from dataclasses import dataclass, field

from practice.keys import Ending, Entry, Keys, Speaking
from practice.phones import Phone

_OFFER = re.compile(r"For English, press (\w+)", re.IGNORECASE)
# What is asked of a head operator, and of whoever must say that an urgent matter was heard; the
# hotline's texts and this one are compared by a test.
_DECISION = re.compile(
    r"To approve, press|(?<!ไม่)อนุมัติ กด|If you have heard it, press|รับทราบแล้ว กด", re.IGNORECASE
)
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass
class Person:
    """Who acts on a leg; `hangs_up_after` counts documents that were heard.

    Who does not `decide` is silent when asked for an approval, or for a receipt.
    """

    name: str
    keys: Keys
    speech: list[str] = field(default_factory=list)
    wants_english: bool = False
    hangs_up_after: int | None = None
    waits_for_words: bool = False
    decides: bool = True
    was_spoken_to: bool = False
    is_to_decide: bool = False

    def hear(self, text: str) -> str | None:
        """Listen to a prompt; return the key that was chosen because English was offered."""
        self.was_spoken_to = True
        self.is_to_decide = self.is_to_decide or _DECISION.search(text) is not None
        offer = _OFFER.search(text) if self.wants_english else None
        if offer is None:
            return None
        self.wants_english = False
        word = offer.group(1).lower()
        key = str(_WORDS.index(word)) if word in _WORDS else word
        self.keys.press_first(key)
        return key

    def enter(
        self, *, limit: int | None, finish: str, speaks: bool, listens_s: float = 0.0
    ) -> Entry:
        """Answer a prompt; words stay unsaid where the prompt does not listen to them.

        Who is rung does not answer a silence: where nothing was said yet, nothing is pressed.
        """
        if self.waits_for_words and not self.was_spoken_to and not self.keys.presses_at_once():
            return Entry("", Ending.SILENCE)
        is_to_decide, self.is_to_decide = self.is_to_decide, False
        self.was_spoken_to = False
        if is_to_decide and not self.decides:
            return Entry("", Ending.SILENCE)
        entry = self.keys.entry(limit=limit, finish=finish, listens_s=listens_s)
        is_silent = entry.ending is Ending.SILENCE and not entry.wait_s
        if is_silent and speaks and self.speech and self.keys.head() is None:
            return Entry("", Ending.SPEECH)
        if entry.ending is Ending.SPEECH and not (speaks and self.speech):
            return Entry("", Ending.SILENCE)
        return entry

    def say(self) -> str:
        """The next words of this person."""
        return self.speech.pop(0)

    def speak_at_recording(self, longest_s: float) -> Speaking:
        """What this person does at a recording."""
        return self.keys.speaking(longest_s=longest_s)


def answerer(name: str, phone: Phone) -> Person:
    """Who picks up a phone that rings."""
    return Person(name, Keys(phone.script), waits_for_words=True, decides=phone.decides)
