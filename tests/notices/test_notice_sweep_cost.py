"""Sweeps and senders look at what is due only, however many notices there were (design.md §6)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, insert
from sqlalchemy.orm import Session

from agents.models import Notice
from agents.notice_models import NoticeDelivery
from agents.notice_planning import Planner, plan_owed, plan_unseen
from agents.notice_policy import EMAIL, current_policy
from agents.notice_queries import (
    failures,
    inbox,
    oldest_owed,
    owed_count,
    undelivered_count,
    unseen,
)
from agents.notice_rings import rings_due
from agents.notice_sending import claim, next_due
from core.database import reading, transaction
from core.runtime import Runtime
from tests.notices.world import FRIDAY, World

Look = Callable[[Session], Any]
PLANNER = Planner(current_policy(), frozenset({EMAIL}), FRIDAY)


def _statements(runtime: Runtime, look: Look) -> list[tuple[str, Any]]:
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        seen.append((statement, parameters))

    event.listen(runtime.engine, "before_cursor_execute", note)
    try:
        with reading() as session:
            look(session)
    finally:
        event.remove(runtime.engine, "before_cursor_execute", note)
    return seen


@pytest.mark.backends("sqlite")
@pytest.mark.parametrize(
    "look",
    [
        lambda session: plan_owed(session, PLANNER),
        lambda session: plan_unseen(session, PLANNER),
        lambda session: rings_due(session, FRIDAY, 10),
        lambda session: next_due(session, EMAIL, FRIDAY),
        lambda session: claim(session, 1, PLANNER),
        lambda session: owed_count(session, FRIDAY),
        undelivered_count,
        oldest_owed,
        lambda session: inbox(session, 1, language="th", now=FRIDAY),
        lambda session: session.scalars(unseen(1, ("HQ",), now=FRIDAY)).all(),
        lambda session: failures(session, ["HQ"], staff_id=1),
    ],
    ids=[
        "plan",
        "late",
        "rings",
        "next",
        "claim",
        "owed",
        "undelivered",
        "oldest",
        "inbox",
        "unseen",
        "failures",
    ],
)
def test_no_look_reads_a_whole_table(world: World, runtime: Runtime, look: Look) -> None:
    world.owe(staff_id=world.person())
    world.plan()
    world.now = FRIDAY
    world.owe(staff_id=1, reference="987654321")
    steps: list[str] = []
    for statement, parameters in _statements(runtime, look):
        if statement.startswith("SELECT"):
            with reading() as session:
                explained = f"EXPLAIN QUERY PLAN {statement}"
                rows = session.connection().exec_driver_sql(explained, parameters)
                steps += [str(row[-1]) for row in rows]
    tables = [step for step in steps if step.startswith(("SCAN", "SEARCH")) and "notice" in step]
    assert tables
    bare = [step for step in tables if "INDEX" not in step and "PRIMARY KEY" not in step]
    assert bare == []


def _old(session: Session, count: int) -> None:
    """Notices that were sent long ago."""
    first = 1_000_000
    session.execute(
        insert(Notice),
        [
            {
                "id": first + number,
                "key": f"old|{number}",
                "template": "overdue_head",
                "office_code": "HQ",
                "reference": str(number),
                "state": "planned",
                "due_at": FRIDAY,
                "created_at": FRIDAY,
            }
            for number in range(count)
        ],
    )
    session.execute(
        insert(NoticeDelivery),
        [
            {
                "notice_id": first + number,
                "channel": EMAIL,
                "receiver": "office:HQ",
                "notice_class": "urgent",
                "emergency": False,
                "state": "sent",
                "due_at": FRIDAY,
                "tries": 1,
                "created_at": FRIDAY,
            }
            for number in range(count)
        ],
    )


@pytest.mark.backends("postgresql", "sqlite")
def test_the_number_of_statements_does_not_grow_with_the_past_nor_with_a_digest(
    world: World, runtime: Runtime
) -> None:
    """A sweep over many notices costs as many statements as one over few."""

    def cost(count: int) -> int:
        staff_id = world.person(count)
        for number in range(count):
            world.owe(staff_id=staff_id, reference=f"{count}{number}")
        found = _statements(runtime, lambda _session: world.run(120, step=120))
        return len(found)

    few = cost(2)
    with transaction() as session:
        _old(session, 500)
    assert cost(20) <= few + 2
    assert len(world.mail.offers) == 2
