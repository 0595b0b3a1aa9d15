"""The offices that everybody knows: the centre, agencies, partners outside the ministry, education
areas, learning offices.

Codes are those of design.md §5: HQ, OBEC, ESA-4001, SESA-01, DOLE-40, DOLE-4001. Files in
routing/data/ hold names and, row by row, what each rests on.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import yaml_text
from routing.geography import CAPITAL, Geography
from routing.snapshot import District, Province
from routing.vocabulary import BASIC, NONFORMAL, PRIMARY_LEVEL, SECONDARY_LEVEL

DATA = Path(__file__).with_name("data")
PRIMARY_AREA = "area_primary"
SECONDARY_AREA = "area_secondary"


@dataclass(frozen=True)
class OfficeRow:
    """An office as the public tree has it; field names are the table's."""

    code: str
    type: str
    name_th: str
    name_en: str
    parent_code: str | None
    province_code: str | None = None
    district_code: str | None = None
    affiliation: str | None = None
    level: str | None = None
    former_name_th: str | None = None
    confirmed: bool = True
    basis: str = ""


@dataclass(frozen=True)
class Area:
    """A row of th_esa.csv: the office and the provinces that it covers."""

    office: OfficeRow
    provinces: tuple[str, ...]


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file of routing/data/."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def agencies() -> tuple[OfficeRow, ...]:
    """The centre, the agencies under it, and the bodies outside the ministry that reports are
    referred to."""
    return tuple(_agency(row) for row in read_table("agencies.csv"))


def _agency(row: dict[str, str]) -> OfficeRow:
    values: dict[str, Any] = {name: value or None for name, value in row.items()}
    return OfficeRow(**values, confirmed=not row["basis"].startswith("general knowledge"))


def areas() -> tuple[Area, ...]:
    """The 183 primary and 62 secondary education areas, all under OBEC.

    Their codes are derived (primary) or ours (secondary), so none is confirmed yet.
    """
    return tuple(_area(row) for row in read_table("th_esa.csv"))


def area_code(code: str) -> str:
    """The office code of a code in the table: 4001 is ESA-4001, S01 is SESA-01."""
    return f"SESA-{code[1:]}" if code.startswith("S") else f"ESA-{code}"


def _area(row: dict[str, str]) -> Area:
    primary = row["level"] == "PESAO"
    provinces = tuple(row["province_codes"].split("|"))
    office = OfficeRow(
        code=area_code(row["esa_code"]),
        type=PRIMARY_AREA if primary else SECONDARY_AREA,
        name_th=row["name_th"],
        name_en=row["name_en"],
        parent_code="OBEC",
        province_code=provinces[0],
        affiliation=BASIC,
        level=PRIMARY_LEVEL if primary else SECONDARY_LEVEL,
        confirmed=False,
        basis=row["code_basis"],
    )
    return Area(office, provinces)


def learning_offices(geography: Geography) -> Iterator[OfficeRow]:
    """The learning office of every province and, under it, the centre of every district."""
    names = yaml_text.load((DATA / "learning_offices.yaml").read_text(encoding="utf-8"))
    provinces = {one.code: one for one in geography.provinces}
    for province in geography.provinces:
        yield _provincial(province, names)
    for district in geography.districts:
        yield _of_district(district, provinces[district.province_code], names)


def _provincial(province: Province, names: dict[str, Any]) -> OfficeRow:
    pattern = names["capital" if province.code == CAPITAL else "province"]
    return OfficeRow(
        code=f"DOLE-{province.code}",
        type="province",
        name_th=pattern["th"].format(province=province.name_th),
        name_en=pattern["en"].format(province=province.name_en),
        former_name_th=pattern["former"].format(province=province.name_th),
        parent_code="DOLE",
        province_code=province.code,
        affiliation=NONFORMAL,
        confirmed=False,
        basis=names["basis"],
    )


def _of_district(district: District, province: Province, names: dict[str, Any]) -> OfficeRow:
    pattern = names[district.kind]
    return OfficeRow(
        code=f"DOLE-{district.code}",
        type="district",
        name_th=pattern["th"].format(district=district.name_th),
        name_en=pattern["en"].format(district=district.name_en),
        former_name_th=pattern["former"].format(district=district.name_th),
        parent_code=f"DOLE-{province.code}",
        province_code=province.code,
        district_code=district.code,
        affiliation=NONFORMAL,
        confirmed=False,
        basis=names["basis"],
    )
