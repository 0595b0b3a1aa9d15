"""The page of one case: whose turn it is first, everything in words, no number unasked."""

import re
from collections.abc import Callable

from calls.legs import create_live_leg, end_legs_of
from calls.models import Leg
from core import clock
from core.database import transaction
from tests.console_cases.people import (
    CALLER,
    OTHER_NUMBER,
    Desk,
    hired,
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
        "ร้องทุกข์",
        "(ระบบสันนิษฐาน: มีคนเดือดร้อนและต้องการความช่วยเหลือ)",
    ):
        assert text in html, text


def test_who_was_rung_for_the_caller_and_who_took_the_call_stands_there(
    desk_of: Callable[..., Desk],
) -> None:
    made, desk = opened_case(), desk_of(OWN, language="en")
    people = {"took": hired("กานดา ทดสอบ", OWN), "missed": hired("ปิติ ทดสอบ", OWN)}
    address = f"/cases/{made.reference}"
    assert "Who was rung" not in desk.get(address).get_data(as_text=True)
    with transaction() as session:
        for key, viewer in people.items():
            about = {"account_sid": "AC1", "call_sid": made.call_sid, "now": clock.now()}
            create_live_leg(session, key, staff_id=viewer.staff_id, **about)
            session.get_one(Leg, key).accepted = key == "took"
        end_legs_of(session, made.call_sid, now=clock.now())
    html = desk.get(address).get_data(as_text=True)
    told = re.findall(r"<li>(.*?) · .* · (.*?)</li>", html.split('id="rung"')[1].split("</ul>")[0])
    assert sorted(told) == [("กานดา ทดสอบ", "took the call"), ("ปิติ ทดสอบ", "did not take it")]


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
