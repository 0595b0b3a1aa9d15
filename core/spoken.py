"""Texts as a caller hears them: digits as words, keys that are named, emergency numbers, seconds.

A synthetic Thai voice reads digit characters in ways that cannot be relied on (domain.md §4), and
a child who hears "one six six nine" may press just that: whatever is spoken is looked at here.
"""

import re
from pathlib import Path
from typing import Final

from core import yaml_text

FILE: Final = Path(__file__).parent / "data" / "digits.yaml"
DIGIT_WORDS: Final[dict[str, list[str]]] = yaml_text.load(FILE.read_text(encoding="utf-8"))
KEY_WORDS: Final[dict[str, dict[str, str]]] = yaml_text.load(
    (FILE.parent / "keys.yaml").read_text(encoding="utf-8")
)
LANGUAGES: Final = tuple(DIGIT_WORDS)
EMERGENCY: Final = frozenset({"191", "1669", "199", "1300", "1387", "1323"})
DIGIT_CHARACTERS: Final = re.compile(r"[0-9๐-๙]")
LETTERS_A_SECOND: Final = 10
_NAMES: Final = {
    word: str(digit) for words in DIGIT_WORDS.values() for digit, word in enumerate(words)
}
_DIGIT: Final = re.compile(r"\d|" + "|".join(sorted(_NAMES, key=len, reverse=True)), re.IGNORECASE)
_RUN: Final = re.compile(rf"(?:(?:{_DIGIT.pattern})[\s,.-]*){{3,}}", re.IGNORECASE)


def _key_pattern(lang: str) -> re.Pattern[str]:
    told = KEY_WORDS[lang]
    words = "|".join(DIGIT_WORDS[lang])
    but_not = f"(?!{told['but_not']})" if "but_not" in told else ""
    return re.compile(rf"{told['press']}\s*(\d|{words}){but_not}", re.IGNORECASE)


_KEY: Final = {lang: _key_pattern(lang) for lang in KEY_WORDS}


def emergency_numbers(text: str) -> list[str]:
    """The emergency numbers in a text, as digits or digit by digit in either language."""
    runs = ("".join(_digit(name) for name in _DIGIT.findall(run)) for run in _RUN.findall(text))
    return [run for run in runs if run in EMERGENCY]


def spoken_keys(text: str, lang: str) -> set[str]:
    """The numbered keys that a text tells to press; none in a language that is not known."""
    pattern = _KEY.get(lang)
    return {_digit(word) for word in pattern.findall(text)} if pattern else set()


def seconds(text: str) -> float:
    """How long a text takes, at ten letters a second; spaces are no letters."""
    return sum(not char.isspace() for char in text) / LETTERS_A_SECOND


def _digit(name: str) -> str:
    return _NAMES[name.lower()] if name.lower() in _NAMES else str(int(name))
