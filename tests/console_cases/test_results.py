"""How a case ends at the desk: begun, reported, closed, reopened, put aside, sent on."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select, update

from calls.models import Callback
from cases.models import Assignment, TimelineEvent
from cases.queries import case_file
from cases.told_places import keep_told_places
from core import clock
from core.database import reading, transaction
from recordings.models import Recording
from tests.console_cases.handing import PROVINCE, REASON, asked, taken_case
from tests.console_cases.people import (
    Desk,
    Made,
    kept_recording,
    opened_case,
    owed_callback,
)

OWN, HEAD = ("operator", PROVINCE), ("head_operator", PROVINCE)
RESULT = {
    "done": "ไปเยี่ยมบ้านแล้ว",
    "for_whom": ["child", "family"],
    "measures": ["prevent"],
    "steps": ["protect_support"],
    "child_safe": "yes",
}
pytestmark = pytest.mark.backends("postgresql", "sqlite")
Hire = Callable[..., Desk]


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined, no-any-return]


def status_of(made: Made) -> str:
    with reading() as session:
        file = case_file(session, made.reference)
        assert file is not None
        return file.case.status


def kinds_of(made: Made) -> list[str]:
    with reading() as session:
        wanted = select(TimelineEvent.kind).where(TimelineEvent.case_id == made.case_id)
        return list(session.scalars(wanted))


def reported(desk: Desk, **other: object) -> Made:
    made = taken_case(desk.viewer)
    form = RESULT | other
    assert desk.post(f"/cases/{made.reference}/report", **form).status_code == 303
    return made


def test_help_begins_at_once_from_a_case_that_nobody_has_acknowledged(desk_of: Hire) -> None:
    made, desk = opened_case(office=PROVINCE), desk_of(OWN)
    for _ in range(2):
        assert desk.post(f"/cases/{made.reference}/begin").status_code == 303
    assert status_of(made) == "in_progress"
    assert kinds_of(made).count("begun") == 1
    assert "รายงานผล" in text(desk.get(f"/cases/{made.reference}"))


def test_help_begins_while_an_approval_is_awaited(desk_of: Hire) -> None:
    desk = desk_of(OWN)
    given = asked(asker=desk.viewer)
    assert desk.post(f"{given.case_address}/begin").status_code == 303
    assert status_of(given.made) == "in_progress"
    assert "รออนุมัติ" in text(desk.get(given.case_address))


def test_a_report_is_kept_shown_and_followed_by_closing(desk_of: Hire) -> None:
    desk = desk_of(OWN)
    made = reported(desk)
    page = text(desk.get(f"/cases/{made.reference}"))
    for wanted in ("ไปเยี่ยมบ้านแล้ว", "ครอบครัว", "ป้องกัน", "ปลอดภัยแล้ว"):
        assert wanted in page, wanted
    answers = [desk.post(f"/cases/{made.reference}/close") for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 409]
    assert status_of(made) == "closed"


def test_who_sees_cases_masked_reads_codes_of_a_result_and_no_free_text(desk_of: Hire) -> None:
    made = reported(desk_of(OWN))
    page = text(desk_of(("supervisor", "HQ")).get(f"/cases/{made.reference}"))
    assert "ปลอดภัยแล้ว" in page
    assert RESULT["done"] not in page


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"done": "  "}, "เขียนสั้น ๆ ว่าได้ทำอะไรไปแล้ว"),
        ({"done": "ก" * 20_001}, "ข้อความยาวเกินไป"),
        ({"for_whom": []}, "ช่วยใคร"),
        ({"for_whom": ["everybody"]}, "ช่วยใคร"),
        ({"measures": []}, "เลือกอย่างน้อยหนึ่งมาตรการ"),
        ({"steps": ["dance"]}, "5 ป"),
        ({"steps": ["suppress_refer"]}, "เขียนชื่อหน่วยงานที่ส่งต่อไป"),
        ({"child_safe": ""}, "ตอบก่อนว่าตอนนี้เด็กปลอดภัยหรือไม่"),
        ({"child_safe": "perhaps"}, "ตอบก่อนว่าตอนนี้เด็กปลอดภัยหรือไม่"),
    ],
)
def test_a_report_that_lacks_something_comes_back_as_it_was_typed(
    other: dict[str, object], words: str, desk_of: Hire
) -> None:
    desk = desk_of(OWN)
    made = taken_case(desk.viewer)
    answer = desk.post(f"/cases/{made.reference}/report", **(RESULT | other))
    page = text(answer)
    assert answer.status_code == 400
    assert words in page.split('role="alert"')[1].split("</p>")[0]
    if "done" not in other:
        assert "ไปเยี่ยมบ้านแล้ว</textarea>" in page
    if "measures" not in other:
        assert 'value="prevent" checked' in page
    assert status_of(made) == "acknowledged"


def test_a_second_report_at_the_same_moment_changes_nothing(desk_of: Hire) -> None:
    desk = desk_of(OWN)
    made = reported(desk)
    assert desk.get(f"/cases/{made.reference}/report").status_code == 409
    assert desk.post(f"/cases/{made.reference}/report", **RESULT).status_code == 409
    assert kinds_of(made).count("result_reported") == 1


def test_who_does_not_have_the_case_begins_first(desk_of: Hire) -> None:
    desk = desk_of(HEAD)
    made = taken_case(desk_of(OWN).viewer)
    answer = desk.post(f"/cases/{made.reference}/report", **RESULT)
    assert answer.status_code == 409
    assert "ต้องเริ่มดำเนินการก่อน" in text(answer)


@pytest.mark.parametrize(
    ("role", "other", "words"),
    [
        (OWN, {"child_safe": "no"}, "เด็กยังไม่ปลอดภัย"),
        (HEAD, {"child_safe": "no"}, "เด็กยังไม่ปลอดภัย"),
        (OWN, {"child_safe": "no", "referral": "สถานีตำรวจ"}, None),
        (OWN, {"child_safe": "unknown"}, "ให้หัวหน้า SC-Operator เป็นผู้ปิดเรื่อง"),
        (HEAD, {"child_safe": "unknown"}, None),
    ],
)
def test_a_case_stays_open_while_the_child_may_not_be_safe(
    role: tuple[str, str], other: dict[str, object], words: str | None, desk_of: Hire
) -> None:
    desk = desk_of(role)
    made = reported(desk, **other)
    answer = desk.post(f"/cases/{made.reference}/close")
    assert answer.status_code == (400 if words else 303)
    assert (words or "") in text(answer)
    assert status_of(made) == ("reported" if words else "closed")


def test_a_case_without_a_report_cannot_be_closed(desk_of: Hire) -> None:
    desk = desk_of(OWN)
    made = taken_case(desk.viewer)
    answer = desk.post(f"/cases/{made.reference}/close")
    assert answer.status_code == 400
    assert "ต้องรายงานผลก่อน" in text(answer)


def test_places_that_the_caller_told_of_are_thought_of_before_the_case_closes(
    desk_of: Hire,
) -> None:
    """domain.md §2: a fight outside school concerns each school, not the first one alone."""
    desk = desk_of(OWN)
    made = reported(desk)
    with transaction() as session:
        keep_told_places(session, made.case_id, [("9201", "92")], now=clock.now())
    form = desk.get(f"/cases/{made.reference}").get_data(as_text=True)
    assert 'name="places_seen"' in form
    assert "เมืองตรัง" in form.split('name="places_seen"')[0].rpartition("<form")[2]
    answer = desk.post(f"/cases/{made.reference}/close")
    assert (answer.status_code, status_of(made)) == (400, "reported")
    assert "ผู้แจ้งบอกสถานที่อื่นด้วย" in text(answer)
    assert desk.post(f"/cases/{made.reference}/close", places_seen="yes").status_code == 303
    assert status_of(made) == "closed"
    assert "places_seen" in kinds_of(made)


def test_a_case_is_reopened_for_a_reason(desk_of: Hire) -> None:
    desk = desk_of(OWN)
    made = reported(desk)
    desk.post(f"/cases/{made.reference}/close")
    address = f"/cases/{made.reference}/reopen"
    refused = desk.post(address, reason=" ")
    assert refused.status_code == 400
    assert "บอกเหตุผลสั้น ๆ ก่อน" in text(refused)
    answers = [desk.post(address, reason=REASON) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 409]
    assert REASON in text(desk.get(f"/cases/{made.reference}"))
    assert status_of(made) == "checking"


def test_a_wrong_number_is_put_aside_by_one_person_with_one_tap(desk_of: Hire) -> None:
    made, desk = opened_case(office=PROVINCE), desk_of(OWN)
    answers = [desk.post(f"/cases/{made.reference}/not-a-case") for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 409]
    assert status_of(made) == "not_a_case"


@pytest.mark.parametrize("why", ["danger", "recording"])
def test_where_it_may_hurt_a_second_person_must_agree(why: str, desk_of: Hire) -> None:
    made = opened_case(office=PROVINCE, answers={"danger": why == "danger"})
    if why == "recording":
        kept_recording(made)
    first, second = desk_of(OWN), desk_of(OWN)
    address = f"/cases/{made.reference}"
    for _ in range(2):
        assert first.post(f"{address}/not-a-case").status_code == 303
    assert status_of(made) == "received"
    assert "ต้องมีคนที่สองยืนยัน ระหว่างนี้" in text(first.get(address))
    assert "/not-a-case" not in text(first.get(address))
    assert "เสนอว่าไม่ใช่เรื่องร้องเรียน" in text(second.get(address))
    assert second.post(f"{address}/not-a-case").status_code == 303
    assert status_of(made) == "not_a_case"
    assert kinds_of(made).count("junk_proposed") == 1


def test_a_callback_that_is_still_owed_is_shown_after_the_end(desk_of: Hire) -> None:
    made, desk = opened_case(office=PROVINCE), desk_of(OWN)
    owed_callback(made, "decision", office=PROVINCE)
    desk.post(f"/cases/{made.reference}/not-a-case")
    page = text(desk.get(f"/cases/{made.reference}"))
    assert "ยังมีสายที่ต้องโทรกลับ 1 สาย" in page
    assert "/callbacks/" in page
    assert made.reference in text(desk.get("/cases?waiting=decision"))


def many_candidates(made: Made, *codes: str) -> None:
    with transaction() as session:
        change = update(Assignment).where(Assignment.case_id == made.case_id)
        session.execute(change.values(candidates=list(codes)))


def test_the_hotline_sends_a_case_to_a_candidate_with_one_click(desk_of: Hire) -> None:
    made, desk = opened_case(office="HQ"), desk_of(("operator", "HQ"))
    owed_callback(made, office="HQ")
    many_candidates(made, "ESA-9201", "ESA-9202")
    page = text(desk.get(f"/cases/{made.reference}"))
    first = page.split('class="first-step"')[1].split("</div>")[0]
    assert first.count("<form") == 2
    address = f"/cases/{made.reference}/send"
    assert desk.post(address, office_code="OBEC").status_code == 400
    assert desk.post(address, office_code="\x00").status_code == 400
    answer = desk.post(address, office_code="ESA-9202")
    assert (answer.status_code, answer.location) == (303, "/desk/done/sent")
    assert desk.get("/done/sent").status_code == 200
    assert desk.get(f"/cases/{made.reference}").status_code == 404
    with reading() as session:
        file = case_file(session, made.reference)
        callback = session.scalars(select(Callback)).one()
    assert file is not None
    assert file.assignment.office_code == callback.office_code == "ESA-9202"


def test_a_case_of_the_hotline_that_was_sent_stays_seen_by_its_head(desk_of: Hire) -> None:
    made, desk = opened_case(office="HQ"), desk_of(("head_operator", "HQ"))
    many_candidates(made, "ESA-9201", "ESA-9202")
    answer = desk.post(f"/cases/{made.reference}/send", office_code="ESA-9201")
    assert answer.location == f"/desk/cases/{made.reference}"


def test_the_questions_to_ask_stand_beside_the_note(desk_of: Hire) -> None:
    desk = desk_of(OWN, language="en")
    made = taken_case(desk.viewer)
    page = text(desk.get(f"/cases/{made.reference}"))
    assert "To find out" in page
    assert "Are you safe right now" in page
    assert "The caller decides what to tell" in page


def test_the_time_of_a_recording_runs_from_the_end_of_its_case_only(desk_of: Hire) -> None:
    desk = desk_of(OWN)
    made = reported(desk)
    recording_id = kept_recording(made)
    ends = []
    for step, words in (("close", {}), ("reopen", {"reason": REASON})):
        ends.append(end_of(recording_id))
        assert desk.post(f"/cases/{made.reference}/{step}", **words).status_code == 303
    ends.append(end_of(recording_id))
    assert ends[0] is None
    assert ends[1] is not None
    assert ends[2] is None


def test_the_time_of_a_recording_runs_once_two_people_put_its_case_aside(desk_of: Hire) -> None:
    made = opened_case(office=PROVINCE)
    recording_id = kept_recording(made)
    address = f"/cases/{made.reference}/not-a-case"
    ends = []
    for _ in range(2):
        desk_of(OWN).post(address)
        ends.append(end_of(recording_id))
    assert ends[0] is None
    assert ends[1] is not None


def end_of(recording_id: int) -> datetime | None:
    with reading() as session:
        return session.get_one(Recording, recording_id).purge_after
