"""The pages of people: who is shown to whom, what may be done, and what it leaves behind."""

import re
import sqlite3
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from agents.models import Notice, Staff, StaffRole
from agents.profile_models import StaffChange
from agents.profiles import keep_training
from cases.exclusions import exclude_office
from cases.models import CasePerson
from core import clock
from core.database import reading, transaction
from core.runtime import Runtime
from tests.console.people import Browser
from tests.console_cases.handing import PROVINCE
from tests.console_cases.people import Desk, hired
from tests.console_cases.people_scenes import FILE, appointed
from tests.console_cases.scenes import HEAD, taken_case

Hire = Callable[..., Desk]
AREA = "ESA-9202"
ADMIN = ("admin", "HQ")
PERSON = {
    "email": "new@example.org",
    "name": "นาง ใหม่ ทดสอบ",
    "role": "operator",
    "office": PROVINCE,
    "post": "group_head",
    "phone": "0810000211",
}


def changes(kind: str) -> list[StaffChange]:
    """The traces of one kind."""
    with reading() as session:
        return list(session.scalars(select(StaffChange).where(StaffChange.kind == kind)))


def names(desk: Desk, path: str = "/people") -> set[str]:
    """Whom a list shows."""
    html = desk.get(path).get_data(as_text=True)
    return set(re.findall(r'<a href="/desk/people/\d+"><strong>([^<]+)</strong>', html))


@pytest.fixture
def staffed(runtime: Runtime) -> None:
    """People at four offices."""
    hired("ก ทดสอบ", ("operator", PROVINCE))
    hired("ข ทดสอบ", ("operator", "DOLE-4001"))
    hired("ค ทดสอบ", ("operator", AREA))
    hired("ง ทดสอบ", ("agent", "HQ"))


EVERYBODY = {"ก ทดสอบ", "ข ทดสอบ", "ค ทดสอบ", "ง ทดสอบ"}


@pytest.mark.usefixtures("staffed")
@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (HEAD, {"ก ทดสอบ", "ข ทดสอบ"}),
        (("head_operator", AREA), {"ค ทดสอบ"}),
        (("supervisor", "HQ"), EVERYBODY),
        (ADMIN, EVERYBODY),
        (("admin", AREA), EVERYBODY),
    ],
)
def test_one_sees_the_people_of_the_own_office_and_below(
    desk_of: Hire, role: tuple[str, str], seen: set[str]
) -> None:
    assert names(desk_of(role)) == seen | {"สมใจ ทดสอบ"}


@pytest.mark.parametrize("role", ["agent", "operator", "action_officer", "auditor"])
def test_who_manages_nobody_finds_no_such_page(desk_of: Hire, role: str) -> None:
    assert desk_of((role, AREA)).get("/people").status_code == 404


@pytest.mark.usefixtures("staffed")
@pytest.mark.parametrize(
    ("query", "seen"),
    [
        (f"office={AREA}", {"ค ทดสอบ"}),
        ("role=agent", {"ง ทดสอบ"}),
        ("show=closed", set()),
        ("role=operator&show=no_phone", EVERYBODY - {"ง ทดสอบ"}),
        ("role=king&office=%00&after=-1&show=x", EVERYBODY | {"สมใจ ทดสอบ"}),
    ],
)
def test_the_list_is_narrowed(desk_of: Hire, query: str, seen: set[str]) -> None:
    assert names(desk_of(ADMIN), f"/people?{query}") == seen


def test_the_list_goes_on_where_a_page_ends(desk_of: Hire) -> None:
    desk = desk_of(HEAD)
    for number in range(51):
        hired(f"คนที่ {number} ทดสอบ", ("operator", PROVINCE))
    first = desk.get("/people").get_data(as_text=True)
    [more] = re.findall(r'href="/desk(/people\?after=\d+)"', first)
    assert len(names(desk)) == 50
    assert len(names(desk, more)) == 2


def test_a_number_is_never_shown_whole(desk_of: Hire) -> None:
    other = hired("ก ทดสอบ", ("operator", PROVINCE))
    with transaction() as session:
        change = update(Staff).where(Staff.id == other.staff_id)
        session.execute(change.values(phone="+66810000212"))
    desk = desk_of(HEAD)
    for path in ("/people", f"/people/{other.staff_id}"):
        html = desk.get(path).get_data(as_text=True)
        assert "••••" in html
        assert "0000212" not in html


def test_somebody_is_found_by_address_where_one_may_see_them(desk_of: Hire) -> None:
    other = hired("ก ทดสอบ", ("operator", AREA))
    with transaction() as session:
        change = update(Staff).where(Staff.id == other.staff_id)
        session.execute(change.values(email="kor@example.org"))
    found = desk_of(ADMIN).post("/people/find", email=" KOR@example.org ")
    assert found.headers["Location"] == f"/desk/people/{other.staff_id}"
    for email in ("kor@example.org", "nobody@example.org"):
        answer = desk_of(HEAD).post("/people/find", email=email)
        assert answer.status_code == 404
        assert email not in answer.get_data(as_text=True)


def test_a_new_person_signs_in_with_the_password_that_is_shown_once(
    app: Flask, desk_of: Hire
) -> None:
    head = desk_of(HEAD)
    html = head.post("/people/add", **PERSON).get_data(as_text=True)
    [password] = re.findall(r'id="one-time">([^<]+)<', html)
    with reading() as session:
        made = session.scalars(select(Staff).where(Staff.email == PERSON["email"])).one()
    assert password not in head.get(f"/people/{made.id}").get_data(as_text=True)
    visitor = Browser(app)
    visitor.sign_in(PERSON["email"], password)
    assert visitor.get("/").headers["Location"] == "/desk/password"
    assert made.post == "group_head"


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"role": "admin"}, "คุณให้หรือยกเลิกบทบาทนี้"),
        ({"office": AREA}, "คุณให้หรือยกเลิกบทบาทนี้"),
        ({"office": "' OR 1"}, "ไม่มีหน่วยงานรหัสนี้"),
        ({"email": "nobody"}, "อีเมลไม่ถูกต้อง"),
        ({"phone": "1900123456"}, "เบอร์โทรศัพท์ต้องเป็น"),
        ({"deputy": "yes"}, "รองหรือผู้แทน"),
    ],
)
def test_a_person_who_cannot_be_added_is_explained_and_the_form_keeps_its_words(
    desk_of: Hire, more: dict[str, str], text: str
) -> None:
    answer = desk_of(HEAD).post("/people/add", **(PERSON | more))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert text in html
    assert PERSON["name"] in html


def test_who_holds_a_role_above_is_seen_and_not_changed(desk_of: Hire) -> None:
    """A head who could make the administrator a new password would be the administrator."""
    boss = hired("ธิดา ทดสอบ", ("operator", PROVINCE), ADMIN)
    head = desk_of(HEAD)
    html = head.get(f"/people/{boss.staff_id}").get_data(as_text=True)
    assert '<form method="post" action="/desk/people' not in html
    for step in ("facts", "password", "roles", "leave"):
        assert head.post(f"/people/{boss.staff_id}/{step}", name="x").status_code == 404
    assert changes("password_given") == []


def test_a_role_that_is_taken_is_gone_at_the_very_next_request(app: Flask, desk_of: Hire) -> None:
    other = desk_of(("operator", PROVINCE), ("action_officer", PROVINCE))
    assert other.get("/callbacks").status_code == 200
    path = f"/people/{other.viewer.staff_id}/roles/end"
    sent = desk_of(HEAD).post(path, role="operator", office=PROVINCE)
    assert sent.status_code == 303
    assert other.get("/callbacks").status_code == 404


def test_an_empty_number_stays_and_a_tick_takes_it_away(desk_of: Hire) -> None:
    head, other = desk_of(HEAD), hired("ก ทดสอบ", ("operator", PROVINCE))
    path = f"/people/{other.staff_id}/facts"

    def phone(**more: str) -> str | None:
        assert head.post(path, name="ก ทดสอบ", **more).status_code == 303
        with reading() as session:
            return session.scalar(select(Staff.phone).where(Staff.id == other.staff_id))

    assert phone(phone="081 000 0213") == "+66810000213"
    assert phone() == "+66810000213"
    assert phone(no_phone="yes") is None


def test_only_an_administrator_of_the_centre_puts_somebody_on_call(desk_of: Hire) -> None:
    """The list is the whole country's: an office's own administrator has no say in it."""
    other = hired("ก ทดสอบ", ("operator", PROVINCE))
    path = f"/people/{other.staff_id}/facts"
    for role, expected in ((HEAD, False), (("admin", PROVINCE), False), (ADMIN, True)):
        desk = desk_of(role)
        shown = desk.get(f"/people/{other.staff_id}").get_data(as_text=True)
        assert ('name="on_call"' in shown) is expected
        desk.post(path, name="ก ทดสอบ", on_call="yes")
        with reading() as session:
            assert session.get_one(Staff, other.staff_id).on_call is expected


def at_work(case_id: int) -> list[int]:
    """Who has a case."""
    with reading() as session:
        wanted = select(CasePerson.staff_id).where(
            CasePerson.case_id == case_id, CasePerson.ended_at.is_(None)
        )
        return list(session.scalars(wanted))


def test_what_is_on_the_desk_of_who_leaves_is_listed_and_goes_to_whom_the_head_names(
    app: Flask, desk_of: Hire
) -> None:
    leaver = desk_of(("operator", PROVINCE))
    heir = hired("ข ทดสอบ", ("operator", PROVINCE))
    made = taken_case(leaver.viewer)
    head, path = desk_of(HEAD), f"/people/{leaver.viewer.staff_id}/leave"
    assert f"/desk/cases/{made.reference}" in head.get(path).get_data(as_text=True)
    sent = head.post(path, **{f"successor-{PROVINCE}": str(heir.staff_id)})
    assert sent.status_code == 303
    assert at_work(made.case_id) == [heir.staff_id]
    assert leaver.get("/").headers["Location"].startswith("/desk/sign-in")
    with reading() as session:
        told = select(Notice.recipient_staff_id).where(Notice.template == "person_left")
        assert session.scalars(told).all() == [head.viewer.staff_id]


def test_an_administrator_closes_an_account_and_names_nobody(desk_of: Hire) -> None:
    """Who sees no case gives none away (B8): its head is told and decides."""
    leaver, heir = hired("ก ทดสอบ", ("operator", PROVINCE)), hired("ข", ("operator", PROVINCE))
    made = taken_case(leaver)
    admin, path = desk_of(ADMIN), f"/people/{leaver.staff_id}/leave"
    html = admin.get(path).get_data(as_text=True)
    assert made.reference in html
    assert f"/desk/cases/{made.reference}" not in html
    assert "successor-" not in html
    admin.post(path, **{f"successor-{PROVINCE}": str(heir.staff_id)})
    assert at_work(made.case_id) == []


def test_safety_rule_07_who_must_not_know_sees_no_case_of_who_leaves(desk_of: Hire) -> None:
    leaver = hired("ก ทดสอบ", ("operator", "DOLE-4001"))
    made = taken_case(leaver)
    with transaction() as session:
        exclude_office(session, made.case_id, PROVINCE)
    head, path = desk_of(HEAD), f"/people/{leaver.staff_id}/leave"
    assert made.reference not in head.get(path).get_data(as_text=True)
    assert head.post(path).status_code == 303
    assert at_work(made.case_id) == []


@pytest.mark.parametrize(
    ("role", "phones"), [(HEAD, False), (("supervisor", "HQ"), False), (ADMIN, True)]
)
def test_numbers_leave_the_house_with_an_administrator_only_and_leave_a_trace(
    desk_of: Hire, role: tuple[str, str], phones: bool
) -> None:
    other = hired("ก ทดสอบ", ("operator", PROVINCE))
    with transaction() as session:
        change = update(Staff).where(Staff.id == other.staff_id)
        session.execute(change.values(phone="+66810000214"))
    desk = desk_of(role)
    answer = desk.post("/people/files/export", what="people", phones="yes")
    text = answer.data.decode("utf-8-sig")
    assert ("081-000-0214" in text) is phones
    [trace] = changes("exported")
    assert trace.actor_id == desk.viewer.staff_id
    assert trace.data == {"what": "people", "rows": len(text.splitlines()) - 1, "phones": phones}


def digest_of(html: str) -> str:
    """The name of the difference that a page shows."""
    return html.split('name="digest" value="')[1].split('"')[0]


def test_a_file_is_shown_first_and_applied_as_it_was_shown(desk_of: Hire) -> None:
    admin = desk_of(ADMIN)
    html = admin.post("/people/files", content=FILE).get_data(as_text=True)
    assert "from.file@example.org" in html
    with reading() as session:
        assert (
            session.scalar(select(Staff.id).where(Staff.email == "from.file@example.org")) is None
        )
    done = admin.post("/people/files/apply", content=FILE, digest=digest_of(html))
    assert done.status_code == 200
    with reading() as session:
        wanted = select(StaffRole.role, StaffRole.deputy).join(
            Staff, Staff.id == StaffRole.staff_id
        )
        held = session.execute(wanted.where(Staff.email == "from.file@example.org")).one()
    assert tuple(held) == ("head_operator", True)
    assert [one.actor_id for one in changes("loaded")] == [admin.viewer.staff_id]


@pytest.mark.backends("sqlite")
def test_a_file_is_tried_with_the_right_to_write(desk_of: Hire, runtime: Runtime) -> None:
    """Who looks first and writes then is thrown out where somebody else wrote between."""
    could_others_write: list[bool] = []

    def look(*told: object) -> None:
        if "INSERT INTO staff " not in str(told[2]):
            return
        other = sqlite3.connect(str(runtime.engine.url.database), timeout=0, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            could_others_write.append(True)
        except sqlite3.OperationalError:
            could_others_write.append(False)
        finally:
            other.close()

    admin = desk_of(ADMIN)
    event.listen(runtime.engine, "before_cursor_execute", look)
    answer = admin.post("/people/files", content=FILE)
    event.remove(runtime.engine, "before_cursor_execute", look)
    assert (answer.status_code, could_others_write) == (200, [False])


def test_what_has_changed_since_it_was_shown_is_shown_again_and_not_applied(
    desk_of: Hire,
) -> None:
    admin = desk_of(ADMIN)
    shown = admin.post("/people/files", content=FILE).get_data(as_text=True)
    other = FILE.replace("แฟ้ม", "ชื่ออื่น")
    answer = admin.post("/people/files/apply", content=other, digest=digest_of(shown))
    assert answer.status_code == 409
    assert digest_of(answer.get_data(as_text=True)) != digest_of(shown)
    assert changes("file_applied") == []


def addressed(staff_id: int) -> str:
    """Give a person an address that a file may hold."""
    email = f"person.{staff_id}@example.org"
    with transaction() as session:
        session.execute(update(Staff).where(Staff.id == staff_id).values(email=email))
    return email


def test_a_file_lifts_nobody_above_its_sender(desk_of: Hire) -> None:
    """An administrator of one area, the own account, an account with a role of the centre."""
    area = desk_of(("admin", AREA))
    boss = hired("ธิดา ทดสอบ", ADMIN, ("operator", AREA))
    mine, theirs = addressed(area.viewer.staff_id), addressed(boss.staff_id)
    header = "email,name,role,office_code\n"
    for line in (
        "x@example.org,x,admin,HQ",
        "x@example.org,x,operator,ESA-9201",
        f"{mine},x,supervisor,{AREA}",
        f"{theirs},taken over,operator,{AREA}",
    ):
        answer = area.post("/people/files", content=f"{header}{line}\n")
        assert answer.status_code == 400, line
    assert (
        area.post("/people/files", content=f"{header}x@example.org,x,admin,{AREA}\n").status_code
        == 200
    )


def test_a_file_of_an_office_puts_nobody_on_call(desk_of: Hire) -> None:
    area, known = desk_of(("admin", AREA)), hired("ก ทดสอบ", ("operator", AREA))
    email = addressed(known.staff_id)
    header = "email,name,role,office_code,on_call\n"
    files = {
        mark: [
            f"{header}x@example.org,x,operator,{AREA},{mark}\n",
            f"{header}{email},x,operator,{AREA},{mark}\n",
            f"{header}{email},x,action_officer,{AREA},{mark}\n",
        ]
        for mark in ("yes", "no")
    }

    def answers(desk: Desk, mark: str) -> list[int]:
        return [desk.post("/people/files", content=one).status_code for one in files[mark]]

    assert (answers(area, "yes"), answers(area, "no")) == ([400] * 3, [200] * 3)
    assert answers(desk_of(ADMIN), "yes") == [200] * 3
    with transaction() as session:
        on_call = update(Staff).where(Staff.id == known.staff_id).values(on_call=True)
        session.execute(on_call)
    assert (answers(area, "yes"), answers(area, "no")) == ([400, 200, 200], [200, 400, 400])


def test_a_course_of_long_ago_is_a_change_like_any_other(desk_of: Hire) -> None:
    """Of an account that one may not change it is refused, of any other it leaves a trace."""
    header, taken = "email,name,role,office_code,course,trained_on\n", "อบรม,2022-01-01"
    boss = hired("ธิดา ทดสอบ", ADMIN, ("operator", AREA))
    known = hired("ธิดา ทดสอบ", ("operator", AREA))
    area = desk_of(("admin", AREA))
    for viewer, expected in ((boss, 400), (known, 200)):
        with transaction() as session:
            latest = ("อบรมใหม่", date(2026, 1, 1), None)
            keep_training(session, viewer.staff_id, *latest, now=clock.now())
        content = f"{header}{addressed(viewer.staff_id)},ธิดา ทดสอบ,operator,{AREA},{taken}\n"
        answer = area.post("/people/files", content=content)
        assert answer.status_code == expected
    html = answer.get_data(as_text=True)
    assert "<ins>อบรม; อบรมใหม่</ins>" in html
    area.post("/people/files/apply", content=content, digest=digest_of(html))
    assert [one.staff_id for one in changes("loaded")] == [known.staff_id]


@pytest.mark.parametrize("content", ["x" * 210_000, "a,b\n" * 2_500, "", "\x00", "=1+1"])
def test_a_file_that_is_too_large_or_no_table_is_refused(desk_of: Hire, content: str) -> None:
    answer = desk_of(ADMIN).post("/people/files", content=content)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.get_data(as_text=True)


def test_a_hand_over_to_a_committee_offers_the_standing_one(desk_of: Hire) -> None:
    desk = desk_of(("operator", PROVINCE))
    others = [hired(f"คนที่ {one} ทดสอบ", ("operator", PROVINCE)).staff_id for one in range(3)]
    made = taken_case(desk.viewer)
    path = f"/cases/{made.reference}"

    def chosen() -> tuple[list[str], list[str]]:
        html = desk.get(path).get_data(as_text=True)
        found = r'id="{}-(\d+)" type="{}" name="\w+" value="\d+" checked'
        return (
            re.findall(found.format("member", "checkbox"), html),
            re.findall(found.format("chair", "radio"), html),
        )

    assert chosen() == ([], [])
    appointed(others[2], others[0])
    assert chosen() == ([str(others[0]), str(others[2])], [str(others[2])])
    with transaction() as session:
        session.execute(update(Staff).where(Staff.id == others[2]).values(active=False))
    assert chosen() == ([str(others[0])], [])
