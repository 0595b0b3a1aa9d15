"""The migration to one line: whoever waits keeps an order, and what was doubled is one again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Integer, String, bindparam, column, select, table, text

from core import migrations
from core.database import UtcDateTime
from core.runtime import Runtime

OURS = "0014"
SINCE = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
MOMENT = UtcDateTime()
OLD = table(
    "callbacks",
    column("id", Integer()),
    column("state", String()),
    column("place", MOMENT),
)
INSERT = text(
    "INSERT INTO callbacks (id, case_id, call_sid, account_sid, office_code, state, consent,"
    " number_fingerprint, immediate, keys_only, language, severity, waiting_since, late_at,"
    " escalation, tries, round, version) VALUES (:id, 1, :call_sid, 'AC', 'HQ', :state, true,"
    " :line, false, false, 'th', :severity, :since, :since, 0, 0, 0, 0)"
).bindparams(bindparam("since", type_=MOMENT))


def old_row(number: int, state: str, line: str, severity: str = "normal") -> dict[str, Any]:
    """A callback as the schema before had it, of one case."""
    row = {"id": number, "call_sid": f"CA{number:032}", "state": state, "line": line}
    return row | {"severity": severity, "since": SINCE}


@pytest.mark.backends("postgresql", "sqlite")
def test_what_waits_at_the_upgrade_is_in_line_after_it(empty_runtime: Runtime) -> None:
    script = ScriptDirectory.from_config(migrations.config()).get_revision(OURS)
    assert script is not None
    before = script.down_revision
    rows = [
        old_row(1, "due", "a"),
        old_row(2, "retry", "a"),
        old_row(3, "due", "b", "emergency"),
        old_row(4, "dialling_operator", "c"),
        old_row(5, "connected", "c"),
        old_row(6, "done", "a"),
    ]
    engine = empty_runtime.engine
    off = {
        "postgresql": "SET LOCAL session_replication_role = replica",
        "sqlite": "PRAGMA defer_foreign_keys=ON",
    }[engine.dialect.name]
    with engine.execution_options(immediate=True).begin() as connection:
        command.downgrade(migrations.config(connection), str(before))
        connection.execute(text(off))
        connection.execute(INSERT, rows)
        command.upgrade(migrations.config(connection), OURS)
        found = connection.execute(select(OLD).order_by(OLD.c.id)).all()
        connection.execute(text("DELETE FROM callbacks"))
    assert [row.state for row in found] == [
        "withdrawn", "retry", "due", "decision", "connected", "done",
    ]  # fmt: skip
    assert found[2].place < found[1].place - timedelta(days=365)
    assert {found[1].place, found[5].place} == {SINCE}
