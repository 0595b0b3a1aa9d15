"""A case becomes graver when callbacks are owed for it: they hurry, and none comes later."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from calls.call_rules import rings_by_itself
from calls.climbing_rules import levels_joined
from calls.hastening import hasten_callbacks, shorten_callbacks
from calls.policy import current_policy
from cases.models import Case
from core.database import transaction
from tests.calls.callback_world import FRIDAY, World
from tests.calls.test_callback_deadlines import MINUTE, kept

pytestmark = pytest.mark.backends("postgresql", "sqlite")
POLICY = current_policy()
LATE = 5 * MINUTE
AGAIN = timedelta(seconds=POLICY.escalate_every_s["emergency"])


def hasten(world: World, severity: str = "emergency") -> None:
    """The caller has told of danger."""
    with transaction() as session:
        hasten_callbacks(session, world.case_id, severity, now=world.now)


def test_a_waiting_callback_is_late_climbs_and_rings_as_in_an_emergency(world: World) -> None:
    world.owe()
    place = world.callback.place
    world.later(600)
    hasten(world)
    callback = world.callback
    assert callback.severity == "emergency"
    assert callback.late_at == callback.escalate_at == world.now + LATE
    assert callback.place < place
    late_at = callback.late_at
    assert levels_joined("emergency", late_at, POLICY.climb_s, late_at) != ()
    assert rings_by_itself("work_list", callback.severity, is_late=False)


def test_an_office_that_rings_from_its_list_is_rung_at_once(world: World) -> None:
    world.owe()
    world.rings_from_list()
    world.dial()
    assert world.exchange.rings == []
    assert world.callback.due_at is not None
    assert world.callback.due_at >= world.callback.late_at
    hasten(world)
    assert world.callback.due_at == world.now
    world.dial()
    assert len(world.exchange.rings) == 1


def test_the_window_that_the_caller_chose_stays(world: World) -> None:
    world.owe(said={"window": "15:00-18:00"})
    afternoon = FRIDAY + timedelta(hours=5)
    hasten(world)
    callback = world.callback
    assert (callback.window_start, callback.window_end) == ("15:00", "18:00")
    assert (callback.due_at, callback.late_at) == (afternoon, afternoon + LATE)


def test_a_try_that_goes_on_goes_on(world: World) -> None:
    world.owe()
    world.ring_caller()
    hasten(world)
    assert (world.callback.state, world.callback.severity) == ("dialling_caller", "emergency")
    assert world.callback.late_at == world.now + LATE


def test_a_decision_that_nobody_has_taken_climbs_sooner(world: World) -> None:
    world.owe(said={"answer": "unanswered", "window": None})
    world.later(60)
    hasten(world)
    assert (world.callback.state, world.callback.consent) == ("decision", False)
    assert world.callback.severity == "emergency"
    assert world.callback.escalate_at == world.now + AGAIN


def test_what_is_late_already_is_told_of_again_soon_and_not_put_off(world: World) -> None:
    world.owe(hazard_type="V1")
    late_at = world.callback.late_at
    world.later(3600)
    world.escalate()
    hasten(world)
    assert (world.callback.late_at, world.callback.escalation) == (late_at, 1)
    assert world.callback.escalate_at == world.now + AGAIN


def test_what_is_decided_or_over_stays(world: World) -> None:
    world.owe()
    world.exhaust()
    world.decide("other_way", staff_id=world.operator(2))
    hasten(world)
    assert world.callback.severity == "normal"


@pytest.mark.parametrize("severity", ["normal", "urgent", "emergency"])
def test_nothing_becomes_less_grave(world: World, severity: str) -> None:
    world.owe(danger=True)
    before = world.callback
    world.later(60)
    hasten(world, severity)
    after = world.callback
    assert (after.severity, after.late_at, after.version) == (
        "emergency",
        before.late_at,
        before.version,
    )


def of_type(world: World, hazard: str) -> None:
    """Somebody has put the type of the case right."""
    with transaction() as session:
        values = {"hazard_group": hazard[0], "hazard_type": hazard}
        session.execute(update(Case).where(Case.id == world.case_id).values(**values))
        shorten_callbacks(session, world.case_id, now=world.now)


def test_a_rule_for_the_new_type_holds_for_what_is_owed_from_now_on(world: World) -> None:
    world.owe(hazard_type="V2")
    kept("normal", 30, hazard="V3")
    world.later(60)
    before = world.callback
    of_type(world, "V3")
    after = world.callback
    assert after.late_at == after.escalate_at == world.now + 30 * MINUTE
    assert (after.severity, after.place) == (before.severity, before.place)


def test_an_office_that_rings_from_its_list_is_rung_by_the_new_type_s_time(world: World) -> None:
    world.owe(hazard_type="V2")
    world.rings_from_list()
    world.dial()
    put_off = world.callback.due_at
    kept("normal", 30, hazard="V3")
    of_type(world, "V3")
    due_at = world.callback.due_at
    assert put_off is not None
    assert due_at is not None
    assert due_at < put_off


@pytest.mark.parametrize(("minutes", "hazard"), [(30, "V4"), (60 * 24 * 20, "V3")])
def test_another_type_never_makes_it_later(minutes: int, hazard: str, world: World) -> None:
    """Neither a rule for yet another type nor a longer one changes anything."""
    world.owe(hazard_type="V2")
    before = world.callback
    kept("normal", minutes, hazard=hazard)
    world.later(60)
    of_type(world, "V3")
    after = world.callback
    assert (after.late_at, after.escalate_at, after.version) == (
        before.late_at,
        before.escalate_at,
        before.version,
    )


def test_what_is_late_already_is_not_put_off_by_another_type(world: World) -> None:
    world.owe(hazard_type="V1")
    late_at = world.callback.late_at
    world.later(3600)
    world.escalate()
    told_at = world.callback.escalate_at
    kept("urgent", 30, hazard="V8")
    of_type(world, "V8")
    assert (world.callback.late_at, world.callback.escalate_at) == (late_at, told_at)
