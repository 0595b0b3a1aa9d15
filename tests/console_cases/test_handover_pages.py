"""The page of a hand-over: who decides, who takes it, what follows, who sees nothing at all."""

from collections.abc import Callable

import pytest

from agents.models import StaffRole
from calls.queries import callbacks_of_case
from cases.exclusions import exclude_office
from cases.handovers import Wish, approve, ask, reject
from cases.queries import case_file
from cases.reference import new_reference
from core import clock
from core.database import reading, transaction
from tests.console_cases.handing import (
    AGENCY,
    DISTRICT,
    PROVINCE,
    REASON,
    HandedOver,
    asked,
    offered,
    state_of,
    taken,
    to_person,
)
from tests.console_cases.people import Desk, hired, owed_callback

HEAD = ("head_operator", PROVINCE)
WORDS = "ให้อำเภอข้างเคียงดูแลดีกว่า"
pytestmark = pytest.mark.backends("postgresql")
Hire = Callable[..., Desk]


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined, no-any-return]


def status_of(given: HandedOver) -> str:
    with reading() as session:
        file = case_file(session, given.made.reference)
        assert file is not None
        return file.case.status


def test_a_head_operator_sees_all_that_is_needed_and_approves_once(desk_of: Hire) -> None:
    desk = desk_of(HEAD)
    given = asked(head=desk.viewer)
    page = text(desk.get(given.address))
    for wanted in ("อนุมัติให้ส่งต่อเรื่องนี้ไหม", "การกลั่นแกล้งรังแก", "ตรัง", REASON, "ผู้ขอ ทดสอบ"):
        assert wanted in page, wanted
    assert "<textarea" in page
    answers = [desk.post(f"{given.address}/approve") for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 409]
    assert "มีคนทำขั้นตอนนี้ไปแล้ว" in text(answers[1])
    assert "อนุมัติแล้ว แจ้ง" in text(desk.get(given.address))
    assert (state_of(given.handover_id), status_of(given)) == ("offered", "assigned")


def test_rejecting_needs_a_word_and_keeps_what_was_typed(desk_of: Hire) -> None:
    desk = desk_of(HEAD)
    given = asked(head=desk.viewer)
    refused = desk.post(f"{given.address}/reject", words="  ")
    assert refused.status_code == 400
    assert "บอกเหตุผลสั้น ๆ ก่อน" in text(refused)
    long = desk.post(f"{given.address}/reject", words=WORDS + "ก" * 3000)
    assert long.status_code == 400
    assert WORDS in text(long)
    assert state_of(given.handover_id) == "requested"
    assert desk.post(f"{given.address}/reject", words=WORDS).status_code == 303
    page = text(desk.get(given.address))
    assert WORDS in page
    assert "ไม่อนุมัติ แจ้ง ผู้ขอ ทดสอบ แล้ว" in page
    assert (state_of(given.handover_id), status_of(given)) == ("rejected", "checking")
    assert desk.post(f"{given.address}/approve").status_code == 409


def test_a_rejection_by_key_says_that_its_reason_follows_until_it_is_written(desk_of: Hire) -> None:
    desk, other = desk_of(HEAD), desk_of(HEAD)
    given = asked(head=desk.viewer)
    with transaction() as session:
        key = {"way": "telephone", "words": None, "now": clock.now()}
        reject(session, given.handover_id, staff_id=desk.viewer.staff_id, **key)
    asker = Desk(desk.client.application, given.asker)
    assert "รอเหตุผล" in text(asker.get(given.case_address))
    assert "เขียนเหตุผล</a>" not in text(asker.get(given.case_address))
    assert "เขียนเหตุผล</a>" in text(desk.get(given.case_address))
    answer = f"{given.address}/reason"
    assert [one.post(answer, words=WORDS).status_code for one in (asker, other)] == [404, 404]
    assert [desk.post(answer, words=one).status_code for one in (" ", WORDS)] == [400, 303]
    for page in (asker.get(given.case_address), asker.get(given.address)):
        assert (WORDS in text(page), "ระบบขอให้" in text(page)) == (True, False)


def test_nobody_decides_about_their_own_request(desk_of: Hire) -> None:
    desk = desk_of(HEAD)
    hired("หัวหน้าเหนือขึ้นไป", ("head_operator", AGENCY))
    given = asked(asker=desk.viewer)
    assert desk.get(given.address).status_code == 200
    assert "/approve" not in text(desk.get(given.address))
    for answer in ("approve", "reject"):
        assert desk.post(f"{given.address}/{answer}", words=WORDS).status_code == 404
    assert state_of(given.handover_id) == "requested"


def test_an_office_takes_the_case_and_its_callback(desk_of: Hire) -> None:
    desk = desk_of(("operator", DISTRICT))
    given = offered()
    owed_callback(given.made, office=PROVINCE)
    assert desk.get(given.case_address).status_code == 404
    assert given.made.reference in text(desk.get("/cases?waiting=accept"))
    assert "รับเรื่องนี้ไหม" in text(desk.get(given.address))
    answers = [desk.post(f"{given.address}/accept") for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 409]
    assert desk.get(given.case_address).status_code == 200
    with reading() as session:
        [callback] = callbacks_of_case(session, given.made.case_id)
    assert callback.callback.office_code == DISTRICT
    assert (state_of(given.handover_id), status_of(given)) == ("accepted", "checking")


def test_a_person_who_cannot_see_the_case_takes_it(desk_of: Hire) -> None:
    desk = desk_of(("action_officer", PROVINCE))
    given = offered(to_person(desk.viewer))
    assert desk.get(given.case_address).status_code == 404
    assert desk.post(f"{given.address}/accept").status_code == 303
    assert desk.get(given.case_address).status_code == 200
    assert status_of(given) == "in_progress"


def test_who_declines_is_thanked_and_sees_no_more(desk_of: Hire) -> None:
    desk = desk_of(("action_officer", PROVINCE))
    given = offered(to_person(desk.viewer))
    assert desk.post(f"{given.address}/decline", words="").status_code == 400
    for _ in range(2):
        answer = desk.post(f"{given.address}/decline", words=WORDS)
        assert answer.status_code == 303
    thanks = desk.get("/done/answered")
    assert thanks.status_code == 200
    later = desk.get(given.address)
    assert later.status_code == 303
    assert REASON not in text(later)
    assert (state_of(given.handover_id), status_of(given)) == ("declined", "checking")


def test_the_chair_answers_for_the_committee(desk_of: Hire) -> None:
    chair, member = desk_of(("action_officer", PROVINCE)), desk_of(("action_officer", PROVINCE))
    ids = (chair.viewer.staff_id, member.viewer.staff_id)
    given = offered(Wish("committee", REASON, people=ids, chair=ids[0]))
    assert "/accept" not in text(member.get(given.address))
    assert member.post(f"{given.address}/accept").status_code == 404
    assert "/accept" in text(chair.get(given.address))
    assert chair.post(f"{given.address}/accept").status_code == 303
    assert member.get(given.case_address).status_code == 200


def test_what_goes_to_an_office_is_for_its_operators_alone(desk_of: Hire) -> None:
    officer, operator = desk_of(("action_officer", DISTRICT)), desk_of(("operator", DISTRICT))
    given = offered()
    assert [one.get(given.address).status_code for one in (officer, operator)] == [404, 200]
    assert officer.post(f"{given.address}/accept").status_code == 404
    assert state_of(given.handover_id) == "offered"


def test_an_earlier_hand_over_of_the_case_is_not_for_who_is_asked_by_a_later_one(
    desk_of: Hire,
) -> None:
    colleague = hired("เพื่อนร่วมงาน", ("action_officer", PROVINCE))
    first, receiver = asked(to_person(colleague)), desk_of(("operator", DISTRICT))
    now = clock.now()
    with transaction() as session:
        reject(
            session,
            first.handover_id,
            staff_id=first.head.staff_id,
            way="page",
            words=WORDS,
            now=now,
        )
        wish = Wish("office", REASON, to_office=DISTRICT)
        second = ask(session, first.made.case_id, wish, viewer=first.asker, now=now)
        approve(session, second.id, staff_id=first.head.staff_id, way="page", now=now)
        second_id = second.id
    addresses = (f"/handovers/{second_id}", first.address)
    assert [receiver.get(one).status_code for one in addresses] == [200, 404]


def test_who_sees_cases_masked_does_not_read_what_people_wrote(desk_of: Hire) -> None:
    given, supervisor = asked(), desk_of(("supervisor", "HQ"))
    for address in (given.address, given.case_address):
        page = supervisor.get(address)
        assert (page.status_code, REASON in text(page)) == (200, False), address


def test_the_case_is_taken_back_from_who_solves_it(desk_of: Hire) -> None:
    desk, officer = desk_of(("operator", PROVINCE)), desk_of(("action_officer", PROVINCE))
    given = taken(to_person(officer.viewer), by=officer.viewer, asker=desk.viewer)
    assert "ยกเลิกการส่งต่อ" in text(desk.get(given.case_address))
    assert desk.post(f"{given.address}/revoke").status_code == 303
    assert officer.get(given.case_address).status_code == 404
    assert status_of(given) == "checking"


def test_a_receiver_who_left_meanwhile_cannot_get_the_case(desk_of: Hire) -> None:
    desk, officer = desk_of(HEAD), hired("ครูย้าย", ("action_officer", PROVINCE))
    given = asked(to_person(officer), head=desk.viewer)
    with transaction() as session:
        session.delete(session.get_one(StaffRole, (officer.staff_id, PROVINCE, "action_officer")))
    answer = desk.post(f"{given.address}/approve")
    assert answer.status_code == 409
    assert "คนนี้รับเรื่องของหน่วยงานนี้ไม่ได้" in text(answer)
    assert state_of(given.handover_id) == "requested"


@pytest.mark.parametrize("who", ["excluded", "unrelated", "below", "supervisor of none"])
def test_for_everybody_else_it_does_not_exist(who: str, desk_of: Hire) -> None:
    given = asked()
    office = {"excluded": PROVINCE, "unrelated": "ESA-9201", "below": "DOLE-4002"}.get(who, "HQ")
    role = "admin" if who == "supervisor of none" else "head_operator"
    desk = desk_of((role, office))
    if who == "excluded":
        with transaction() as session:
            exclude_office(session, given.made.case_id, PROVINCE)
    nowhere = "/handovers/2147483646"
    missing = desk.get(nowhere)
    denied = desk.get(given.address)
    assert (denied.status_code, missing.status_code) == (404, 404)
    assert text(denied).replace(given.address, nowhere) == text(missing)
    for path in ("approve", "reject", "accept", "decline", "revoke", "ring"):
        assert desk.post(f"{given.address}/{path}", words=WORDS).status_code == 404, path
    assert state_of(given.handover_id) == "requested"


@pytest.mark.parametrize("number", ["0", "99999999999999999999", "-1", "x"])
def test_an_address_that_makes_no_sense_is_not_there(number: str, desk_of: Hire) -> None:
    desk = desk_of(HEAD)
    assert desk.get(f"/handovers/{number}").status_code == 404
    assert desk.post(f"/handovers/{number}/approve").status_code == 404
    assert desk.get("/done/everything").status_code == 404
    assert desk.post(f"/cases/{new_reference()}/handovers", kind="office").status_code == 404


def test_the_case_page_leads_the_decider_to_the_question(desk_of: Hire) -> None:
    desk = desk_of(HEAD)
    given = asked(head=desk.viewer)
    page = text(desk.get(given.case_address))
    first = page.split('class="first-step"')[1].split("</div>")[0]
    assert given.address in first
    assert "เริ่มช่วยเหลือทันทีด้วยตัวเอง" in page
