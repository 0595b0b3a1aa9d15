"""A thousand overdue cases at once: few messages for one head, and an emergency waits for none."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from agents.models import Notice
from cases.escalation import escalate_overdue
from cases.models import Assignment, Case
from core.database import reading, transaction
from core.inserts import table_of
from tests.cases.test_escalation import person
from tests.notices.world import OFFICE, World

pytestmark = pytest.mark.backends("postgresql")
MANY = 1_000
LIMIT = 100


def overdue(world: World, first: int, count: int, severity: str) -> None:
    """Cases of one office that nobody has acknowledged in time."""
    due = world.now - timedelta(minutes=1)
    moments = {"status_since": due, "opened_at": due, "due_at": due, "finished_at": due}
    case = {"hazard_group": "V", "severity": severity, "language": "th", "account_sid": "AC"}
    part = {"office_code": OFFICE, "due_at": due, "escalate_at": due, "created_at": due}
    rows = [case | moments | {"reference": f"{one:09}"} for one in range(first, first + count)]
    with transaction() as session:
        made = session.scalars(insert(table_of(Case)).returning(table_of(Case).c.id), rows).all()
        more = {"reasons": [], "candidates": []}
        parts = [part | more | {"case_id": one} for one in made]
        session.execute(insert(table_of(Assignment)), parts)


def escalated(world: World) -> int:
    """The sweep until nothing is left."""
    done = 0
    while True:
        with transaction() as session:
            found = escalate_overdue(session, world.now, LIMIT)
        done += found
        if not found:
            return done


def test_a_thousand_overdue_cases_are_few_messages_and_an_emergency_waits_for_none(
    world: World,
) -> None:
    head = person("head@example.org", "head_operator", OFFICE)
    overdue(world, 1, MANY, "normal")
    assert escalated(world) == MANY
    while world.plan():
        pass
    overdue(world, 5_001, 1, "emergency")
    assert escalated(world) == 1
    world.run()
    assert len(world.mail.offers) == 1
    assert "000 005 001" in world.mail.texts[0]
    world.run(7_200, step=300)
    assert len(world.mail.offers) <= 5
    assert any("500" in text for text in world.mail.texts)
    with reading() as session:
        told = select(func.count()).where(Notice.recipient_staff_id == head)
        assert session.scalar(told) == MANY + 1
