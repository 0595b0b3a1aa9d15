"""Reads the guides: their headings, pictures, and the words that they take from the console."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from core.processes import ROOT
from tests.console.texts import translated, wanted_texts
from webapp.console.menu import MENU

FOLDER = ROOT / "docs" / "guides"
PICTURES = FOLDER / "pictures"
LANGUAGES = ("th", "en")
READERS = ("operator", "head-operator")
HEADING = re.compile(r"^#+ ", re.MULTILINE)
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
QUOTED = re.compile(r"«([^»]+)»|\*\*([^*]+)\*\*")


def path_of(reader: str, language: str) -> Path:
    """Where a guide is."""
    return FOLDER / f"{reader}.{language}.md"


def text_of(reader: str, language: str) -> str:
    """A guide as it is written."""
    return path_of(reader, language).read_text(encoding="utf-8")


def headings(text: str) -> list[str]:
    """How deep each heading is, in order."""
    return [one.strip() for one in HEADING.findall(text)]


def pictures(text: str) -> dict[str, str]:
    """Each picture's address with the words for whoever does not see it."""
    return {address: words for words, address in PICTURE.findall(text)}


def quoted(text: str) -> list[str]:
    """The words that the reader is to find on a page."""
    return [first or second for first, second in QUOTED.findall(text)]


@cache
def case_words() -> dict[str, dict[str, str]]:
    """What codes are called on the pages, by code and language."""
    path = ROOT / "webapp" / "console" / "data" / "case_words.yaml"
    found: dict[str, dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def menu_path(language: str) -> tuple[str, set[str]]:
    """What the menu's folded part is called, and the pages in it."""
    texts = {} if language == "en" else translated(language)
    rare = {texts.get(one.name, (one.name,))[0] for one in MENU if one.is_rare}
    return texts.get("More", ("More",))[0], rare


def console_words(language: str) -> Iterator[str]:
    """Every text that a page of the console can show in a language."""
    yield from (words[language] for words in case_words().values())
    if language == "en":
        yield from wanted_texts()
    else:
        for texts in translated(language).values():
            yield from texts
