"""The numbers in the menu: each beside its own entry, for whom the entry is, in one statement."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from calls.number_limits import limit_number
from calls.warning_models import DirectoryWarning
from core import clock
from core.database import transaction
from core.runtime import Runtime
from tests.console.limit_people import frequent
from tests.console.notice_people import told
from tests.console_cases.people import Desk, hired
from tests.console_cases.test_case_list import counted

OFFICE = "ESA-9202"
COUNTED = re.compile(r'<a href="/desk/(notices|warnings|limits)"[^>]*>(.*?)</a>', re.DOTALL)
NUMBER = re.compile(r'class="count some">([^<]+)<')


@pytest.fixture
def everything(runtime: Runtime) -> None:
    """Two notices to OFFICE, a warning there, and a limit that waits for a second person."""
    for reference in ("123456789", "987654321"):
        told(office_code=OFFICE, reference=reference)
    first, sid = hired("มานี ทดสอบ", ("supervisor", "HQ")), frequent("+66810000055")
    earlier = clock.now() - timedelta(hours=20)
    values = {"kind": "few", "office_code": OFFICE, "weight": 50, "data": {}}
    with transaction() as session:
        limit_number(session, sid, hours=168, reason="ซ้ำ ๆ", by=first.staff_id, now=earlier)
        session.add(DirectoryWarning(**values, opened_at=clock.now()))


def numbers(desk: Desk) -> dict[str, str]:
    """What stands beside the entries that are counted."""
    html = desk.get("/sessions").get_data(as_text=True)
    return {entry: "".join(NUMBER.findall(shown)) for entry, shown in COUNTED.findall(html)}


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize(
    ("roles", "seen"),
    [
        ((("head_operator", OFFICE),), {"notices": "2", "warnings": "1"}),
        ((("head_operator", "ESA-9201"),), {"notices": "", "warnings": ""}),
        ((("agent", "HQ"),), {"notices": ""}),
        ((("supervisor", "HQ"),), {"notices": "", "warnings": "1", "limits": "1"}),
        (
            (("supervisor", "HQ"), ("operator", OFFICE)),
            {"notices": "2", "warnings": "1", "limits": "1"},
        ),
        ((), {"notices": ""}),
    ],
)
def test_each_number_stands_beside_its_entry_for_whom_the_entry_is(
    app: Flask, roles: tuple[tuple[str, str], ...], seen: dict[str, str]
) -> None:
    assert numbers(Desk(app, hired("ปิติ ทดสอบ", *roles))) == seen


@pytest.mark.usefixtures("everything")
def test_they_are_one_statement_whatever_is_counted(app: Flask, runtime: Runtime) -> None:
    desk = Desk(app, hired("ปิติ ทดสอบ", ("supervisor", "HQ"), ("operator", OFFICE)))
    numbers(desk)
    with counted(runtime) as statements:
        numbers(desk)
    wanted = [one for one in statements if re.search("FROM (notices|warnings|number_limits)", one)]
    assert len(wanted) == 1


def test_a_page_has_no_number_where_they_cannot_be_counted(
    app: Flask, own_runtime: Runtime
) -> None:
    desk = Desk(app, hired("ปิติ ทดสอบ", ("supervisor", "HQ")))
    told(staff_id=desk.viewer.staff_id, reference="123456789")
    assert numbers(desk)["notices"] == "1"
    with own_runtime.engine.begin() as connection:
        connection.execute(text("ALTER TABLE number_limits RENAME TO elsewhere"))
    assert numbers(desk) == {"notices": "", "warnings": "", "limits": ""}


@pytest.mark.usefixtures("everything")
def test_an_error_page_has_the_menu_and_asks_the_database_for_none_of_its_numbers(
    app: Flask, runtime: Runtime
) -> None:
    """Errors come most when the database has most to do."""
    desk = Desk(app, hired("มาลี ทดสอบ", ("supervisor", "HQ"), ("head_operator", OFFICE)))
    with counted(runtime) as statements:
        page = desk.get("/nowhere").get_data(as_text=True)
    assert [shown for _, shown in COUNTED.findall(page) if NUMBER.search(shown)] == []
    assert COUNTED.search(page)
    assert [one for one in statements if "warnings" in one or "notices" in one] == []
