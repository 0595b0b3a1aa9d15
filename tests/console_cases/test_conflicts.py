"""A conflict of interest that is found later, at the desk: named with a reason, and at the next
request nothing of the case is left for whoever was named."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlalchemy import select

from agents.models import Notice
from agents.notices import withhold
from calls.models import Callback
from calls.moves import hold
from cases.models import Assignment
from core.database import reading, transaction
from tests.console.callback_people import owed
from tests.console.notice_people import told
from tests.console_cases.handing import AGENCY, PROVINCE, REASON
from tests.console_cases.people import Desk, Made, kept_recording, opened_case

pytestmark = pytest.mark.backends("postgresql")
Hire = Callable[..., Desk]
OPERATOR, HEAD = ("operator", PROVINCE), ("head_operator", PROVINCE)
NAMED = "มีผู้ที่ต้องไม่รู้เรื่องนี้"


def shown(desk: Desk, made: Made, lists: tuple[str, ...]) -> list[str]:
    """Which of these pages name the case, its digits together or in groups of three."""
    pages = {one: desk.get(one).get_data(as_text=True).replace(" ", "") for one in lists}
    return [one for one, html in pages.items() if made.reference in html]


def test_safety_rule_07_the_named_office_loses_everything_at_the_next_request(
    desk_of: Hire,
) -> None:
    mine, boss, above = desk_of(OPERATOR), desk_of(HEAD), desk_of(("head_operator", AGENCY))
    made = opened_case(office=PROVINCE)
    address, sound = f"/cases/{made.reference}", kept_recording(made)
    owed(office=PROVINCE, case=made, state="decision", consent=False)
    mine.post(f"{address}/acknowledge")
    listening = f"{address}/recordings/{sound}"
    assert boss.post(listening, reason=REASON).status_code == 303
    assert boss.get(f"{listening}/audio", Range="bytes=0-3").status_code == 200
    told(staff_id=boss.viewer.staff_id, reference=made.reference)
    lists = ("/cases?waiting=open", "/cases/rows?waiting=open", "/callbacks/rows", "/notices")
    assert shown(boss, made, lists) == list(lists)
    assert NAMED in mine.get(address).get_data(as_text=True)
    sent = mine.post(f"{address}/conflict", office=PROVINCE, code="", people="", reason=REASON)
    assert sent.headers["Location"].endswith("/desk/done/conflict")
    assert "คุณจะไม่เห็นเรื่องนี้อีก" in mine.get("/done/conflict").get_data(as_text=True)
    for desk in (mine, boss):
        assert shown(desk, made, lists) == []
        assert desk.get(address).status_code == 404
        assert desk.get(f"{listening}/audio", Range="bytes=0-3").status_code == 404
        assert ">0<" in desk.get("/cases?waiting=open").get_data(as_text=True)
    page = above.get(address).get_data(as_text=True)
    assert all(one in page for one in (REASON, "ต้องไม่รู้", "กดรับทราบเรื่อง")), page
    with reading() as session:
        lead = select(Assignment.office_code).where(
            Assignment.case_id == made.case_id, Assignment.is_lead
        )
        assert session.scalar(lead) == AGENCY
        callbacks = select(Callback.office_code).where(Callback.case_id == made.case_id)
        assert session.scalars(callbacks).all() == [AGENCY]
        receivers = select(Notice.recipient_staff_id).where(Notice.template == "conflict_found")
        assert session.scalars(receivers).all() == [above.viewer.staff_id]


def test_what_cannot_be_named_is_said_beside_what_was_typed(desk_of: Hire) -> None:
    mine, made = desk_of(OPERATOR, language="en"), opened_case(office=PROVINCE)
    boss = desk_of(("head_operator", AGENCY))
    address = f"/cases/{made.reference}/conflict"
    tried = {
        "Choose one person or one office": {"reason": REASON},
        "not both": {"reason": REASON, "code": "DOLE-4001", "people": mine.viewer.staff_id},
        "one office, not": {"reason": REASON, "code": "DOLE-4001", "office": PROVINCE},
        "person or one": {"reason": REASON, "code": "school 4", "people": mine.viewer.staff_id},
        "keeps sight of a case": {"reason": REASON, "code": "hq"},
        "Please ring the Safety Center": {"reason": REASON, "code": AGENCY},
        "by an office further up": {"reason": REASON, "people": boss.viewer.staff_id},
        "Say in a few words why": {"reason": " ", "people": mine.viewer.staff_id},
    }
    for said, form in tried.items():
        answer = mine.post(address, **form)
        page = answer.get_data(as_text=True)
        assert (answer.status_code, said in page, 'id="conflict-said"' in page) == (400, True, True)
    page = mine.get(f"/cases/{made.reference}").get_data(as_text=True)
    own, over = (f'<option value="{one.viewer.staff_id}"' for one in (mine, boss))
    assert (own in page, over in page) == (True, False), "those above are named from further up"
    page = boss.get(f"/cases/{made.reference}").get_data(as_text=True)
    assert (own in page, over in page) == (True, True), "the own office and those between"


def test_naming_an_office_and_a_decision_do_not_lock_crosswise(desk_of: Hire) -> None:
    mine, made = desk_of(OPERATOR), opened_case(office=PROVINCE)
    callback = owed(office=PROVINCE, case=made, state="decision", consent=False)
    told(staff_id=mine.viewer.staff_id, reference=made.reference)
    address, staff = f"/cases/{made.reference}/conflict", {mine.viewer.staff_id}
    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            hold(session, callback.id)
            naming = pool.submit(mine.post, address, office=PROVINCE, reason=REASON)
            wait([naming], 1)
            withhold(session, made.reference, staff_ids=staff, office_codes=frozenset())
        assert naming.result(10).status_code == 303
