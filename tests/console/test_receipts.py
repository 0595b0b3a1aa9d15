"""Whoever waits sees on the case's timeline who has read the notice of it, and when."""

import pytest
from flask import Flask

from agents.notices import withdraw
from cases.models import TimelineEvent
from cases.queries import timeline
from core.database import reading, transaction
from tests.console.notice_people import told
from tests.console_cases.handing import asked, offered
from tests.console_cases.people import Desk, Made, hired

pytestmark = pytest.mark.usefixtures("friday")
READINGS = ("arrival_read", "approval_read", "offer_read")


def readings(made: Made) -> list[tuple[str, str]]:
    """The entries of this kind: what was read, and by whom."""
    with reading() as session:
        found: list[TimelineEvent] = timeline(session, made.case_id)
        return [(one.kind, one.actor) for one in found if one.kind in READINGS]


@pytest.mark.parametrize(
    ("template", "kind"),
    [
        ("case_arrived", "arrival_read"),
        ("handover_asked", "approval_read"),
        ("handover_climbed", "approval_read"),
        ("handover_offered", "offer_read"),
        ("overdue_head", None),
    ],
)
def test_the_first_reading_is_on_the_timeline_once(
    app: Flask, template: str, kind: str | None
) -> None:
    given = asked()
    desk = Desk(app, given.head)
    notice_id = told(template, staff_id=given.head.staff_id, reference=given.made.reference)
    desk.get("/notices")
    assert readings(given.made) == []
    for _ in range(2):
        desk.post(f"/notices/{notice_id}/seen")
    assert readings(given.made) == ([(kind, f"staff:{given.head.staff_id}")] if kind else [])


def test_marking_all_as_read_is_a_reading_of_each(app: Flask) -> None:
    receiver = hired("ผู้รับ", ("operator", "DOLE-4001"))
    given = offered()
    desk = Desk(app, receiver)
    notice_id = told("handover_offered", staff_id=receiver.staff_id, reference=given.made.reference)
    desk.post("/notices/seen", notice=str(notice_id))
    assert readings(given.made) == [("offer_read", f"staff:{receiver.staff_id}")]
    page = Desk(app, given.asker).get(given.case_address).get_data(as_text=True)
    assert "อ่านแจ้งเตือนว่าเรื่องนี้ส่งต่อมาถึงแล้ว" in page


def test_what_is_settled_needs_no_receipt(app: Flask) -> None:
    given = asked()
    desk = Desk(app, given.head)
    notice_id = told("handover_asked", staff_id=given.head.staff_id, reference=given.made.reference)
    with transaction() as session:
        withdraw(session, "handover_asked", given.made.reference)
    desk.post(f"/notices/{notice_id}/seen")
    assert readings(given.made) == []
