"""What the directory says about places: by a code that was pressed, or by words that were heard."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from sqlalchemy.orm import Session

from ivr import words
from ivr.turns import (
    DistrictFact,
    FindDistricts,
    FindHints,
    FindSaid,
    FindSchool,
    HeardFact,
    ProvinceFact,
    SchoolFact,
)
from routing.directory import current_directory
from routing.queries import school as find_school
from routing.snapshot import Directory, District, Province
from routing.spoken_places import heard_places

# Of Bangkok the district alone is said; elsewhere the province is said with it.
CAPITAL: Final = "10"
MOST_HINTS: Final = 200


def districts(session: Session, asked: FindDistricts) -> tuple[DistrictFact, ...]:
    """The districts of a postal code."""
    directory = current_directory(session)
    return _all_spoken(directory, directory.districts_of_postal_code(asked.postal_code))


def school(session: Session, asked: FindSchool) -> SchoolFact | None:
    """Only a school of which the district is known: the caller hears both."""
    found = find_school(session, asked.code)
    directory = current_directory(session)
    district = directory.district(found.district_code) if found else None
    spoken = _spoken(directory, district) if district else None
    if found is None or spoken is None:
        return None
    return SchoolFact(found.code, found.name_th, found.name_en, found.affiliation, spoken)


def said(session: Session, asked: FindSaid) -> HeardFact:
    """What may have been said."""
    directory = current_directory(session)
    heard = heard_places(asked.words, directory, province=asked.province)
    one = heard.province
    return HeardFact(
        _all_spoken(directory, heard.districts),
        ProvinceFact(one.code, one.name_th, one.name_en) if one else None,
    )


def hints(session: Session, asked: FindHints) -> tuple[str, ...]:
    """The districts of the province that was said, before that all provinces; few enough for one
    document."""
    directory = current_directory(session)
    own = asked.province or CAPITAL
    likely: list[District | Province] = [] if asked.province else [*directory.provinces.values()]
    likely += (one for one in directory.districts.values() if one.province_code == own)
    return tuple(islice(_names(likely, asked.lang), MOST_HINTS))


def _names(places: Iterable[District | Province], lang: str) -> Iterator[str]:
    for one in places:
        yield one.name_en if lang == "en" else one.name_th


def _all_spoken(directory: Directory, found: Iterable[District]) -> tuple[DistrictFact, ...]:
    spoken = (_spoken(directory, one) for one in found)
    return tuple(one for one in spoken if one is not None)


def _spoken(directory: Directory, district: District) -> DistrictFact | None:
    province = directory.province(district.province_code)
    if province is None:
        return None
    return DistrictFact(
        code=district.code,
        province_code=district.province_code,
        th=district.name_th,
        en=district.name_en,
        kind_th=words.district_kind(district.kind),
        province_th=province.name_th,
        province_en=province.name_en,
    )
