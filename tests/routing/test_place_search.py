"""Places as people type them: by postal code, code or name, one or a few to choose from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.place_search import find_places
from routing.snapshot import Directory
from tests.routing.patience import PATIENT

TYPED = [
    ("92160", ["9209"]),
    ("9209", ["9209"]),
    ("๙๒๐๙", ["9209"]),
    ("40", ["40"]),
    ("รัษฎา", ["9209"]),
    ("อ.รัษฎา", ["9209"]),
    ("อำเภอ รัษฎา", ["9209"]),
    ("Ratsada District", ["9209"]),
    ("  ratsada,  trang ", ["9209"]),
    ("เมืองขอนแก่น", ["4001"]),
    ("Mueang Khon Kaen · Khon Kaen", ["4001"]),
    ("ขอนแก่น", ["40"]),
    ("เฉลิมพระเกียรติ นครราชสีมา", ["3032"]),
    ("เขตดุสิต กรุงเทพมหานคร", ["1002"]),
    ("Atlantis", []),
    ("00000", []),
    ("", []),
    ("อำเภอ", []),
    ("district", []),
]


@pytest.mark.parametrize(("text", "codes"), TYPED, ids=[one[0] for one in TYPED])
def test_a_place_is_found_as_it_is_typed(text: str, codes: list[str], country: Directory) -> None:
    found = find_places(text, country)
    assert [one.code for one in (*found.districts, *found.provinces)] == codes
    assert (found.only is not None) == (len(codes) == 1)


def test_a_name_of_several_districts_gives_them_all_to_choose_from(country: Directory) -> None:
    found = find_places("เฉลิมพระเกียรติ", country)
    assert len(found.districts) == 5
    assert found.only is None


def test_of_very_many_the_first_are_given_and_that_there_are_more(country: Directory) -> None:
    found = find_places("เมือง", country)
    assert (len(found.districts), found.more) == (12, True)


def test_every_district_is_found_by_its_own_words_but_for_namesakes(country: Directory) -> None:
    lost = set()
    for code, district in country.districts.items():
        province = country.provinces[district.province_code]
        for words in (
            f"{district.name_th} {province.name_th}",
            f"{district.name_en} {province.name_en}",
        ):
            if find_places(words, country).only != district:
                lost.add(words)
            found = find_places(f"{words} {code}", country).only
            assert found == district, words
    # Two districts of one province whose Thai names differ.
    assert len(lost) <= 5
    assert all(words.isascii() for words in lost), lost


@PATIENT
@given(text=st.text(max_size=60))
def test_nothing_that_is_typed_fails(text: str, small: Directory) -> None:
    found = find_places(text, small)
    assert len(found.districts) + len(found.provinces) <= 12
