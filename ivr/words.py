"""Numbers and dates as words, in the caller's language (domain.md §4, reading aloud).

A synthetic Thai voice reads digit characters in ways that cannot be relied on, and say-as knows no
Thai, so every number is spelt here: digits one by one in short groups, dates in the Buddhist era.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from core.zones import bangkok

BUDDHIST_ERA = 543


@cache
def _words() -> dict[str, Any]:
    text = (Path(__file__).parent / "flows" / "words.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def digits(text: str, lang: str, groups: Sequence[int] = ()) -> str:
    """Each digit as a word, groups parted by commas: "092" → "ศูนย์ เก้า สอง"."""
    words = [_words()[lang]["digits"][int(char)] for char in text if char.isdecimal()]
    parts, start = [], 0
    for size in groups:
        parts.append(" ".join(words[start : start + size]))
        start += size
    parts.append(" ".join(words[start:]))
    return ", ".join(part for part in parts if part)


def phone_groups(national: str) -> tuple[int, ...]:
    """How a Thai number is grouped: mobile 3-3-4, Bangkok 2-3-4, provinces 3-3-3."""
    if len(national) == 10:
        return (3, 3, 4)
    return (2, 3, 4) if national.startswith("02") else (3, 3, 3)


def number(value: int, lang: str) -> str:
    """A whole number from 0 to 9999 in words."""
    return _thai_number(value) if lang == "th" else _english_number(value)


def _thai_number(value: int) -> str:
    names = _words()["th"]
    if value == 0:
        return str(names["digits"][0])
    text, digits_left = "", str(value)
    for index, char in enumerate(digits_left):
        place = len(digits_left) - index - 1
        text += _thai_place(int(char), place, is_only=len(digits_left) == 1)
    return text


def _thai_place(digit: int, place: int, *, is_only: bool) -> str:
    names = _words()["th"]
    if digit == 0:
        return ""
    if place == 1 and digit in (1, 2):
        return str(names["ten"] if digit == 1 else names["twenty"])
    if place == 0 and digit == 1 and not is_only:
        return str(names["final_one"])
    return str(names["digits"][digit]) + str(names["places"][place])


def _english_number(value: int) -> str:
    names = _words()["en"]
    if value < 20:
        return str(names["small"][value])
    if value < 100:
        tail = f"-{names['small'][value % 10]}" if value % 10 else ""
        return f"{names['tens'][value // 10]}{tail}"
    for size, name in ((1000, names["thousand"]), (100, names["hundred"])):
        if value >= size:
            rest = f" {_english_number(value % size)}" if value % size else ""
            return f"{_english_number(value // size)} {name}{rest}"
    return ""


def date(moment: datetime, lang: str) -> str:
    """A day in words, Buddhist era in Thai, as people in Bangkok date it."""
    local = bangkok(moment)
    year = local.year + (BUDDHIST_ERA if lang == "th" else 0)
    names = _words()[lang]
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
