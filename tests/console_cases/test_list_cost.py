"""The lists read what they show, however many cases are over (design.md §6)."""

import re
from typing import Any

import pytest
from sqlalchemy import text

from agents.sessions import SignedIn
from calls.models import OWED as OWED_TEXT
from cases.access import reach
from cases.desk import DeskFilter, counts, page
from cases.models import GRAVE_OPEN, OPEN_LEAD, OTHER_PART, OVER_LEAD
from cases.states import HAS_PART, NEXT_STEPS, SETTLED
from core import clock
from core.database import reading
from core.runtime import Runtime, configure
from routing.graveness import GRAVE, IS_GRAVE
from tests.bench import many_cases
from tests.console_cases.people import hired
from tests.support.beside import beside
from tests.support.plans import plans
from webapp.console.desk import OWED, lists
from webapp.console.menu import MENU
from webapp.console.menu import counts as counts_of_menu

CASES = 5_000
OPEN = 200
WORDS = re.compile(r"'(\w+)'")
WHOLE = re.compile(r"Seq Scan on (?:cases|assignments|notices)\b.*")
# Sweeps that put what is graver first, each with more due than it takes, and what it finds them by.
FULL_SWEEPS = {
    "sweep of overdue cases": {"ix_assignments_waiting", "ix_cases_grave"},
    "sweep of clocks": {"ix_assignments_look", "ix_cases_grave"},
    "sweep of stopped clocks": {"ix_clock_stops_until", "ix_cases_grave"},
    "sweep of hand-overs": {"ix_handovers_climbing", "ix_handovers_climbing_grave"},
    "sweep of late callbacks": {"ix_callbacks_escalating", "ix_callbacks_escalating_grave"},
    "sweep of notices to plan": {"ix_notices_owed", "ix_notices_owed_grave"},
    "sweep of notices not seen": {"ix_notices_unseen", "ix_notices_unseen_grave"},
}
MANY_DUE = 2_000
FEW_ARE_GRAVE = """
UPDATE {table} SET severity = CASE WHEN id % 49 = 0 THEN 'emergency' ELSE 'normal' END
"""
STORED = re.compile(
    r"Seq Scan on (?:cases|assignments|clock_stops|handovers|callbacks|notices)\b.*"
)
TOLD_OF_EACH = """
INSERT INTO notices (key, template, recipient_staff_id, office_code, reference, state,
                     due_at, created_at)
SELECT 'told' || id, 'case_new', CASE WHEN id % 3 = 0 THEN :staff_id END, :office, reference,
       CASE WHEN id % 10 = 0 THEN 'settled' ELSE 'sent' END, now() - interval '1 day', now()
FROM cases
"""


@pytest.fixture
def filled(own_runtime: Runtime) -> Runtime:
    """Many cases that are over and a few that are open, some of them practised beside the real
    telephone, with the statistics of all."""
    many_cases.fill(CASES, most_open=OPEN)
    with own_runtime.engine.begin() as connection:
        connection.execute(text("UPDATE cases SET is_practice = true WHERE id % 20 = 0"))
        connection.execute(text("ANALYZE cases"))
    return configure(beside(own_runtime.settings), own_runtime.engine)


@pytest.mark.parametrize("office", ["ESA-9202", "OBEC", "HQ"])
@pytest.mark.backends("postgresql")
def test_no_list_and_no_count_reads_all_cases(office: str, filled: Runtime) -> None:
    viewer = hired("หัวหน้า", ("head_operator", office))
    with reading() as session:
        every = lists(session, viewer, clock.now())
        assert session.scalar(text("SELECT count(*) FROM cases")) == CASES
        seen = reach(session, viewer, "case.list")
        found = {}
        for name, wanted in every.items():

            def look(name: str = name, wanted: Any = wanted) -> None:
                chosen = DeskFilter()
                page(session, seen, wanted, chosen=chosen, after=None, limit=26)
                counts(session, seen, {name: wanted}, chosen=chosen)

            whole = [hit for plan in plans(filled.engine, look) for hit in WHOLE.findall(plan)]
            if whole:
                found[name] = whole
    assert found == {}


@pytest.mark.parametrize("office", ["ESA-9202", "OBEC", "HQ"])
@pytest.mark.backends("postgresql")
def test_the_numbers_in_the_menu_are_one_statement_that_reads_no_table_whole(
    office: str, filled: Runtime
) -> None:
    viewer = hired("หัวหน้า", ("head_operator", office), ("supervisor", office))
    with filled.engine.begin() as connection:
        connection.execute(text(TOLD_OF_EACH), {"staff_id": viewer.staff_id, "office": office})
        connection.execute(text("ANALYZE notices"))
    waiting = counts_of_menu(SignedIn(viewer.staff_id, "หัวหน้า", "th", viewer.roles), MENU)
    seen = list(plans(filled.engine, lambda: waiting.text("desk.notices")))
    assert len([plan for plan in seen if " on notices" in plan or " on warnings" in plan]) == 1
    assert [hit for plan in seen for hit in WHOLE.findall(plan)] == []
    assert waiting.text("desk.notices") == "99+"


@pytest.mark.backends("postgresql")
def test_a_sweep_finds_what_is_graver_by_an_index_and_reads_no_table_whole(
    own_runtime: Runtime,
) -> None:
    """However many cases there were, and however many of them were grave."""
    hired("หัวหน้า", ("head_operator", "HQ"))
    many_cases.fill(CASES, most_open=MANY_DUE)
    many_cases.fill(CASES, many_cases.STEPS, most_open=MANY_DUE)
    with own_runtime.engine.begin() as connection:
        for table in ("cases", "handovers", "callbacks", "notices"):
            connection.execute(text(FEW_ARE_GRAVE.format(table=table)))
            connection.execute(text(f"ANALYZE {table}"))
    whole, found = {}, {}
    for name, expected in FULL_SWEEPS.items():
        seen = list(plans(own_runtime.engine, many_cases.SWEEPS[name]))
        whole[name] = [hit for plan in seen for hit in STORED.findall(plan)]
        found[name] = {one for one in expected if any(one in plan for plan in seen)}
    assert not any(whole.values()), whole
    assert found == FULL_SWEEPS


def test_the_conditions_of_the_indexes_hold_the_words_of_the_states() -> None:
    assert set(WORDS.findall(OPEN_LEAD)) == set(NEXT_STEPS)
    assert set(WORDS.findall(OVER_LEAD)) == set(SETTLED)
    assert tuple(WORDS.findall(OTHER_PART)) == HAS_PART
    assert set(WORDS.findall(OWED_TEXT)) == set(OWED)
    assert tuple(WORDS.findall(IS_GRAVE)) == GRAVE
    assert set(WORDS.findall(GRAVE_OPEN)) == {*GRAVE, *NEXT_STEPS}
