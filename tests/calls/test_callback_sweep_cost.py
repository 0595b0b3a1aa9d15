"""Sweeps look at what is due only, however many callbacks were made before (design.md §6)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from calls.escalation import escalate_late
from calls.policy import current_policy
from calls.queries import open_attempts, ripe_callbacks
from core.database import reading
from core.runtime import Runtime
from tests.calls.callback_world import FRIDAY, World

Look = Callable[[Session], Any]


def _plan(runtime: Runtime, look: Look) -> str:
    """How the database goes about the first statement of a look."""
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append((statement, parameters))

    with reading() as session:
        event.listen(runtime.engine, "before_cursor_execute", note)
        look(session)
        event.remove(runtime.engine, "before_cursor_execute", note)
        statement, parameters = seen[0]
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "\n".join(str(row[-1]) for row in plan)


@pytest.mark.backends("sqlite")
@pytest.mark.parametrize(
    "look",
    [
        lambda session: ripe_callbacks(session, FRIDAY, 5),
        lambda session: open_attempts(session, FRIDAY, 5),
        lambda session: escalate_late(session, current_policy(), now=FRIDAY),
    ],
    ids=["due", "attempts", "late"],
)
def test_no_sweep_reads_a_whole_table(world: World, runtime: Runtime, look: Look) -> None:
    assert world.ripe() == []
    steps = _plan(runtime, look).splitlines()
    tables = [step for step in steps if step.startswith(("SCAN", "SEARCH"))]
    assert tables
    assert all(" INDEX " in step for step in tables)
