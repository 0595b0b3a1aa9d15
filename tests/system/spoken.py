"""What a caller hears of numbers: digits as words, in both languages."""

import re
from collections.abc import Mapping
from typing import Any

WORDS = {
    "th": ("ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
# How each secret is spoken: twice in one sentence, so that it can be written down.
SENTENCES = {
    "reference": (
        r"เลขที่เรื่องคือ (?P<th>.+?) อีกครั้ง (?P=th) ",
        r"Your number is (?P<en>.+?)\. Again, (?P=en)\.",
    ),
    "pin": (
        r"รหัสลับคือ (?P<th>.+?) อีกครั้ง (?P=th) ",
        r"Your secret code is (?P<en>[\w ]+?)\. Again, (?P=en)\.",
    ),
    "code": (
        r"สายหมายเลข (?P<th>.+?) จำเลข (?P=th) ?ไว้",
        r"this is line (?P<en>.+?)\. Please remember (?P=en)\.",
    ),
}
# What stands in front of each, wherever it is spoken.
BEFORE = {
    "reference": ("เลขที่เรื่องคือ ", "อีกครั้ง ", "Your number is ", "Again, "),
    "pin": ("รหัสลับคือ ", "อีกครั้ง ", "Your secret code is ", "Again, "),
    "code": ("สายหมายเลข ", "จำเลข ", "this is line ", "Please remember "),
}
DATE = re.compile(r"(?<=เมื่อ )วันที่ .+?(?= จะเล่าเพิ่ม)")


def digits_said(call: dict[str, Any]) -> dict[str, str]:
    """The reference, PIN and code that a caller heard, as digits, as far as they were spoken."""
    text = " ".join(line["text"] for line in call["transcript"])
    found = {}
    for name, patterns in SENTENCES.items():
        for pattern in patterns:
            for match in re.finditer(pattern, text):
                [(lang, words)] = match.groupdict().items()
                found[name] = digits(words, lang)
    return found


def digits(words: str, lang: str) -> str:
    """ "สี่ สอง, เก้า" as "429"."""
    return "".join(str(WORDS[lang].index(word)) for word in words.replace(",", " ").split())


def in_words(number: str, lang: str, group: int | None = None) -> str:
    """Digits as they are spoken, in groups with a pause between them."""
    words = [WORDS[lang][int(digit)] for digit in number]
    size = group or len(words)
    return ", ".join(" ".join(words[at : at + size]) for at in range(0, len(words), size))


def masked(text: str, secrets: Mapping[str, str]) -> str:
    """The text with names in the places of what is random in each call, and nowhere else."""
    for name, number in secrets.items():
        text = re.sub(rf"\bpresses {number}\b", f"presses {{{name}}}", text)
        for lang in WORDS:
            words = re.escape(in_words(number, lang, 3 if name == "reference" else None))
            for before in BEFORE.get(name, ()):
                text = re.sub(rf"(?<={before}){words}(?!\w)", f"{{{name}}}", text)
    return DATE.sub("{date}", text)
