"""Which office serves a place and an affiliation: the nearest jurisdiction that names one office.

Pure. A district's own jurisdiction goes before its province's, and that before the country's; a
tier that names several offices decides nothing (design.md §4: a guess would show the case to the
wrong office).
"""

from dataclasses import dataclass
from datetime import datetime

from routing.catalogue import Text
from routing.reasons import (
    Reason,
    basis_words,
    district_name,
    office_name,
    office_names,
    province_name,
    reason,
)
from routing.snapshot import Directory, District, Link, Office, Province
from routing.vocabulary import HQ, PARTNER

NO_TEXT = Text("", "")
EVERYWHERE = "found_everywhere"


@dataclass(frozen=True)
class Search:
    """What an office is searched by."""

    affiliation: str
    level: str | None
    district: District | None
    province: Province | None
    at: datetime | None = None


@dataclass(frozen=True)
class Found:
    """The office found; `chosen` is False when it is only the desk that has to choose.

    `by_place` is True when the place decided, not the affiliation alone.
    """

    office: Office | None
    reasons: tuple[Reason, ...]
    candidates: tuple[Office, ...] = ()
    chosen: bool = False
    by_place: bool = False


def find_office(search: Search, directory: Directory) -> Found:
    """The office that serves the search, or the desk with the candidates."""
    if search.district is None:
        return _without_district(search, directory)
    for place, rule in _tiers(search):
        links = _links(search, place, directory)
        if links:
            return _decide(search, links, rule, directory)
    return desk(directory, (reason("nothing_found"),), ())


def desk(
    directory: Directory, reasons: tuple[Reason, ...], candidates: tuple[Office, ...]
) -> Found:
    """The hotline's own desk, where a person chooses."""
    office = directory.office(HQ) or _root(directory)
    if office is None:
        return Found(None, reasons, candidates)
    return Found(office, (*reasons, reason("to_desk", office=office_name(office))), candidates)


def _root(directory: Directory) -> Office | None:
    roots = (one for one in directory.offices.values() if one.parent_code is None)
    return min(roots, key=lambda one: one.code, default=None)


def _tiers(search: Search) -> tuple[tuple[str | None, str], ...]:
    district = search.district.code if search.district else ""
    province = search.province.code if search.province else ""
    return (
        (district, "found_by_district"),
        (province, "found_by_province"),
        (None, EVERYWHERE),
    )


def _links(search: Search, place: str | None, directory: Directory) -> tuple[Link, ...]:
    """The links that hold here; one made for the level goes before one for every level."""
    found = tuple(
        link
        for link in directory.links_at(search.affiliation, place)
        if link.serves(search.level, search.at) and directory.office(link.office_code)
    )
    return tuple(link for link in found if link.level is not None) or found


def _offices(links: tuple[Link, ...], directory: Directory) -> tuple[Office, ...]:
    """The distinct offices of links, by code; closed ones only when there is no open one.

    A link of the centre says that nobody else serves something, so any other goes before it.
    """
    found = {link.office_code: directory.offices[link.office_code] for link in links}
    codes = sorted(found.keys() - {HQ}) or sorted(found)
    ordered = tuple(found[code] for code in codes)
    return tuple(one for one in ordered if one.active) or ordered


def _are_partners(offices: tuple[Office, ...]) -> bool:
    return bool(offices) and all(one.type == PARTNER for one in offices)


def _decide(search: Search, links: tuple[Link, ...], rule: str, directory: Directory) -> Found:
    offices = _offices(links, directory)
    if _are_partners(offices):
        referral = reason("partner_for_referral", candidates=office_names(offices))
        return desk(directory, (reason("outside_ministry"), referral), offices)
    if len(offices) > 1:
        place = _place_name(search, "found_by_district", directory)
        why = reason("area_unknown", place=place, candidates=office_names(offices))
        return desk(directory, (why,), offices)
    office = offices[0]
    if office.code == HQ:
        return desk(directory, (reason("outside_ministry"),), ())
    link = next(link for link in links if link.office_code == office.code)
    basis = "link_confirmed" if link.confirmed else "link_unconfirmed"
    steps = (
        reason(rule, office=office_name(office), place=_place_name(search, rule, directory)),
        reason(basis, basis=basis_words(link.basis)),
    )
    return Found(office, steps, chosen=True, by_place=rule != EVERYWHERE)


def _place_name(search: Search, rule: str, directory: Directory) -> Text:
    if rule == "found_by_province" and search.province:
        return province_name(search.province)
    return district_name(search.district, directory) if search.district else NO_TEXT


def _without_district(search: Search, directory: Directory) -> Found:
    """A province alone goes to the desk with its candidates; only a nation-wide office needs no
    place."""
    if search.province:
        links = _links(search, search.province.code, directory)
        offices = _offices(links, directory)
        if _are_partners(offices):
            return _decide(search, links, "found_by_province", directory)
        if offices:
            why = reason("province_only", candidates=office_names(offices))
            return desk(directory, (why,), offices)
    links = _links(search, None, directory)
    if links:
        return _decide(search, links, EVERYWHERE, directory)
    if any(affiliation == search.affiliation for affiliation, _ in directory.links):
        return desk(directory, (), ())
    return desk(directory, (reason("nothing_found"),), ())
