"""The first page: what waits for its reader, in order of urgency; each number leads to its list."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from cases.handover_rules import Wish
from cases.handovers import approve, ask
from cases.taking import acknowledge
from core import clock
from core.database import transaction
from core.runtime import Runtime
from tests.console.callback_people import OFFICE, operator, owed, undecided
from tests.console_cases.people import Desk, opened_case
from tests.console_cases.test_case_list import counted

pytestmark = [pytest.mark.backends("postgresql"), pytest.mark.usefixtures("friday")]

TILE = re.compile(
    r'id="waiting-(\w+)" href="/desk([^"#]+)[^"]*".*?<span class="count[^"]*">([^<]+)<'
)
TAB = re.compile(r'aria-current="page">.*?<span class="count[^"]*">([^<]+)</span>', re.DOTALL)
HEAD = ("head_operator", OFFICE)
MOST_QUERIES = 19


def home(desk: Desk) -> str:
    answer = desk.get("/")
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def tiles(html: str) -> dict[str, str]:
    return {name: count for name, _, count in TILE.findall(html)}


def test_what_waits_stands_in_order_of_urgency_and_is_counted(app: Flask) -> None:
    desk = Desk(app, operator(HEAD))
    opened_case(at=clock.now() - timedelta(days=30))
    opened_case()
    owed()
    owed(window_start="14:00", window_end="16:00")
    undecided("unanswered", consent=False)
    found = tiles(home(desk))
    assert list(found) == ["approval", "accept", "acknowledge", "overdue", "ready", "decide"]
    assert found == {
        "approval": "0",
        "accept": "0",
        "acknowledge": "5",
        "overdue": "1",
        "ready": "1",
        "decide": "1",
    }


def test_each_number_is_that_of_the_list_behind_it(app: Flask) -> None:
    desk = Desk(app, operator(HEAD))
    opened_case(at=clock.now() - timedelta(days=30))
    owed(late_at=clock.now() - timedelta(minutes=1))
    for _, address, count in TILE.findall(home(desk)):
        answer = desk.get(address)
        assert answer.status_code == 200, address
        if address.startswith("/cases"):
            tabs = answer.get_data(as_text=True).split('class="tabs"')[1]
            assert TAB.findall(tabs) == [count], address


def test_own_cases_stand_with_the_next_step_and_its_time(app: Flask) -> None:
    viewer = operator()
    mine, other = opened_case(), opened_case()
    with transaction() as session:
        acknowledge(session, mine.case_id, viewer=viewer, now=clock.now())
    html = home(Desk(app, viewer))
    own = html.split('id="own"')[1].split("</section>")[0]
    assert f'href="/desk/cases/{mine.reference}"' in own
    assert other.reference not in own
    assert "ตรวจสอบข้อเท็จจริง" in own
    assert "ภายใน" in own


def test_a_hand_over_waits_for_the_approval_then_for_the_receiver(app: Flask) -> None:
    asker, head = operator(), operator(HEAD)
    receiver = operator(("action_officer", OFFICE))
    made = opened_case()
    with transaction() as session:
        acknowledge(session, made.case_id, viewer=asker, now=clock.now())
        wish = Wish(kind="person", reason="อยู่ใกล้เด็ก", people=(receiver.staff_id,))
        asked = ask(session, made.case_id, wish, viewer=asker, now=clock.now()).id
    desks = {name: Desk(app, one) for name, one in (("head", head), ("receiver", receiver))}
    link = f'href="/desk/handovers/{asked}"'
    html = home(desks["head"])
    assert link in html.split('id="approvals"')[1].split("</section>")[0]
    assert tiles(html)["approval"] == "1"
    assert link not in home(desks["receiver"])
    with transaction() as session:
        approve(session, asked, staff_id=head.staff_id, way="page", now=clock.now())
    html = home(desks["receiver"])
    assert link in html.split('id="offers"')[1].split("</section>")[0]
    assert tiles(html)["accept"] == "1"
    assert "ตอนนี้ไม่มีอะไรรอคุณอยู่" not in html
    assert link not in home(desks["head"])


def test_an_emergency_among_what_waits_is_marked(app: Flask) -> None:
    viewer = operator()
    urgent, other = opened_case(answers={"danger": True}), opened_case()
    with transaction() as session:
        for made in (urgent, other):
            acknowledge(session, made.case_id, viewer=viewer, now=clock.now())
    own = home(Desk(app, viewer)).split('id="own"')[1].split("</section>")[0]
    marked = [row for row in own.split("<li>") if "ฉุกเฉิน" in row]
    assert [urgent.reference in row for row in marked] == [True]


def test_nothing_to_do_is_said_kindly(app: Flask) -> None:
    html = home(Desk(app, operator(HEAD)))
    assert "ตอนนี้ไม่มีอะไรรอคุณอยู่" in html
    assert set(tiles(html).values()) == {"0"}


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("agent", ["overdue"]),
        ("operator", ["accept", "acknowledge", "overdue", "ready", "decide"]),
        ("action_officer", ["accept", "overdue"]),
        ("supervisor", ["overdue"]),
        ("admin", []),
        ("auditor", []),
    ],
)
def test_nobody_is_shown_what_they_cannot_do(app: Flask, role: str, expected: list[str]) -> None:
    assert list(tiles(home(Desk(app, operator((role, OFFICE)))))) == expected


def test_an_excluded_person_counts_nothing_of_a_case(app: Flask) -> None:
    desk = Desk(app, operator(("head_operator", "OBEC"), ("operator", OFFICE)))
    owed(office="OBEC", excluded=OFFICE)
    undecided("unanswered", office="OBEC", excluded=OFFICE)
    assert set(tiles(home(desk)).values()) == {"0"}


def test_the_page_asks_no_more_of_the_database_for_more_work(app: Flask, runtime: Runtime) -> None:
    viewer = operator(HEAD)
    desk = Desk(app, viewer)
    home(desk)
    asked = []
    for more in (1, 12):
        for _ in range(more):
            made = owed()
            undecided("unanswered", consent=False)
            with transaction() as session:
                acknowledge(session, made.case.case_id, viewer=viewer, now=clock.now())
        with counted(runtime) as statements:
            html = home(desk)
        asked.append(len(statements))
    assert asked[0] == asked[1] <= MOST_QUERIES
    assert len(html.encode()) < 100_000
    assert html.split('id="own"')[1].split("</section>")[0].count("<li>") == 10
    assert 'href="/desk/cases?waiting=open"' in html
