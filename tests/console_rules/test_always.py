"""The desk's click on the pages: offered to who chose, decided once, listed, ended."""

import re
from collections.abc import Callable
from itertools import count, product

import pytest

from agents.roles import ROLES
from cases.answers import CaseAnswers
from cases.choosing import question_of
from cases.services import finish_case, open_case
from core import clock
from core.database import reading, transaction
from routing.directory import current_directory
from routing.learning import decided_for_good
from routing.rules import choose_office
from tests.cases.hand_over_people import shut_out
from tests.console_cases.people import ACCOUNT, Desk, Made

Hire = Callable[..., Desk]
OPEN_DISTRICT = "3001"
CHOSEN, OTHER = "ESA-3001", "ESA-3002"
OPERATOR = ("operator", "HQ")
_numbers = count(1)
BUTTON = "Always send these reports to"
FORM = {
    "district": OPEN_DISTRICT,
    "affiliation": "basic",
    "level": "kindergarten_primary",
    "office_code": CHOSEN,
}


def left_open(**more: object) -> Made:
    """A case whose district leaves the office to the desk."""
    sid, now = f"CA{next(_numbers):032d}", clock.now()
    told = {"hazard_group": "V", "hazard_type": "V3", "conflict": "no", "place_confirmed": True}
    answers = CaseAnswers(**{**told, "district_code": OPEN_DISTRICT, **more})
    with transaction() as session:
        made = open_case(session, answers, call_sid=sid, account_sid=ACCOUNT, now=now)
        asked = question_of(answers, severity="normal", excluded=frozenset(), at=now)
        decision = choose_office(asked, current_directory(session))
        finish_case(session, made.id, answers, decision, now=now, ended=True)
    return Made(made.id, made.reference, sid)


def html_of(desk: Desk, address: str, status: int = 200) -> str:
    answer = desk.get(address.removeprefix("/desk"))
    assert answer.status_code == status
    return str(answer.get_data(as_text=True))


def sent(desk: Desk, made: Made, office: str = CHOSEN) -> str:
    """The desk chooses; where the answer leads."""
    answer = desk.post(f"/cases/{made.reference}/send", office_code=office)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def number_of_decided() -> int:
    with reading() as session:
        return len(decided_for_good(session, 10))


def test_from_the_choice_it_is_one_click_and_the_explainer_tells(desk_of: Hire) -> None:
    desk, made = desk_of(OPERATOR), left_open()
    address = sent(desk, made)
    assert address == f"/desk/cases/{made.reference}/always"
    html = html_of(desk, address)
    assert "Mueang Nakhon Ratchasima District" in html
    assert "kindergarten or primary" in html
    for name, value in FORM.items():
        assert f'name="{name}" value="{value}"' in html
    assert desk.get(f"/cases/{made.reference}").status_code == 404
    assert desk.post(address.removeprefix("/desk"), **FORM).status_code == 303
    html = html_of(desk, address)
    assert BUTTON not in html
    assert "always go to" in html
    asked = html_of(desk, f"/explain?group=V&district={OPEN_DISTRICT}")
    assert f'<span class="code">{CHOSEN}</span></h2>' in asked
    assert "the decision of the hotline&#39;s desk of" in asked
    assert made.reference not in asked


def test_a_choice_for_this_case_alone_leads_where_it_did(desk_of: Hire) -> None:
    desk, made = desk_of(OPERATOR), left_open(conflict="yes")
    address = sent(desk, made, "OBEC")
    assert address == "/desk/done/sent"
    html_of(desk, f"/cases/{made.reference}/always", 404)


def test_who_sees_the_case_finds_the_offer_there(desk_of: Hire) -> None:
    made = left_open()
    sent(desk_of(OPERATOR), made)
    assert BUTTON in html_of(desk_of(("supervisor", "HQ")), f"/cases/{made.reference}")
    assert BUTTON not in html_of(desk_of(("operator", CHOSEN)), f"/cases/{made.reference}")


def test_only_the_centre_decides_and_only_who_sees_the_case_or_chose(desk_of: Hire) -> None:
    made = left_open()
    sent(desk_of(OPERATOR), made)
    may = {("supervisor", "HQ"), ("head_operator", "HQ")}
    others = set(product(ROLES, ("HQ", CHOSEN))) - may
    path = f"/cases/{made.reference}/always"
    for one in sorted(others):
        desk = desk_of(one)
        found = (desk.get(path).status_code, desk.post(path, **FORM).status_code)
        assert (one, found, number_of_decided()) == (one, (404, 404), 0)
    for one in sorted(may):
        desk = desk_of(one)
        found = (desk.get(path).status_code, desk.post(path, **FORM).status_code)
        assert (one, found, number_of_decided()) == (one, (200, 303), 1)


@pytest.mark.parametrize("office", ["HQ", OTHER])
def test_safety_rule_07_who_must_not_know_of_the_case_finds_nothing(
    office: str, desk_of: Hire
) -> None:
    made = left_open()
    desk = desk_of(OPERATOR, ("operator", OTHER))
    sent(desk, made)
    shut_out(made.case_id, office=office)
    html_of(desk, f"/cases/{made.reference}/always", 404)
    assert desk.post(f"/cases/{made.reference}/always", **FORM).status_code == 404
    assert number_of_decided() == 0


def test_a_form_that_is_not_the_one_shown_decides_nothing(desk_of: Hire) -> None:
    desk, made = desk_of(OPERATOR), left_open()
    sent(desk, made)
    for change in ({"office_code": OTHER}, {"district": "3002"}, {"level": ""}):
        answer = desk.post(f"/cases/{made.reference}/always", **(FORM | change))
        assert answer.status_code == 409, change
        assert BUTTON in answer.get_data(as_text=True)
    assert number_of_decided() == 0


def test_a_second_desk_with_another_choice_sees_what_is_decided(desk_of: Hire) -> None:
    one, two = left_open(), left_open()
    desk = desk_of(OPERATOR)
    sent(desk, one)
    desk.post(f"/cases/{one.reference}/always", **FORM)
    other = desk_of(OPERATOR)
    html = html_of(other, sent(other, two, OTHER))
    assert "the directory names already" in html
    assert "Nakhon Ratchasima Primary Educational Service Area Office 1" in html
    assert BUTTON not in html
    other.post(f"/cases/{two.reference}/always", **(FORM | {"office_code": OTHER}))
    assert number_of_decided() == 1


def test_the_list_tells_who_decided_and_it_can_be_ended(desk_of: Hire) -> None:
    desk, made = desk_of(OPERATOR), left_open()
    sent(desk, made)
    desk.post(f"/cases/{made.reference}/always", **FORM)
    reader = html_of(desk_of(("action_officer", "ESA-9202")), "/rules/learned")
    assert "Mueang Nakhon Ratchasima District" in reader
    assert made.reference not in reader
    assert "End it" not in reader
    boss = desk_of(("supervisor", "HQ"))
    html = html_of(boss, "/rules/learned")
    assert made.reference in html
    assert "สมใจ ทดสอบ" in html
    found = re.search(r"/rules/learned/(\d+)/end", html)
    assert found is not None
    assert desk_of(("supervisor", "OBEC")).post(found[0]).status_code == 404
    assert boss.post(found[0]).status_code == 303
    assert boss.post(found[0]).status_code == 303
    assert "no longer in force" in html_of(boss, "/rules/learned?ended=yes")
    asked = html_of(boss, f"/explain?group=V&district={OPEN_DISTRICT}")
    assert '<span class="code">HQ</span></h2>' in asked
    timeline = html_of(boss, f"/cases/{made.reference}")
    assert "Decided that such reports of this district always go to" in timeline
    assert "no longer always go to" in timeline
    log = html_of(desk_of(("action_officer", "ESA-9202")), f"/directory/{CHOSEN}")
    assert "The hotline&#39;s desk chose so in one case" in log
    assert "What the hotline&#39;s desk had chosen is over" in log
    assert made.reference not in log
