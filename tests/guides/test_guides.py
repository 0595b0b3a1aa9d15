"""The guides cannot drift: pictures are there and used, and every named button is on a page."""

import struct

import pytest

from core.processes import ROOT
from tests.guides.papers import (
    FOLDER,
    LANGUAGES,
    PICTURES,
    READERS,
    console_words,
    headings,
    menu_path,
    path_of,
    pictures,
    quoted,
    text_of,
)

LARGEST_BYTES, ALL_BYTES = 80_000, 2_000_000
FEWEST, MOST = 6, 9
WIDEST, PHONE = 1000, 390
ON_A_PHONE = {"approve", "reject"}
SHORTEST_ALT = 20
GUIDES = [(reader, language) for reader in READERS for language in LANGUAGES]
every_guide = pytest.mark.parametrize(("reader", "language"), GUIDES)


def name_of(address: str, language: str) -> str:
    """What a picture shows, whatever the language."""
    prefix = f"pictures/{language}-"
    assert address.startswith(prefix), f"{address} is not of the language {language}"
    return address.removeprefix(prefix).removesuffix(".png")


def names(reader: str, language: str) -> list[str]:
    """The pictures of a guide in their order."""
    return [name_of(one, language) for one in pictures(text_of(reader, language))]


@every_guide
def test_every_picture_of_a_guide_is_there_and_says_what_it_shows(
    reader: str, language: str
) -> None:
    shown = pictures(text_of(reader, language))
    assert [one for one in shown if not (FOLDER / one).is_file()] == []
    assert [one for one, words in shown.items() if len(words) < SHORTEST_ALT] == []
    assert FEWEST <= len(shown) <= MOST


def test_every_picture_is_in_a_guide() -> None:
    used = {
        FOLDER / address
        for reader, language in GUIDES
        for address in pictures(text_of(reader, language))
    }
    assert set(PICTURES.iterdir()) - used == set()


def test_the_pictures_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in PICTURES.glob("*.png")}
    assert {name for name, size in sizes.items() if size > LARGEST_BYTES} == set()
    assert sum(sizes.values()) <= ALL_BYTES


@every_guide
def test_a_picture_is_as_wide_as_the_page_at_most(reader: str, language: str) -> None:
    for address in pictures(text_of(reader, language)):
        [width] = struct.unpack(">I", (FOLDER / address).read_bytes()[16:20])
        widest = PHONE if name_of(address, language) in ON_A_PHONE else WIDEST
        assert 0 < width <= widest, address


@pytest.mark.parametrize("reader", READERS)
def test_both_languages_have_the_same_headings_and_pictures(reader: str) -> None:
    thai, english = (text_of(reader, language) for language in LANGUAGES)
    assert headings(thai) == headings(english)
    assert names(reader, "th") == names(reader, "en")


@pytest.mark.parametrize("reader", READERS)
def test_both_languages_name_the_same_number_of_buttons(reader: str) -> None:
    thai, english = (quoted(text_of(reader, language)) for language in LANGUAGES)
    assert len(thai) == len(english) > 0


@every_guide
def test_a_guide_names_only_words_that_the_console_shows(reader: str, language: str) -> None:
    known = set(console_words(language))
    assert [one for one in quoted(text_of(reader, language)) if one not in known] == []


@every_guide
def test_a_guide_says_where_the_menu_folds_what_it_names(reader: str, language: str) -> None:
    named = quoted(text_of(reader, language))
    more, rare = menu_path(language)
    first = min(named.index(one) for one in rare if one in named)
    assert more in named[:first]


def test_a_button_that_no_page_has_would_be_found() -> None:
    assert quoted("Press «Sign in», then **Send it all**.") == ["Sign in", "Send it all"]
    known = set(console_words("en"))
    assert "Sign in" in known
    assert "Send it all" not in known


@every_guide
def test_the_readme_leads_to_every_guide(reader: str, language: str) -> None:
    link = path_of(reader, language).relative_to(ROOT).as_posix()
    assert f"]({link})" in (ROOT / "README.md").read_text(encoding="utf-8")
