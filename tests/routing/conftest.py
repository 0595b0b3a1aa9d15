"""Two directories to choose offices in: a small made-up one, and the public tree of the country."""

from pathlib import Path

import pytest

from core.processes import ROOT
from routing.public_tree import PublicTree, read_public_tree
from routing.snapshot import (
    Directory,
    District,
    Link,
    Office,
    Province,
    Rows,
    build_directory,
)
from tests.routing.files import Write

BASIC = {"affiliation": "basic"}
PRIMARY = {**BASIC, "level": "kindergarten_primary"}
SECONDARY = {**BASIC, "level": "secondary"}
NONFORMAL = {"affiliation": "nonformal"}


def _office(code: str, office_type: str, parent: str | None, **more: object) -> Office:
    return Office(code, office_type, f"หน่วย {code}", f"Office {code}", parent, **more)


@pytest.fixture(scope="session")
def small() -> Directory:
    """Two provinces: 50 with areas known for some districts, 60 with a single area.

    District 5001 has its area, 5002 an unconfirmed one, 5003 and 5004 none; 6001 has the only area
    of its province, whose district learning centre (DOLE-6001) is closed.
    """
    return build_directory(
        Rows(
            provinces=[Province("50", "ก", "Ko"), Province("60", "ข", "Kho")],
            districts=[
                *(District(f"500{n}", "50", f"อำเภอที่{n}", f"Five {n}", "amphoe") for n in "1234"),
                District("6001", "60", "อำเภอหก", "Six 1", "amphoe"),
            ],
            postal_codes=[("50110", "5001"), ("50110", "5002"), ("60110", "6001")],
            offices=[
                _office("HQ", "hq", None),
                *(_office(code, "agency", "HQ") for code in ("OBEC", "DOLE", "OVEC", "OPEC")),
                *(_office(f"ESA-500{n}", "area_primary", "OBEC") for n in "123"),
                _office("ESA-6001", "area_primary", "OBEC"),
                *(_office(f"SESA-0{n}", "area_secondary", "OBEC") for n in "123"),
                *(_office(f"DOLE-{code}", "province", "DOLE") for code in ("50", "60")),
                *(_office(f"DOLE-500{n}", "district", "DOLE-50") for n in "123"),
                _office("DOLE-6001", "district", "DOLE-60", active=False),
                _office("POLICE", "partner", "HQ"),
            ],
            links=_small_links(),
        ),
        version=1,
    )


def _small_links() -> list[Link]:
    return [
        *(Link(f"ESA-500{n}", **PRIMARY, province_code="50", basis="list") for n in "123"),
        Link("ESA-6001", **PRIMARY, province_code="60", basis="single-area province"),
        Link("ESA-5001", **PRIMARY, district_code="5001", basis="list"),
        Link("ESA-5002", **PRIMARY, district_code="5002", confirmed=False, basis="hearsay"),
        Link("SESA-01", **SECONDARY, province_code="50", basis="list"),
        Link("SESA-02", **SECONDARY, province_code="50", basis="list"),
        Link("SESA-03", **SECONDARY, province_code="60", basis="list"),
        Link("DOLE-50", **NONFORMAL, province_code="50", basis="name"),
        Link("DOLE-60", **NONFORMAL, province_code="60", basis="name"),
        *(Link(f"DOLE-500{n}", **NONFORMAL, district_code=f"500{n}", basis="name") for n in "123"),
        Link("DOLE-6001", **NONFORMAL, district_code="6001", basis="name"),
        Link("OVEC", "vocational", basis="itself"),
        Link("OPEC", "private", basis="itself"),
        Link("HQ", "local", basis="outside"),
        Link("HQ", "other", basis="outside"),
    ]


@pytest.fixture(scope="session")
def tree() -> PublicTree:
    """The public tree as it ships."""
    return read_public_tree(ROOT)


@pytest.fixture(scope="session")
def country(tree: PublicTree) -> Directory:
    """The directory that the public tree makes, without a database."""
    offices = (
        Office(one.code, one.type, one.name_th, one.name_en, one.parent_code)
        for one in tree.offices
    )
    places = tree.geography
    rows = Rows(places.provinces, places.districts, places.postal_codes, offices, tree.links)
    return build_directory(rows, version=1)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a CSV file of these lines, as UTF-8."""

    def write_file(name: str, *lines: str) -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write_file
