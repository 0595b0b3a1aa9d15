"""The list: tabs by what is waiting, pages by mark, filters in the address, bounded queries."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from cases.handovers import Wish
from cases.services import move_case
from core import clock
from core.database import transaction
from core.runtime import Runtime
from tests.console_cases.handing import (
    AGENCY,
    DISTRICT,
    PROVINCE,
    REASON,
    asked,
    offered,
    taken_case,
)
from tests.console_cases.people import (
    Desk,
    hired,
    kept_recording,
    opened_case,
    owed_callback,
)
from webapp.console.case_words import CATALOGUE

OWN = ("operator", "ESA-9202")
LINKS = re.compile(r'id="case-(\d{9})"')
NEXT = re.compile(r'id="page-next" class="button" href="/desk([^"]+)"')
POLL = re.compile(r'hx-get="/desk([^"]+)"')
# Sign-in, roles, their renewal, and what the page itself asks.
MOST_FOR_THE_LIST = 18
MOST_FOR_A_CASE = 35
MOST_FOR_A_HANDOVER = 20

pytestmark = pytest.mark.backends("postgresql", "sqlite")
Hire = Callable[..., Desk]


@contextmanager
def counted(runtime: Runtime) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(runtime.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(runtime.engine, "before_cursor_execute", note)


def listed(desk: Desk, query: str = "") -> list[str]:
    return LINKS.findall(desk.get(f"/cases{query}").get_data(as_text=True))


def test_practice_bears_its_mark_on_the_list_and_on_the_page(
    runtime: Runtime, desk_of: Hire
) -> None:
    opened_case()
    practised = opened_case(account=runtime.settings.twilio_account_sid)
    desk = desk_of(OWN)
    for page, marks in (("/cases", 1), (f"/cases/{practised.reference}", 1)):
        assert desk.get(page).get_data(as_text=True).count('<span class="tag">ฝึก</span>') == marks


def test_each_tab_holds_what_waits_for_that(desk_of: Hire) -> None:
    new, owed, undecided, old, over = (opened_case() for _ in range(5))
    late = opened_case(at=clock.now() - timedelta(days=14))
    owed_callback(owed)
    owed_callback(undecided, "decision")
    with transaction() as session:
        for one in (owed, undecided, old, over):
            move_case(session, one.case_id, "acknowledged", now=clock.now(), actor="staff:1")
        move_case(session, over.case_id, "not_a_case", now=clock.now(), actor="staff:1")
    desk = desk_of(OWN)
    assert listed(desk) == [late.reference, new.reference]
    assert listed(desk, "?waiting=callback") == [owed.reference]
    assert listed(desk, "?waiting=decision") == [undecided.reference]
    assert listed(desk, "?waiting=overdue") == [late.reference]
    assert set(listed(desk, "?waiting=unassigned")) == {
        one.reference for one in (owed, undecided, old)
    }
    assert set(listed(desk, "?waiting=open")) == {
        one.reference for one in (new, owed, undecided, old, late)
    }
    assert listed(desk, "?waiting=closed") == [over.reference]


def test_the_most_pressing_case_comes_first(desk_of: Hire) -> None:
    calm = opened_case()
    urgent = opened_case(answers={"hazard_type": "V1"})
    danger = opened_case(answers={"danger": True})
    assert listed(desk_of(OWN)) == [one.reference for one in (danger, urgent, calm)]


def test_pages_by_mark_show_every_case_once_while_new_ones_come(desk_of: Hire) -> None:
    at = clock.now()
    wanted = [opened_case(at=at).reference for _ in range(60)]
    desk, found, query = desk_of(OWN), [], "?waiting=open"
    while query:
        html = desk.get(query if query.startswith("/") else f"/cases{query}").get_data(True)
        found += LINKS.findall(html)
        opened_case(at=at - timedelta(days=30))
        query = next(iter(NEXT.findall(html)), "").replace("&amp;", "&")
    assert found[:60] == wanted
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("severity=normal", True),
        ("severity=emergency", False),
        ("group=V", True),
        ("group=A", False),
        ("office=ESA-9202", True),
        ("office=ESA-9201", False),
        ("status=received", True),
        ("status=checking", False),
        ("since=2020-01-01", True),
        ("since=2390-01-01", False),
    ],
)
def test_filters_are_in_the_address(query: str, is_found: bool, desk_of: Hire) -> None:
    made = opened_case()
    found = listed(desk_of(OWN), f"?waiting=open&{query}")
    assert found == ([made.reference] if is_found else [])


@pytest.mark.parametrize(
    "query",
    [
        "waiting=everything",
        "since=2569-11-20",
        "after=nonsense",
        "after=MjAyNi0xMS0yMHwx",
        "page=-1",
        "limit=1000000000",
        "sort=password",
        "status=%27%3B--",
        "office=%25%25%25%25",
    ],
)
def test_an_address_that_makes_no_sense_is_refused_plainly(query: str, desk_of: Hire) -> None:
    answer = desk_of(OWN).get(f"/cases?{query}")
    assert answer.status_code == 400
    assert "<h1>" in answer.get_data(as_text=True)


def test_an_open_page_hears_only_of_changes(desk_of: Hire) -> None:
    desk = desk_of(OWN)
    [poll] = POLL.findall(desk.get("/cases").get_data(as_text=True))
    poll = poll.replace("&amp;", "&")
    assert desk.get(poll).status_code == 204
    made = opened_case()
    changed = desk.get(poll)
    assert changed.status_code == 200
    assert LINKS.findall(changed.get_data(as_text=True)) == [made.reference]


def test_the_list_asks_no_more_of_the_database_for_more_cases(
    desk_of: Hire, runtime: Runtime
) -> None:
    desk = desk_of(("head_operator", "OBEC"))
    listed(desk)  # the first request of a process reads the directory
    asked = []
    for more in (1, 20):
        for _ in range(more):
            owed_callback(opened_case())
        with counted(runtime) as statements:
            assert len(listed(desk, "?waiting=callback")) >= more
        asked.append(len(statements))
    assert asked[0] == asked[1] <= MOST_FOR_THE_LIST


def test_a_case_asks_no_more_of_the_database_the_more_has_happened(
    desk_of: Hire, runtime: Runtime
) -> None:
    desk = desk_of(("head_operator", "ESA-9202"))
    made = opened_case()
    owed_callback(made)
    kept_recording(made)
    desk.get(f"/cases/{made.reference}")
    asked = []
    for more in (1, 15):
        for number in range(more):
            form = {"text": f"ครั้งที่ {number}", "visibility": "this_office"}
            desk.post(f"/cases/{made.reference}/notes", **form)
        with counted(runtime) as statements:
            page = desk.get(f"/cases/{made.reference}")
        assert page.status_code == 200
        asked.append(len(statements))
    assert asked[0] == asked[1] <= MOST_FOR_A_CASE


def test_what_waits_for_an_answer_leads_to_the_hand_over(desk_of: Hire) -> None:
    head, receiver = desk_of(("head_operator", PROVINCE)), desk_of(("operator", DISTRICT))
    waiting = asked(head=head.viewer)
    approved = offered(head=head.viewer)
    for desk, tab, given in (
        (head, "approval", waiting),
        (receiver, "accept", approved),
    ):
        html = desk.get(f"/cases?waiting={tab}").get_data(as_text=True)
        assert LINKS.findall(html) == [given.made.reference]
        assert f'href="/desk{given.address}"' in html
    assert listed(receiver, "?waiting=open") == []
    assert listed(desk_of(("operator", PROVINCE)), "?waiting=approval") == []


def test_the_row_names_who_owes_the_next_step(desk_of: Hire) -> None:
    given = offered()
    html = desk_of(("operator", PROVINCE)).get("/cases?waiting=open").get_data(as_text=True)
    assert given.made.reference in html
    assert "<strong>รับหรือไม่รับเรื่อง</strong> · สกร.ระดับอำเภอเมืองขอนแก่น" in html


@pytest.mark.parametrize("tab", ["approval", "accept", "unassigned"])
def test_an_empty_list_says_so(tab: str, desk_of: Hire) -> None:
    html = desk_of(OWN).get(f"/cases?waiting={tab}").get_data(as_text=True)
    assert word_of_empty(tab) in html


def word_of_empty(tab: str) -> str:
    """What an empty list says in Thai."""
    return CATALOGUE.fill(f"empty.{tab}", {}, {}).th


def test_a_hand_over_asks_no_more_of_the_database_the_more_people_are_on_it(
    desk_of: Hire, runtime: Runtime
) -> None:
    desk, counts = desk_of(("head_operator", PROVINCE)), []
    for size in (2, 10):
        ids = tuple(hired("ครู", ("action_officer", PROVINCE)).staff_id for _ in range(size))
        given = asked(Wish("committee", REASON, people=ids, chair=ids[0]), head=desk.viewer)
        desk.get(given.address)
        with counted(runtime) as statements:
            assert desk.get(given.address).status_code == 200
        case = desk.get(given.case_address)
        assert len(case.data) < 100_000
        counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST_FOR_A_HANDOVER


def test_the_page_of_a_case_stays_light_with_many_to_choose_from(
    desk_of: Hire, runtime: Runtime
) -> None:
    """An agency has 77 offices below it; here it has many people as well."""
    desk = desk_of(("head_operator", AGENCY))
    for _ in range(60):
        hired("ครูผู้มีชื่อยาวมากเป็นพิเศษ", ("action_officer", AGENCY))
    made = taken_case(desk.viewer, office=AGENCY)
    page = desk.get(f"/cases/{made.reference}")
    assert "handover-codes" in page.get_data(as_text=True)
    assert len(page.data) < 100_000


def test_a_full_page_stays_light(desk_of: Hire) -> None:
    for _ in range(30):
        opened_case()
    assert len(desk_of(("head_operator", "HQ")).get("/cases").data) < 100_000


def test_a_hand_over_whose_words_cannot_be_opened_stops_no_list(desk_of: Hire) -> None:
    given = offered()
    with transaction() as session:
        gone = text("UPDATE handovers SET reason = :words").bindparams(words=b"no key opens this")
        session.execute(gone)
    assert listed(desk_of(("operator", PROVINCE)), "?waiting=open") == [given.made.reference]
