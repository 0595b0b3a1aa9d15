"""The running service sends what is owed: beat, worker, practice provider, real processes."""

from sqlalchemy import insert, select

from agents.models import Notice, Staff
from agents.notice_models import NoticeDelivery
from core import clock
from tests.support.stack import Stack


def _owe(stack: Stack, **receiver: object) -> None:
    now = clock.now()
    row = {
        "key": f"emergency|{receiver}",
        "template": "overdue_on_call",
        "reference": "123456789",
        "severity": "emergency",
        "state": "owed",
        "due_at": now,
        "created_at": now,
    }
    with stack.database() as engine, engine.begin() as connection:
        connection.execute(insert(Notice).values(**row, **receiver))


def test_an_emergency_is_in_the_outbox_within_seconds(stack: Stack) -> None:
    with stack.database() as engine, engine.connect() as connection:
        person = connection.execute(
            select(Staff.id, Staff.email).where(Staff.phone.is_not(None)).limit(1)
        ).one()
    _owe(stack, recipient_staff_id=person.id)

    def arrived() -> list[dict[str, str]]:
        found: list[dict[str, str]] = stack.practice("/practice/outbox")
        return found if {one["kind"] for one in found} == {"mail", "sms"} else []

    found = {one["kind"]: one for one in stack.wait_for(arrived, 40)}
    assert found["mail"]["to"] == person.email
    assert "123 456 789" in found["mail"]["text"]
    assert stack.settings.public_url + "/desk/about/123456789" in found["mail"]["text"]
    assert "http" not in found["sms"]["text"]

    def written() -> bool:
        with stack.database() as engine, engine.connect() as connection:
            states = set(connection.scalars(select(NoticeDelivery.state)))
        return states == {"sent"}

    assert stack.wait_for(written)
