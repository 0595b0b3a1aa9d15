"""Sweeps look at what is due only, however many callbacks were made before (design.md §6)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select, text, true
from sqlalchemy.orm import Session

from calls.approval_calls import APPROVALS
from calls.approvals import handovers_to_ring
from calls.decisions import undecided
from calls.escalation import escalate_late
from calls.line import MOST_AT_A_LOOK, next_in_line
from calls.models import UNDECIDED, UNDECIDED_CALLBACKS, Callback
from calls.notice_calls import NOTICES
from calls.policy import current_policy
from calls.queries import open_attempts
from calls.states import NEEDS_PERSON
from calls.work_list import work_list
from cases.models import Case
from core.database import reading
from core.runtime import Runtime
from tests.calls.callback_world import FRIDAY, World
from tests.calls.crowds import crowd

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
def test_the_work_list_reads_no_whole_table(world: World, runtime: Runtime) -> None:
    assert world.ripe() == []
    steps = _plan(
        runtime, lambda session: work_list(session, true(), now=FRIDAY, limit=50)
    ).splitlines()
    assert [step for step in steps if "callbacks" in step and " INDEX " in step]
    assert not [step for step in steps if step.startswith("SCAN")]


@pytest.mark.backends("postgresql")
def test_what_is_undecided_is_found_by_its_own_index(world: World, runtime: Runtime) -> None:
    """However many were decided before; behind parameters no planner would see that it may."""
    wanted = (
        select(Callback.id)
        .join(Case, Case.id == Callback.case_id)
        .where(undecided())
        .order_by(Callback.late_at)
    )
    statement = wanted.compile(runtime.engine)
    assert not statement.params
    with reading() as session:
        # A few rows the planner would read and sort all.
        session.execute(text("SET LOCAL enable_seqscan = off"))
        session.execute(text("SET LOCAL enable_sort = off"))
        plan = session.scalars(text(f"EXPLAIN {statement}")).all()
    assert [step for step in plan if "ix_callbacks_undecided" in step]


def test_the_words_of_the_partial_indexes_name_the_states_of_the_tables() -> None:
    for condition in (UNDECIDED, UNDECIDED_CALLBACKS):
        assert tuple(re.findall(r"'(\w+)'", condition)) == NEEDS_PERSON
    assert UNDECIDED_CALLBACKS.replace("callbacks.", "") == f"({UNDECIDED})"


@pytest.mark.backends("sqlite")
@pytest.mark.parametrize(
    "look",
    [
        lambda session: next_in_line(session, current_policy(), account_sid="AC", now=FRIDAY),
        lambda session: open_attempts(session, FRIDAY, 5),
        lambda session: escalate_late(session, current_policy(), now=FRIDAY),
        lambda session: handovers_to_ring(session, FRIDAY, 5),
        lambda session: APPROVALS.open(session, FRIDAY, 5),
        lambda session: NOTICES.open(session, FRIDAY, 5),
    ],
    ids=["due", "attempts", "late", "approvals", "rings", "notices"],
)
def test_no_sweep_reads_a_whole_table(world: World, runtime: Runtime, look: Look) -> None:
    assert world.ripe() == []
    steps = _plan(runtime, look).splitlines()
    tables = [step for step in steps if step.startswith(("SCAN", "SEARCH"))]
    assert tables
    # A case is found by its id; SQLite calls that a key and no index.
    assert [step for step in tables if " INDEX " not in step and " PRIMARY KEY " not in step] == []


@pytest.mark.backends("sqlite")
def test_no_sweep_of_a_backlog_reads_a_whole_table(world: World, runtime: Runtime) -> None:
    """Beyond what one look puts in order, the offices are found by steps through an index."""
    crowd(world, [f"ESA-{1000 + number % 40}" for number in range(MOST_AT_A_LOOK + 10)])
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        if "callbacks" in statement:
            seen.append((statement, parameters))

    with reading() as session:
        event.listen(runtime.engine, "before_cursor_execute", note)
        found = world.in_line(session)
        event.remove(runtime.engine, "before_cursor_execute", note)
        plans = [
            str(row[-1])
            for statement, parameters in seen
            for row in session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", parameters
            )
        ]
    assert len(found) == world.policy.dials_a_sweep
    assert len(seen) <= 4
    assert not [step for step in plans if step.startswith("SCAN callbacks")]
    assert [step for step in plans if "ix_callbacks_line" in step]
