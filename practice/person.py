"""The person (or machine) at the end of a leg: presses keys, speaks, hangs up."""

import re
from dataclasses import dataclass, field

from practice.keys import Ending, Entry, Keys, Speaking

_OFFER = re.compile(r"For English, press (\w+)", re.IGNORECASE)
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass
class Person:
    """Who acts on a leg; `hangs_up_after` counts documents that were heard."""

    name: str
    keys: Keys
    speech: list[str] = field(default_factory=list)
    wants_english: bool = False
    hangs_up_after: int | None = None
    waits_for_words: bool = False
    was_spoken_to: bool = False

    def hear(self, text: str) -> str | None:
        """Listen to a prompt; return the key that was chosen because English was offered."""
        self.was_spoken_to = True
        offer = _OFFER.search(text) if self.wants_english else None
        if offer is None:
            return None
        self.wants_english = False
        word = offer.group(1).lower()
        key = str(_WORDS.index(word)) if word in _WORDS else word
        self.keys.press_first(key)
        return key

    def enter(self, *, limit: int | None, finish: str, speaks: bool) -> Entry:
        """Answer a prompt; words stay unsaid where the prompt does not listen to them.

        Who is rung does not answer a silence: where nothing was said yet, nothing is pressed.
        """
        if self.waits_for_words and not self.was_spoken_to and not self.keys.presses_at_once():
            return Entry("", Ending.SILENCE)
        self.was_spoken_to = False
        entry = self.keys.entry(limit=limit, finish=finish)
        is_silent = entry.ending is Ending.SILENCE and not entry.wait_s
        if is_silent and speaks and self.speech and self.keys.head() is None:
            return Entry("", Ending.SPEECH)
        if entry.ending is Ending.SPEECH and not (speaks and self.speech):
            return Entry("", Ending.SILENCE)
        return entry

    def say(self) -> str:
        """The next words of this person."""
        return self.speech.pop(0)

    def speak_at_recording(self) -> Speaking:
        """What this person does at a recording."""
        return self.keys.speaking()
