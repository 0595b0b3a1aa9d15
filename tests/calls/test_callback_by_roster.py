"""A callback's first moment is when somebody of the office is really there."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from agents.models import Notice
from calls.services import follow_case
from core.database import reading, transaction
from tests.agents.roster_people import at, leave, on
from tests.calls.callback_world import OFFICE, World

MONDAY = date(2026, 11, 23)


def owed(world: World, window: str = "08:00-20:00") -> datetime | None:
    """When a callback that is asked for now is due."""
    world.report()
    world.wish(window=window)
    return world.callback.due_at


@pytest.mark.backends("postgresql", "sqlite")
def test_it_waits_for_the_shift(world: World) -> None:
    on(world.operator(), "17:00", "21:00")
    assert owed(world) == at("17:00")


def test_a_shift_outside_office_hours_is_used_within_the_callers_window(world: World) -> None:
    on(world.operator(), "17:00", "21:00")
    assert owed(world, "18:00-20:00") == at("18:00")


def test_with_everybody_on_leave_it_waits_until_somebody_is_back(world: World) -> None:
    leave(world.operator())
    assert owed(world) == at("08:30", MONDAY)


def test_who_has_no_phone_is_not_waited_for(world: World) -> None:
    on(world.operator(), "17:00", "21:00")
    on(world.operator(2, phone=None), "13:00", "16:00")
    assert owed(world) == at("17:00")


def test_shifts_that_never_meet_the_callers_window_leave_the_offices_hours(world: World) -> None:
    on(world.operator(), "20:00", "23:00", weekday=5, valid_to=None)
    assert owed(world) == at("10:00")


def test_after_the_last_day_of_a_roster_the_offices_hours_count(world: World) -> None:
    on(world.operator(), "20:00", "23:00")
    assert owed(world) == at("08:30", MONDAY)


def told(world: World) -> list[tuple[int | None, str | None]]:
    """Who was told that nobody is there in time."""
    columns = select(Notice.recipient_staff_id, Notice.office_code)
    wanted = columns.where(Notice.template == "callback_unattended", Notice.state == "owed")
    with reading() as session:
        return [(row[0], row[1]) for row in session.execute(wanted.order_by(Notice.id))]


def asked(world: World, window: str = "17:00-20:00", **answers: object) -> None:
    """A caller asks for a call in these hours, and hangs up."""
    world.report(**answers)
    sid = world.call(ended=False)
    world.wish(sid, window=window)
    assert told(world) == []
    world.end_call(sid)


def test_an_evening_that_nobody_works_is_told_to_the_heads_when_the_call_ends(world: World) -> None:
    world.operator()
    boss = world.operator(2, role="head_operator", phone=None)
    asked(world)
    assert (world.callback.state, world.callback.reason) == ("due", "nobody_there")
    assert world.callback.due_at == at("17:00")
    world.end_call(world.callback.call_sid)
    assert told(world) == [(boss, None)]
    # The deadline climbs beside it, from the first level on.
    assert (world.callback.escalation, world.callback.escalate_at) == (0, world.callback.late_at)


def test_an_office_without_heads_has_those_above_told_and_who_gets_the_case_is_told_anew(
    world: World,
) -> None:
    world.operator()
    above = world.operator(2, "OBEC", role="head_operator")
    other = world.operator(3, "ESA-9201", role="head_operator", phone=None)
    asked(world)
    assert told(world) == [(above, None)]
    with transaction() as session:
        follow_case(session, world.case_id, "ESA-9201", now=world.now)
    assert told(world) == [(other, None)]
    on(world.operator(4), "17:00", "21:00")
    with transaction() as session:
        follow_case(session, world.case_id, OFFICE, now=world.now)
    assert world.callback.reason is None


@pytest.mark.parametrize("severity", ["urgent", "emergency"])
def test_what_rings_others_before_it_is_late_is_told_by_ringing(
    severity: str, world: World
) -> None:
    world.operator()
    world.operator(2, role="head_operator")
    asked(world, hazard_type="V1", danger=severity == "emergency")
    assert world.callback.severity == severity
    assert told(world) == []


def test_somebody_on_duty_in_time_is_enough(world: World) -> None:
    on(world.operator(), "17:00", "21:00")
    asked(world)
    assert (world.callback.reason, told(world)) == (None, [])


def test_who_was_to_come_and_is_on_leave_by_then_is_missed_when_it_falls_due(world: World) -> None:
    person, boss = world.operator(), world.operator(2, role="head_operator", phone=None)
    on(person, "17:00", "21:00")
    asked(world)
    leave(person)
    world.now = at("17:00")
    for _ in range(2):
        world.dial()
        world.later(60)
    assert (world.callback.state, world.callback.reason) == ("due", "nobody_there")
    assert told(world) == [(boss, None)]
