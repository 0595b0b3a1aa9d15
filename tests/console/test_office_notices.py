"""Where an office is told, and the notices that reached nobody, on the office's page."""

import pytest
from flask import Flask
from sqlalchemy import insert

from agents.models import Notice
from agents.notice_models import NoticeBarred, OfficeChannel
from agents.notices import OfficeAddress, set_office_address
from cases.exclusions import exclude_office
from core import clock
from core.database import reading, transaction
from core.runtime import Runtime
from tests.console.callback_people import OFFICE, operator
from tests.console.notice_people import GROUP, lost, no_channels, state_of, told, went_out
from tests.console_cases.people import Desk, opened_case
from tests.console_cases.test_case_list import counted

pytestmark = pytest.mark.usefixtures("friday")

HEAD = ("head_operator", OFFICE)
PATH = f"/office/{OFFICE}/notices"
ADDRESS = {"email": "office@example.go.th", "line_group": GROUP, "members": "7"}
KNOWN = OfficeAddress("office@example.go.th", GROUP, 7)


def read(desk: Desk, path: str = f"/office/{OFFICE}") -> str:
    answer = desk.get(path)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def kept(code: str = OFFICE) -> OfficeAddress | None:
    with reading() as session:
        row = session.get(OfficeChannel, code)
        return OfficeAddress(row.email, row.line_group, row.line_members) if row else None


def keep(address: OfficeAddress = KNOWN) -> None:
    with transaction() as session:
        set_office_address(session, OFFICE, address, now=clock.now())


def again(desk: Desk, notice_id: int, code: str = OFFICE) -> int:
    return int(desk.post(f"/office/{code}/notices/{notice_id}/again").status_code)


def test_an_office_says_where_it_is_told_and_the_group_stays_masked(app: Flask) -> None:
    desk = Desk(app, operator(HEAD))
    answer = desk.post(PATH, **ADDRESS)
    assert answer.status_code == 303
    html = read(desk, answer.headers["Location"].removeprefix("/desk"))
    assert kept() == KNOWN
    assert "บันทึกแล้ว การแจ้งเตือนจะส่งไปที่นั่น" in html
    assert 'value="office@example.go.th"' in html
    assert "•••• cdef" in html
    assert GROUP not in html


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"email": "new@example.go.th", "members": "8"}, ("new@example.go.th", GROUP, 8)),
        ({"email": "", "members": "7"}, (None, GROUP, 7)),
        ({"email": "a@b.th", "members": "1", "forget": "yes"}, ("a@b.th", None, 1)),
        (
            {"email": "", "members": "3", "forget": "yes", "line_group": "C" + "9" * 32},
            (None, "C" + "9" * 32, 3),
        ),
    ],
)
def test_an_empty_group_keeps_the_known_one_unless_it_is_taken_away(
    app: Flask, form: dict[str, str], expected: tuple[str | None, str | None, int]
) -> None:
    keep()
    assert Desk(app, operator(HEAD)).post(PATH, **form).status_code == 303
    assert kept() == OfficeAddress(*expected)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"email": "two@example.go.th, three@example.go.th"}, "กรุณากรอกอีเมลเพียงที่อยู่เดียว"),
        ({"email": "a@b.th\nBcc: c@d.th"}, "กรุณากรอกอีเมลเพียงที่อยู่เดียว"),
        ({"email": "office.@b.th"}, "กรุณากรอกอีเมลเพียงที่อยู่เดียว"),
        ({"email": "a" * 300 + "@b.th"}, "กรุณากรอกอีเมลเพียงที่อยู่เดียว"),
        ({"line_group": "https://line.me/x"}, "รหัสกลุ่ม LINE คือตัว C"),
        ({"line_group": GROUP + "0"}, "รหัสกลุ่ม LINE คือตัว C"),
        ({"members": ""}, "เป็นตัวเลข 1 ถึง 500"),
        ({"members": "0"}, "เป็นตัวเลข 1 ถึง 500"),
        ({"members": "501"}, "เป็นตัวเลข 1 ถึง 500"),
        ({"members": "๗"}, "เป็นตัวเลข 1 ถึง 500"),
    ],
)
def test_an_address_that_cannot_be_is_refused_and_the_rest_stays_typed(
    app: Flask, wrong: dict[str, str], text: str
) -> None:
    answer = Desk(app, operator(HEAD)).post(PATH, **(ADDRESS | wrong))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert text in html
    assert html.count('aria-invalid="true"') == 1
    for name in ADDRESS.keys() - wrong.keys():
        assert f'value="{ADDRESS[name]}"' in html
    assert kept() is None


@pytest.mark.parametrize(
    ("role", "code"), [(HEAD, "ESA-9201"), (HEAD, "HQ"), (HEAD, "nowhere"), (HEAD, "a b")]
)
def test_an_office_of_others_and_one_that_is_not_there_look_alike(
    app: Flask, role: tuple[str, str], code: str
) -> None:
    desk = Desk(app, operator(role))
    notice_id = lost(office_code="ESA-9201", reference="123456789")
    assert desk.post(f"/office/{code}/notices", **ADDRESS).status_code == 404
    assert again(desk, notice_id, code) == 404
    assert kept("ESA-9201") is None


def test_who_manages_nothing_has_no_such_form(app: Flask) -> None:
    desk = Desk(app, operator())
    assert desk.post(PATH, **ADDRESS).status_code == 404
    assert kept() is None


def test_what_reached_nobody_is_shown_with_the_reasons_and_sent_again(app: Flask) -> None:
    head, colleague = operator(HEAD), operator()
    desk = Desk(app, head)
    assert "ถึงผู้รับทุกรายการ" in read(desk)
    made = opened_case()
    notice_id = lost(staff_id=colleague.staff_id, reference=made.reference)
    went_out(notice_id, "sms", "skipped", error_code="no_address")
    part = read(desk).split('id="lost"')[1].split("</section>")[0]
    assert f'href="/desk/cases/{made.reference}"' in part
    assert "ถึง กมล ทดสอบ" in part
    assert "อีเมล: ส่งไม่สำเร็จ" in part
    assert "SMS: ไม่มีที่อยู่สำหรับส่ง" in part
    answer = desk.post(f"/office/{OFFICE}/notices/{notice_id}/again")
    assert answer.status_code == 303
    html = read(desk, answer.headers["Location"].removeprefix("/desk"))
    assert "กำลังส่งอีกครั้ง" in html
    assert f'id="lost-{notice_id}"' not in html
    assert state_of(notice_id) == ("planned", ["owed", "skipped"])


def test_what_is_on_its_way_or_was_read_is_not_sent_twice(app: Flask) -> None:
    desk = Desk(app, operator(HEAD))
    on_its_way = lost(office_code=OFFICE, reference="123456789")
    assert (again(desk, on_its_way), again(desk, on_its_way)) == (303, 409)
    read_by_me = lost(office_code=OFFICE, reference="223456789")
    desk.post(f"/notices/{read_by_me}/seen")
    answer = desk.post(f"/office/{OFFICE}/notices/{read_by_me}/again")
    assert answer.status_code == 409
    assert "ไม่มีอะไรต้องส่งอีกครั้ง" in answer.get_data(as_text=True)
    assert state_of(read_by_me) == ("planned", ["given_up"])


def test_nobody_learns_that_somebody_here_must_not_know(app: Flask) -> None:
    desk = Desk(app, operator(HEAD))
    notice_id = lost(office_code=OFFICE, reference=opened_case().reference)
    went_out(notice_id, "line", "skipped", error_code="somebody_barred")
    part = read(desk).split('id="lost"')[1].split("</section>")[0]
    assert "LINE: ส่งไม่สำเร็จ" in part
    assert "barred" not in part


def test_who_has_no_part_in_cases_sees_no_reference(app: Flask) -> None:
    desk = Desk(app, operator(("admin", OFFICE)))
    made = opened_case()
    lost(office_code=OFFICE, reference=made.reference)
    html = read(desk)
    assert "การแจ้งเตือนเกี่ยวกับเรื่องที่คุณไม่เห็น" in html
    assert made.reference not in html.replace(" ", "")


@pytest.mark.parametrize("how", ["barred", "excluded", "withdrawn", "other_office"])
def test_what_a_head_must_not_know_is_no_loss_of_the_office(app: Flask, how: str) -> None:
    head = operator(HEAD)
    desk = Desk(app, head)
    made = opened_case()
    office = "ESA-9201" if how == "other_office" else OFFICE
    notice_id = lost(office_code=office, reference=made.reference)
    with transaction() as session:
        if how == "barred":
            row = {"notice_id": notice_id, "staff_id": head.staff_id}
            session.execute(insert(NoticeBarred).values(**row))
        elif how == "excluded":
            exclude_office(session, made.case_id, OFFICE)
        elif how == "withdrawn":
            session.get_one(Notice, notice_id).state = "withdrawn"
    html = read(desk)
    assert "ถึงผู้รับทุกรายการ" in html
    assert f'id="lost-{notice_id}"' not in html
    assert (again(desk, notice_id), again(desk, 2**31 - 1)) == (404, 404)
    assert state_of(notice_id)[1] == ["given_up"]


def test_a_service_that_sends_nothing_yet_says_so(app: Flask, runtime: Runtime) -> None:
    desk = Desk(app, operator(HEAD))
    texts = ("ระบบนี้ยังไม่ได้เปิดใช้อีเมล ที่อยู่", "ระบบนี้ยังไม่ได้เปิดใช้ LINE")
    html = read(desk)
    assert not any(text in html for text in texts)
    with no_channels(runtime):
        html = read(desk)
    assert all(text in html for text in texts)


def test_more_losses_cost_no_more_queries(app: Flask, runtime: Runtime) -> None:
    desk = Desk(app, operator(HEAD))
    told(office_code=OFFICE, reference="123456789")
    read(desk)
    asked = []
    for more in (1, 20):
        for _ in range(more):
            lost(office_code=OFFICE, reference=opened_case().reference)
            lost(staff_id=operator().staff_id, reference=opened_case().reference)
        with counted(runtime) as statements:
            html = read(desk)
        asked.append(len(statements))
    assert asked[0] == asked[1]
    assert len(html.encode()) < 110_000
