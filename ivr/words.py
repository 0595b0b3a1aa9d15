"""Numbers and dates as words, in the caller's language (domain.md §4, reading aloud).

A synthetic Thai voice reads digit characters in ways that cannot be relied on, and say-as knows no
Thai, so every number is spelt here: digits one by one in short groups, dates in the Buddhist era.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from core import yaml_text
from core.spoken import DIGIT_CHARACTERS, DIGIT_WORDS, KEY_WORDS
from core.zones import bangkok


@cache
def _words() -> dict[str, Any]:
    text = (Path(__file__).parent / "flows" / "words.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml_text.load(text)
    return loaded


def words_of(lang: str) -> dict[str, Any]:
    """The names of numbers, months and days in one language."""
    names: dict[str, Any] = _words()[lang]
    return names


def lacks(lang: str) -> list[str]:
    """What is not known of a language: no number, date or time can be said without it."""
    names = _words().get(lang, {})
    counting: tuple[str, ...] = ("places", "ten", "twenty", "final_one")
    if "places" not in names:
        counting = ("small", "tens", "between", "hundred", "thousand")
    needed = (*counting, "months", "date", "weekdays", "clock", "opening")
    found = [name for name in needed if name not in names]
    found += ["digits"] if lang not in DIGIT_WORDS else []
    return found + (["keys"] if lang not in KEY_WORDS else [])


def digits(text: str, lang: str, groups: Sequence[int] = ()) -> str:
    """Each digit as a word, groups parted by commas: "092" → "ศูนย์ เก้า สอง"."""
    words = [DIGIT_WORDS[lang][int(char)] for char in text if char.isdecimal()]
    parts, start = [], 0
    for size in groups:
        parts.append(" ".join(words[start : start + size]))
        start += size
    parts.append(" ".join(words[start:]))
    return ", ".join(part for part in parts if part)


def without_digits(name: str) -> str:
    """A Thai name with each digit as a word, for a school may bear a number."""
    return " ".join(DIGIT_CHARACTERS.sub(lambda one: f" {digits(one[0], 'th')} ", name).split())


def phone_groups(national: str) -> tuple[int, ...]:
    """How a Thai number is grouped: mobile 3-3-4, Bangkok 2-3-4, provinces 3-3-3."""
    if len(national) == 10:
        return (3, 3, 4)
    return (2, 3, 4) if national.startswith("02") else (3, 3, 3)


def number(value: int, lang: str) -> str:
    """A whole number from 0 to 9999 in words."""
    names = words_of(lang)
    if "places" not in names:
        return _composed(value, names)
    return _by_places(value, DIGIT_WORDS[lang], names)


def _by_places(value: int, digit_words: Sequence[str], names: dict[str, Any]) -> str:
    """A language that names every place, as Thai does: "สองร้อยสิบเอ็ด"."""
    if value == 0:
        return digit_words[0]
    text, digits_left = "", str(value)
    for index, char in enumerate(digits_left):
        place = len(digits_left) - index - 1
        if place == 0 and char == "1" and len(digits_left) > 1:
            text += str(names["final_one"])
        else:
            text += _place(int(char), place, digit_words, names)
    return text


def _place(digit: int, place: int, digit_words: Sequence[str], names: dict[str, Any]) -> str:
    if digit == 0:
        return ""
    if place == 1 and digit in (1, 2):
        return str(names["ten"] if digit == 1 else names["twenty"])
    return digit_words[digit] + str(names["places"][place])


def _composed(value: int, names: dict[str, Any]) -> str:
    """A language that puts tens and ones together, as English and Malay do: "forty-two"."""
    if value < 20:
        return str(names["small"][value])
    if value < 100:
        tail = f"{names['between']}{names['small'][value % 10]}" if value % 10 else ""
        return f"{names['tens'][value // 10]}{tail}"
    for size, name in ((1000, names["thousand"]), (100, names["hundred"])):
        if value >= size:
            rest = f" {_composed(value % size, names)}" if value % size else ""
            return f"{_composed(value // size, names)} {name}{rest}"
    return ""


def date(moment: datetime, lang: str) -> str:
    """A day in words, Buddhist era in Thai, as people in Bangkok date it."""
    local = bangkok(moment)
    names = words_of(lang)
    year = local.year + int(names.get("years_added", 0))
    return str(names["date"]).format(
        day=number(local.day, lang),
        month=names["months"][local.month - 1],
        year=number(year, lang),
    )


def district_kind(kind: str) -> str:
    """The Thai word before a district's name: เขต in Bangkok, อำเภอ elsewhere."""
    return str(_words()["th"]["district_kinds"][kind])


def spoken_status(status: str) -> str:
    """The flow's status word for a case status; callers hear fewer words than people write."""
    return str(_words()["statuses"].get(status, status))
