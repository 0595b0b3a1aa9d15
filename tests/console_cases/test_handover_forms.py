"""Asking for a hand-over on the case's page: three kinds, plain refusals, nothing twice."""

import re
from collections.abc import Callable

import pytest

from agents.models import Staff
from calls.models import ApprovalCall
from cases.exclusions import exclude_office
from core import clock
from core.database import transaction
from tests.console_cases.handing import (
    DISTRICT,
    PROVINCE,
    REASON,
    asked,
    handovers_of,
    taken_case,
)
from tests.console_cases.people import Desk, hired

OWN = ("operator", PROVINCE)
ABOVE_ALL = "เลือกผู้รับเรื่อง"
Hire = Callable[..., Desk]


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined, no-any-return]


def test_a_case_is_handed_to_an_office_below(desk_of: Hire) -> None:
    desk = desk_of(OWN)
    made = taken_case(desk.viewer)
    form = {"kind": "office", "office": DISTRICT, "reason": REASON}
    answer = desk.post(f"/cases/{made.reference}/handovers", **form)
    assert answer.status_code == 303
    [one] = handovers_of(made)
    assert (one.kind, one.to_office_code, one.reason) == ("office", DISTRICT, REASON)
    page = text(desk.get(f"/cases/{made.reference}"))
    assert "รออนุมัติ" in page
    assert REASON in page
    assert "โทรหาหัวหน้าตอนนี้" in page


def test_a_code_may_be_typed_in_small_letters(desk_of: Hire) -> None:
    desk = desk_of(OWN)
    made = taken_case(desk.viewer)
    form = {"kind": "office", "code": f" {DISTRICT.lower()} ", "reason": REASON}
    assert desk.post(f"/cases/{made.reference}/handovers", **form).status_code == 303
    assert [one.to_office_code for one in handovers_of(made)] == [DISTRICT]


def test_a_case_is_handed_to_a_person_and_to_a_committee_with_its_chair(desk_of: Hire) -> None:
    desk = desk_of(OWN)
    one = hired("ครูหนึ่ง", ("action_officer", PROVINCE))
    two = hired("ครูสอง", ("action_officer", DISTRICT))
    for form in (
        {"kind": "person", "people": one.staff_id},
        {"kind": "committee", "people": [two.staff_id], "chair": one.staff_id},
    ):
        made = taken_case(desk.viewer)
        page = text(desk.get(f"/cases/{made.reference}"))
        assert "ครูหนึ่ง" in page
        assert "ครูสอง" in page
        address = f"/cases/{made.reference}/handovers"
        assert desk.post(address, **form, reason=REASON).status_code == 303
        card = text(desk.get(f"/cases/{made.reference}"))
        assert "ครูหนึ่ง" in card
        assert [row.kind for row in handovers_of(made)] == [form["kind"]]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"kind": "office", "office": DISTRICT, "reason": " "}, "บอกเหตุผลสั้น ๆ ก่อน"),
        ({"kind": "office", "office": DISTRICT, "reason": "ก" * 3000}, "ข้อความยาวเกินไป"),
        ({"kind": "office", "reason": REASON}, ABOVE_ALL),
        ({"kind": "office", "code": "OBEC", "reason": REASON}, "ไม่พบหน่วยงานนี้ในสังกัด"),
        ({"kind": "office", "code": "no\x00code", "reason": REASON}, "ไม่พบหน่วยงานนี้ในสังกัด"),
        ({"kind": "office", "code": "๑๒๓", "reason": REASON}, "ไม่พบหน่วยงานนี้ในสังกัด"),
        ({"kind": "person", "reason": REASON}, ABOVE_ALL),
        ({"kind": "person", "people": "999999999999999999", "reason": REASON}, ABOVE_ALL),
        ({"kind": "person", "people": "123456", "reason": REASON}, "คนนี้รับเรื่อง"),
        ({"kind": "committee", "reason": REASON, "chair": "5"}, ABOVE_ALL),
        ({"kind": "committee", "reason": REASON, "people": ["5", "6"]}, "เลือกประธาน"),
        ({"kind": "everybody", "reason": REASON}, "เลือกก่อนว่าจะส่งต่อให้ใคร"),
        ({}, "เลือกก่อนว่าจะส่งต่อให้ใคร"),
    ],
)
def test_a_form_that_cannot_be_used_comes_back_with_its_words(
    form: dict[str, object], words: str, desk_of: Hire
) -> None:
    desk = desk_of(OWN)
    made = taken_case(desk.viewer)
    answer = desk.post(f"/cases/{made.reference}/handovers", **form)
    page = text(answer)
    assert answer.status_code == 400
    assert words in page
    assert '<details class="choice" open>' in page
    assert len(answer.data) < 100_000
    assert handovers_of(made) == []
    if form.get("reason") == REASON and form["kind"] != "everybody":
        assert f"{REASON}</textarea>" in page


def test_what_was_chosen_is_still_chosen_after_a_refusal(desk_of: Hire) -> None:
    desk = desk_of(OWN)
    made, one = taken_case(desk.viewer), hired("ครูหนึ่ง", ("action_officer", PROVINCE))
    address = f"/cases/{made.reference}/handovers"
    page = text(desk.post(address, kind="office", office=DISTRICT, code="x-1", reason=REASON))
    assert f'<option value="{DISTRICT}" selected>' in page
    [code] = re.findall(r'<input id="handover-code"[^>]*>', page)
    assert 'value="X-1"' in code
    assert 'aria-invalid="true"' in code
    [reason] = re.findall(r'<textarea id="office-reason"[^>]*>', page)
    assert "aria-invalid" not in reason
    page = text(desk.post(address, kind="committee", people=one.staff_id, reason=REASON))
    assert (
        f'id="member-{one.staff_id}" type="checkbox" name="people" value="{one.staff_id}" checked'
        in page
    )


def test_a_second_click_and_a_second_person_find_it_asked(desk_of: Hire) -> None:
    desk, other = desk_of(OWN), desk_of(("head_operator", PROVINCE))
    made = taken_case(desk.viewer)
    form = {"kind": "office", "office": DISTRICT, "reason": REASON}
    address = f"/cases/{made.reference}/handovers"
    answers = [one.post(address, **form) for one in (desk, desk, other)]
    assert [one.status_code for one in answers] == [303, 409, 409]
    assert "มีการส่งต่อที่รอคำตอบอยู่แล้ว" in text(answers[1])
    assert len(handovers_of(made)) == 1


def test_nobody_is_named_who_must_not_know(desk_of: Hire) -> None:
    desk = desk_of(OWN)
    made = taken_case(desk.viewer)
    hired("ครูในอำเภอ", ("action_officer", DISTRICT))
    assert "ครูในอำเภอ" in text(desk.get(f"/cases/{made.reference}"))
    with transaction() as session:
        exclude_office(session, made.case_id, DISTRICT)
    page = text(desk.get(f"/cases/{made.reference}"))
    assert "ครูในอำเภอ" not in page
    assert f'value="{DISTRICT}"' not in page
    form = {"kind": "office", "code": DISTRICT, "reason": REASON}
    answer = desk.post(f"/cases/{made.reference}/handovers", **form)
    assert answer.status_code == 400
    assert handovers_of(made) == []


def test_markup_in_a_reason_stays_text(desk_of: Hire) -> None:
    desk = desk_of(OWN)
    made = taken_case(desk.viewer)
    reason = "<script>alert(1)</script> {{7*7}}"
    form = {"kind": "office", "office": DISTRICT, "reason": reason}
    desk.post(f"/cases/{made.reference}/handovers", **form)
    page = text(desk.get(f"/cases/{made.reference}"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}}" in page


def test_the_asker_takes_it_back_with_or_without_a_word(desk_of: Hire) -> None:
    for words in ("", "ครอบครัวย้ายแล้ว"):
        desk = desk_of(OWN)
        given = asked(asker=desk.viewer)
        answers = [desk.post(f"{given.address}/revoke", words=words) for _ in range(2)]
        assert [one.status_code for one in answers] == [303, 409]
        page = text(desk.get(given.case_address))
        assert "ยกเลิกการส่งต่อ" in page
        assert words in page
        assert [one.state for one in handovers_of(given.made)] == ["revoked"]


def test_ringing_says_when_nobody_can_be_rung(desk_of: Hire) -> None:
    desk = desk_of(OWN)
    given = asked(asker=desk.viewer)
    answer = desk.post(f"{given.address}/ring")
    assert answer.status_code == 400
    assert "ตอนนี้ไม่มีหัวหน้าที่โทรหาได้" in text(answer)


def test_who_was_rung_is_shown_with_how_it_went(desk_of: Hire) -> None:
    desk, head = desk_of(OWN), hired("หัวหน้าเวร", ("head_operator", PROVINCE))
    with transaction() as session:
        staff = session.get_one(Staff, head.staff_id)
        staff.phone, staff.always_on_duty = "+66810000077", True
    given = asked(asker=desk.viewer, head=head)
    assert desk.post(f"{given.address}/ring").status_code == 303
    with transaction() as session:
        ring = ApprovalCall(handover_id=given.handover_id, staff_id=head.staff_id, leg_key="k")
        ring.outcome, ring.intent_at = "no_answer", clock.now()
        session.add(ring)
    page = text(desk.get(given.case_address))
    assert "หัวหน้าเวร" in page
    assert "ไม่รับสาย" in page
    assert "0000077" not in page
