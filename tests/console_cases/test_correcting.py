"""Putting right what a case is, at the desk: one form, old and new on the timeline, and where the
directory would send it now."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from cases.deadline_book import RuleWish, keep_rule
from cases.deadline_rules import Deadline
from cases.holding import lead_of
from cases.inferring import UNKNOWN
from cases.models import Case
from core import clock
from core.database import reading, transaction
from tests.cases.hand_over_people import AREA
from tests.console.callback_people import owed, row_of
from tests.console_cases.handing import PROVINCE, REASON
from tests.console_cases.people import Desk, Made, opened_case

pytestmark = pytest.mark.backends("postgresql")
Hire = Callable[..., Desk]
OPERATOR = ("operator", PROVINCE)


def case_of(made: Made) -> Case:
    with reading() as session:
        return session.get_one(Case, made.case_id)


def acknowledged(desk: Desk, office: str = PROVINCE, **answers: object) -> Made:
    made = opened_case(office=office, answers=answers)
    assert desk.post(f"/cases/{made.reference}/acknowledge").status_code == 303
    return made


def test_what_it_is_stands_on_the_page_and_the_timeline_says_what_it_was(desk_of: Hire) -> None:
    mine = desk_of(OPERATOR, language="en")
    made = acknowledged(mine, hazard_group="X", hazard_type=None)
    promised = clock.now() + timedelta(days=3)
    callback = owed(office=PROVINCE, case=made, severity="normal", late_at=promised)
    address = f"/cases/{made.reference}"
    assert f"/desk{address}/correct" in mine.get(address).get_data(as_text=True)
    form = mine.get(f"{address}/correct").get_data(as_text=True)
    assert all(one in form for one in ("Not yet known", "Bullying", "Violence, the type is not"))
    sent = mine.post(f"{address}/correct", hazard="V1", role="parent", severity="emergency")
    assert sent.headers["Location"].endswith(address)
    page = mine.get(address).get_data(as_text=True)
    said = "what happened: Not yet known → Sexual abuse · how grave: Normal → Emergency"
    assert said in page
    assert "reported by: – → A parent" in page
    assert case_of(made).role == "parent"
    hurried = row_of(callback)
    assert (hurried.severity, hurried.late_at < promised) == ("emergency", True)


def test_a_type_alone_brings_the_callback_the_time_of_its_rule(desk_of: Hire) -> None:
    mine = desk_of(OPERATOR, language="en")
    made = acknowledged(mine, hazard_group="X", hazard_type=None)
    promised = clock.now() + timedelta(days=9)
    callback = owed(office=PROVINCE, case=made, severity="normal", late_at=promised)
    now, half_an_hour = clock.now(), Deadline("minutes", 30)
    rule = RuleWish("normal", "callback", "V3", "HQ", half_an_hour, now, REASON)
    with transaction() as session:
        keep_rule(session, rule, only_shortens=False, staff_id=mine.viewer.staff_id, now=now)
    mine.post(f"/cases/{made.reference}/correct", hazard="V3")
    assert case_of(made).severity == row_of(callback).severity == "normal"
    # The caller's hours begin within twenty hours; without the rule it takes until a day after.
    assert row_of(callback).late_at < now + timedelta(hours=21)


def test_the_office_of_the_new_place_is_one_click_away(desk_of: Hire) -> None:
    desk = desk_of(("operator", "HQ"), language="en")
    made = acknowledged(desk, office="HQ", district_code="3001", province_code="30")
    assert f"{made.reference}/send" not in desk.get(f"/cases/{made.reference}").text
    desk.post(f"/cases/{made.reference}/correct", district="9209", district_code="9209")
    page = desk.get(f"/cases/{made.reference}").text
    assert f"{made.reference}/send" in page
    assert desk.post(f"/cases/{made.reference}/send", office_code=AREA).status_code == 303
    with reading() as session:
        assert lead_of(session, made.case_id).office_code == AREA


def test_a_new_place_leads_to_where_the_directory_would_send_it(desk_of: Hire) -> None:
    mine = desk_of(OPERATOR, language="en")
    made = acknowledged(mine)
    address = f"/cases/{made.reference}/correct"
    several = mine.post(address, district="เฉลิมพระเกียรติ")
    page = several.get_data(as_text=True)
    assert (several.status_code, 'name="district_code" value="3032"' in page) == (400, True)
    sent = mine.post(address, district="เฉลิมพระเกียรติ", district_code="3032")
    assert sent.headers["Location"].endswith(f"{address}?changed=place")
    page = mine.get(f"{address}?changed=place").get_data(as_text=True)
    assert all(one in page for one in ("It is kept", "Safety Center", "does not move by itself"))
    page = mine.get(f"/cases/{made.reference}").get_data(as_text=True)
    assert "Chaloem Phra Kiat" in page.split("Put right:")[1].split("</li>")[0]


def test_what_was_picked_of_several_stays_picked_until_the_name_is_edited(desk_of: Hire) -> None:
    mine = desk_of(OPERATOR, language="en")
    made = acknowledged(mine, danger=True)
    address = f"/cases/{made.reference}/correct"
    picked = {"district": "เฉลิมพระเกียรติ", "district_code": "3032"}
    for wrong in ({"severity": "normal"}, {"school": "NOWHERE"}):
        answer = mine.post(address, **picked, **wrong)
        page = answer.get_data(as_text=True)
        assert (answer.status_code, "Several districts fit" in page) == (400, False)
        assert re.findall(r'value="(\d{4})" required checked', page) == ["3032"]
    edited = mine.post(address, district="จอมทอง", district_code="3032")
    page = edited.get_data(as_text=True)
    assert (edited.status_code, "Several districts fit" in page) == (400, True)
    assert ('value="3032"' in page, "required checked" in page) == (False, False)


def test_what_is_wrong_is_said_beside_what_was_chosen(desk_of: Hire) -> None:
    mine = desk_of(OPERATOR, language="en")
    made = acknowledged(mine, danger=True)
    tried = {
        "Nothing is different": {},
        "There is no such type": {"hazard": "V77"},
        "how grave it is.": {"severity": "dreadful"},
        "No such district": {"district": "Atlantis"},
        "no school with this code": {"school": "1 or 1=1"},
        "which kind of report": {"intent": "gossip"},
        "who reported.": {"role": "auditor"},
        "Say in a few words why": {"severity": "normal", "reason": " "},
        "words are too long": {"severity": "normal", "reason": "x" * 3_000},
    }
    for said, form in tried.items():
        answer = mine.post(f"/cases/{made.reference}/correct", **form)
        page = answer.get_data(as_text=True)
        assert (answer.status_code, said in page, 'id="said"' in page) == (400, True, True), said
    assert (
        mine.post(f"/cases/{made.reference}/correct", severity="normal", reason=REASON).status_code
        == 303
    )
    assert (case_of(made).severity, case_of(made).intent) == ("normal", UNKNOWN)


def test_nobody_puts_right_what_nobody_has_acknowledged(desk_of: Hire) -> None:
    """Its caller may still be pressing keys."""
    mine, made = desk_of(OPERATOR), opened_case(office=PROVINCE)
    address = f"/cases/{made.reference}"
    assert "/correct" not in mine.get(address).get_data(as_text=True)
    assert mine.get(f"{address}/correct").status_code == 409
    assert mine.post(f"{address}/correct", hazard="V1").status_code == 409
