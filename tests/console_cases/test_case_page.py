"""The page of one case: whose turn it is first, everything in words, no number unasked."""

from collections.abc import Callable

from tests.console_cases.people import (
    CALLER,
    OTHER_NUMBER,
    Desk,
    kept_recording,
    opened_case,
    owed_callback,
)

OWN = ("operator", "ESA-9202")
HEAD = ("head_operator", "ESA-9202")
REASON = "ต้องโทรถามที่อยู่ให้ชัดเจน"


def number_is_in(html: str) -> bool:
    return any(one[-8:] in html for one in (CALLER, OTHER_NUMBER))


def test_the_page_tells_everything_in_thai(desk_of: Callable[..., Desk]) -> None:
    made = opened_case()
    owed_callback(made)
    kept_recording(made)
    page = desk_of(OWN).get(f"/cases/{made.reference}")
    html = page.get_data(as_text=True)
    assert page.status_code == 200
    for text in (
        "กดรับทราบเรื่อง",
        "การกลั่นแกล้งรังแก",
        "ถูกทำร้ายหรือรังแก",
        "เขตพื้นที่ดูแล",
        "ไม่รับสาย",
        "เก็บแล้ว",
        "เปิดเรื่องจากสายโทรศัพท์",
        "ตรัง",
    ):
        assert text in html, text


def test_no_number_is_shown_before_it_is_revealed(desk_of: Callable[..., Desk]) -> None:
    made = opened_case()
    owed_callback(made)
    desk = desk_of(HEAD)
    assert not number_is_in(desk.get("/cases").get_data(as_text=True))
    assert not number_is_in(desk.get(f"/cases/{made.reference}").get_data(as_text=True))
    refused = desk.post(f"/cases/{made.reference}/number", reason="x")
    assert refused.status_code == 400
    assert not number_is_in(refused.get_data(as_text=True))
    shown = desk.post(f"/cases/{made.reference}/number", reason=REASON)
    html = shown.get_data(as_text=True)
    assert CALLER in html
    assert OTHER_NUMBER in html
    later = desk.get(f"/cases/{made.reference}").get_data(as_text=True)
    assert not number_is_in(later)
    assert REASON in later
