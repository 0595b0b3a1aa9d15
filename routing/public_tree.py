"""The public tree of the country: places, offices, and which office serves what.

Primary areas are linked to the districts that are known (routing/data/th_esa_districts.csv) and to
their province, so that a district of unknown area still has its candidates; secondary areas to
provinces; learning offices to their province and district; some agencies, and bodies outside the
ministry, to the whole country or a province.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from routing.geography import Geography, read_geography
from routing.public_offices import (
    PRIMARY_AREA,
    Area,
    OfficeRow,
    agencies,
    area_code,
    areas,
    learning_offices,
    read_table,
)
from routing.snapshot import Link
from routing.vocabulary import BASIC, NONFORMAL, PRIMARY_LEVEL

# The only bases of a district's area that count as certain (domain.md §3): a province with a
# single area, and a document of the ministry.
CERTAIN = ("single-area province", "seed ")
LISTED = "province of the area's name"
SECONDARY_LIST = "list of secondary areas, general knowledge"
BY_NAME = "office of this place by its name"


@dataclass(frozen=True)
class PublicTree:
    """Everything that `directory load` without a file puts into the database."""

    geography: Geography
    offices: tuple[OfficeRow, ...]
    links: tuple[Link, ...]


def read_public_tree(root: Path) -> PublicTree:
    """The tree out of routing/data/ and `root`/node_modules; parents come before children."""
    geography = read_geography(root)
    known_areas = areas()
    learning = tuple(learning_offices(geography))
    return PublicTree(
        geography=geography,
        offices=(*agencies(), *(area.office for area in known_areas), *learning),
        links=(
            *_national_links(),
            *_area_links(known_areas),
            *_district_links(),
            *_learning_links(learning),
        ),
    )


def _national_links() -> Iterator[Link]:
    for row in read_table("agency_jurisdictions.csv"):
        yield Link(
            office_code=row["office_code"],
            affiliation=row["affiliation"],
            province_code=row["province_code"] or None,
            basis=row["basis"],
        )


def _area_links(known: tuple[Area, ...]) -> Iterator[Link]:
    """Every area to each of its provinces: one in a province decides, several are candidates."""
    for area in known:
        primary = area.office.type == PRIMARY_AREA
        for province in area.provinces:
            yield Link(
                office_code=area.office.code,
                affiliation=BASIC,
                level=area.office.level,
                province_code=province,
                confirmed=primary,
                basis=LISTED if primary else SECONDARY_LIST,
            )


def _district_links() -> Iterator[Link]:
    for row in read_table("th_esa_districts.csv"):
        yield Link(
            office_code=area_code(row["pesao_code"]),
            affiliation=BASIC,
            level=PRIMARY_LEVEL,
            province_code=row["province_code"],
            district_code=row["district_code"],
            confirmed=row["basis"].startswith(CERTAIN),
            basis=row["basis"],
        )


def _learning_links(offices: tuple[OfficeRow, ...]) -> Iterator[Link]:
    for office in offices:
        yield Link(
            office_code=office.code,
            affiliation=NONFORMAL,
            province_code=office.province_code,
            district_code=office.district_code,
            basis=BY_NAME,
        )
