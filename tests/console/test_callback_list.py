"""The list of callbacks: ready, later, undecided, under way; live, light, never a number."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from core import clock
from core.runtime import Runtime
from tests.console.callback_people import (
    FRIDAY,
    NUMBER,
    OFFICE,
    attempt,
    moved,
    operator,
    owed,
    undecided,
)
from tests.console_cases.people import Desk, opened_case
from tests.console_cases.test_case_list import counted

pytestmark = pytest.mark.usefixtures("friday")

SECTION = re.compile(r'<h2 id="([a-z-]+)">.*?(?=<h2 id|$)', re.DOTALL)
ROW = re.compile(r'id="callback-(\d+)"')
CALL = '/call"'
POLL = re.compile(r'hx-get="/desk([^"]+)"')
# Sign-in, roles, and what the page itself asks.
MOST_QUERIES = 20


def parts(html: str) -> dict[str, list[int]]:
    """The callbacks in each part of the page."""
    return {
        found[1]: [int(one) for one in ROW.findall(found[0])] for found in SECTION.finditer(html)
    }


def read(desk: Desk, path: str = "/callbacks") -> str:
    answer = desk.get(path)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def test_each_callback_stands_where_it_belongs(app: Flask) -> None:
    desk = Desk(app, operator())
    ready, early = owed(), owed(window_start="14:00", window_end="16:00")
    over = owed(window_start="08:00", window_end="09:00")
    torn, ringing = undecided("tries_spent", state="exhausted"), owed(state="dialling_caller")
    owed(state="done")
    undecided("unanswered", decided_at=clock.now())
    found = parts(read(desk))
    assert found["ready"] == [ready.id]
    assert found["decide"] == [torn.id]
    assert found["under-way"] == [ringing.id]
    assert set(found["later"]) == {early.id, over.id}


def test_what_nobody_of_the_office_can_make_in_time_says_so_while_it_waits(app: Flask) -> None:
    owed(window_start="17:00", window_end="20:00", reason="nobody_there")
    undecided("unanswered")
    html = read(Desk(app, operator()))
    assert html.count("หน่วยงานไม่มีผู้ปฏิบัติหน้าที่ในเวลาที่ผู้แจ้งรับสายได้อย่างปลอดภัย") == 1
    moved(owed(reason="nobody_there"), state="claimed")
    assert read(Desk(app, operator())).count("หน่วยงานไม่มีผู้ปฏิบัติหน้าที่") == 1


def test_the_most_pressing_callback_comes_first(app: Flask) -> None:
    calm, urgent = owed(), owed(severity="urgent")
    danger = owed(severity="emergency", immediate=True, answers={"danger": True})
    html = read(Desk(app, operator()))
    assert parts(html)["ready"] == [danger.id, urgent.id, calm.id]
    assert "มีอันตรายอยู่ตอนนี้" in html


def test_a_row_says_what_is_needed_to_call_and_no_number(app: Flask) -> None:
    made = owed(keys_only=True, tries=1, late_at=clock.now() - timedelta(minutes=5))
    attempt(made, outcome="no_answer", ended_at=clock.now(), caller_rung_at=clock.now())
    html = read(Desk(app, operator()))
    for said in (
        f'href="/desk/cases/{made.case.reference}"',
        "ถามว่า “ใช่กด 1 ไม่ใช่กด 2”",
        "เวลาที่ปลอดภัยสำหรับผู้แจ้ง: 08:00–12:00",
        "โทรหาผู้แจ้งแล้ว 1 จาก 3 ครั้ง",
        "ไม่รับสาย",
        "เลยกำหนดตั้งแต่",
        "โทรศัพท์ของคุณ (ลงท้าย 42) จะดังก่อน",
    ):
        assert said in html, said
    assert NUMBER[-7:] not in html
    assert "66810000142" not in html


def test_a_later_callback_says_from_when(app: Flask) -> None:
    owed(window_start="14:00", window_end="16:00")
    html = read(Desk(app, operator()))
    assert "ตั้งแต่ 14:00\N{NO-BREAK SPACE}น." in html
    assert CALL not in html


def test_a_callback_whose_own_call_goes_on_is_not_shown(app: Flask) -> None:
    opened_case(ended=False)
    assert "ไม่มีสายที่ต้องโทรกลับ" in read(Desk(app, operator()))


def test_without_a_telephone_nobody_gets_the_button(app: Flask) -> None:
    made = owed()
    html = read(Desk(app, operator(phone=None)))
    assert parts(html)["ready"] == [made.id]
    assert CALL not in html
    assert "ยังไม่มีเบอร์โทรศัพท์ของคุณ" in html


def test_an_open_page_hears_only_of_changes(app: Flask) -> None:
    desk = Desk(app, operator())
    [poll] = POLL.findall(read(desk))
    poll = poll.replace("&amp;", "&")
    assert desk.get(poll).status_code == 204
    made = owed()
    changed = desk.get(poll)
    assert changed.status_code == 200
    assert ROW.findall(changed.get_data(as_text=True)) == [str(made.id)]


def test_the_page_looks_often_only_while_somebody_is_called(app: Flask) -> None:
    desk, made = Desk(app, operator()), owed()
    assert 'hx-trigger="every 5s"' in read(desk)
    moved(made, "dialling_caller")
    assert 'hx-trigger="every 2s"' in read(desk)


def test_a_page_that_asks_by_itself_tells_a_screen_reader_of_the_own_call(app: Flask) -> None:
    viewer = operator()
    desk, made = Desk(app, viewer), owed(state="dialling_caller")
    attempt(made, staff_id=viewer.staff_id)
    part = desk.get("/callbacks/rows").get_data(as_text=True)
    assert 'id="callback-news" hx-swap-oob="innerHTML">กำลังโทรหาผู้แจ้ง' in part
    assert "hx-swap-oob" not in read(desk)


@pytest.mark.parametrize("called", ["0", "-1", "x", "99999999999999999999", "7.5"])
def test_an_address_with_a_strange_number_shows_the_plain_list(app: Flask, called: str) -> None:
    assert 'class="steps"' not in read(Desk(app, operator()), f"/callbacks?called={called}")


def test_the_list_asks_no_more_of_the_database_for_more_callbacks(
    app: Flask, runtime: Runtime
) -> None:
    desk = Desk(app, operator(("head_operator", "OBEC")))
    read(desk)  # the first request of a process reads the directory
    asked = []
    for more in (1, 12):
        for _ in range(more):
            attempt(owed(), outcome="busy", staff_id=desk.viewer.staff_id)
            undecided("window_open")
        with counted(runtime) as statements:
            read(desk)
        asked.append(len(statements))
    assert asked[0] == asked[1] <= MOST_QUERIES


def test_a_full_page_stays_light(app: Flask) -> None:
    for _ in range(40):
        attempt(owed(keys_only=True), outcome="busy")
    for _ in range(25):
        undecided("number_in_directory")
    answer = Desk(app, operator(("head_operator", OFFICE))).get("/callbacks")
    assert len(answer.data) < 100_000
    assert "ยังมีรายการอื่นที่ไม่ได้แสดง" in answer.get_data(as_text=True)


def test_an_emergency_is_shown_at_night_and_the_calm_ones_wait(app: Flask) -> None:
    with time_machine.travel(FRIDAY + timedelta(hours=14)):
        calm, danger = owed(), owed(severity="emergency", immediate=True)
        found = parts(read(Desk(app, operator())))
    assert found["ready"] == [danger.id]
    assert found["later"] == [calm.id]
