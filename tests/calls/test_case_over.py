"""Nobody is rung for a case that was closed or put aside: a person decides about the call."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from calls.decisions import choices, facts_of
from calls.models import Callback
from calls.policy import current_policy
from cases.models import Case
from cases.states import OVER, SETTLED
from core.database import reading, transaction
from tests.calls.callback_world import OFFICE, World


def becomes(world: World, status: str) -> None:
    """The case has this status now."""
    with transaction() as session:
        session.execute(update(Case).where(Case.id == world.case_id).values(status=status))


def offered(world: World) -> tuple[str, ...]:
    """What the page would offer."""
    with reading() as session:
        callback = session.get_one(Callback, world.callback_id)
        return choices(callback, facts_of(session, callback))


@pytest.mark.backends("postgresql", "sqlite")
@pytest.mark.parametrize("status", sorted(SETTLED))
def test_a_callback_of_a_case_that_is_over_rings_nobody(world: World, status: str) -> None:
    head = world.operator(2, role="head_operator")
    world.owe()
    becomes(world, status)
    world.dial()
    callback = world.callback
    assert (world.exchange.rings, world.attempts) == ([], ())
    assert (callback.state, callback.reason, callback.due_at) == ("decision", "case_over", None)
    period = timedelta(seconds=current_policy().escalate_every_s["normal"])
    assert (callback.escalation, callback.escalate_at) == (0, world.now + period)
    assert world.notices() == [("callback_decision", head, None)]
    assert world.timeline()[-1] == "callback_decision"
    world.later(24 * 3600)
    assert world.ripe() == []


@pytest.mark.parametrize("status", sorted(OVER - SETTLED))
def test_who_wished_a_call_is_called_though_the_case_was_referred_or_nobody_reached(
    world: World, status: str
) -> None:
    world.operator(2)
    world.owe()
    becomes(world, status)
    world.dial()
    assert (len(world.exchange.rings), world.callback.state) == (1, "dialling_operator")


def test_an_operator_who_asks_for_it_is_not_rung_either(world: World) -> None:
    world.owe()
    becomes(world, "closed")
    world.ask_now(world.operator(2))
    world.dial()
    assert world.exchange.rings == []
    assert (world.callback.reason, world.callback.wanted_staff_id) == ("case_over", None)


def test_a_case_that_is_closed_while_the_operator_is_rung_rings_no_caller(world: World) -> None:
    world.owe()
    key, sid = world.ring_operator()
    becomes(world, "closed")
    world.body(key, 0, sid)
    said = world.document(key, 1, sid, Digits="1")
    assert [verb.tag for verb in said] == ["Say", "Hangup"]
    assert world.attempts[0].caller_rung_at is None
    world.status(key, sid, "completed")
    world.dial()
    assert (world.callback.state, world.callback.reason) == ("decision", "case_over")
    assert len(world.exchange.rings) == 1


def test_a_ring_is_offered_once_the_case_is_open_again(world: World) -> None:
    world.owe()
    becomes(world, "not_a_case")
    world.dial()
    assert offered(world) == ("other_way", "no_call")
    becomes(world, "checking")
    assert offered(world) == ("ring", "ring_in_window", "other_way", "no_call")
    world.decide("ring", staff_id=world.operator(2), words=None)
    world.dial()
    assert len(world.exchange.rings) == 1


def test_a_line_that_said_stop_has_the_last_word(world: World) -> None:
    """The case is over and the line wants no call: opening the case again changes nothing."""
    world.owe()
    callback_id, case_id = world.callback_id, world.case_id
    world.report()
    world.wish()
    _, _, caller, sid = world.ring_caller()
    world.body(caller, 0, sid, AnsweredBy="human")
    world.body(caller, 1, sid, Digits="9")
    world.callback_id, world.case_id = callback_id, case_id
    assert (world.callback.state, world.callback.office_code) == ("stopped", OFFICE)
    becomes(world, "closed")
    becomes(world, "checking")
    assert offered(world) == ("other_way", "no_call")
