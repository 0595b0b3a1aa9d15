"""The link of every notice opens for its reader: the case, the reader's part of it, or the list."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update

from agents.models import Notice, Staff, StaffRole
from agents.notice_links import page_url
from agents.notice_policy import current_policy
from cases.access import Viewer
from cases.escalation import escalate_overdue
from cases.handovers import accept, approve
from cases.models import CaseExclusion, CasePerson
from cases.part_asking import ask_part
from cases.part_rules import PartWish
from cases.part_work import take_on_part
from core import clock
from core.database import reading, transaction
from tests.console.notice_people import told
from tests.console_cases.handing import asked, taken_case
from tests.console_cases.people import Desk, Made, hired

pytestmark = pytest.mark.usefixtures("friday")
Hire = Callable[..., Desk]
LEAD, ASKED, ABOVE = "ESA-9202", "DOLE-4001", "DOLE-40"
LISTED = "/desk/notices?gone=yes"
# Which page a message about the case opens, by how its reader stands to case and part.
OPENS = {
    "has the case": ("case", ("operator", LEAD)),
    "head of the lead": ("case", ("head_operator", LEAD)),
    "supervisor": ("case", ("supervisor", "HQ")),
    "has the part": ("part", ("operator", ASKED)),
    "operator of the part": ("part", ("operator", ASKED)),
    "head of the part": ("part", ("head_operator", ASKED)),
    "head above the part": ("part", ("head_operator", ABOVE)),
    "had the case": ("list", ("action_officer", LEAD)),
    "stranger": ("list", ("operator", "ESA-9201")),
    "who must not know": ("list", ("operator", LEAD)),
}
TEMPLATES = current_policy().templates


def shared(lead: Viewer, worker: Viewer) -> tuple[Made, int]:
    """A case with a part that is taken on."""
    made = taken_case(lead, office=LEAD)
    with transaction() as session:
        now, wish = clock.now(), PartWish("นักเรียนสามคนอยู่ในเหตุการณ์", office_code=ASKED)
        part_id = ask_part(session, made.case_id, wish, viewer=lead, now=now).id
        take_on_part(session, part_id, viewer=worker, now=now)
    return made, part_id


def link(notice_id: int) -> str:
    """The address in the message of one notice."""
    with reading() as session:
        return urlsplit(page_url([session.get_one(Notice, notice_id)])).path


def followed(desk: Desk, path: str) -> str:
    """Where a link ends; the page there opens."""
    answer = desk.client.get(path)
    if answer.status_code == 303:
        path = str(answer.headers["Location"])
        answer = desk.client.get(path)
    assert answer.status_code == 200, path
    return path


def test_every_kind_of_notice_opens_for_every_reader(desk_of: Hire) -> None:
    desks = {name: desk_of(role) for name, (_, role) in OPENS.items()}
    has_case, has_part = desks["has the case"].viewer, desks["has the part"].viewer
    made, part_id = shared(has_case, has_part)
    with transaction() as session:
        left = desks["had the case"].viewer.staff_id
        secret = desks["who must not know"].viewer.staff_id
        ended = {"since": clock.now(), "ended_at": clock.now(), "part": "action"}
        session.add(CasePerson(case_id=made.case_id, staff_id=left, **ended))
        session.add(CaseExclusion(case_id=made.case_id, staff_id=secret))
    ids = {one: told(one, office_code="OBEC", reference=made.reference) for one in TEMPLATES}
    pages = {(link(ids[one]), policy.page) for one, policy in TEMPLATES.items()}
    about = f"/desk/about/{made.reference}"
    assert pages == {
        (about, "case"),
        (about, "handover"),
        ("/desk/", "desk"),
        ("/desk/warnings", "warnings"),
    }
    case, part = f"/desk/cases/{made.reference}", f"/desk/parts/{part_id}"
    ends = {"case": case, "part": part, "list": LISTED}
    for name, (opens, (role, _)) in OPENS.items():
        desk = desks[name]
        assert followed(desk, f"/desk/about/{made.reference}") == ends[opens], name
        assert followed(desk, "/desk/") == "/desk/"
        # What is wrong in the directory is told to heads alone.
        if role == "head_operator":
            assert followed(desk, "/desk/warnings") == "/desk/warnings"
        mine = told("overdue_people", staff_id=desk.viewer.staff_id, reference=made.reference)
        button = desk.post(f"/notices/{mine}/seen", open="yes").headers.get("Location")
        # Of what must not be known there is no notice at all.
        unread = None if name == "who must not know" else "/desk/notices"
        assert button == {"case": case, "part": part, "list": unread}[opens], name


def test_whoever_is_told_that_a_part_is_late_comes_to_the_part(app: Flask, desk_of: Hire) -> None:
    """Level after level; who may open the case itself comes to the case."""
    lead, worker = hired("ก", ("operator", LEAD)), hired("ข", ("operator", ASKED))
    heads = [hired("ค", ("head_operator", one)) for one in (ASKED, ABOVE)]
    on_call = hired("ง", ("supervisor", "HQ"))
    with transaction() as session:
        session.execute(update(Staff).where(Staff.id == on_call.staff_id).values(on_call=True))
    made, part_id = shared(lead, worker)
    for day in range(30, 70, 5):
        with transaction() as session:
            escalate_overdue(session, clock.now() + timedelta(days=day), 100)
    part, case = f"/desk/parts/{part_id}", f"/desk/cases/{made.reference}"
    found: dict[str, set[tuple[int, str]]] = {}
    with reading() as session:
        notices = session.scalars(select(Notice).where(Notice.template.like("overdue_%"))).all()
        roles = select(StaffRole.staff_id, StaffRole.role, StaffRole.office_code)
        held = {row.staff_id: (row.role, row.office_code) for row in session.execute(roles)}
    for one in notices:
        if (staff_id := one.recipient_staff_id) is not None:
            desk = Desk(app, Viewer(staff_id, (held[staff_id],)))
            place = followed(desk, link(one.id))
            found.setdefault(one.template, set()).add((staff_id, place))
    assert {(worker.staff_id, part)} <= found["overdue_people"]
    assert {(heads[0].staff_id, part)} <= found["overdue_head"]
    assert {(heads[1].staff_id, part)} <= found["overdue_parent"]
    assert found["overdue_on_call"] == {(on_call.staff_id, case)}


def test_a_link_leads_to_the_hand_over_while_it_waits_for_its_reader(app: Flask) -> None:
    """Behind sign-in: first for who approves, then for who is asked to take the case."""
    receiver, other = hired("ก", ("operator", ASKED)), hired("ข", ("operator", "ESA-9201"))
    given = asked()
    about, case = f"/desk/about/{given.made.reference}", f"/desk{given.case_address}"
    offer = f"/desk{given.address}"
    people = (given.head, given.asker, receiver, other)

    def ends() -> list[str]:
        return [followed(Desk(app, one), about) for one in people]

    assert ends() == [offer, case, LISTED, LISTED]
    with transaction() as session:
        approve(
            session, given.handover_id, staff_id=given.head.staff_id, way="page", now=clock.now()
        )
    assert ends() == [case, case, offer, LISTED]
    with transaction() as session:
        accept(session, given.handover_id, staff_id=receiver.staff_id, now=clock.now())
    assert ends()[2:] == [case, LISTED]


def test_the_page_says_whose_part_it_opens_and_what_is_gone(desk_of: Hire) -> None:
    worker = desk_of(("operator", ASKED), language="en")
    made, _ = shared(hired("ก", ("operator", LEAD)), worker.viewer)
    told("deadline_near", staff_id=worker.viewer.staff_id, reference=made.reference)
    html = worker.get("/notices").get_data(as_text=True)
    assert "Open your part" in html
    assert "not with you any more" not in html
    gone = worker.client.get("/desk/about/999999999", follow_redirects=True)
    assert "The case is not with you any more." in gone.get_data(as_text=True)
