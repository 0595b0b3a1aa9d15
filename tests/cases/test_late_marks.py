"""Whoever owes a step is reminded once; what is late stays marked, once for each step."""

from collections.abc import Callable
from datetime import datetime

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

from cases.clocks import look_at_clocks, ticking
from cases.deadline_models import LateMark
from cases.handover_models import Handover
from cases.lateness import late_cases, late_counts, marks_of
from cases.models import TICKING, Assignment
from cases.result_rules import Result
from cases.results import close_case, report_result
from cases.sending import send_to_candidate
from cases.services import move_case
from core import migrations
from core.database import reading, transaction
from core.runtime import Runtime
from tests.cases.hand_over_people import (
    AREA,
    DISTRICT,
    HOUR,
    MINUTE,
    NOW,
    PROVINCE,
    accepted,
    approved,
    asked,
    begun,
    declined,
    events,
    file_of,
    head,
    hired,
    opened,
    operator,
    rejected,
    revoked,
    shut_out,
    taken,
    to_office,
    told,
)
from tests.cases.part_people import asked_part, part, reported_part, taken_part

pytestmark = pytest.mark.backends("postgresql", "sqlite")
RESULT = Result("ทำแล้ว", ("child",), ("prevent",), "yes")


def looked(at: datetime, limit: int = 100) -> int:
    """One run of the sweep."""
    with transaction() as session:
        return look_at_clocks(session, at, limit)


def moved(case_id: int, status: str, at: datetime) -> None:
    with transaction() as session:
        move_case(session, case_id, status, now=at, actor="staff:1")


def marks(case_id: int) -> list[tuple[str, str, datetime, datetime | None]]:
    """Step, office, due and done of each mark."""
    with reading() as session:
        return [
            (one.step, one.office_code, one.due_at, one.done_at)
            for one in marks_of(session, case_id)
        ]


def test_whoever_has_the_case_is_reminded_once_before_it_is_late(runtime: Runtime) -> None:
    viewer = operator()
    case_id = taken(viewer, severity="urgent")
    assert looked(NOW + 3 * HOUR - MINUTE) == 0
    assert looked(NOW + 3 * HOUR) == 1
    assert looked(NOW + 4 * HOUR - MINUTE) == 0
    assert told("deadline_near") == [viewer.staff_id]
    assert marks(case_id) == []


def test_the_office_is_reminded_where_nobody_has_the_case(runtime: Runtime) -> None:
    viewer = operator()
    outside = operator()
    case_id = opened(severity="urgent")
    shut_out(case_id, staff=outside.staff_id)
    looked(NOW + 45 * MINUTE)
    assert told("deadline_near") == [viewer.staff_id]


def test_a_time_too_short_for_a_reminder_has_none(runtime: Runtime) -> None:
    case_id = opened(severity="emergency")
    assert looked(NOW + 15 * MINUTE - MINUTE) == 0
    assert looked(NOW + 15 * MINUTE) == 1
    assert told("deadline_near") == []
    assert len(marks(case_id)) == 1


def test_who_does_the_step_in_time_is_neither_marked_nor_reminded(runtime: Runtime) -> None:
    case_id = taken(operator(), severity="urgent")
    moved(case_id, "checking", NOW + HOUR)
    assert looked(NOW + 4 * HOUR) == 0
    assert (told("deadline_near"), marks(case_id)) == ([], [])


def test_the_sweep_marks_what_is_late_once_and_the_deed_ends_it(runtime: Runtime) -> None:
    case_id = taken(operator(), severity="urgent")
    due = NOW + 4 * HOUR
    for count in range(3):
        looked(due + count * MINUTE)
    assert marks(case_id) == [("check", PROVINCE, due, None)]
    moved(case_id, "checking", due + HOUR)
    assert marks(case_id) == [("check", PROVINCE, due, due + HOUR)]
    assert len(events(case_id, "step_late")) == 1


def test_who_acts_late_before_the_sweep_marks_it_as_well(runtime: Runtime) -> None:
    case_id = opened(severity="urgent")
    moved(case_id, "acknowledged", NOW + 2 * HOUR)
    assert marks(case_id) == [("acknowledge", PROVINCE, NOW + HOUR, NOW + 2 * HOUR)]
    looked(NOW + 3 * HOUR)
    assert len(marks(case_id)) == 1


def test_the_mark_stays_when_the_case_is_closed(runtime: Runtime) -> None:
    viewer = operator()
    case_id = opened(severity="urgent")
    looked(NOW + 2 * HOUR)
    begun(case_id, viewer)
    with transaction() as session:
        report_result(session, case_id, RESULT, viewer=viewer, now=NOW + 3 * HOUR)
        close_case(session, case_id, viewer=viewer, now=NOW + 3 * HOUR)
        assert late_cases(session, [case_id, case_id + 1]) == {case_id}
    assert file_of(case_id).assignment.look_at is None


def test_an_approval_that_is_late_is_the_approvers_and_not_the_askers(runtime: Runtime) -> None:
    asker, boss, below = operator(), head(), operator(DISTRICT)
    case_id = taken(asker, severity="urgent")
    one = asked(case_id, to_office(), asker)
    looked(NOW + HOUR)
    approved(one, boss, NOW + 2 * HOUR)
    looked(NOW + 5 * HOUR)
    accepted(one, below, NOW + 6 * HOUR)
    assert marks(case_id) == [
        ("approve", PROVINCE, NOW + HOUR, NOW + 2 * HOUR),
        ("accept", DISTRICT, NOW + 4 * HOUR, NOW + 6 * HOUR),
    ]
    with reading() as session:
        assert session.get_one(Handover, one).due_at == NOW + 4 * HOUR


@pytest.mark.parametrize("answer", [accepted, declined, revoked])
def test_a_late_answer_that_no_sweep_saw_is_the_mark_of_who_owed_it(
    runtime: Runtime, answer: Callable[..., None]
) -> None:
    asker, boss, below = operator(), head(), operator(DISTRICT)
    case_id = taken(asker, severity="urgent")
    one = asked(case_id, to_office(), asker)
    approved(one, boss)
    due, late = NOW + 2 * HOUR, NOW + 3 * HOUR
    answer(one, asker if answer is revoked else below, at=late)
    assert marks(case_id) == [("accept", DISTRICT, due, late)]


def test_a_late_rejection_is_the_mark_of_the_office_that_was_asked(runtime: Runtime) -> None:
    boss, above = head(), head("DOLE")
    case_id = taken(boss, severity="urgent")
    rejected(asked(case_id, to_office(), boss), above, at=NOW + 2 * HOUR)
    assert marks(case_id) == [("approve", "DOLE", NOW + HOUR, NOW + 2 * HOUR)]


def part_marks(part_id: int) -> list[tuple[str, str, datetime, datetime | None]]:
    """The same of a further part."""
    with reading() as session:
        wanted = select(LateMark).where(LateMark.assignment_id == part_id).order_by(LateMark.id)
        return [
            (one.step, one.office_code, one.due_at, one.done_at) for one in session.scalars(wanted)
        ]


def test_a_further_part_is_reminded_of_and_marked_by_its_own_step(runtime: Runtime) -> None:
    lead, other, boss = operator(), operator(DISTRICT), head(DISTRICT)
    case_id = taken(lead, severity="urgent")
    part_id = asked_part(case_id, lead, DISTRICT)
    looked(NOW + 45 * MINUTE)
    assert told("deadline_near") == [other.staff_id, boss.staff_id]
    looked(NOW + HOUR)
    moved(case_id, "checking", NOW + HOUR)
    assert part_marks(part_id) == [("acknowledge", DISTRICT, NOW + HOUR, None)]
    taken_part(part_id, other, NOW + 2 * HOUR)
    due = part(part_id).assignment.due_at
    near = due - (due - NOW - 2 * HOUR) / 4
    moved(case_id, "in_progress", near)
    looked(near)
    assert told("deadline_near")[2:] == [other.staff_id]
    reported_part(part_id, other, at=due + HOUR)
    assert part_marks(part_id) == [
        ("acknowledge", DISTRICT, NOW + HOUR, NOW + 2 * HOUR),
        ("report", DISTRICT, due, due + HOUR),
    ]
    assert part(part_id).assignment.look_at is None
    assert len(events(case_id, "part_late")) == 2


def test_a_late_part_is_its_own_office_s_and_not_who_leads_the_case(runtime: Runtime) -> None:
    lead, boss = operator(), head()
    case_id = taken(lead, severity="urgent")
    part_id = asked_part(case_id, lead, DISTRICT)
    moved(case_id, "not_a_case", NOW + 2 * HOUR)
    assert part_marks(part_id) == [("acknowledge", DISTRICT, NOW + HOUR, NOW + 2 * HOUR)]
    assert (marks(case_id), events(case_id, "step_late")) == ([], [])
    with reading() as session:
        assert late_cases(session, [case_id]) == frozenset()
        counted = late_counts(session, [PROVINCE, DISTRICT], boss, now=NOW + 3 * HOUR)
    assert counted == {DISTRICT: 1}
    assert looked(NOW + 9 * HOUR) == 0


def test_an_office_that_sends_a_case_on_late_keeps_the_mark(runtime: Runtime) -> None:
    desk = hired(("operator", "HQ"))
    case_id = opened("HQ", "urgent", candidates=(AREA,))
    with transaction() as session:
        send_to_candidate(session, case_id, AREA, viewer=desk, now=NOW + 2 * HOUR)
    assert marks(case_id) == [("acknowledge", "HQ", NOW + HOUR, NOW + 2 * HOUR)]
    lead = file_of(case_id).assignment
    assert (lead.owed_since, lead.due_at) == (NOW + 2 * HOUR, NOW + 3 * HOUR)


def test_a_count_tells_nobody_of_a_case_that_they_must_not_know(runtime: Runtime) -> None:
    boss, above = head(), head("DOLE")
    for _ in range(2):
        secret = opened(severity="urgent")
    looked(NOW + 2 * HOUR)
    shut_out(secret, office="DOLE")
    with reading() as session:
        counted = [
            late_counts(session, [PROVINCE, DISTRICT], one, now=NOW + 3 * HOUR)
            for one in (boss, above)
        ]
    assert counted == [{PROVINCE: 2}, {PROVINCE: 1}]


def test_a_sweep_is_bounded_and_looks_at_its_index_alone(runtime: Runtime) -> None:
    for _ in range(3):
        opened(severity="urgent")
    assert [looked(NOW + 2 * HOUR, limit=2) for _ in range(3)] == [2, 1, 0]
    [index] = [
        one
        for one in Assignment.metadata.tables["assignments"].indexes
        if one.name == "ix_assignments_look"
    ]
    assert str(index.dialect_options["postgresql"]["where"]) == TICKING
    engine = runtime.engine.dialect.name
    with reading() as session:
        if engine == "postgresql":
            session.execute(text("SET LOCAL enable_seqscan = off"))
        wanted = ticking(NOW).limit(100)
        words = str(wanted.compile(runtime.engine, compile_kwargs={"literal_binds": True}))
        explain = "EXPLAIN" if engine == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = session.execute(text(f"{explain} {words.replace(':', chr(92) + ':')}")).all()
    assert "ix_assignments_look" in str(plan)


OURS = "0025"
PART_BEFORE = text("UPDATE assignments SET owed_since = NULL, look_at = NULL WHERE id = :id")


def test_a_part_from_before_parts_had_a_clock_is_reminded_and_marked_like_any_other(
    own_runtime: Runtime,
) -> None:
    """The upgrade lets the sweep find it; looking too early reminds nobody."""
    lead, worker = operator(AREA), operator(DISTRICT)
    case_id = taken(lead, AREA)
    part_id = asked_part(case_id, lead, DISTRICT)
    taken_part(part_id, worker, NOW + HOUR)
    due, reminds_at = part(part_id).assignment.due_at, part(part_id).assignment.look_at
    assert reminds_at is not None
    script = ScriptDirectory.from_config(migrations.config()).get_revision(OURS)
    with own_runtime.engine.begin() as connection:
        connection.execute(PART_BEFORE, {"id": part_id})
        assert script is not None
        with Operations.context(MigrationContext.configure(connection)):
            script.module.upgrade()
    assert part(part_id).assignment.owed_since == NOW + HOUR
    looked(NOW + 2 * HOUR)
    assert part(part_id).assignment.look_at == reminds_at
    assert told("deadline_near") == []
    looked(reminds_at)
    assert told("deadline_near") == [worker.staff_id]
    looked(due)
    assert len(events(case_id, "part_late")) == 1
