"""A case that came to the wrong office, said at the desk in one form: the office above has it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from calls.models import Callback
from cases.models import Assignment
from core.database import reading
from tests.console.callback_people import owed
from tests.console_cases.handing import AGENCY, PROVINCE, REASON
from tests.console_cases.people import Desk, Made, opened_case

pytestmark = pytest.mark.backends("postgresql")
Hire = Callable[..., Desk]
OPERATOR = ("operator", PROVINCE)


def lead_of(made: Made) -> str | None:
    """The office that has the case."""
    with reading() as session:
        lead = select(Assignment.office_code).where(
            Assignment.case_id == made.case_id, Assignment.is_lead
        )
        return session.scalar(lead)


def test_the_office_above_has_the_case_and_its_callback_at_once(desk_of: Hire) -> None:
    mine, above = desk_of(OPERATOR), desk_of(("operator", AGENCY))
    made = opened_case(office=PROVINCE)
    callback, address = owed(office=PROVINCE, case=made), f"/cases/{made.reference}"
    with reading() as session:
        promised = session.get_one(Callback, callback.id).late_at
    assert 'action="/desk' + address + "/not-ours" in mine.get(address).get_data(as_text=True)
    sent = mine.post(
        f"{address}/not-ours", office_code=PROVINCE, why="no_such_school", reason=REASON
    )
    assert sent.headers["Location"].endswith("/desk/done/sent")
    assert mine.get(address).status_code == 404
    page = above.get(address).get_data(as_text=True)
    said = "แจ้งว่าไม่ใช่เรื่องของหน่วยงาน (ไม่มีสถานศึกษานี้ในพื้นที่)"
    assert all(one in page for one in (said, REASON, "กดรับทราบเรื่อง")), page
    with reading() as session:
        moved = session.get_one(Callback, callback.id)
    assert (moved.office_code, moved.late_at <= promised) == (AGENCY, True)


def test_what_is_missing_is_said_beside_what_was_typed(desk_of: Hire) -> None:
    mine, made = desk_of(OPERATOR, language="en"), opened_case(office=PROVINCE)
    tried = {
        "Choose why the case is not": {"reason": "Elsewhere"},
        "Say in a few words why": {"why": "other", "reason": " "},
        "words are too long": {"why": "other_area", "reason": "x" * 3_000},
    }
    for said, form in tried.items():
        answer = mine.post(f"/cases/{made.reference}/not-ours", office_code=PROVINCE, **form)
        page = answer.get_data(as_text=True)
        assert (answer.status_code, said in page, 'id="not-ours-said"' in page) == (400, True, True)
        field = page.split('id="not-ours-reason"')[1].split(">")[0]
        about_words = not said.startswith("Choose")
        assert ("not-ours-said" in field, "aria-invalid" in field) == (about_words, about_words)
    assert lead_of(made) == PROVINCE


def test_the_desk_is_not_offered_to_pass_a_case_up(desk_of: Hire) -> None:
    desk, made = desk_of(("operator", "HQ")), opened_case(office="HQ")
    page = desk.get(f"/cases/{made.reference}").get_data(as_text=True)
    assert "/not-ours" not in page
    form = {"office_code": "HQ", "why": "other_area"}
    assert desk.post(f"/cases/{made.reference}/not-ours", **form).status_code == 400


def test_a_second_click_does_not_pass_it_up_once_more(desk_of: Hire) -> None:
    """Whoever works at both offices sees both, and said it of the first alone."""
    both = desk_of(OPERATOR, ("operator", AGENCY))
    made, form = opened_case(office=PROVINCE), {"office_code": PROVINCE, "why": "other_area"}
    first, second = (both.post(f"/cases/{made.reference}/not-ours", **form) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 409)
    assert lead_of(made) == AGENCY
