"""The duty switch: what it says, what it means for ringing now, who has one."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from agents.models import OfficeSetting, Staff
from agents.queries import operators_on_duty
from cases.access import Viewer
from core import clock
from core.database import reading, transaction
from tests.console.callback_people import FRIDAY, OFFICE, operator
from tests.console_cases.people import Desk

pytestmark = pytest.mark.usefixtures("friday")


def home(desk: Desk) -> str:
    return str(desk.get("/").get_data(as_text=True))


def is_rung(viewer: Viewer) -> bool:
    """Whether a callback of the office would ring this person now."""
    with reading() as session:
        on_duty = operators_on_duty(session, OFFICE, now=clock.now())
        return viewer.staff_id in {one.staff_id for one in on_duty}


@pytest.mark.parametrize("hour", [0, 12], ids=["in office hours", "at night"])
@pytest.mark.parametrize("duty", ["on", "auto", "off"])
def test_what_the_switch_says_is_what_rings(app: Flask, duty: str, hour: int) -> None:
    viewer = operator()
    with time_machine.travel(FRIDAY + timedelta(hours=hour)):
        desk = Desk(app, viewer)
        answer = desk.post("/duty", duty=duty, next="/desk/callbacks")
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/desk/callbacks#duty"
        for html in (home(desk), desk.get("/callbacks").get_data(as_text=True)):
            assert f'id="duty-{duty}" aria-pressed="true"' in html
            assert ("อยู่เวรตอนนี้</span>" in html.replace("ไม่ได้อยู่เวรตอนนี้", "")) == is_rung(viewer)
            assert ("อาจดังได้ตอนนี้" in html) == is_rung(viewer)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"phone": None}, "ยังไม่มีเบอร์โทรศัพท์ของคุณ"),
        ({"always_on_duty": True}, "คุณเข้าเวรตลอดเวลา"),
        ({"on_call": True, "duty": "off"}, "คุณอยู่ในรายชื่อเวรของสายด่วน"),
    ],
)
def test_what_else_rings_or_keeps_from_ringing_is_said(
    app: Flask, values: dict[str, object], said: str
) -> None:
    assert said in home(Desk(app, operator(**values)))


def test_an_office_that_calls_from_its_list_says_what_still_rings(app: Flask) -> None:
    viewer = operator()
    row = {"office_code": OFFICE, "ringing": "work_list", "changed_at": clock.now()}
    with transaction() as session:
        session.add(OfficeSetting(**row))
    assert "หน่วยงานของคุณโทรจากรายการ" in home(Desk(app, viewer))


def test_a_head_operator_learns_that_emergencies_ring_off_duty(app: Flask) -> None:
    head = operator(("head_operator", OFFICE), duty="off")
    assert "ฉุกเฉินจะโทรถามหัวหน้า" in home(Desk(app, head))


@pytest.mark.parametrize("role", ["action_officer", "supervisor", "admin", "auditor"])
def test_who_is_never_rung_has_no_switch(app: Flask, role: str) -> None:
    assert 'id="duty"' not in home(Desk(app, operator((role, "HQ"))))


@pytest.mark.parametrize("duty", ["", "always", "ON", "\0"])
def test_a_strange_choice_is_refused(app: Flask, duty: str) -> None:
    viewer = operator()
    assert Desk(app, viewer).post("/duty", duty=duty).status_code == 400
    with reading() as session:
        assert session.get_one(Staff, viewer.staff_id).duty == "auto"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", ""])
def test_after_the_choice_nobody_is_sent_to_a_stranger(app: Flask, wanted: str) -> None:
    answer = Desk(app, operator()).post("/duty", duty="on", next=wanted)
    assert answer.headers["Location"] == "/desk/#duty"
