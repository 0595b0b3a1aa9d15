"""The pages of the directory: everybody looks, who looks after an office changes it, and the log
says who."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from cases.exclusions import exclude_office
from core.database import reading, transaction
from core.runtime import Runtime
from routing import editing
from routing.change_log import Author
from routing.importer import load_files
from routing.listing import links_of, office
from tests.console_cases.people import Desk, opened_case
from tests.console_cases.test_case_list import counted
from tests.routing.files import DISTRICTS, Write
from tests.support.waiting import somebody_waits, wait_for

Hire = Callable[..., Desk]
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
BY = Author("staff:987654", NOW)
TRANG = "ESA-9202"
SCHOOL_FILE = "code,name_th,parent_code,cluster,district_code,former_name_th"
MARK = re.compile(r'name="mark" value="([0-9a-f]+)"')
ROLES = ("agent", "operator", "head_operator", "action_officer", "supervisor", "auditor")


def html(desk: Desk, path: str, status: int = 200) -> str:
    answer = desk.get(path)
    assert answer.status_code == status
    return str(answer.get_data(as_text=True))


def loaded(path: Path) -> None:
    with transaction() as session:
        load_files(session, [path])


def stored(code: str) -> Any:
    with reading() as session:
        return office(session, code)


def facts(desk: Desk, code: str = TRANG, **typed: str) -> Any:
    """Send the form of an office's facts as its page made it."""
    mark = MARK.search(html(desk, f"/directory/{code}/edit"))
    assert mark
    return desk.post(f"/directory/{code}/facts", mark=mark[1], **typed)


@pytest.mark.parametrize("role", ROLES)
def test_everybody_who_is_signed_in_may_look_and_only_look(role: str, desk_of: Hire) -> None:
    desk = desk_of((role, "DOLE-40"))
    page = html(desk, f"/directory/{TRANG}")
    assert "สพป.ตรัง เขต 2" in page
    assert "/edit" not in page
    assert 'name="turn"' not in html(desk, "/directory/rollout/92")
    for path in (f"/directory/{TRANG}/edit", "/directory/files", "/directory/new"):
        html(desk, path, 404)


def test_an_office_is_found_by_former_name_cluster_and_code(desk_of: Hire, write: Write) -> None:
    line = "92020001,โรงเรียนบ้านสมมติ,ESA-9202,สหวิทยาเขตอันดามัน,9209,โรงเรียนประชาบาล"
    loaded(write("s.csv", SCHOOL_FILE, line))
    desk = desk_of(("agent", "HQ"))
    for words in ("ประชาบาล", "92020001", "บ้านสมมติ"):
        assert "/directory/92020001" in html(desk, f"/directory?words={words}")
    page = html(desk, "/directory/92020001")
    assert "สหวิทยาเขตอันดามัน" in page
    crumbs = re.findall(r'href="/desk/directory/([A-Z0-9-]+)">', page.split("</nav>")[1])
    assert crumbs == ["HQ", "OBEC", TRANG]


def test_filters_stand_in_the_address_and_a_strange_one_is_refused(desk_of: Hire) -> None:
    desk = desk_of(("agent", "HQ"))
    page = html(desk, "/directory?type=district&province=92&state=unconfirmed")
    assert page.count("/directory/DOLE-92") == 10
    for query in ("type=shop", "province=x", "state=on", "after=%27", "words=a%00b", "sort=code"):
        html(desk, f"/directory?{query}", 400)
    top = html(desk, "/directory")
    assert re.findall(r"/desk/directory/([A-Z]+)\"><strong>", top)[:2] == ["HQ", "BMA"]
    first = html(desk, "/directory?type=area_primary")
    more = re.search(r'href="/desk(/directory\?[^"]+after=[^"]+)"', first)
    assert more
    html(desk, more[1].replace("&amp;", "&"))


def test_a_head_operator_keeps_telephone_and_hours_and_nothing_else(desk_of: Hire) -> None:
    desk = desk_of(("head_operator", TRANG))
    assert facts(desk, phone="075 218 012", name_th="ใหม่").status_code == 303
    days = {"day-1": "8.30-12.00, 13:00–16:30"}
    assert desk.post(f"/directory/{TRANG}/hours", **days).status_code == 303
    assert (stored(TRANG).phone, stored(TRANG).name_th) == ("+6675218012", "สพป.ตรัง เขต 2")
    page = html(desk, f"/directory/{TRANG}")
    assert "08:30–12:00, 13:00–16:30" in page
    assert "สมใจ ทดสอบ" in page
    assert "– → <ins>075 218 012</ins>" in page
    for part in ("links", "switch"):
        assert desk.post(f"/directory/{TRANG}/{part}", on="no", reason="เหตุผล").status_code == 404
    html(desk, "/directory/ESA-9201/edit", 404)
    assert desk.post("/directory/ESA-9201/hours", **days).status_code == 404


def test_a_days_hours_of_endless_length_are_refused_beside_the_day(admin: Desk) -> None:
    """Before the directory is held: meanwhile nobody else could change it."""
    days = {"day-1": "08:30-16:30", "day-3": ",".join(["08:30-16:30"] * 3_000)}
    answer = admin.post(f"/directory/{TRANG}/hours", **days)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert re.findall(r'id="day-(\d)-fault"', page) == ["3"]
    assert "ค่าใน วันพุธ ยาวเกิน 60 ตัวอักษร" in page
    assert max(map(len, re.findall(r'value="([^"]*)"', page))) < 100


@pytest.mark.parametrize(
    ("language", "said"),
    [("th", "ไม่ใช่เบอร์โทรศัพท์ในประเทศไทย"), ("en", "is not a telephone number in Thailand")],
)
def test_what_is_wrong_stands_beside_its_field_in_the_readers_language(
    language: str, said: str, desk_of: Hire
) -> None:
    desk = desk_of(("admin", "HQ"), language=language)
    answer = facts(desk, phone="191", name_th="", parent_code="NOBODY", district_code="4001")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    wrong = re.findall(r'id="facts-(\w+)-fault"', page)
    assert set(wrong) == {"phone", "name_th", "parent_code"} | (set(wrong) & {"district_code"})
    assert said in page
    assert 'value="191"' in page
    assert "name_th" not in re.sub(r'(id|name|for|aria-describedby)="[^"]*"', "", page)


def test_who_was_slower_is_told_and_changes_nothing(admin: Desk) -> None:
    mark = MARK.search(html(admin, f"/directory/{TRANG}/edit"))
    assert mark
    assert facts(admin, cluster="ก").status_code == 303
    answer = admin.post(f"/directory/{TRANG}/facts", mark=mark[1], cluster="ข")
    assert answer.status_code == 409
    assert stored(TRANG).cluster == "ก"


def test_who_sends_the_form_at_the_same_moment_is_told_too(admin: Desk, runtime: Runtime) -> None:
    mark = MARK.search(html(admin, f"/directory/{TRANG}/edit"))
    assert mark
    path = f"/directory/{TRANG}/facts"
    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            editing.edit_office(session, TRANG, {"cluster": "ก"}, by=BY)
            other = pool.submit(admin.post, path, mark=mark[1], cluster="ข")
            wait_for(lambda: other.done() or somebody_waits(runtime.engine))
        assert other.result().status_code == 409
    assert stored(TRANG).cluster == "ก"


def test_an_office_never_hangs_below_one_that_the_person_does_not_look_after(
    desk_of: Hire,
) -> None:
    desk = desk_of(("admin", "DOLE-92"))
    assert facts(desk, "DOLE-9209", parent_code="DOLE-40").status_code == 400
    assert facts(desk, "DOLE-9209", parent_code="DOLE-92", cluster="ก").status_code == 303
    new = {"code": "NEW-1", "type": "partner", "name_th": "ใหม่", "parent_code": "HQ"}
    assert desk.post("/directory/new", **new).status_code == 400
    assert desk.post("/directory/new", **(new | {"parent_code": "DOLE-92"})).status_code == 303
    assert desk.post("/directory/new", **(new | {"parent_code": "DOLE-92"})).status_code == 400
    assert desk.get("/directory/files").status_code == 404
    assert desk.post("/directory/rollout/92", turn="9209-off", reason="เหตุผล").status_code == 404


def test_nobody_switches_closes_or_moves_the_own_office_nor_says_what_it_serves(
    desk_of: Hire,
) -> None:
    """An office must not be able to keep reports away, nor to draw those of others to it."""
    desk = desk_of(("admin", TRANG))
    page = html(desk, f"/directory/{TRANG}/edit")
    assert 'name="cluster"' in page
    assert not re.search(r'name="(active|type|parent_code|affiliation)"', page)
    assert facts(desk, active="no", type="partner", cluster="ก").status_code == 303
    assert (stored(TRANG).active, stored(TRANG).type) == (True, "area_primary")
    off = {"on": "no", "reason": "ยังไม่มีเจ้าหน้าที่"}
    assert desk.post(f"/directory/{TRANG}/switch", **off).status_code == 404
    link = {"affiliation": "basic", "district_code": "9201", "valid_from": "2026-01-01"}
    assert desk.post(f"/directory/{TRANG}/links", **link, ends_others="yes").status_code == 404


def test_a_jurisdiction_is_added_from_a_day_on_and_ended(admin: Desk) -> None:
    form = {
        "affiliation": "basic",
        "level": "kindergarten_primary",
        "district_code": "3001",
        "valid_from": "2026-01-01",
        "basis": "หนังสือที่ ศธ 04001/1",
    }
    answer = admin.post("/directory/ESA-3002/links", **form)
    assert answer.status_code == 303
    page = html(admin, "/directory/ESA-3002")
    assert "อำเภอเมืองนครราชสีมา" in page
    assert "ตั้งแต่วันที่ 1 ม.ค. 2569" in page
    with reading() as session:
        link = next(one for one in links_of(session, "ESA-3002") if one.district_code == "3001")
    bad = admin.post("/directory/ESA-3002/links", link=str(link.id), valid_to="2569-02-01")
    assert bad.status_code == 400
    assert "ค.ศ." in bad.get_data(as_text=True)
    path = "/directory/ESA-3002/links"
    assert admin.post(path, link=str(link.id), valid_to="2026-02-01").status_code == 303
    assert "ที่ผ่านมา" in html(admin, "/directory/ESA-3002")


def test_an_office_is_switched_for_a_reason_that_the_log_keeps(admin: Desk) -> None:
    path = f"/directory/{TRANG}/switch"
    assert admin.post(path, on="no", reason=" ").status_code == 400
    assert admin.post(path, on="perhaps", reason="เหตุผล").status_code == 400
    assert admin.post("/directory/HQ/switch", on="no", reason="ไม่มีเหตุผล").status_code == 404
    assert stored(TRANG).is_on
    assert admin.post(path, on="no", reason="ยังไม่มีเจ้าหน้าที่").status_code == 303
    page = html(admin, f"/directory/{TRANG}")
    assert "ยังไม่เข้าร่วมระบบ" in page
    assert "ยังไม่มีเจ้าหน้าที่" in page
    assert "/directory/ESA-9202" in html(admin, "/directory?state=off")


def turned_away() -> int:
    """A report that would have been TRANG's; the case's id."""
    made = opened_case(office="OBEC")
    return made.case_id


def test_reports_that_went_above_are_counted_for_who_manages_the_office(
    admin: Desk, desk_of: Hire, app: Flask, runtime: Runtime
) -> None:
    off = {"on": "no", "reason": "ยังไม่มีเจ้าหน้าที่"}
    assert admin.post(f"/directory/{TRANG}/switch", **off).status_code == 303
    with runtime.engine.begin() as connection:
        ids = [turned_away() for _ in range(3)]
        connection.exec_driver_sql("UPDATE assignments SET meant_for = 'ESA-9202'")
    with transaction() as session:
        exclude_office(session, ids[0], "ESA-9201")
    said = "มีเรื่องที่ควรเป็นของหน่วยงานนี้ 2 เรื่อง"
    assert said in html(admin, f"/directory/{TRANG}")
    assert "2 เรื่อง ตั้งแต่" in html(admin, "/directory/rollout/92")
    stranger = desk_of(("operator", "DOLE-40"))
    assert said not in html(stranger, f"/directory/{TRANG}")
    assert "2 เรื่อง ตั้งแต่" not in html(stranger, "/directory/rollout/92")


def test_partners_of_the_districts_that_an_office_serves_are_shown(
    desk_of: Hire, write: Write
) -> None:
    header = "code,type,name_th,parent_code,province_code,district_code,phone"
    lines = (
        "P-1,partner,สภ.รัษฎา,HQ,,9209,075 218 012",
        "P-2,partner,พมจ.ตรัง,HQ,92,,",
        "P-3,partner,สภ.เมืองขอนแก่น,HQ,,4001,",
    )
    loaded(write("p.csv", header, *lines))
    page = html(desk_of(("operator", TRANG)), f"/directory/{TRANG}")
    assert ("P-1" in page, "P-2" in page, "P-3" in page) == (True, True, False)
    assert "075 218 012" in page


def test_a_district_is_switched_alone_and_a_province_after_its_number(admin: Desk) -> None:
    path = "/directory/rollout/92"
    reason = {"reason": "ตามแผนระยะที่ 2"}
    assert admin.post(path, turn="9209-off", **reason).status_code == 303
    asked = admin.post(path, turn="all-off", **reason).get_data(as_text=True)
    assert "ให้ 9 อำเภอหรือเขตหยุดเข้าร่วมระบบใช่หรือไม่" in asked
    assert admin.post(path, turn="all-off", count="8", **reason).status_code == 409
    assert admin.post(path, turn="all-off", count="9", **reason).status_code == 303
    assert "เข้าร่วมแล้ว 0 จาก 10" in html(admin, path)
    assert "0/10" in html(admin, "/directory/rollout")
    for bad in ({"turn": "4001-on"}, {"turn": "9999-on"}):
        assert admin.post(path, **bad, **reason).status_code == 404
    assert admin.post(path, turn="9209-on", reason="").status_code == 400
    assert admin.post(path, turn="", **reason).status_code == 400
    html(admin, "/directory/rollout/00", 404)


def test_the_pages_cost_the_same_whatever_they_show(
    admin: Desk, runtime: Runtime, write: Write
) -> None:
    asked = []
    for more in (1, 30):
        lines = (f"9202{more:02}{n:02},ร,ESA-9202,ส,9209," for n in range(more))
        loaded(write("s.csv", SCHOOL_FILE, *lines))
        for n in range(more):
            with transaction() as session:
                editing.edit_office(session, TRANG, {"cluster": f"{more}-{n}"}, by=BY)
        html(admin, f"/directory/{TRANG}")
        with counted(runtime) as statements:
            page = html(admin, f"/directory/{TRANG}")
            html(admin, "/directory/rollout")
            html(admin, "/directory/rollout/92")
        asked.append(len(statements))
        assert len(page.encode()) < 100_000
    assert asked[0] == asked[1]


def test_a_district_that_was_switched_by_file_counts_in_the_roll_out(
    admin: Desk, write: Write
) -> None:
    loaded(write("d.csv", DISTRICTS, "9209,no", "9201,no"))
    assert "8/10" in html(admin, "/directory/rollout")


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/directory/rollout/%00", {"turn": "all-on", "reason": "ตามแผนระยะที่ 2"}),
        ("/directory/%00/facts", {}),
        ("/directory/ESA-9202/switch", {"on": "no", "reason": "เหตุผล\x00ที่หนึ่ง"}),
    ],
)
def test_what_no_database_takes_is_refused_before_it_is_asked(
    path: str, form: dict[str, str], admin: Desk
) -> None:
    assert admin.post(path, **form).status_code in (400, 404)


@pytest.mark.parametrize("field", ["parent_code", "code", "name_th", "phone", "district_code"])
def test_a_control_character_in_a_new_office_is_a_fault_of_its_field(
    field: str, admin: Desk
) -> None:
    form = {"code": "P-1", "type": "partner", "name_th": "ก", "parent_code": "HQ"}
    answer = admin.post("/directory/new", **(form | {field: "A\x00"}))
    assert answer.status_code == 400
    assert f'id="new-{field}-fault"' in answer.get_data(as_text=True)
