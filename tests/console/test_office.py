"""The page of an office: how callbacks ring, who works there, what is missing."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from agents.models import OfficeSetting, StaffRole
from agents.office_settings import ringing
from core.database import reading, transaction
from core.runtime import Runtime
from tests.console.callback_people import FRIDAY, OFFICE, operator
from tests.console_cases.people import Desk, opened_case
from tests.console_cases.test_case_list import counted

pytestmark = pytest.mark.usefixtures("friday")

HEAD = ("head_operator", OFFICE)
FEW, NO_HEAD, NOBODY = "มี SC-Operator ไม่ถึงสองคน", "ไม่มีหัวหน้า SC-Operator", "ไม่มีคนที่มีเบอร์โทรศัพท์อยู่เวร"
MOST_QUERIES = 17


def read(desk: Desk, path: str = f"/office/{OFFICE}") -> str:
    answer = desk.get(path)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def chosen() -> str:
    with reading() as session:
        return ringing(session, OFFICE)


def test_a_head_operator_chooses_how_callbacks_ring(app: Flask) -> None:
    head = operator(HEAD)
    desk = Desk(app, head)
    assert 'value="automatic" aria-describedby="help-automatic" checked' in read(desk)
    answer = desk.post(f"/office/{OFFICE}", ringing="work_list")
    assert answer.status_code == 303
    html = read(desk, answer.headers["Location"].removeprefix("/desk"))
    assert 'value="work_list" aria-describedby="help-work_list" checked' in html
    assert "บันทึกแล้ว" in html
    assert chosen() == "work_list"
    with reading() as session:
        assert session.get_one(OfficeSetting, OFFICE).changed_by == head.staff_id


def test_a_new_note_begins_with_what_the_office_chose(app: Flask) -> None:
    desk, made = Desk(app, operator(HEAD)), opened_case(office=OFFICE)
    case = f"/cases/{made.reference}"
    assert '<option value="this_office" selected>' in read(desk, case)
    answer = desk.post(f"/office/{OFFICE}/notes", visibility="chain_above")
    html = read(desk, answer.headers["Location"].removeprefix("/desk"))
    assert '<option value="chain_above" selected>' in html
    assert "บันทึกแล้ว" in html
    assert '<option value="chain_above" selected>' in read(desk, case)
    refused = desk.post(f"/office/{OFFICE}/notes", visibility="everybody")
    assert (refused.status_code, chosen()) == (400, "automatic")
    assert desk.post("/office/ESA-9201/notes", visibility="hotline").status_code == 404
    desk.post(f"/office/{OFFICE}", ringing="work_list")
    assert '<option value="chain_above" selected>' in read(desk, case)


@pytest.mark.parametrize("value", ["", "never", "AUTOMATIC"])
def test_a_strange_choice_is_refused_plainly(app: Flask, value: str) -> None:
    answer = Desk(app, operator(HEAD)).post(f"/office/{OFFICE}", ringing=value)
    assert answer.status_code == 400
    assert "เลือกว่าการโทรกลับของหน่วยงานนี้จะดังอย่างไร" in answer.get_data(as_text=True)
    assert chosen() == "automatic"


def test_at_the_centre_there_is_nothing_to_choose(app: Flask) -> None:
    desk = Desk(app, operator(("admin", "HQ")))
    html = read(desk, "/office/HQ")
    assert 'name="ringing"' not in html
    assert "รายชื่อเวรของสายด่วน กรุณาเพิ่มชื่อ" in html
    assert desk.post("/office/HQ", ringing="work_list").status_code == 404


def test_everybody_who_works_there_is_shown_and_no_whole_number(app: Flask) -> None:
    head = operator(HEAD, ("operator", OFFICE))
    other = operator(phone=None, duty="off")
    operator(("operator", "ESA-9201"), phone="+66810000199")
    with transaction() as session:
        session.get_one(StaffRole, (head.staff_id, OFFICE, "head_operator")).deputy = True
        session.get_one(StaffRole, (other.staff_id, OFFICE, "operator"))
    html = read(Desk(app, head))
    assert html.count("<strong>กมล ทดสอบ</strong>") == 2
    assert "หัวหน้า SC-Operator · SC-Operator · รักษาการแทน" in html
    assert "•••• 0142" in html
    assert "ไม่มีเบอร์โทรศัพท์" in html
    assert "810000142" not in html
    assert "0199" not in html
    assert html.count('<span class="tag good">อยู่เวรตอนนี้') == 1


def test_what_is_missing_is_said(app: Flask) -> None:
    admin = Desk(app, operator(("admin", OFFICE)))
    html = read(admin)
    assert all(text in html for text in (FEW, NO_HEAD, NOBODY))
    operator(HEAD)
    html = read(admin)
    assert (FEW in html, NO_HEAD in html, NOBODY in html) == (True, False, False)
    operator()
    assert not any(text in read(admin) for text in (FEW, NO_HEAD, NOBODY))


def test_after_hours_nobody_is_on_duty_who_goes_by_them(app: Flask) -> None:
    operator(HEAD)
    operator()
    with time_machine.travel(FRIDAY + timedelta(hours=10)):
        assert NOBODY in read(Desk(app, operator(("admin", OFFICE))))
        operator(duty="on")
        assert NOBODY not in read(Desk(app, operator(("admin", OFFICE))))


def test_the_menu_leads_to_the_only_office_or_to_a_choice(app: Flask) -> None:
    one = Desk(app, operator(HEAD)).get("/office")
    assert (one.status_code, one.headers["Location"]) == (303, f"/desk/office/{OFFICE}")
    html = read(Desk(app, operator(HEAD, ("admin", "ESA-9201"), ("agent", "HQ"))), "/office")
    assert 'href="/desk/office/ESA-9202"' in html
    assert 'href="/desk/office/ESA-9201"' in html
    assert 'href="/desk/office/HQ"' not in html


def test_offices_below_are_there_to_open(app: Flask) -> None:
    desk = Desk(app, operator(("head_operator", "OBEC")))
    assert 'href="/desk/office/ESA-1001"' in read(desk, "/office/OBEC")
    answer = desk.get(f"/office?code={OFFICE}")
    assert answer.headers["Location"] == f"/desk/office/{OFFICE}"


def test_a_page_of_many_people_and_offices_stays_light_and_cheap(
    app: Flask, runtime: Runtime
) -> None:
    desk = Desk(app, operator(("head_operator", "OBEC")))
    read(desk, "/office/OBEC")
    asked = []
    for more in (1, 20):
        for _ in range(more):
            operator(("operator", "OBEC"))
        with counted(runtime) as statements:
            html = read(desk, "/office/OBEC")
        asked.append(len(statements))
    assert asked[0] == asked[1] <= MOST_QUERIES
    assert len(html.encode()) < 100_000
