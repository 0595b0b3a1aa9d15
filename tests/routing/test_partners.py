"""Which partners a referral is offered: those of the place first, then those of the country."""

import pytest

from routing.partners import partners_of
from routing.snapshot import Directory, Link, Office, Rows, build_directory


def partner(code: str, **more: object) -> Office:
    return Office(code, "partner", code, code, "HQ", **more)  # type: ignore[arg-type]


DIRECTORY: Directory = build_directory(
    Rows(
        offices=[
            Office("HQ", "hq", "ศูนย์", "Centre"),
            Office("ESA-5001", "area_primary", "เขต", "Area", "HQ", district_code="5001"),
            partner("DLA"),
            partner("MSDHS"),
            partner("POLICE-5001", province_code="50", district_code="5001"),
            partner("POLICE-5002", province_code="50", district_code="5002"),
            partner("HEALTH-50", province_code="50"),
            partner("HEALTH-60", province_code="60"),
            partner("GONE", province_code="50", active=False),
        ],
        links=[Link("DLA", "local"), Link("ESA-5001", "basic", district_code="5001")],
    )
)


@pytest.mark.parametrize(
    ("affiliation", "district", "province", "first", "near", "others"),
    [
        ("basic", "5001", "50", (), ["HEALTH-50", "POLICE-5001"], ["DLA", "MSDHS"]),
        ("local", "5001", "50", (), ["DLA", "HEALTH-50", "POLICE-5001"], ["MSDHS"]),
        (
            *("local", "5001", "50", ("POLICE-5001", "ESA-5001", "GONE")),
            ["POLICE-5001", "DLA", "HEALTH-50"],
            ["MSDHS"],
        ),
        (None, None, "60", (), ["HEALTH-60"], ["DLA", "MSDHS"]),
        (None, None, None, (), [], ["DLA", "MSDHS"]),
    ],
)
def test_partners_of_a_place(
    affiliation: str | None,
    district: str | None,
    province: str | None,
    first: tuple[str, ...],
    near: list[str],
    others: list[str],
) -> None:
    found = partners_of(
        DIRECTORY,
        affiliation=affiliation,
        district_code=district,
        province_code=province,
        first=first,
    )
    assert [[one.code for one in some] for some in found] == [near, others]


def test_the_public_tree_names_the_partner_of_a_municipal_school_first(country: Directory) -> None:
    found = partners_of(country, affiliation="local", district_code="4001", province_code="40")
    assert [one.code for one in found.near] == ["DLA"]
    assert "DLA" not in {one.code for one in found.others}
