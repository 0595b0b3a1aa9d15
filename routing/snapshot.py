"""The directory as plain values: what `choose_office` and the telephone look things up in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from routing.opening import Span, UsualHours, Week, is_open
from routing.rulebook import RuleBook
from routing.vocabulary import HQ


@dataclass(frozen=True)
class Province:
    """A province by its official code."""

    code: str
    name_th: str
    name_en: str


@dataclass(frozen=True)
class District:
    """A district by its official code; `kind` is "khet" in Bangkok, else "amphoe".

    While it is not `is_on`, its reports go to the level above the office found.
    """

    code: str
    province_code: str
    name_th: str
    name_en: str
    kind: str
    is_on: bool = True


@dataclass(frozen=True)
class Office:
    """An office of the tree; never a school.

    `active` is False for an office that exists no more, `is_on` for one that does not take part
    yet: until it does, its reports go to the level above.
    """

    code: str
    type: str
    name_th: str
    name_en: str
    parent_code: str | None = None
    province_code: str | None = None
    district_code: str | None = None
    active: bool = True
    former_name_th: str | None = None
    confirmed: bool = True
    basis: str = ""
    is_on: bool = True


@dataclass(frozen=True)
class Link:
    """One jurisdiction: `level` None means every level, no place means the whole country."""

    office_code: str
    affiliation: str
    level: str | None = None
    province_code: str | None = None
    district_code: str | None = None
    confirmed: bool = True
    basis: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    def serves(self, level: str | None, at: datetime | None) -> bool:
        """Whether the link holds for this level at this moment; without a moment, with no end."""
        if self.level is not None and self.level != level:
            return False
        if at is None:
            return self.valid_to is None
        begun = self.valid_from is None or self.valid_from <= at
        return begun and (self.valid_to is None or at < self.valid_to)


@dataclass(frozen=True)
class Directory:
    """All places and offices but schools; built once, shared by threads, never changed.

    The codes of the schools below an office are kept here once they were looked up.
    """

    provinces: Mapping[str, Province] = field(default_factory=dict)
    districts: Mapping[str, District] = field(default_factory=dict)
    postal_codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    offices: Mapping[str, Office] = field(default_factory=dict)
    links: Mapping[tuple[str, str | None], tuple[Link, ...]] = field(default_factory=dict)
    hours: Mapping[str, Week] = field(default_factory=dict)
    rules: RuleBook = field(default_factory=RuleBook)
    version: int = 0
    # Schools by the offices right above them, as far as somebody has asked.
    _schools: dict[tuple[str, ...], tuple[str, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def schools_below(
        self, codes: tuple[str, ...], look_up: Callable[[], Iterable[str]]
    ) -> tuple[str, ...]:
        """The codes of the schools right below these offices, looked up once a snapshot."""
        if codes not in self._schools:
            self._schools[codes] = tuple(look_up())
        return self._schools[codes]

    @cached_property
    def parents(self) -> Mapping[str, str | None]:
        """The tree of offices: the code of the one above each, None at the top."""
        return {code: office.parent_code for code, office in self.offices.items()}

    def province(self, code: str | None) -> Province | None:
        """The province with this code, or None."""
        return self.provinces.get(code or "")

    def district(self, code: str | None) -> District | None:
        """The district with this code, or None."""
        return self.districts.get(code or "")

    def office(self, code: str | None) -> Office | None:
        """The office with this code, or None (schools are not here)."""
        return self.offices.get(code or "")

    def districts_of_postal_code(self, postal_code: str) -> tuple[District, ...]:
        """The one to four districts of a postal code by code; empty when nobody knows it."""
        return tuple(self.districts[code] for code in self.postal_codes.get(postal_code, ()))

    def links_at(self, affiliation: str, place: str | None) -> tuple[Link, ...]:
        """The links of an affiliation at a district code, a province code, or None (everywhere)."""
        return self.links.get((affiliation, place), ())

    def is_open(self, code: str, at: datetime | None, usual: UsualHours | None) -> bool:
        """Whether an office is open at this moment; the centre always is, for somebody there is
        always on call (design.md §3a.9). Without a moment nothing is closed."""
        if code == HQ or at is None:
            return True
        return is_open(at, self.hours.get(code), usual.of(code) if usual else None)

    def superiors(self, code: str) -> tuple[Office, ...]:
        """The offices above one, nearest first; a broken tree ends the chain, never the search."""
        chain: list[Office] = []
        seen = {code}
        office = self.office(code)
        while office and office.parent_code and office.parent_code not in seen:
            seen.add(office.parent_code)
            office = self.office(office.parent_code)
            if office:
                chain.append(office)
        return tuple(chain)


@dataclass(frozen=True)
class Rows:
    """What a directory is built from."""

    provinces: Iterable[Province] = ()
    districts: Iterable[District] = ()
    postal_codes: Iterable[tuple[str, str]] = ()
    offices: Iterable[Office] = ()
    links: Iterable[Link] = ()
    hours: Iterable[tuple[str, int, Span]] = ()
    rules: RuleBook = field(default_factory=RuleBook)


def build_directory(rows: Rows, *, version: int = 0) -> Directory:
    """Index rows into a directory; the order of the rows does not matter."""
    postal: dict[str, list[str]] = {}
    for postal_code, district_code in sorted(rows.postal_codes):
        postal.setdefault(postal_code, []).append(district_code)
    links: dict[tuple[str, str | None], list[Link]] = {}
    for link in sorted(rows.links, key=lambda one: (one.office_code, one.level or "")):
        place = link.district_code or link.province_code
        links.setdefault((link.affiliation, place), []).append(link)
    return Directory(
        provinces={one.code: one for one in rows.provinces},
        districts={one.code: one for one in rows.districts},
        postal_codes={code: tuple(found) for code, found in postal.items()},
        offices={one.code: one for one in rows.offices},
        links={key: tuple(found) for key, found in links.items()},
        hours=_weeks(rows.hours),
        rules=rows.rules,
        version=version,
    )


def _weeks(rows: Iterable[tuple[str, int, Span]]) -> dict[str, Week]:
    weeks: dict[str, dict[int, tuple[Span, ...]]] = {}
    for code, weekday, span in sorted(rows):
        week = weeks.setdefault(code, {})
        week[weekday] = (*week.get(weekday, ()), span)
    return dict(weeks)
