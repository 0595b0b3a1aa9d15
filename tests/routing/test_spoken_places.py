"""Places as people say them: one or a few to be asked about, or nothing; never a stumble."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.snapshot import Directory
from routing.spoken_places import MOST_DISTRICTS, heard_places
from tests.routing.patience import PATIENT

SAID = [
    ("อำเภอรัษฎา จังหวัดตรัง", ["9209"]),
    ("อยู่อำเภอเมืองขอนแก่นค่ะ", ["4001"]),
    ("อ.เมือง จ.ขอนแก่น", ["4001"]),
    ("โรงเรียนบ้านโป่งอำเภอเมืองเชียงราย", ["5701"]),
    ("เขตบางรักกรุงเทพ", ["1004"]),
    ("โคราช ปากช่อง", ["3021"]),
    ("สนามชัยเขต", ["2408"]),
    ("อำเภอปายครับ", ["5803"]),
    ("แกลงระยอง", ["2103"]),
    ("ท่าเรือ อยุธยา", ["1402"]),
    ("รัสดา", ["9209"]),
    ("จอมทอง", ["1035", "5002"]),
    ("เฉลิมพระเกียรติ สระบุรี", ["1913"]),
    ("น้ําพอง", ["4007"]),
    ("๙๒๑๖๐", ["9209"]),
    ("9 2 0 0 0", ["9201", "9205", "9207"]),
    ("Ratsada District, Trang Province", ["9209"]),
    ("muang khon kaen", ["4001"]),
    ("เฉลิมพระเกียรติ", []),
    ("ไกลเลย", []),
    ("สวัสดีค่ะ หนูไม่รู้", []),
    ("เมือง", []),
    ("a" * 70_000, []),
    ("", []),
]


@pytest.mark.parametrize(("words", "codes"), SAID, ids=[one[0][:30] for one in SAID])
def test_a_district_is_understood_as_it_is_said(
    words: str, codes: list[str], country: Directory
) -> None:
    heard = heard_places(words, country)
    assert [one.code for one in heard.districts] == codes
    assert heard.province is None


def test_a_province_alone_is_remembered_for_what_is_said_next(country: Directory) -> None:
    alone = heard_places("อยู่จังหวัดตรัง", country).province
    assert alone is not None
    assert alone.code == "92"
    after = {
        words: [one.code for one in heard_places(words, country, province="92").districts]
        for words in ("เมือง", "กันตัง", "บ้านโป่ง")
    }
    assert after == {"เมือง": ["9201"], "กันตัง": ["9202"], "บ้านโป่ง": ["7005"]}


def test_every_district_is_among_those_asked_about_when_said_with_its_province(
    country: Directory,
) -> None:
    lost = [
        one.name_th
        for one in country.districts.values()
        if one
        not in heard_places(
            f"อำเภอ{one.name_th} จังหวัด{country.provinces[one.province_code].name_th}", country
        ).districts
    ]
    assert lost == []


@PATIENT
@given(words=st.text(max_size=400))
def test_anything_may_be_said(words: str, country: Directory) -> None:
    heard = heard_places(words, country)
    assert len(heard.districts) <= MOST_DISTRICTS
    assert not (heard.districts and heard.province)
