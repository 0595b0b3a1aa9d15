"""Pure rules of what every caller hears at the front of a call while a story is announced.

Keys are taken while it is spoken, so it keeps the rules of every such text (`ivr check`): in Thai
no digit characters, no emergency number that a child could press, no key beside the menu's.
"""

import re
from dataclasses import dataclass
from typing import Final

from core.spoken import DIGIT_CHARACTERS, emergency_numbers, seconds, spoken_keys

# A caller must not be kept from the menu for long, though the key for danger counts all the while.
LONGEST: Final = 200
HOURS: Final = (1, 2, 4, 8, 24)
_THAI: Final = re.compile(r"[ก-๙]")
_LATIN: Final = re.compile(r"[A-Za-z]")
# A letter that a voice cannot say, or that the telephone's document gives a meaning of its own.
_UNSPOKEN: Final = re.compile(r"[{}<>&\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Announcement:
    """What is said, in each language; the words have no blanks."""

    th: str
    en: str

    @property
    def texts(self) -> dict[str, str]:
        """By the languages of a call."""
        return {"th": self.th, "en": self.en}

    @property
    def seconds(self) -> dict[str, int]:
        """About how long each takes."""
        return {lang: max(1, round(seconds(text))) for lang, text in self.texts.items()}


def tidied(th: str, en: str) -> Announcement:
    """What was typed, with single spaces: a line break is no pause on the telephone."""
    return Announcement(" ".join(th.split()), " ".join(en.split()))


def fault(said: Announcement) -> str | None:
    """What is wrong with an announcement, as a rule of StoryRefused; None when it may be spoken."""
    if not said.th or not said.en:
        return "language_missing"
    if max(len(said.th), len(said.en)) > LONGEST:
        return "announcement_too_long"
    if not _THAI.search(said.th) or _LATIN.search(said.th) or _THAI.search(said.en):
        return "wrong_language"
    if any(_UNSPOKEN.search(text) for text in said.texts.values()):
        return "unspoken"
    if any(emergency_numbers(text) for text in said.texts.values()):
        return "emergency_number"
    if any(spoken_keys(text, lang) for lang, text in said.texts.items()):
        return "names_key"
    return "digits_in_thai" if DIGIT_CHARACTERS.search(said.th) else None
