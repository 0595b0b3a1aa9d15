"""Places as people say them and a machine writes down what it heard. Pure.

Spaces, tone marks and letters of one sound tell nothing then; words for the kind of a place part
the names. What is found is a guess that the caller is asked about, never more.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from routing.snapshot import Directory, District, Province

# What a caller says in a few seconds; the rest of it is not looked at.
LONGEST_SAID: Final = 300
MOST_DISTRICTS: Final = 4
# A shorter name is too often a part of other words: it counts only as a word of its own.
SURE_LENGTH: Final = 5
POSTAL_CODE_LENGTH: Final = 5
NAMES_KEPT: Final = 4096
NO_LETTERS: Final = re.compile("[^ก-ฮฤ-ฦะ-ูเ-ไๅa-z]")
SILENT_LETTERS: Final = re.compile("[ก-ฮ][ิุ]?์")
DISTRICT_THAT_HOLDS_A_KIND: Final = "สนามชัย"


@dataclass(frozen=True)
class HeardPlaces:
    """The one to four districts that may be meant; else the province, where only that was said."""

    districts: tuple[District, ...] = ()
    province: Province | None = None


@dataclass(frozen=True)
class _Match:
    """A name that stands in what was said: in which part, from where to where."""

    place: District | Province
    part: int
    begin: int
    end: int

    def lies_within(self, other: "_Match") -> bool:
        inside = other.begin <= self.begin and self.end <= other.end
        return self.part == other.part and inside and len(self) < len(other)

    def __len__(self) -> int:
        return self.end - self.begin


def heard_places(said: str, directory: Directory, *, province: str | None = None) -> HeardPlaces:
    """What may be meant by what was said, after `province` was said before."""
    said = said[:LONGEST_SAID]
    spelt = "".join(str(unicodedata.decimal(one)) for one in said if one.isdecimal())
    if len(spelt) == POSTAL_CODE_LENGTH:
        return HeardPlaces(directory.districts_of_postal_code(spelt)[:MOST_DISTRICTS])
    parts = list(_parts(said))
    found = _longest(_matches(parts, directory))
    districts = [one for one in found if isinstance(one, District)]
    provinces = [one for one in found if isinstance(one, Province)]
    before = directory.province(province)
    if not provinces and before and not _elsewhere(districts, before):
        provinces = [before]
    return _meant(districts, provinces, _capital_of(parts, provinces, directory))


def _elsewhere(districts: list[District], province: Province) -> bool:
    return bool(districts) and all(one.province_code != province.code for one in districts)


def _meant(
    districts: list[District], provinces: list[Province], capital: District | None
) -> HeardPlaces:
    codes = {one.code for one in provinces}
    inside = [one for one in districts if one.province_code in codes] if codes else districts
    named = {one.name_th for one in provinces}
    # A district may bear its province's name, which was said for the other district's sake.
    inside = [one for one in inside if one.name_th not in named] or inside
    if 1 <= len(inside) <= MOST_DISTRICTS:
        return HeardPlaces(tuple(sorted(inside, key=lambda one: one.code)))
    if capital is not None:
        return HeardPlaces((capital,))
    return HeardPlaces(province=provinces[0] if len(provinces) == 1 else None)


def _capital_of(
    parts: list[list[str]], provinces: list[Province], directory: Directory
) -> District | None:
    """The district of the only province's capital, where it was said by its short name."""
    words = [_folded(one) for one in _data()["capital"]]
    is_said = any(word in "".join(part) for part in parts for word in words)
    if not is_said or len(provinces) != 1:
        return None
    own = (one for one in directory.districts.values() if one.province_code == provinces[0].code)
    return next((one for one in own if _folded(one.name_th).startswith(words[0])), None)


def _longest(found: list[_Match]) -> list[District | Province]:
    """Without the names that lie within a longer one; each place once."""
    kept = [one for one in found if not any(one.lies_within(other) for other in found)]
    return list({one.place.code: one.place for one in kept}.values())


def _matches(parts: list[list[str]], directory: Directory) -> list[_Match]:
    joined = ["".join(part) for part in parts]
    sure = list(_standing(_places(directory), joined, lambda name, _: _is_sure(name)))
    words = [
        {*part, joined[number], *_around(sure, number, joined)} for number, part in enumerate(parts)
    ]
    return [
        *sure,
        *_standing(
            _places(directory),
            joined,
            lambda name, number: not _is_sure(name) and name in words[number],
        ),
    ]


def _standing(
    places: Iterable[District | Province], joined: list[str], counts: Callable[[str, int], bool]
) -> Iterator[_Match]:
    for place in places:
        for name in _names(place):
            for number, text in enumerate(joined):
                begin = text.find(name)
                if begin >= 0 and counts(name, number):
                    yield _Match(place, number, begin, begin + len(name))


def _is_sure(name: str) -> bool:
    return len(name) >= SURE_LENGTH


def _around(sure: list[_Match], number: int, joined: list[str]) -> Iterator[str]:
    """What is left of a part where the name of a province is taken out: one more word."""
    for one in sure:
        if one.part == number and isinstance(one.place, Province):
            yield from (joined[number][: one.begin], joined[number][one.end :])


def _places(directory: Directory) -> Iterator[District | Province]:
    yield from directory.provinces.values()
    yield from directory.districts.values()


def _names(place: District | Province) -> tuple[str, ...]:
    called = _data()["provinces"].get(place.code, ()) if isinstance(place, Province) else ()
    return tuple(name for one in (place.name_th, place.name_en, *called) if (name := _folded(one)))


def _parts(said: str) -> Iterator[list[str]]:
    """The words between the words for kinds, folded; without the names of smaller places."""
    plain = unicodedata.normalize("NFC", said).casefold()
    pieces = _kinds().split(f" {plain} ")
    for kind, text in zip(["", *pieces[1::2]], pieces[::2], strict=True):
        words = [folded for one in _polite().sub(" ", text).split() if (folded := _folded(one))]
        kept = words[1:] if kind.strip() in _data()["kinds"]["smaller"] else words
        if kept:
            yield kept


@lru_cache(maxsize=NAMES_KEPT)
def _folded(name: str) -> str:
    """A name by its sound: no tone marks, no silent letters, one letter for each sound."""
    text = unicodedata.normalize("NFC", name).casefold()
    text = SILENT_LETTERS.sub("", text).replace("ํา", "ำ").translate(_sounds())
    for pattern, sound in _data()["latin"]:
        text = re.sub(pattern, sound, text) if text.isascii() else text
    return NO_LETTERS.sub("", text)


@cache
def _data() -> Mapping[str, Any]:
    file = Path(__file__).parent / "data" / "said_places.yaml"
    loaded: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded


@cache
def _sounds() -> dict[int, str]:
    return {ord(one): sound for sound, alike in _data()["sounds"].items() for one in alike}


@cache
def _kinds() -> re.Pattern[str]:
    kinds = _data()["kinds"]
    words = [one for one in (*kinds["place"], *kinds["smaller"]) if not one.endswith(".")]
    short = [one for one in (*kinds["place"], *kinds["smaller"]) if one.endswith(".")]
    return re.compile(
        rf"((?<!{DISTRICT_THAT_HOLDS_A_KIND})(?:{_either(words)})"
        rf"|(?<=\s)(?:{_either(short)})|\b(?:{_either(kinds['english'])})\b)"
    )


@cache
def _polite() -> re.Pattern[str]:
    return re.compile(rf"(?:{_either(_data()['polite'])})(?=\s|$)")


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(one) for one in sorted(words, key=len, reverse=True))
