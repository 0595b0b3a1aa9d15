"""A hand-over in danger rings the head operator, whose key lets the case go on."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from agents.models import Staff
from calls.models import ApprovalCall
from cases.access import Viewer
from cases.handover_models import Handover
from cases.handovers import Wish, ask
from cases.models import Case
from cases.taking import acknowledge
from core.database import reading, transaction
from tests.support.stack import Stack
from tests.system.outcome import said, settled
from tests.system.people import new_number

ASKER, HEAD_PHONE = "desk@practice.example", "+66810000015"
# Danger, and the caller can talk: an agent answers.
IN_DANGER = "1 1"


def ask_for_an_approval(stack: Stack) -> int:
    """An operator of the centre acknowledges a case in danger and asks to hand it over."""
    call = stack.phone(IN_DANGER, **{"from": new_number()})
    reference = settled(stack, call["sid"]).case["reference"]
    now = datetime.now(UTC)
    with transaction() as session:
        case_id = session.scalars(select(Case.id).where(Case.reference == reference)).one()
        asker = session.scalars(select(Staff.id).where(Staff.email == ASKER)).one()
        viewer = Viewer(asker, (("operator", "HQ"),))
        acknowledge(session, case_id, viewer=viewer, now=now)
        wish = Wish("office", "The agency knows the school.", to_office="OBEC")
        return ask(session, case_id, wish, viewer=viewer, now=now).id


def handover(handover_id: int) -> Handover:
    """The hand-over now."""
    with reading() as session:
        return session.get_one(Handover, handover_id)


def outcomes() -> list[str | None]:
    """What every ring at a head operator came to, once nobody looks after it any more."""
    with reading() as session:
        found = session.scalars(select(ApprovalCall).order_by(ApprovalCall.id)).all()
    return [one.outcome for one in found if one.check_at is None]


def heads_leg(stack: Stack) -> dict[str, Any]:
    """The only call to the head operator."""
    [ring] = [ring for ring in stack.ledger() if ring["to"] == HEAD_PHONE]
    return stack.call(ring["sid"])


def test_the_head_operator_is_rung_presses_one_and_the_case_is_offered(inside: Stack) -> None:
    inside.practice(f"/practice/phones/{HEAD_PHONE}", {"keys": "1"}, method="PUT")
    handover_id = ask_for_an_approval(inside)
    inside.wait_for(lambda: handover(handover_id).state == "offered")
    found = handover(handover_id)
    assert (found.decided_way, found.ring_at) == ("telephone", None)
    inside.wait_for(lambda: outcomes() == ["approved"])
    heard = said(heads_leg(inside))
    assert "รอการอนุมัติส่งต่อ" in heard
    assert heard.endswith("อนุมัติแล้วค่ะ ขอบคุณค่ะ")


def test_a_practice_head_whom_nobody_told_what_to_press_leaves_it_to_people(inside: Stack) -> None:
    handover_id = ask_for_an_approval(inside)
    inside.wait_for(lambda: outcomes() == ["left"])
    inside.wait_for(lambda: handover(handover_id).ring_at is None)
    assert handover(handover_id).state == "requested"
    assert "ยังไม่ได้ตัดสิน" in said(heads_leg(inside))
