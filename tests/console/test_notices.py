"""The page of notices: unread first, where each leads, who may see which, marking as read."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select

from agents.models import Notice
from agents.notice_models import NoticeBarred, NoticeReceipt
from cases.access import Viewer
from cases.exclusions import exclude_office
from cases.models import CaseExclusion
from core import clock
from core.database import reading, transaction
from core.runtime import Runtime
from tests.console.callback_people import OFFICE, operator
from tests.console.notice_people import settled, told, went_out
from tests.console_cases.handing import asked
from tests.console_cases.people import Desk, opened_case
from tests.console_cases.test_case_list import counted
from webapp.console import forgery

pytestmark = pytest.mark.usefixtures("friday")

ROW = re.compile(r'<li class="owed[^"]*" id="notice-(\d+)"')
COUNT = re.compile(r'<span id="menu-count">(?:<span class="count some">([^<]+)</span>)?')
POLL = re.compile(r'hx-get="/desk([^"]+)"')
MOST_QUERIES = 12


def read(desk: Desk, path: str = "/notices") -> str:
    answer = desk.get(path)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def rows(html: str) -> tuple[list[int], list[int]]:
    """The notices that are unread, and those that are not."""
    new, _, old = html.partition('id="old"')
    return [int(one) for one in ROW.findall(new)], [int(one) for one in ROW.findall(old)]


def count(desk: Desk, path: str = "/") -> str:
    """The number in the menu."""
    [found] = COUNT.findall(read(desk, path))
    return str(found)


def seen_by(viewer: Viewer) -> set[int]:
    with reading() as session:
        mine = select(NoticeReceipt.notice_id).where(NoticeReceipt.staff_id == viewer.staff_id)
        return set(session.scalars(mine))


def all_seen(desk: Desk, *ids: object) -> Any:
    """Send the form that marks everything on the page."""
    form = {forgery.FIELD: desk._token(), "notice": [str(one) for one in ids]}
    return desk.client.post("/desk/notices/seen", data=form)


def test_unread_notices_come_first_each_in_plain_words(app: Flask) -> None:
    desk = Desk(app, operator())
    made = opened_case()
    old = told(staff_id=desk.viewer.staff_id, reference=made.reference)
    desk.post(f"/notices/{old}/seen")
    to_office = told("callback_decision", office_code=OFFICE, reference=made.reference)
    mine = told("result_reported", staff_id=desk.viewer.staff_id, reference=made.reference)
    desk.post(f"/notices/{mine}/seen")
    html = read(desk)
    assert rows(html) == ([to_office], [mine, old])
    spaced = " ".join(re.findall("...", made.reference))
    assert f"เรื่อง {spaced} รอท่านตัดสินใจเรื่องการโทรกลับ" in html
    assert "แจ้งถึงหน่วยงาน: " in html
    assert "คุณอ่านแล้วเมื่อ 10:00\N{NO-BREAK SPACE}น." in html


def test_an_english_reader_is_told_in_english(app: Flask) -> None:
    desk = Desk(app, operator(language="en"))
    told("handover_rejected", staff_id=desk.viewer.staff_id, reference="123456789")
    html = read(desk)
    assert "Case 123 456 789: the hand-over was not approved." in html
    assert not re.search("[ก-๙]", html.split("<main")[1])


def test_it_says_what_went_out_and_when(app: Flask) -> None:
    desk = Desk(app, operator())
    notice_id = told(staff_id=desk.viewer.staff_id, reference="123456789")
    assert "แจ้งเฉพาะในระบบนี้" in read(desk)
    went_out(notice_id, "email", sent_at=clock.now() - timedelta(minutes=55))
    went_out(notice_id, "sms", "owed")
    went_out(notice_id, "line", "given_up")
    went_out(notice_id, "console", "sent")
    html = read(desk)
    for text in ("อีเมล: ส่งแล้วเมื่อ 09:05\N{NO-BREAK SPACE}น.", "SMS: ยังไม่ได้ส่ง", "LINE: ส่งไม่สำเร็จ"):
        assert text in html
    assert html.split('class="tried"')[1].split("</ul>")[0].count("<li>") == 3


def test_looking_at_the_page_or_the_case_marks_nothing(app: Flask) -> None:
    desk = Desk(app, operator())
    made = opened_case()
    told(staff_id=desk.viewer.staff_id, reference=made.reference)
    read(desk)
    read(desk, f"/cases/{made.reference}")
    assert seen_by(desk.viewer) == set()
    assert count(desk) == "1"


def test_opening_an_unread_notice_marks_it_and_leads_to_its_case(app: Flask) -> None:
    desk = Desk(app, operator())
    made = opened_case()
    notice_id = told(office_code=OFFICE, reference=made.reference)
    html = read(desk)
    assert f'href="/desk/cases/{made.reference}"' not in html
    assert 'name="open"' in html
    answer = desk.post(f"/notices/{notice_id}/seen", open="yes")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/desk/cases/{made.reference}",
    )
    assert seen_by(desk.viewer) == {notice_id}
    assert f'href="/desk/cases/{made.reference}"' in read(desk)


@pytest.mark.parametrize("template", ["handover_asked", "handover_climbed"])
def test_an_approval_leads_to_its_hand_over(app: Flask, template: str) -> None:
    given = asked()
    desk = Desk(app, given.head)
    notice_id = told(template, staff_id=given.head.staff_id, reference=given.made.reference)
    assert f'id="open-{notice_id}"' in read(desk)
    assert "เปิดดูการส่งต่อ</button>" in read(desk)
    answer = desk.post(f"/notices/{notice_id}/seen", open="yes")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/desk{given.address}")


def test_the_desk_is_open_to_who_is_told_of_no_case(app: Flask) -> None:
    desk = Desk(app, operator())
    notice_id = told("leave_entered", staff_id=desk.viewer.staff_id, reference=None)
    assert "ไปที่โต๊ะทำงาน</button>" in read(desk)
    answer = desk.post(f"/notices/{notice_id}/seen", open="yes")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/")


def test_a_case_that_is_elsewhere_by_now_has_no_link(app: Flask) -> None:
    desk = Desk(app, operator())
    made = opened_case(office="ESA-9201")
    notice_id = told(staff_id=desk.viewer.staff_id, reference=made.reference)
    html = read(desk)
    assert "เรื่องนี้ไม่ได้อยู่กับคุณแล้ว" in html
    assert 'name="open"' not in html
    answer = desk.post(f"/notices/{notice_id}/seen", open="yes")
    assert answer.headers["Location"] == "/desk/notices"
    assert "เรื่องนี้ไม่ได้อยู่กับคุณแล้ว" in read(desk)


def test_marking_all_marks_what_was_shown_and_nothing_that_came_since(app: Flask) -> None:
    desk, other = Desk(app, operator()), operator()
    shown = [told(office_code=OFFICE, reference=f"10000000{one}") for one in range(3)]
    html = read(desk)
    assert re.findall(r'name="notice" value="(\d+)"', html) == [str(one) for one in shown[::-1]]
    late = told(office_code=OFFICE, reference="200000000")
    assert all_seen(desk, *shown).status_code == 303
    assert seen_by(desk.viewer) == set(shown)
    assert seen_by(other) == set()
    assert rows(read(desk))[0] == [late]


@pytest.mark.parametrize("sent", [(), ("x",), ("-1", "²", "9" * 40), ("0",), ("1 OR 1=1",)])
def test_a_strange_choice_marks_nothing_and_says_so(app: Flask, sent: tuple[str, ...]) -> None:
    desk = Desk(app, operator())
    notice_id = told(staff_id=desk.viewer.staff_id, reference="123456789")
    answer = all_seen(desk, *sent)
    assert answer.status_code == 400
    html = answer.get_data(as_text=True)
    assert "ไม่มีรายการให้ทำเครื่องหมาย" in html
    assert rows(html)[0] == [notice_id]
    assert seen_by(desk.viewer) == set()


def barred(viewer: Viewer) -> int:
    """To the person's own office, but the person must not know."""
    made = told(office_code=OFFICE, reference=opened_case().reference)
    with transaction() as session:
        session.execute(insert(NoticeBarred).values(notice_id=made, staff_id=viewer.staff_id))
    return made


def somebody_elses(viewer: Viewer) -> int:
    """To a colleague."""
    return told(staff_id=operator().staff_id, reference=opened_case().reference)


def other_office(viewer: Viewer) -> int:
    """To an office where the person does not work."""
    return told(office_code="ESA-9201", reference=opened_case(office="ESA-9201").reference)


def excluded_office(viewer: Viewer) -> int:
    """To the person, about a case from which the person's office was shut out later."""
    made = opened_case()
    notice_id = told(staff_id=viewer.staff_id, reference=made.reference)
    with transaction() as session:
        exclude_office(session, made.case_id, OFFICE)
    return notice_id


def excluded_person(viewer: Viewer) -> int:
    """To the person's office, about a case that names the person."""
    made = opened_case()
    with transaction() as session:
        row = {"case_id": made.case_id, "staff_id": viewer.staff_id}
        session.execute(insert(CaseExclusion).values(**row))
    return told(office_code=OFFICE, reference=made.reference)


def not_yet(viewer: Viewer) -> int:
    """Owed for later."""
    later = clock.now() + timedelta(hours=1)
    return told(staff_id=viewer.staff_id, reference="123456789", at=later)


def withdrawn(viewer: Viewer) -> int:
    """Taken back before anybody was told."""
    return told(staff_id=viewer.staff_id, reference="123456789", state="withdrawn")


@pytest.mark.parametrize(
    "hidden",
    [barred, somebody_elses, other_office, excluded_office, excluded_person, not_yet, withdrawn],
)
def test_what_is_not_for_the_reader_shows_by_no_list_count_or_address(
    app: Flask, hidden: Any
) -> None:
    desk = Desk(app, operator())
    mine = told(staff_id=desk.viewer.staff_id, reference="987654321")
    notice_id = hidden(desk.viewer)
    assert rows(read(desk)) == ([mine], [])
    assert count(desk) == "1"
    answers = [desk.post(f"/notices/{one}/seen", open="yes") for one in (notice_id, 2**31 - 1)]
    assert [one.status_code for one in answers] == [404, 404]
    without = [re.sub('value="[^"]*"', "", one.get_data(as_text=True)) for one in answers]
    assert without[0] == without[1]
    assert all_seen(desk, notice_id).status_code == 400
    assert seen_by(desk.viewer) == set()


def test_a_role_that_receives_no_cases_reads_only_its_own(app: Flask) -> None:
    desk = Desk(app, operator(("action_officer", OFFICE)))
    told(office_code=OFFICE, reference="123456789")
    mine = told(staff_id=desk.viewer.staff_id, reference="123456789")
    assert rows(read(desk)) == ([mine], [])


def test_a_matter_that_is_over_is_not_counted(app: Flask) -> None:
    desk = Desk(app, operator())
    notice_id = told(staff_id=desk.viewer.staff_id, reference="123456789")
    settled(notice_id)
    html = read(desk)
    assert rows(html) == ([], [notice_id])
    assert "เสร็จสิ้นแล้ว" in html
    assert count(desk) == ""


def many(viewer: Viewer, number: int) -> None:
    with transaction() as session:
        session.execute(
            insert(Notice),
            [
                {
                    "key": f"many-{one}",
                    "template": "overdue_head",
                    "recipient_staff_id": viewer.staff_id if one % 2 else None,
                    "office_code": None if one % 2 else OFFICE,
                    "reference": f"{one:09}",
                    "state": "planned",
                    "due_at": clock.now(),
                    "created_at": clock.now(),
                }
                for one in range(number)
            ],
        )


def test_the_count_ends_at_99_and_the_page_stays_light(app: Flask) -> None:
    desk = Desk(app, operator())
    many(desk.viewer, 99)
    assert count(desk) == "99"
    with transaction() as session:
        session.execute(delete(Notice))
    many(desk.viewer, 150)
    assert count(desk) == "99+"
    html = read(desk)
    assert len(rows(html)[0]) == 50
    assert "ยังมีมากกว่าที่แสดงที่นี่" in html
    assert len(html.encode()) < 110_000


def test_an_unread_notice_stands_before_many_that_were_read(app: Flask) -> None:
    desk = Desk(app, operator())
    old = told(staff_id=desk.viewer.staff_id, reference="123456789")
    many(desk.viewer, 120)
    while len(found := rows(read(desk))[0]) == 50:
        all_seen(desk, *found)
    assert found[-1] == old
    assert count(desk) == str(len(found))


def test_an_open_page_hears_only_of_changes_and_the_menu_counts_along(app: Flask) -> None:
    desk = Desk(app, operator())
    [poll] = POLL.findall(read(desk))
    poll = poll.replace("&amp;", "&")
    assert desk.get(poll).status_code == 204
    notice_id = told(staff_id=desk.viewer.staff_id, reference="123456789")
    answer = desk.get(poll)
    part = answer.get_data(as_text=True)
    assert rows(part) == ([notice_id], [])
    assert '<span id="menu-count" hx-swap-oob="innerHTML"><span class="count some">1<' in part
    assert 'id="notice-news" hx-swap-oob="innerHTML">ยังไม่ได้อ่าน 1 รายการ' in part


def test_nothing_yet_and_everything_read_are_said_kindly(app: Flask) -> None:
    desk = Desk(app, operator())
    assert "ยังไม่มีการแจ้งเตือนถึงคุณ" in read(desk)
    notice_id = told(staff_id=desk.viewer.staff_id, reference="123456789")
    desk.post(f"/notices/{notice_id}/seen")
    assert "คุณอ่านครบทุกรายการแล้ว" in read(desk)


def test_more_notices_cost_no_more_queries(app: Flask, runtime: Runtime) -> None:
    desk = Desk(app, operator(("head_operator", OFFICE)))
    told(office_code=OFFICE, reference=opened_case().reference)
    read(desk)  # the first request of a process reads the directory
    asked = []
    for more in (1, 20):
        for _ in range(more):
            made = opened_case()
            for to in ({"office_code": OFFICE}, {"staff_id": desk.viewer.staff_id}):
                went_out(told(reference=made.reference, **to))
        with counted(runtime) as statements:
            read(desk)
        asked.append(len(statements))
    assert asked[0] == asked[1] <= MOST_QUERIES
    with counted(runtime) as statements:
        read(desk, "/sessions")
    assert len([one for one in statements if "FROM notices" in one]) == 1
