"""What is counted when a call begins and before a person is rung is read by its indexes."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from calls.limits import shortness_at
from calls.ring_limits import lets_graver_calls_first, waits_in_danger
from core.database import reading
from core.runtime import Runtime

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
SID = "CA" + "7".zfill(32)
Look = Callable[[Session], Any]
CALLS = 20_000
_FILL = """
INSERT INTO calls (sid, account_sid, direction, status, ended_by, language, flow_version, turn,
                   state, node, waiting, caller_fingerprint, started_at, touched_at, ended_at)
SELECT 'CA' || lpad(n::text, 32, '0'), 'AC', 'inbound', 'completed', 'caller', 'th', '1', 0,
       ''::bytea, 'welcome', false, md5((n % 5000)::text), :now - n * interval '0.5 seconds',
       :now, :now
FROM generate_series(1, :calls) AS n
"""
_FILL_LEGS = """
INSERT INTO legs (key, kind, account_sid, parent_call_sid, turn, state, accepted, created_at,
                  touched_at)
SELECT 'leg' || n, 'live', 'AC', 'CA' || lpad(n::text, 32, '0'), 0, 'ended', false, :now, :now
FROM generate_series(1, :calls) AS n
"""
LOOKS: dict[str, Look] = {
    "a call begins": lambda session: shortness_at(session, "f" * 64, now=NOW),
    "a person is rung": lambda session: waits_in_danger(session, SID, ("q",), (1,), now=NOW),
}


@pytest.mark.backends("postgresql")
@pytest.mark.parametrize("what", LOOKS)
def test_in_a_flood_of_calls_a_look_reads_those_of_its_own_number(
    what: str, own_runtime: Runtime
) -> None:
    with own_runtime.engine.begin() as connection:
        for fill in (_FILL, _FILL_LEGS):
            connection.execute(text(fill), {"now": NOW, "calls": CALLS})
        connection.execute(text("ANALYZE"))
    plan = _plan(own_runtime, LOOKS[what])
    assert "ix_calls_of_number" in plan
    assert "Seq Scan on calls" not in plan
    assert "Seq Scan on legs" not in plan


@pytest.mark.backends("postgresql")
def test_who_waits_in_danger_is_looked_for_among_the_calls_that_go_on(own_runtime: Runtime) -> None:
    with own_runtime.engine.begin() as connection:
        for fill in (_FILL, _FILL_LEGS):
            connection.execute(text(fill), {"now": NOW, "calls": CALLS})
        connection.execute(text("ANALYZE"))
    plan = _plan(
        own_runtime,
        lambda session: lets_graver_calls_first(
            session, SID, ("q",), lambda: [1], taken=1, now=NOW
        ),
    )
    assert "ix_calls_open" in plan
    assert "Seq Scan on calls" not in plan
    assert "Seq Scan on legs" not in plan


def _plan(runtime: Runtime, look: Look) -> str:
    """How the database goes about the first question of a look."""
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append((statement, parameters))

    with reading() as session:
        event.listen(runtime.engine, "before_cursor_execute", note)
        look(session)
        event.remove(runtime.engine, "before_cursor_execute", note)
        statement, parameters = seen[0]
        plan = session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return "\n".join(str(row[0]) for row in plan)
