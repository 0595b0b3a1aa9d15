"""Every text of the console is in the catalogue of every language, and nowhere else."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment

from core.processes import ROOT
from tests.console.texts import CATALOGUES, translated, wanted_texts
from webapp.console.language import LANGUAGES, catalogue

TEMPLATES = sorted((ROOT / "webapp" / "templates" / "console").rglob("*.html"))
VALUES = re.compile(r"%\(\w+\)[sd]")
LETTERS = re.compile(r"[A-Za-z฀-๿]{2,}")
SPOKEN = ("title", "alt", "placeholder", "aria-label", "aria-description", "label")
OTHERS = [language for language in LANGUAGES if language != "en"]


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_missing_and_none_is_left_over(language: str) -> None:
    wanted, found = wanted_texts(), translated(language)
    missing = {f"{wanted[text]}: {text}" for text in wanted.keys() - found.keys()}
    assert (missing, found.keys() - wanted.keys()) == (set(), set())


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_empty_or_loses_a_value(language: str) -> None:
    for text, translations in translated(language).items():
        for one in translations:
            assert one.strip(), text
            assert sorted(set(VALUES.findall(one))) == sorted(set(VALUES.findall(text))), text


def test_the_catalogues_are_read_by_the_console() -> None:
    assert catalogue("th").gettext("Sign in") == "เข้าสู่ระบบ"
    assert catalogue("en").gettext("Sign in") == "Sign in"


@pytest.mark.parametrize("path", sorted(CATALOGUES.rglob("*.po")), ids=lambda path: path.name)
def test_a_catalogue_says_nothing_twice(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    with path.open("rb") as file:
        entries = [message for message in read_po(file) if message.id]
    assert len(re.findall(r'^msgid "', source, re.MULTILINE)) == len(entries) + 1


class BareText(HTMLParser):
    """Collects what a reader would see or hear of a template's own text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        self.found.extend(LETTERS.findall(data))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Text in attributes that are shown or spoken."""
        for name, value in attrs:
            if name in SPOKEN and value:
                self.found.extend(LETTERS.findall(value))


def own_text(source: str) -> list[str]:
    """The words of a template that do not come out of an expression."""
    kept = "".join(value for _line, kind, value in Environment().lex(source) if kind == "data")
    parser = BareText()
    parser.feed(kept)
    return parser.found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_bare_text(path: Path) -> None:
    assert own_text(path.read_text(encoding="utf-8")) == []


def test_bare_text_would_be_found() -> None:
    assert own_text("<p>{{ _('Good') }} bad <b title='worse'>{# no #}</b></p>") == ["bad", "worse"]
