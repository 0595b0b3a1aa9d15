"""How a person wants to be told: the channels there are, quiet hours, refusals in plain words."""

import re
from typing import Any

import pytest
from flask import Flask

from agents.notices import choose, preferences
from core import clock
from core.database import reading, transaction
from core.runtime import Runtime
from tests.console.callback_people import operator
from tests.console.notice_people import no_channels
from tests.console_cases.people import Desk
from tests.console_cases.test_case_list import counted
from webapp.console import forgery

pytestmark = pytest.mark.usefixtures("friday")

PATH = "/notices/preferences"
CHECKED = re.compile(r'<input type="(?:checkbox|radio)" id="([^"]+)"[^>]* checked>')
SELECTED = re.compile(r"<option selected>([^<]+)<")
NIGHT = {"quiet": "hours", "start": "21:00", "end": "06:30"}
MOST_QUERIES = 5


def read(desk: Desk, path: str = PATH) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def kept(desk: Desk) -> tuple[list[str], str] | None:
    with reading() as session:
        row = preferences(session, desk.viewer.staff_id)
        return (row.channels, row.quiet_hours) if row else None


def test_who_chose_nothing_sees_what_holds_for_all(app: Flask) -> None:
    html = read(Desk(app, operator()))
    assert CHECKED.findall(html) == ["channel-email", "channel-sms", "quiet-hours"]
    assert SELECTED.findall(html) == ["20:00", "07:00"]
    assert "เหตุฉุกเฉินจะแจ้งถึงคุณเสมอ" in html
    assert "ลงท้าย 42" in html
    assert "810000142" not in html


def test_wishes_are_kept_and_shown_again(app: Flask) -> None:
    desk = Desk(app, operator())
    answer = desk.post(PATH, channel="sms", **NIGHT)
    assert answer.status_code == 303
    html = read(desk, answer.headers["Location"].removeprefix("/desk"))
    assert "บันทึกแล้ว" in html
    assert CHECKED.findall(html) == ["channel-sms", "quiet-hours"]
    assert SELECTED.findall(html) == ["21:00", "06:30"]
    assert kept(desk) == (["sms", "phone"], "21:00-06:30")


def test_both_channels_or_none_and_no_quiet_hours(app: Flask) -> None:
    desk = Desk(app, operator())
    form = {forgery.FIELD: desk._token(), "channel": ["sms", "email"], "quiet": "none"}
    assert desk.client.post(f"/desk{PATH}", data=form).status_code == 303
    assert kept(desk) == (["email", "sms", "phone"], "none")
    assert desk.post(PATH, quiet="none", start="", end="").status_code == 303
    assert kept(desk) == (["phone"], "none")
    assert CHECKED.findall(read(desk)) == ["quiet-none"]
    assert SELECTED.findall(read(desk)) == ["20:00", "07:00"]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ({"channel": "pigeon"} | NIGHT, "กรุณาเลือกจากช่องทางที่แสดง"),
        ({"channel": "line"} | NIGHT, "กรุณาเลือกจากช่องทางที่แสดง"),
        ({"channel": "sms"}, "กรุณาเลือกว่ามีช่วงเวลางดส่งหรือไม่"),
        ({"quiet": "always"}, "กรุณาเลือกว่ามีช่วงเวลางดส่งหรือไม่"),
        ({"quiet": "hours"}, "กรุณาเลือกเวลาเริ่ม"),
        (NIGHT | {"end": ""}, "กรุณาเลือกเวลาเริ่ม"),
        (NIGHT | {"end": "24:00"}, "กรุณาเลือกเวลาเริ่ม"),
        (NIGHT | {"end": "06:30:00"}, "กรุณาเลือกเวลาเริ่ม"),
        (NIGHT | {"start": "๒๑:๐๐"}, "กรุณาเลือกเวลาเริ่ม"),
        (NIGHT | {"end": "21:00"}, "ต้องไม่ตรงกับเวลาเริ่ม"),
    ],
)
def test_what_cannot_be_is_refused_plainly(app: Flask, form: dict[str, str], text: str) -> None:
    desk = Desk(app, operator())
    answer = desk.post(PATH, **form)
    assert answer.status_code == 400
    assert text in answer.get_data(as_text=True)
    assert kept(desk) is None


def test_what_was_typed_stays_after_a_refusal(app: Flask) -> None:
    desk = Desk(app, operator())
    answer: Any = desk.post(PATH, channel="sms", quiet="hours", start="22:30", end="22:30")
    html = answer.get_data(as_text=True)
    assert CHECKED.findall(html) == ["channel-sms", "quiet-hours"]
    assert SELECTED.findall(html) == ["22:30", "22:30"]
    assert html.count('aria-invalid="true"') == 2


def test_without_a_number_there_is_no_sms_to_choose_and_the_wish_stays(app: Flask) -> None:
    desk = Desk(app, operator(phone=None))
    html = read(desk)
    assert 'value="sms"' not in html
    assert "ยังไม่มีเบอร์มือถือของคุณ" in html
    desk.post(PATH, quiet="none")
    assert kept(desk) == (["sms", "phone"], "none")


def test_a_channel_that_the_service_lacks_is_not_offered_and_the_wish_stays(
    app: Flask, runtime: Runtime
) -> None:
    desk = Desk(app, operator())
    with no_channels(runtime):
        html = read(desk)
        desk.post(PATH, quiet="none")
    assert 'name="channel"' not in html
    assert "ระบบนี้ยังไม่ได้เปิดใช้อีเมลและ SMS" in html
    assert kept(desk) == (["email", "sms", "phone"], "none")


def test_hours_chosen_to_the_minute_elsewhere_are_offered_here(app: Flask) -> None:
    desk = Desk(app, operator())
    with transaction() as session:
        choose(
            session,
            desk.viewer.staff_id,
            channels=["email"],
            quiet_hours="21:15-06:30",
            now=clock.now(),
        )
    assert SELECTED.findall(read(desk)) == ["21:15", "06:30"]


ORDER = f"{PATH}/order"
PLACES = re.compile(r'id="place-(\w+)">\d\. ([^<]+)<')


def ranked(desk: Desk) -> list[str]:
    return [code for code, _name in PLACES.findall(read(desk))]


def test_the_order_is_changed_by_one_place_and_nothing_else_is(app: Flask) -> None:
    desk = Desk(app, operator())
    assert PLACES.findall(read(desk)) == [
        ("email", "อีเมล"), ("sms", "SMS"), ("phone", "โทรศัพท์"),
    ]  # fmt: skip
    html = read(desk)
    assert "sms:up" in html
    assert "email:up" not in html
    assert "phone:down" not in html
    answer = desk.post(ORDER, move="sms:up")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("#order")
    assert ranked(desk) == ["sms", "email", "phone"]
    desk.post(ORDER, move="phone:up")
    desk.post(ORDER, move="phone:up")
    assert ranked(desk) == ["phone", "sms", "email"]
    desk.post(ORDER, move="phone:up")
    desk.post(ORDER, move="email:down")
    assert ranked(desk) == ["phone", "sms", "email"]
    assert kept(desk) == (["email", "sms", "phone"], "20:00-07:00")
    desk.post(PATH, channel="sms", **NIGHT)
    assert ranked(desk) == ["phone", "sms", "email"]


@pytest.mark.parametrize("move", ["", "sms", "sms:", ":up", "sms:left", "line:up", "console:up"])
def test_a_move_that_cannot_be_made_is_refused_plainly(app: Flask, move: str) -> None:
    desk = Desk(app, operator())
    answer = desk.post(ORDER, move=move)
    assert answer.status_code == 400
    assert "กรุณาเลือกช่องทางที่แสดงในหน้านี้ และเลือกว่าจะเลื่อนขึ้นหรือลง" in answer.text
    assert kept(desk) is None


def test_the_telephone_stands_there_for_who_has_one(app: Flask) -> None:
    html = read(Desk(app, operator()))
    assert "โทรหาคุณ (เบอร์ลงท้าย 42) เมื่อมีเหตุฉุกเฉินที่คุณยังไม่ได้อ่านภายใน 3 นาที" in html
    desk = Desk(app, operator(phone=None))
    html = read(desk)
    assert "โทรหาคุณ" not in html
    assert PLACES.findall(html) == []
    assert desk.post(ORDER, move="phone:up").status_code == 400


def test_what_one_cannot_be_reached_by_keeps_its_place_behind_the_others(
    app: Flask, runtime: Runtime
) -> None:
    desk = Desk(app, operator())
    desk.post(ORDER, move="sms:up")
    with no_channels(runtime):
        assert desk.post(ORDER, move="sms:up").status_code == 400
    assert ranked(desk) == ["sms", "email", "phone"]


def test_the_page_costs_little(app: Flask, runtime: Runtime) -> None:
    desk = Desk(app, operator())
    read(desk)
    with counted(runtime) as statements:
        read(desk)
    assert len(statements) <= MOST_QUERIES
