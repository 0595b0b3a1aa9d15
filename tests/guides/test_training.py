"""The training papers cannot drift: buttons, prepared callers, links and telephone numbers."""

import re
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from core.processes import ROOT
from tests.guides.papers import LANGUAGES, console_words, headings, menu_path, quoted
from webapp.practice_callers import callers

FOLDER = ROOT / "docs" / "training"
INDEX = "README.md"
FOR_STAFF = ("course", "trainer-pack")
PAPERS = (*FOR_STAFF, "council", "adviser")
HOTLINE = "02 126 6565"
# The hotline itself; police, ambulance, social help, mental health, children's line.
FIRST = ("191", "1669")
MAY_BE_NAMED = {HOTLINE, *FIRST, "1300", "1323", "1387"}
# The hotline's keys and years of the Buddhist era are numbers as well, but no telephone's.
NUMBER = re.compile(r"(?<![\d:])(?:\+66|0\d)[\d -]{6,}\d(?!\d)|(?<![\d:])1\d{2,3}(?![\d:])")
LINK = re.compile(r"\]\(([^)\s]+)\)")
SVG = "{http://www.w3.org/2000/svg}"
WORDS = ("title", "desc", "text")
A4 = ("210mm", "297mm")
# In the drawing's own units: its width, and where the words of a card must end.
WIDTH, CARD_ENDS = 2100.0, 1950.0
every_paper = pytest.mark.parametrize(
    ("paper", "language"), [(one, language) for one in PAPERS for language in LANGUAGES]
)
every_language = pytest.mark.parametrize("language", LANGUAGES)


def text_of(paper: str, language: str) -> str:
    """A paper as it is written."""
    return (FOLDER / f"{paper}.{language}.md").read_text(encoding="utf-8")


def poster(language: str) -> Xml.Element:
    """The drawing of a poster."""
    return Xml.parse(FOLDER / f"poster.{language}.svg").getroot()


def words_of(drawing: Xml.Element) -> str:
    """Every word that a drawing shows or says to who does not see it."""
    told = [one for name in WORDS for one in drawing.iter(f"{SVG}{name}")]
    return " ".join(one.text or "" for one in told)


def numbers(text: str) -> set[str]:
    """The telephone numbers in a text; what the callers' keys hold is not meant."""
    for caller in callers().values():
        text = text.replace(f"`{caller.keys}`", "")
    return {one.group() for one in NUMBER.finditer(text)}


def files() -> list[Path]:
    """Everything in the folder, and nothing is below it."""
    return sorted(FOLDER.iterdir())


@every_paper
def test_a_training_paper_names_only_words_that_the_console_shows(
    paper: str, language: str
) -> None:
    named = quoted(text_of(paper, language))
    known = set(console_words(language))
    assert [one for one in named if one not in known] == []
    assert bool(named) == (paper in FOR_STAFF)


@every_language
@pytest.mark.parametrize("paper", FOR_STAFF)
def test_a_training_paper_says_where_the_menu_folds_what_it_names(
    paper: str, language: str
) -> None:
    named = quoted(text_of(paper, language))
    more, rare = menu_path(language)
    first = min(named.index(one) for one in rare if one in named)
    assert more in named[:first]


@pytest.mark.parametrize("paper", PAPERS)
def test_both_languages_of_a_training_paper_have_the_same_parts(paper: str) -> None:
    thai, english = (text_of(paper, language) for language in LANGUAGES)
    assert headings(thai) == headings(english)
    assert len(quoted(thai)) == len(quoted(english))
    assert numbers(thai) == numbers(english)


@every_language
def test_every_prepared_caller_has_a_card_with_the_keys_and_the_same_name(language: str) -> None:
    cards = text_of("trainer-pack", language).split("\n### ")[1:]
    names = [card.splitlines()[0] for card in cards]
    prepared = {f"{one.story(language).who} · `{one.name}`": one for one in callers().values()}
    assert set(names) == set(prepared)
    assert len(names) == len(prepared)
    for name, card in zip(names, cards, strict=True):
        assert f"`{prepared[name].keys}`" in card, name


@pytest.mark.parametrize("path", files(), ids=lambda one: one.name)
def test_no_telephone_number_is_named_that_nobody_has_agreed_to(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    told = words_of(Xml.fromstring(text)) if path.suffix == ".svg" else text
    assert numbers(told) <= MAY_BE_NAMED


@every_language
@pytest.mark.parametrize("paper", sorted(set(PAPERS) - set(FOR_STAFF)))
def test_whoever_is_in_danger_reads_whom_to_call_first(paper: str, language: str) -> None:
    assert {HOTLINE, *FIRST} <= numbers(text_of(paper, language))


def test_a_number_of_somebody_else_would_be_found() -> None:
    told = "02 126 6565, +66 81 000 0001, 043 000 001, 1579, 08:30, 40000, B.E. 2546, 420, `1 1`"
    assert numbers(told) - MAY_BE_NAMED == {"+66 81 000 0001", "043 000 001", "1579"}


@every_language
def test_the_poster_is_one_page_of_a4_and_says_what_it_shows(language: str) -> None:
    drawing = poster(language)
    assert (drawing.get("width"), drawing.get("height")) == A4
    assert drawing.get("lang") == language
    for name in ("title", "desc"):
        [told] = drawing.findall(f"{SVG}{name}")
        assert (told.text or "").strip()
    # Nothing is fetched from elsewhere, and no words are hidden in a picture.
    assert not list(drawing.iter(f"{SVG}image"))
    assert {HOTLINE, *FIRST} <= numbers(words_of(drawing))


@every_language
def test_the_words_of_the_poster_keep_to_their_place_in_whatever_font(language: str) -> None:
    for one in poster(language).iter(f"{SVG}text"):
        x, length = float(one.get("x", "")), float(one.get("textLength", ""))
        assert one.get("lengthAdjust") == "spacingAndGlyphs"
        if one.get("text-anchor") == "middle":
            assert min(x, WIDTH - x) > length / 2, one.text
        else:
            assert x + length < CARD_ENDS, one.text


@every_language
def test_the_poster_shows_five_steps(language: str) -> None:
    steps = [one for one in poster(language).iter(f"{SVG}g") if one.get("class") == "step"]
    assert [one.get("id") for one in steps] == [f"step-{number}" for number in range(1, 6)]


def test_the_index_leads_to_every_training_paper_and_no_link_is_broken() -> None:
    papers = [path for path in files() if path.suffix == ".md"]
    led_to = {path.name: LINK.findall(path.read_text(encoding="utf-8")) for path in papers}
    assert {path.name for path in files()} - {INDEX} <= set(led_to[INDEX])
    assert [one for links in led_to.values() for one in links if not (FOLDER / one).is_file()] == []
