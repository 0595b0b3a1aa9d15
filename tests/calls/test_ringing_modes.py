"""An office whose people ring from their list: what rings by itself all the same, at what cost."""

from datetime import UTC, datetime, timedelta

import pytest

from calls.following import ringing_changed
from calls.models import Callback
from calls.policy import current_policy
from core.database import transaction
from tests.calls.callback_world import FRIDAY, OFFICE, World

POLICY = current_policy()
# The callbacks of a Friday are late when Monday's office hours end; the next ones begin on Tuesday.
LATE = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


@pytest.mark.backends("postgresql", "sqlite")
def test_an_ordinary_callback_waits_for_the_list(world: World) -> None:
    world.rings_from_list()
    world.owe()
    world.dial()
    assert world.exchange.rings == []
    assert (world.callback.state, world.callback.late_at) == ("due", LATE)
    assert world.callback.due_at == TUESDAY


def test_a_callback_of_the_list_costs_the_sweep_nothing_until_it_is_late(world: World) -> None:
    world.rings_from_list()
    world.owe()
    world.dial()
    version = world.callback.version
    while world.now < TUESDAY - timedelta(hours=2):
        world.later(3600)
        assert world.ripe() == []
    assert world.callback.version == version


def test_an_overdue_callback_rings_by_itself(world: World) -> None:
    world.rings_from_list()
    world.owe()
    world.dial()
    world.now = TUESDAY
    assert world.ripe() == [world.callback_id]
    world.dial()
    assert len(world.exchange.rings) == 1


@pytest.mark.parametrize(
    ("answers", "severity"),
    [({"hazard_type": "V1"}, "urgent"), ({"danger": True}, "emergency")],
)
def test_pressing_callbacks_ring_by_themselves(
    world: World, answers: dict[str, object], severity: str
) -> None:
    world.rings_from_list()
    world.owe(**answers)
    assert world.callback.severity == severity
    world.dial()
    assert len(world.exchange.rings) == 1


def test_who_is_marked_always_on_duty_is_rung_by_itself(world: World) -> None:
    world.rings_from_list()
    world.operator(2, always_on_duty=True)
    world.owe()
    world.dial()
    assert [ring["to"] for ring in world.exchange.rings] == ["+66810000102"]
    world.unanswered()
    world.dial()
    assert len(world.exchange.rings) == 1
    assert world.callback.due_at == world.now + timedelta(seconds=POLICY.round_pauses_s[0])


def test_headquarters_rings_by_itself_always(world: World) -> None:
    world.operator(5, office="HQ", on_call=True)
    world.report()
    world.wish(office_code="HQ")
    world.dial()
    assert len(world.exchange.rings) == 1


def test_an_operator_rings_from_the_list_and_what_nobody_took_goes_back_to_it(
    world: World,
) -> None:
    world.rings_from_list()
    world.owe()
    asker = world.operator(2)
    world.dial()
    world.ask_now(asker)
    world.dial()
    assert [ring["to"] for ring in world.exchange.rings] == ["+66810000102"]
    world.unanswered()
    world.dial()
    assert len(world.exchange.rings) == 1
    assert (world.callback.state, world.callback.due_at) == ("due", TUESDAY)


def test_a_caller_who_was_not_reached_goes_back_to_the_list(world: World) -> None:
    world.rings_from_list()
    world.owe()
    world.ask_now(world.operator(2))
    key, sid, _, _ = world.ring_caller()
    world.body(key, 2, sid, DialCallStatus="no-answer")
    world.status(key, sid, "completed")
    world.later(POLICY.spacing_s["normal"]["no_answer"])
    world.dial()
    assert len(world.exchange.rings) == 1
    assert (world.callback.state, world.callback.due_at) == ("retry", TUESDAY)


def test_an_office_that_rings_by_itself_again_rings_what_waited(world: World) -> None:
    world.rings_from_list()
    world.owe()
    world.dial()
    world.rings_from_list(ringing="automatic")
    with transaction() as session:
        ringing_changed(session, OFFICE, now=world.now)
    assert world.callback.due_at == FRIDAY
    world.dial()
    assert len(world.exchange.rings) == 1


def test_what_was_tried_keeps_its_spacing_when_the_office_rings_by_itself_again(
    world: World,
) -> None:
    world.rings_from_list()
    world.owe()
    world.ask_now(world.operator(2))
    key, sid, _, _ = world.ring_caller()
    world.body(key, 2, sid, DialCallStatus="machine")
    world.status(key, sid, "completed")
    next_try = world.callback.due_at
    with transaction() as session:
        session.get_one(Callback, world.callback_id).due_at = TUESDAY
    with transaction() as session:
        ringing_changed(session, OFFICE, now=world.now)
    assert next_try is not None
    assert world.callback.due_at == next_try
