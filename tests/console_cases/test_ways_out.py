"""At the desk: referred to a partner, nobody reached, or the same as another case."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from calls.models import Callback
from cases.models import Assignment, Case
from core.database import reading, transaction
from recordings.models import Recording
from tests.console_cases.handing import PROVINCE, REASON, taken_case
from tests.console_cases.people import Desk, Made, kept_recording, opened_case, owed_callback

OWN = ("operator", PROVINCE)
PARTNER, NAME = "DLA", "กรมส่งเสริมการปกครองท้องถิ่น"
Hire = Callable[..., Desk]


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined, no-any-return]


def status_of(made: Made) -> str:
    with reading() as session:
        return session.scalars(select(Case.status).where(Case.id == made.case_id)).one()


def page_of(desk: Desk, made: Made) -> str:
    return text(desk.get(f"/cases/{made.reference}"))


def turn_of(page: str) -> str:
    """The card that says whose turn it is."""
    return page.split('aria-labelledby="turn"')[1].split("</section>")[0]


def test_a_case_is_referred_and_the_page_says_to_whom_and_who_follows_it_up(
    desk_of: Hire,
) -> None:
    desk = desk_of(OWN)
    made = taken_case(desk.viewer)
    form = {"office": PARTNER, "code": "", "reason": REASON}
    assert desk.post(f"/cases/{made.reference}/refer", **form).status_code == 303
    turn = turn_of(page_of(desk, made))
    assert all(one in turn for one in ("ติดตามผลการส่งต่อ", NAME, REASON, "ดำเนินการเรื่องนี้ต่อ"))
    assert (status_of(made), f"/cases/{made.reference}/refer" in turn) == ("referred", False)
    answer = desk.post(f"/cases/{made.reference}/reopen", reason=REASON)
    assert (answer.status_code, status_of(made)) == (303, "checking")
    assert NAME not in turn_of(page_of(desk, made)).split('class="other-steps"')[0]


def test_the_partner_of_the_place_stands_first_and_every_other_of_the_country_after_it(
    desk_of: Hire,
) -> None:
    desk = desk_of(("operator", "HQ"))
    made = taken_case(desk.viewer, office="HQ", answers={"affiliation": "local"})
    page = page_of(desk, made)
    groups = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', page, re.DOTALL)
    assert [label for label, _ in groups] == ["ของพื้นที่นี้", "ระดับประเทศ"]
    assert re.findall(r'value="([^"]+)"', groups[0][1]) == [PARTNER]
    others = re.findall(r'value="([^"]+)"', groups[1][1])
    assert (PARTNER in others, len(others)) == (False, 13)


def test_a_candidate_of_the_case_is_offered_first(desk_of: Hire) -> None:
    desk = desk_of(("operator", "HQ"))
    made = opened_case(office="HQ")
    with transaction() as session:
        lead = select(Assignment).where(Assignment.case_id == made.case_id)
        session.scalars(lead).one().candidates = ["BMA", "ESA-9202"]
    [near, _] = re.findall(r"<optgroup.*?</optgroup>", page_of(desk, made), re.DOTALL)
    assert re.findall(r'value="([^"]+)"', near) == ["BMA"]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"office": "", "code": "", "reason": REASON}, "เลือกหน่วยงานภายนอก"),
        ({"office": PROVINCE, "code": "", "reason": REASON}, "เลือกหน่วยงานภายนอก"),
        ({"office": PARTNER, "code": "NOWHERE", "reason": REASON}, "เลือกหน่วยงานภายนอก"),
        ({"office": PARTNER, "code": "๑๒๓", "reason": REASON}, "เลือกหน่วยงานภายนอก"),
        ({"office": PARTNER, "code": "", "reason": " "}, "บอกเหตุผลสั้น ๆ ก่อน"),
    ],
)
def test_a_referral_that_cannot_be_kept_comes_back_with_its_words(
    form: dict[str, str], words: str, desk_of: Hire
) -> None:
    desk = desk_of(OWN)
    made = taken_case(desk.viewer)
    answer = desk.post(f"/cases/{made.reference}/refer", **form)
    page = text(answer)
    assert (answer.status_code, 'id="refer-said"' in page, words in page) == (400, True, True)
    assert status_of(made) == "acknowledged"
    if form["reason"] == REASON:
        assert f"{REASON}</textarea>" in page


def test_nobody_can_be_reached_and_a_call_that_is_owed_stays_owed(desk_of: Hire) -> None:
    desk = desk_of(OWN)
    made = taken_case(desk.viewer)
    owed_callback(made, office=PROVINCE)
    answer = desk.post(f"/cases/{made.reference}/unreachable", reason=REASON)
    assert (answer.status_code, status_of(made)) == (303, "unreachable")
    turn = turn_of(page_of(desk, made))
    assert all(one in turn for one in ("ติดต่ออีกครั้ง", REASON, "ดำเนินการเรื่องนี้ต่อ"))
    with reading() as session:
        owing = select(Callback.state).where(Callback.case_id == made.case_id)
        assert session.scalars(owing).all() == ["retry"]
    empty = taken_case(desk.viewer)
    refusal = desk.post(f"/cases/{empty.reference}/unreachable", reason=" ")
    assert (refusal.status_code, 'id="unreachable-said"' in text(refusal)) == (400, True)


def test_words_that_are_refused_come_back_to_the_last_letter(desk_of: Hire) -> None:
    """As many as the form takes: the caller is still on the line, and they are sent again later."""
    desk = desk_of(OWN)
    made, words = taken_case(desk.viewer, ended=False), "โทรหาผู้ปกครองแล้ว " * 55 + "จบ"
    page = text(desk.post(f"/cases/{made.reference}/unreachable", reason=words))
    assert f"{words}</textarea>" in page
    assert "aria-invalid" not in page.split('id="unreachable-reason"')[1].split(">")[0]
    form = {"office": PARTNER, "code": "", "reason": words}
    page = text(desk.post(f"/cases/{made.reference}/refer", **form))
    assert f"{words}</textarea>" in page
    assert "aria-invalid" not in page.split('id="refer-office"')[1].split(">")[0]


def test_a_duplicate_leads_to_the_case_that_goes_on_and_is_named_there(desk_of: Hire) -> None:
    desk = desk_of(OWN)
    first, second = taken_case(desk.viewer), taken_case(desk.viewer)
    recording = kept_recording(second)
    spoken = f" {first.reference[:3]}-{first.reference[3:6]} {first.reference[6:]} "
    answer = desk.post(f"/cases/{second.reference}/duplicate", number=spoken)
    assert (answer.status_code, status_of(second)) == (303, "duplicate")
    assert f'href="/desk/cases/{first.reference}"' in turn_of(page_of(desk, second))
    assert f"เรื่อง {second.reference} แจ้งซ้ำกับเรื่องนี้" in page_of(desk, first)
    with reading() as session:
        assert session.get_one(Recording, recording).purge_after is not None
    assert desk.post(f"/cases/{second.reference}/reopen", reason=REASON).status_code == 303
    with reading() as session:
        assert session.get_one(Recording, recording).purge_after is None


@pytest.mark.parametrize("state", ["due", "retry", "dialling_caller", "connected", "decision"])
def test_whoever_waits_for_a_call_is_called_before_a_case_is_left(
    state: str, desk_of: Hire
) -> None:
    desk = desk_of(OWN)
    first, second = taken_case(desk.viewer), taken_case(desk.viewer)
    owed_callback(second, state, office=PROVINCE)
    answer = desk.post(f"/cases/{second.reference}/duplicate", number=first.reference)
    assert (answer.status_code, "ยังมีผู้รอให้โทรกลับ" in text(answer)) == (400, True)
    assert status_of(second) == "acknowledged"


@pytest.mark.parametrize("state", ["done", "withdrawn"])
def test_a_call_that_nobody_waits_for_holds_nothing_up(state: str, desk_of: Hire) -> None:
    desk = desk_of(OWN)
    first, second = taken_case(desk.viewer), taken_case(desk.viewer)
    owed_callback(second, state, office=PROVINCE)
    answer = desk.post(f"/cases/{second.reference}/duplicate", number=first.reference)
    assert answer.status_code == 303


@pytest.mark.parametrize("number", ["12345", "ไม่ทราบ", "\x00"])
def test_a_number_that_is_none_comes_back_as_it_was_typed(number: str, desk_of: Hire) -> None:
    desk = desk_of(OWN)
    made = taken_case(desk.viewer)
    answer = desk.post(f"/cases/{made.reference}/duplicate", number=number)
    page = text(answer)
    assert (answer.status_code, 'id="duplicate-said"' in page) == (400, True)
    assert "ไม่พบเลขเรื่องนี้" in page
    unseen = opened_case(office="ESA-9201")
    answer = desk.post(f"/cases/{made.reference}/duplicate", number=unseen.reference)
    assert (answer.status_code, "ไม่พบเลขเรื่องนี้" in text(answer)) == (400, True)


def test_what_was_done_in_another_window_is_told(desk_of: Hire) -> None:
    desk = desk_of(OWN, language="en")
    made = taken_case(desk.viewer)
    for expected in (303, 409):
        answer = desk.post(f"/cases/{made.reference}/unreachable", reason=REASON)
        assert answer.status_code == expected
    assert "Somebody has done this already" in text(answer)
