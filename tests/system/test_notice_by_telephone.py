"""An urgent notice rings the phone of who has not seen it, and a key is the receipt."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from agents.models import Notice, Staff
from agents.notice_models import NoticeDelivery, NoticeReceipt
from agents.notice_policy import EMAIL, PHONE, SMS
from agents.notices import rank
from agents.services import owe_notice
from core import clock
from core.database import reading, transaction
from tests.support.stack import Stack
from tests.system.outcome import said

HEAD, HEAD_PHONE = "desk.head@practice.example", "+66810000015"


def told_by_telephone_first() -> int:
    """An emergency that the head operator is to be told of, by telephone first; the notice's id."""
    now = clock.now()
    with transaction() as session:
        staff_id = session.scalars(select(Staff.id).where(Staff.email == HEAD)).one()
        rank(session, staff_id, [PHONE, EMAIL, SMS], now=now)
        assert owe_notice(
            session,
            "overdue_head",
            staff_id=staff_id,
            reference="123456789",
            severity="emergency",
            due_at=now,
            now=now,
        )
        return session.scalars(select(Notice.id).order_by(Notice.id.desc()).limit(1)).one()


def seen_at(notice_id: int) -> datetime | None:
    """When somebody saw the notice."""
    wanted = select(NoticeReceipt.seen_at).where(NoticeReceipt.notice_id == notice_id)
    with reading() as session:
        return session.scalar(wanted)


def by_telephone(notice_id: int) -> tuple[str, int]:
    """How the notice stands on the telephone, and how often it rang."""
    wanted = select(NoticeDelivery.state, NoticeDelivery.tries).where(
        NoticeDelivery.notice_id == notice_id, NoticeDelivery.channel == PHONE
    )
    with reading() as session:
        row = session.execute(wanted).one_or_none()
        return (row.state, row.tries) if row else ("", 0)


def leg(stack: Stack) -> dict[str, Any]:
    """The only call to the head operator."""
    [ring] = [ring for ring in stack.ledger() if ring["to"] == HEAD_PHONE]
    return stack.call(ring["sid"])


def test_the_phone_rings_the_key_is_pressed_and_it_is_seen(inside: Stack) -> None:
    inside.practice(f"/practice/phones/{HEAD_PHONE}", {"keys": "1"}, method="PUT")
    notice_id = told_by_telephone_first()
    assert inside.wait_for(lambda: seen_at(notice_id), 40)
    assert by_telephone(notice_id) == ("sent", 1)
    heard = said(leg(inside))
    assert "มีเรื่องด่วนถึงคุณ หมายเลข หนึ่ง สอง สาม" in heard
    assert heard.endswith("บันทึกว่ารับทราบแล้วค่ะ ขอบคุณค่ะ")


@pytest.mark.backends("postgresql")
def test_a_made_up_person_whom_nobody_told_what_to_press_has_seen_nothing(inside: Stack) -> None:
    notice_id = told_by_telephone_first()
    inside.wait_for(lambda: by_telephone(notice_id) == ("owed", 1), 60)
    assert seen_at(notice_id) is None
    assert "ยังไม่ได้บันทึกว่ารับทราบ" in said(leg(inside))
