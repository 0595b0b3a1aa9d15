"""To whom outside the ministry a report of a place may be referred: those near first. Pure.

Source: domain.md C9 (partners of a district), C10 (of the country), C11.
"""

from collections.abc import Iterable
from typing import NamedTuple

from routing.snapshot import Directory, Office
from routing.vocabulary import PARTNER


class Partners(NamedTuple):
    """Partners at work: those of a place and affiliation, and those of the whole country."""

    near: tuple[Office, ...]
    others: tuple[Office, ...]


def partners_of(
    directory: Directory,
    *,
    affiliation: str | None,
    district_code: str | None,
    province_code: str | None,
    first: Iterable[str] = (),
) -> Partners:
    """The partners of a place, those in `first` before all, and the others of the whole country.

    A partner of another place is on neither list: whoever means it names its code.
    """
    known = {
        code: one for code, one in directory.offices.items() if one.type == PARTNER and one.active
    }
    places = (district_code, province_code, None)
    links = (
        link
        for place in places
        for link in directory.links_at(affiliation or "", place)
        if link.valid_to is None
    )
    here = (code for code in sorted(known) if _is_at(known[code], district_code, province_code))
    codes = dict.fromkeys([*first, *(one.office_code for one in links), *here])
    near = tuple(known[code] for code in codes if code in known)
    others = (one for code, one in sorted(known.items()) if code not in codes and _is_wide(one))
    return Partners(near, tuple(others))


def _is_at(office: Office, district_code: str | None, province_code: str | None) -> bool:
    if office.district_code is not None:
        return office.district_code == district_code
    return office.province_code is not None and office.province_code == province_code


def _is_wide(office: Office) -> bool:
    return office.province_code is None and office.district_code is None
