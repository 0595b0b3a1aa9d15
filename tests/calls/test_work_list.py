"""The desk's work list: what is to be called, what may be called now, and why not the rest."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select, true

from calls.work_list import WorkItem, work_list
from cases.access import Viewer, visible
from cases.models import Assignment, CaseExclusion
from core.database import reading, transaction
from core.runtime import Runtime
from tests.calls.callback_world import FRIDAY, OFFICE, World


def items(world: World, limit: int = 50) -> list[WorkItem]:
    """The whole list."""
    with reading() as session:
        return work_list(session, true(), now=world.now, limit=limit)


def seen_by(world: World, staff_id: int, role: str = "operator") -> list[int]:
    """The callbacks that somebody of the office sees."""
    viewer = Viewer(staff_id, ((role, OFFICE),))
    with reading() as session:
        seen = visible(session, viewer, "callback.list")
        return [one.callback.id for one in work_list(session, seen, now=world.now, limit=50)]


@pytest.mark.backends("postgresql", "sqlite")
def test_an_item_tells_what_an_operator_needs_before_calling(world: World) -> None:
    world.owe(said={"keys_only": True})
    [item] = items(world)
    assert (item.reference[:1].isdigit(), item.office_code) == (True, OFFICE)
    assert (item.severity, item.state, item.window) == ("normal", "due", "08:00-20:00")
    assert (item.ready, item.refusal, item.not_before) == (True, None, None)
    assert (item.rings_at, item.late, item.tries, item.last_outcome) == (FRIDAY, False, 0, None)
    assert (item.keys_only, item.immediate, item.language) == (True, False, "th")
    assert item.wanted_staff_id is None


@pytest.mark.parametrize(
    ("window", "moment", "refusal", "not_before"),
    [
        ("12:00-16:00", FRIDAY, "too_early", FRIDAY.replace(hour=5)),
        ("08:00-09:00", FRIDAY, "too_late_today", datetime(2026, 11, 21, 1, 0, tzinfo=UTC)),
        ("08:00-20:00", FRIDAY, None, None),
        # The operators' own hours do not bind a call that somebody makes from the list.
        ("08:00-20:00", datetime(2026, 11, 21, 3, 0, tzinfo=UTC), None, None),
    ],
)
def test_an_item_is_ready_in_the_callers_hours_only(
    world: World, window: str, moment: datetime, refusal: str | None, not_before: datetime | None
) -> None:
    world.owe(said={"window": window})
    world.now = moment
    [item] = items(world)
    assert (item.ready, item.refusal, item.not_before) == (refusal is None, refusal, not_before)


def test_what_is_being_called_stays_on_the_list_and_cannot_be_called(world: World) -> None:
    world.owe()
    world.dial()
    [item] = items(world)
    assert (item.state, item.refusal) == ("dialling_operator", "already_ringing")


def test_whoever_asked_is_named_until_the_phone_rings(world: World) -> None:
    world.owe()
    asker = world.operator(2)
    world.ask_now(asker)
    [item] = items(world)
    assert (item.wanted_staff_id, item.refusal) == (asker, "already_ringing")
    world.later(3600)
    [item] = items(world)
    assert (item.wanted_staff_id, item.ready) == (None, True)


def test_a_tried_line_shows_how_it_went_and_how_often(world: World) -> None:
    world.owe()
    key, sid, _, _ = world.ring_caller()
    world.body(key, 2, sid, DialCallStatus="busy")
    world.status(key, sid, "completed")
    [item] = items(world)
    assert (item.state, item.tries, item.last_outcome) == ("retry", 1, "busy")
    assert item.ready


def test_a_line_with_its_tries_of_the_day_waits_for_the_next_day(world: World) -> None:
    world.owe()
    world.exhaust()
    world.wish()
    [item] = items(world)
    assert (item.refusal, item.not_before) == (
        "enough_today",
        datetime(2026, 11, 21, 1, 0, tzinfo=UTC),
    )


def test_a_line_that_is_rung_for_the_same_case_is_busy(world: World) -> None:
    world.owe()
    world.dial()
    other = world.wish()
    [item] = [one for one in items(world) if one.callback.id == other]
    assert item.refusal == "number_busy"


def test_a_line_that_is_rung_for_another_case_cannot_be_called_now(world: World) -> None:
    world.owe()
    world.dial()
    world.report()
    other = world.wish()
    [item] = [one for one in items(world) if one.callback.id == other]
    assert (item.refusal, item.not_before, item.ready) == ("not_now_line", None, False)


def test_a_line_that_another_case_has_tried_enough_says_neither_why_nor_until_when(
    world: World,
) -> None:
    world.owe()
    world.exhaust()
    world.report()
    world.wish()
    [item] = items(world)
    assert (item.refusal, item.not_before, item.tries) == ("not_now_line", None, 0)


def test_danger_comes_first_then_severity_then_what_is_late_soonest(world: World) -> None:
    world.owe()
    normal = world.callback_id
    world.report(hazard_type="V1", caller_number="+66810000002")
    urgent = world.wish()
    world.report(danger=True, caller_number="+66810000003")
    danger = world.wish(window="now")
    world.later(24 * 3600)
    world.report(caller_number="+66810000004")
    later = world.wish()
    assert [one.callback.id for one in items(world)] == [danger, urgent, normal, later]
    assert [one.late for one in items(world)] == [True, True, False, False]


def test_the_list_holds_what_is_owed_and_nothing_else(world: World) -> None:
    world.owe()
    world.exhaust()
    world.report(caller_number="+66810000002")
    world.wish(answer="unanswered", window=None)
    world.report(caller_number="+66810000003")
    world.wish(world.call(ended=False))
    assert items(world) == []


def test_the_list_ends_where_it_is_told(world: World) -> None:
    world.operator()
    for number in range(2, 6):
        world.report(caller_number=f"+6681000000{number}")
        world.wish()
    assert len(items(world, limit=3)) == 3


def test_safety_rule_07_the_list_hides_what_somebody_must_not_know(world: World) -> None:
    world.owe()
    operator, barred = world.operator(2), world.operator(3)
    with transaction() as session:
        lead = select(Assignment).where(Assignment.case_id == world.case_id, Assignment.is_lead)
        session.scalars(lead).one().office_code = OFFICE
        session.add(CaseExclusion(case_id=world.case_id, staff_id=barred))
    assert seen_by(world, operator) == [world.callback_id]
    assert seen_by(world, barred) == []
    assert seen_by(world, operator, "supervisor") == []


@contextmanager
def counted(runtime: Runtime) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(runtime.engine, "before_cursor_execute", note)
    yield sent
    event.remove(runtime.engine, "before_cursor_execute", note)


def test_a_long_list_costs_as_many_queries_as_a_short_one(world: World, runtime: Runtime) -> None:
    world.owe()
    with counted(runtime) as short:
        items(world)
    for number in range(2, 9):
        world.report(caller_number=f"+6681000000{number}")
        world.wish()
    with counted(runtime) as long:
        assert len(items(world)) == 8
    assert len(long) == len(short)
