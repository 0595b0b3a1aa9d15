"""What calls met at each node: counted once a call, after its end, by day and version."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, text, update

from calls.models import Call
from calls.node_counts import NodeFigures, count_ended, counted_versions, node_figures
from calls.node_marks import marks_of
from core import clock, runtime
from core.database import reading, transaction
from core.runtime import Runtime
from core.zones import bangkok
from ivr.versions import current_flow
from tests.support.plans import plans
from tests.webhooks.telephone import Caller

pytestmark = pytest.mark.backends("postgresql", "sqlite")
Phone = Callable[..., Caller]
_FILL = """
INSERT INTO calls (sid, account_sid, direction, status, ended_by, language, flow_version, turn,
                   state, node, waiting, started_at, touched_at, ended_at, uncounted)
SELECT 'CA' || lpad(n::text, 32, '0'), 'AC', 'inbound', 'completed', 'caller', 'th', '1', 0,
       ''::bytea, 'welcome', false, :now, :now, :now, n > 19900
FROM generate_series(1, 20000) AS n
"""


def count(limit: int = 500) -> int:
    account = runtime.current().settings.twilio_account_sid
    with transaction() as session:
        return count_ended(session, account_sid=account, limit=limit)


def figures() -> dict[str, NodeFigures]:
    today = bangkok(clock.now()).date()
    with reading() as session:
        return node_figures(session, current_flow().version, today - timedelta(days=1))


def test_each_call_counts_once_for_what_it_met_at_a_node(phone: Phone) -> None:
    lost = phone()
    for key in ("7", "8", "*", "2", ""):
        lost.press(key)
    lost.hang_up()
    rescued = phone("+66810000002")
    rescued.press("2", "0")
    count()
    found = figures()
    assert found["welcome"] == NodeFigures(came=1, answered=1, wrong=1, again=1)
    assert found["group"] == NodeFigures(came=1, silent=1, gave_up=1)
    assert "to_person" not in found
    rescued.hang_up()
    assert count() == 1
    found = figures()
    assert found["welcome"] == NodeFigures(came=2, answered=2, wrong=1, again=1)
    assert found["group"] == NodeFigures(came=2, silent=1, to_person=1, gave_up=1)


def test_nothing_is_counted_twice_and_a_sweep_takes_no_more_than_its_measure(phone: Phone) -> None:
    for number in range(3):
        phone(f"+6681000001{number}").hang_up()
    running = phone("+66810000019")
    assert [count(2), count(2), count(2)] == [2, 1, 0]
    assert figures() == {"welcome": NodeFigures(came=3, gave_up=3)}
    running.hang_up()
    running.hang_up()
    assert [count(), count()] == [1, 0]
    assert figures()["welcome"].came == 4


def test_calls_of_another_account_and_calls_that_cannot_be_read_are_passed_over(
    phone: Phone,
) -> None:
    practised, broken = phone(), phone("+66810000002")
    practised.hang_up()
    broken.hang_up()
    with transaction() as session:
        change = update(Call).where(Call.sid == practised.sid)
        session.execute(change.values(account_sid=f"AC{'9' * 32}"))
        session.execute(update(Call).where(Call.sid == broken.sid).values(state=b"rubbish"))
    assert count() == 2
    assert figures() == {}
    with reading() as session:
        assert counted_versions(session, bangkok(clock.now()).date()) == set()


@pytest.mark.parametrize(
    ("state", "met"),
    [
        ({}, {"group": "cg"}),
        ({"ended": True}, {"group": "c"}),
        ({"facts": {"reference_told": True}}, {"group": "c"}),
        ({"facts": {"followed_case": True}}, {"group": "c"}),
        ({"facts": {"talked": True}}, {"group": "c"}),
        ({"facts": {"talked": True}, "leg_key": "k"}, {"group": "ca"}),
        ({"marks": {}}, {}),
    ],
)
def test_whoever_has_what_they_came_for_has_not_given_up(
    state: dict[str, object], met: dict[str, str]
) -> None:
    hung_up = {"node": "group", "facts": {}, "ended": False, "marks": {"group": "c"}}
    assert marks_of(hung_up | state) == met


def test_neither_a_key_nor_the_end_of_a_call_costs_a_statement_more(
    app: Flask, phone: Phone, runtime: Runtime
) -> None:
    caller = phone()
    asked: list[str] = []
    event.listen(runtime.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    caller.press("2")
    caller.hang_up()
    assert not [statement for statement in asked if "flow_node_days" in statement]


@pytest.mark.backends("postgresql")
def test_the_sweep_reads_what_is_to_be_counted_and_nothing_else(own_runtime: Runtime) -> None:
    with own_runtime.engine.begin() as connection:
        connection.execute(text(_FILL), {"now": clock.now()})
        connection.execute(text("ANALYZE"))
    found, taken, *_ = plans(own_runtime.engine, count)
    assert "ix_calls_uncounted" in found
    assert "pk_calls" in taken
    assert "Seq Scan" not in found + taken
