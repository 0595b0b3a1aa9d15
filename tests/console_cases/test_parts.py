"""Parts of a case at the desk: asked for, worked on and taken back by whom the table grants it."""

from collections.abc import Callable

import pytest
from flask import Flask

from agents.permissions import Grant, grant
from agents.roles import ROLES
from cases.access import Viewer
from cases.exclusions import exclude_office
from cases.part_asking import ask_part
from cases.part_rules import PartWish
from cases.part_work import take_on_part, write_part_note
from core import clock
from core.database import transaction
from tests.console_cases.handing import REASON, taken_case
from tests.console_cases.people import Desk, Made, hired, opened_case
from tests.console_cases.scenes import RESULT

LEAD, ASKED, THIRD = "ESA-9202", "DOLE-4001", "DOLE-4002"
SECRET = "นักเรียนสามคนอยู่ในเหตุการณ์"
# The person's office for each relation to the part of ASKED.
OFFICES = {
    "own": ASKED,
    "descendant": "DOLE",
    "ancestor": "DOLE-400199",
    "sibling": THIRD,
    "unrelated": "ESA-9201",
    "assigned": "ESA-9201",
    "excluded": ASKED,
}
CELLS = [(role, relation) for role in ROLES for relation in OFFICES]
Hire = Callable[..., Desk]


@pytest.fixture
def lead(desk_of: Hire) -> Desk:
    """The operator who has the case."""
    return desk_of(("operator", LEAD))


def asked(made: Made, lead: Viewer, office: str = ASKED) -> int:
    with transaction() as session:
        wish = PartWish(SECRET, office_code=office)
        return ask_part(session, made.case_id, wish, viewer=lead, now=clock.now()).id


def shared(lead: Viewer) -> tuple[Made, int]:
    """A case with a part that is taken on and written about."""
    made, worker = taken_case(lead, office=LEAD), hired("ครู ทดสอบ", ("operator", ASKED))
    part_id = asked(made, lead)
    with transaction() as session:
        now = clock.now()
        file = take_on_part(session, part_id, viewer=worker, now=now)
        write_part_note(session, file, "บันทึกของส่วน", "this_office", viewer=worker, now=now)
    return made, part_id


def expected(role: str, action: str, relation: str) -> bool:
    if relation == "excluded":
        return False
    held = [grant(role, action, relation)]
    if relation == "assigned":
        held.append(grant(role, action, "unrelated"))
    return max(held) > Grant.DENY


@pytest.mark.parametrize(("role", "relation"), CELLS)
def test_a_part_opens_and_moves_for_whom_the_table_grants_it(
    role: str, relation: str, lead: Desk, desk_of: Hire
) -> None:
    made, part_id = shared(lead.viewer)
    desk = desk_of((role, OFFICES[relation]))
    with transaction() as session:
        if relation == "assigned":
            take_on_part(session, part_id, viewer=desk.viewer, now=clock.now())
        if relation == "excluded":
            exclude_office(session, made.case_id, ASKED)
    page = desk.get(f"/parts/{part_id}")
    sees = expected(role, "part.view", relation)
    assert page.status_code == (200 if sees else 404)
    assert (f'/parts/{part_id}"' in desk.get("/parts").get_data(as_text=True)) == sees
    steps = {
        "note.write": ("notes", {"text": "โทรแล้ว", "visibility": "this_office"}),
        "part.report": ("report", RESULT),
    }
    for action, (path, form) in steps.items():
        answer = desk.post(f"/parts/{part_id}/{path}", **form)
        granted = sees and expected(role, action, relation)
        assert answer.status_code == (303 if granted else 404), action


def test_the_case_itself_stays_shut_for_who_has_a_part(lead: Desk, desk_of: Hire) -> None:
    made, part_id = shared(lead.viewer)
    desk = desk_of(("head_operator", ASKED))
    assert desk.get(f"/parts/{part_id}").status_code == 200
    for path in ("", "/parts", "/report"):
        assert desk.get(f"/cases/{made.reference}{path}").status_code == 404
    assert made.reference not in desk.get("/cases?waiting=open").get_data(as_text=True)


def test_a_part_shows_what_was_reported_and_no_word_of_the_others(
    lead: Desk, desk_of: Hire
) -> None:
    made, part_id = shared(lead.viewer)
    asked(made, lead.viewer, THIRD)
    lead.post(f"/cases/{made.reference}/notes", text="บันทึกของหลัก", visibility="everyone_assigned")
    html = desk_of(("operator", ASKED)).get(f"/parts/{part_id}").get_data(as_text=True)
    assert SECRET in html
    assert 'id="pressed"' in html
    assert "อีก 2 แห่ง" in html
    for hidden in ("บันทึกของหลัก", "สพป.ตรัง", LEAD, THIRD, lead.viewer.actor, "+6681"):
        assert hidden not in html


def test_the_lead_sees_how_each_part_stands_and_its_result_but_no_note(
    lead: Desk, desk_of: Hire
) -> None:
    made, part_id = shared(lead.viewer)
    page = f"/cases/{made.reference}/parts"
    assert "บันทึกของส่วน" not in lead.get(page).get_data(as_text=True)
    worker = desk_of(("head_operator", ASKED))
    assert worker.post(f"/parts/{part_id}/report", **RESULT).status_code == 303
    html = lead.get(page).get_data(as_text=True)
    assert RESULT["done"] in html
    assert "บันทึกของส่วน" not in html
    assert "รายงานผลแล้ว" in lead.get(f"/cases/{made.reference}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"district": "เมืองขอนแก่น", "level": "nonformal"}, 303, ""),
        ({"office": ASKED}, 303, ""),
        ({"district": "เฉลิมพระเกียรติ"}, 400, 'name="district_code" value="1913"'),
        ({"district": "ไม่มีที่นี่"}, 400, "ไม่พบอำเภอ"),
        ({"office": "NOWHERE"}, 400, "ยังไม่เปิดรับเรื่อง"),
        ({"office": "x\x00y"}, 400, "ยังไม่เปิดรับเรื่อง"),
        ({"office": LEAD}, 400, "ดูแลเรื่องอยู่แล้ว"),
        ({"office": ASKED, "briefing": " "}, 400, "ต้องรู้ก่อน"),
    ],
)
def test_asking_another_office_keeps_what_was_typed_when_it_is_refused(
    form: dict[str, str], status: int, said: str, lead: Desk
) -> None:
    made = taken_case(lead.viewer, office=LEAD)
    answer = lead.post(f"/cases/{made.reference}/parts", **({"briefing": SECRET} | form))
    html = answer.get_data(as_text=True)
    assert answer.status_code == status, html
    assert said in html
    if status == 400 and "briefing" not in form:
        assert SECRET in html


def test_a_part_is_taken_back_with_a_reason_and_is_gone_from_the_list(
    lead: Desk, desk_of: Hire
) -> None:
    made, part_id = shared(lead.viewer)
    address = f"/cases/{made.reference}/parts/{part_id}/withdraw"
    assert lead.post(address, reason=" ").status_code == 400
    assert lead.post(address, reason=REASON).status_code == 303
    html = desk_of(("operator", ASKED)).get("/parts").get_data(as_text=True)
    assert f'/parts/{part_id}"' not in html


def test_parts_wait_on_the_first_page_of_the_office_that_was_asked(
    app: Flask, lead: Desk, desk_of: Hire
) -> None:
    desk = desk_of(("operator", ASKED))
    assert 'id="waiting-parts"' not in desk.get("/").get_data(as_text=True)
    shared(lead.viewer)
    assert 'id="waiting-parts"' in desk.get("/").get_data(as_text=True)
    assert 'id="waiting-parts"' not in lead.get("/").get_data(as_text=True)


def test_nobody_asks_for_parts_of_a_case_of_another_office(desk_of: Hire) -> None:
    made = opened_case(office=LEAD)
    stranger = desk_of(("head_operator", "ESA-9201"))
    assert stranger.get(f"/cases/{made.reference}/parts").status_code == 404
    form = {"office": ASKED, "briefing": SECRET}
    assert stranger.post(f"/cases/{made.reference}/parts", **form).status_code == 404
