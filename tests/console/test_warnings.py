"""The page of warnings: in the reader's words, the number in the menu, set aside by who may."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, update

from agents.notice_queries import inbox
from calls.ledger import log_orphan
from calls.models import WRITTEN, OrphanEvent
from calls.warning_models import DirectoryWarning
from calls.warning_policy import current_warning_policy
from calls.warnings import sweep
from cases.silent import record_silent_call
from core import clock
from core.database import reading, transaction
from core.runtime import Runtime
from tests.calls.test_warnings import rang
from tests.console.callback_people import OFFICE, operator
from tests.console_cases.people import Desk, hired, opened_case
from tests.console_cases.test_case_list import counted

pytestmark = pytest.mark.usefixtures("friday")

HEAD = ("head_operator", OFFICE)
NUMBER = re.compile(r'<span class="menu-count"><span class="count some">([^<]+)<')
MOST_QUERIES = 14


def swept(**figures: int) -> None:
    with transaction() as session:
        sweep(session, replace(current_warning_policy(), **figures), now=clock.now())


def warning(kind: str) -> int:
    with reading() as session:
        wanted = select(DirectoryWarning.id).where(DirectoryWarning.kind == kind)
        return session.scalars(wanted.where(DirectoryWarning.office_code == OFFICE)).one()


def read(desk: Desk, path: str = "/warnings") -> str:
    answer = desk.get(path)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def test_a_head_reads_what_is_wrong_and_where_to_mend_it(app: Flask) -> None:
    head = operator(HEAD, language="en")
    cases = [opened_case() for _ in range(3)]
    rang(head.staff_id, *["operator_no_answer"] * 3)
    swept()
    html = read(Desk(app, head))
    assert "1 operators work here; at least two are wanted." in html
    assert "reports within 14 days about the same place: postal code 92160, " in html
    for made in cases:
        assert f'href="/desk/cases/{made.reference}"' in html
    assert "The last 3 rings at the telephone of กมล ทดสอบ failed." in html
    assert f'href="/desk/office/{OFFICE}"' in html
    assert NUMBER.findall(html) == ["3"]
    with reading() as session:
        told = inbox(session, head.staff_id, language="en", now=clock.now())
    assert "new warning" in told[0].text


def test_a_warning_says_over_how_many_days_it_counted(app: Flask) -> None:
    head = operator(HEAD, language="en")
    for _ in range(3):
        opened_case()
    swept(report_days=30)
    assert "3 reports within 30 days about the same place" in read(Desk(app, head))


def test_a_notice_of_a_warning_leads_to_the_warnings(app: Flask) -> None:
    head = operator(HEAD, duty="off", language="en")
    swept()
    desk = Desk(app, head)
    html = desk.get("/notices").get_data(as_text=True)
    assert "Look at the warnings" in html
    notice = html.split('id="open-')[1].split('"')[0]
    answer = desk.post(f"/notices/{notice}/seen", open="yes")
    assert answer.headers["Location"] == "/desk/warnings"


def test_a_warning_is_set_aside_and_brought_back(app: Flask) -> None:
    desk = Desk(app, operator(HEAD, language="en"))
    swept()
    few = warning("few")
    for odd in ({}, {"until": "soon", "reason": "x"}, {"until": "2026-11-27", "reason": " "}):
        answer = desk.post(f"/warnings/{few}/aside", **odd)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.get_data(as_text=True)
    kept = desk.post(f"/warnings/{few}/aside", until="2026-11-27", reason="Somebody comes Monday")
    assert kept.status_code == 303
    assert f'id="warning-{few}"' not in read(desk)
    aside = read(desk, "/warnings?aside=yes")
    assert "until 27 Nov 2026: Somebody comes Monday" in aside
    assert NUMBER.findall(aside) == []
    assert desk.post(f"/warnings/{few}/back").status_code == 303
    assert f'id="warning-{few}"' in read(desk)


@pytest.mark.parametrize(
    ("roles", "looks", "changes"),
    [
        ((("head_operator", "OBEC"),), 200, 400),
        ((("supervisor", "HQ"),), 200, 400),
        ((("admin", "HQ"),), 200, 400),
        ((("head_operator", "ESA-9201"),), 200, 404),
        ((("operator", OFFICE),), 404, 404),
        ((("auditor", "HQ"),), 404, 404),
    ],
)
def test_whose_warnings_open_to_whom(
    app: Flask, roles: tuple[tuple[str, str], ...], looks: int, changes: int
) -> None:
    operator(HEAD)
    swept()
    desk = Desk(app, hired("สมใจ ทดสอบ", *roles))
    assert desk.get("/warnings").status_code == looks
    assert desk.post(f"/warnings/{warning('few')}/aside", until="x").status_code == changes
    assert desk.post("/warnings/999999/back").status_code == 404


def test_the_centre_sees_silent_calls_and_nobody_elses_page_does(app: Flask) -> None:
    with transaction() as session:
        row = {"caller_number": None, "now": clock.now()}
        record_silent_call(session, call_sid="CA1", **row)
    centre = Desk(app, hired("ดารา ทดสอบ", ("supervisor", "HQ")))
    html = read(centre)
    assert ("สายเงียบ" in html, "ระบบไม่ได้รับสายนี้" in html) == (True, False)
    with transaction() as session:
        log_orphan(session, "CA1", "AC1", "listed", now=clock.now())
        session.execute(update(OrphanEvent).values(outcome=WRITTEN, resolved_at=clock.now()))
    assert "ระบบไม่ได้รับสายนี้" in read(centre)
    assert "สายเงียบ" not in read(Desk(app, operator(HEAD)))


def test_a_thousand_warnings_cost_no_more_than_a_page(app: Flask, runtime: Runtime) -> None:
    desk = Desk(app, hired("ดารา ทดสอบ", ("supervisor", "HQ")))
    swept()
    with counted(runtime) as asked:
        html = read(desk)
    assert NUMBER.findall(html) == ["99+"]
    assert html.count('class="owed ') == 50
    assert len(asked) <= MOST_QUERIES
    more = re.search(r'href="/desk(/warnings\?[^"]*after=[^"]*)"', html)
    assert more
    assert read(desk, more[1].replace("&amp;", "&")).count('class="owed ') == 50


@pytest.mark.parametrize(
    "query", ["kind=x", "after=x", "after=1.", "after=99999999999.1", "after=1.2.3", "aside"]
)
def test_a_strange_address_is_the_whole_list(app: Flask, query: str) -> None:
    read(Desk(app, operator(HEAD)), f"/warnings?{query}")
