"""The page of numbers that phone again and again: who opens it, what it does, what it hides."""

import re

import pytest
from flask import Flask

from calls.number_limits import limit_number
from core import clock
from core.database import transaction
from tests.console.limit_people import frequent
from tests.console_cases.people import Desk, hired
from webapp.console.limits import length

NUMBER = "+66810000055"


@pytest.mark.parametrize(
    ("role", "looks", "changes"),
    [
        (("supervisor", "HQ"), 200, 400),
        (("auditor", "HQ"), 200, 404),
        (("admin", "HQ"), 404, 404),
        (("agent", "HQ"), 404, 404),
        (("supervisor", "ESA-9202"), 404, 404),
    ],
)
def test_whom_it_opens_to(app: Flask, role: tuple[str, str], looks: int, changes: int) -> None:
    desk = Desk(app, hired("มานี ทดสอบ", role))
    assert desk.get("/limits").status_code == looks
    assert desk.post("/limits", hours="2").status_code == changes
    for what in ("lift", "keep"):
        assert desk.post(f"/limits/77/{what}").status_code == changes


def test_a_supervisor_gives_a_number_the_short_greeting_and_another_looks_and_lifts(
    app: Flask,
) -> None:
    first = hired("มานี ทดสอบ", ("supervisor", "HQ"), language="en")
    second = Desk(app, hired("ปิติ ทดสอบ", ("supervisor", "HQ"), language="en"))
    desk, sid = Desk(app, first), frequent(NUMBER)
    before = desk.get("/limits").get_data(as_text=True)
    assert "5 calls, 5 of them without a case" in before
    form = {"call": sid, "hours": "24", "reason": "Plays the same song"}
    assert desk.post("/limits", **form).status_code == 303
    html = second.get("/limits").get_data(as_text=True)
    assert "Plays the same song" in html
    assert "มานี ทดสอบ" in html
    assert "Waits for a second person" not in html
    limit = re.findall(r'id="limit-(\d+)"', html)[0]
    assert second.post(f"/limits/{limit}/lift").status_code == 303
    assert "No number is." in second.get("/limits").get_data(as_text=True)
    assert second.post(f"/limits/{limit}/lift").status_code == 400


@pytest.mark.parametrize(
    ("hours", "said"),
    [(1, "1 ชั่วโมง"), (24, "24 ชั่วโมง"), (36, "36 ชั่วโมง"), (48, "2 วัน"), (168, "7 วัน")],
)
def test_any_length_of_the_policy_has_a_name(hours: int, said: str) -> None:
    assert length(hours) == said


def test_the_number_itself_is_nowhere_on_the_page(app: Flask) -> None:
    boss = hired("มานี ทดสอบ", ("supervisor", "HQ"))
    sid = frequent(NUMBER)
    frequent("+66810000056")
    with transaction() as session:
        limit_number(session, sid, hours=2, reason="โทรเล่น", by=boss.staff_id, now=clock.now())
    html = Desk(app, boss).get("/limits").get_data(as_text=True)
    for digits in (NUMBER, NUMBER[3:], "0810000055", "0055", "0056"):
        assert digits not in re.sub(r"CA[0-9a-f]{32}", "", html)
