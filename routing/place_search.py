"""Places as people type them: a postal code, a code, or a name of a district or province. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from routing.snapshot import Directory, District, Province

SEPARATORS = re.compile(r"[\s,·/()-]+")
KINDS = re.compile(r"^(?:อำเภอ|จังหวัด|เขต|อ\.|จ\.)(?=.)")
# Of the country: 77 provinces and 928 districts, each in two languages.
NAMES_KEPT: Final = 4096
KIND_WORDS = frozenset(
    {"อำเภอ", "จังหวัด", "เขต", "อ.", "จ.", "district", "province", "khet", "amphoe"}
)


@dataclass(frozen=True)
class FoundPlaces:
    """The places that a text may mean; `more` says that there are others still."""

    districts: tuple[District, ...] = ()
    provinces: tuple[Province, ...] = ()
    more: bool = False

    @property
    def only(self) -> District | Province | None:
        """The place, where there is just one."""
        found: list[District | Province] = [*self.districts, *self.provinces]
        return found[0] if len(found) == 1 else None


def find_places(text: str, directory: Directory, *, most: int = 12) -> FoundPlaces:
    """Places by postal code (5 digits), code (4 or 2), or by name in Thai or English.

    A name of a district may stand with that of its province; one that fits a place wholly goes
    before those that only hold it, a code before any name.
    """
    words = _words(text)
    digits = [one for one in words if one.isdecimal()]
    if digits:
        return _by_code(digits[-1], directory)
    if not words:
        return FoundPlaces()
    exact = _found(words, directory, wholly=True)
    districts, provinces = exact if any(exact) else _found(words, directory, wholly=False)
    room = max(most - len(provinces), 0)
    more = len(districts) > room or len(provinces) > most
    return FoundPlaces(tuple(districts[:room]), tuple(provinces[:most]), more)


def _by_code(digits: str, directory: Directory) -> FoundPlaces:
    # Thai digits are digits too.
    code = "".join(str(int(one)) for one in digits)
    district, province = directory.district(code), directory.province(code)
    return FoundPlaces(
        (district,) if district else directory.districts_of_postal_code(code),
        (province,) if province else (),
    )


def _found(
    words: tuple[str, ...], directory: Directory, *, wholly: bool
) -> tuple[list[District], list[Province]]:
    fits = _is_whole if wholly else _is_part
    districts = [
        one
        for one in directory.districts.values()
        if fits(words, _names(one), _names(directory.province(one.province_code)))
    ]
    provinces = [one for one in directory.provinces.values() if fits(words, _names(one), ())]
    return sorted(districts, key=_code), sorted(provinces, key=_code)


def _is_whole(words: Sequence[str], own: Sequence[str], above: Sequence[str]) -> bool:
    text = " ".join(words)
    if text in own:
        return True
    begun = [one for one in own if text.startswith(one)]
    return any(text == f"{one} {two}" for one in begun for two in above)


def _is_part(words: Sequence[str], own: Sequence[str], above: Sequence[str]) -> bool:
    """Every word stands in one of the names, and one of them at least in the place's own."""
    every = (*own, *above)
    in_own = any(word in name for word in words for name in own)
    return in_own and all(any(word in name for name in every) for word in words)


def _words(text: str) -> tuple[str, ...]:
    lowered = (KINDS.sub("", one) for one in SEPARATORS.split(text.casefold()))
    return tuple(one for one in lowered if one and one not in KIND_WORDS)


def _names(place: District | Province | None) -> tuple[str, ...]:
    return (_cleaned(place.name_th), _cleaned(place.name_en)) if place else ()


@lru_cache(maxsize=NAMES_KEPT)
def _cleaned(name: str) -> str:
    """A name as it is looked for; each search looks at every name of the country."""
    return " ".join(_words(name))


def _code(place: District | Province) -> str:
    return place.code
