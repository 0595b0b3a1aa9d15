"""A case goes to another office, and the callbacks that are owed go with it."""

from datetime import timedelta

import pytest

from calls.dialling import claim, prepare_ring
from calls.policy import current_policy
from calls.services import follow_case
from core.database import transaction
from tests.calls.callback_world import FRIDAY, OFFICE, World

POLICY = current_policy()
THERE = "ESA-9201"
PHONE_1, PHONE_2 = "+66810000101", "+66810000102"


def follow(world: World, office: str = THERE) -> None:
    """The new office has accepted the case."""
    with transaction() as session:
        follow_case(session, world.case_id, office, now=world.now)


@pytest.mark.backends("postgresql", "sqlite")
def test_a_waiting_callback_rings_the_new_office(world: World) -> None:
    world.operator(2, office=THERE)
    world.owe()
    follow(world)
    assert (world.callback.office_code, world.callback.due_at) == (THERE, FRIDAY)
    world.dial()
    assert [ring["to"] for ring in world.exchange.rings] == [PHONE_2]


def test_a_callback_that_is_being_dialled_follows_when_its_attempt_is_over(world: World) -> None:
    world.operator(2, office=THERE)
    world.owe()
    operator, operator_sid, caller, sid = world.ring_caller()
    follow(world)
    assert world.callback.state == "dialling_caller"
    world.body(caller, 0, sid, AnsweredBy="human")
    world.body(operator, 2, operator_sid, DialCallStatus="no-answer")
    world.status(operator, operator_sid, "completed")
    assert (world.attempts[0].outcome, world.callback.state) == ("no_answer", "retry")
    world.later(POLICY.spacing_s["normal"]["no_answer"])
    world.dial()
    assert [ring["to"] for ring in world.exchange.rings] == [PHONE_1, PHONE_2]


def test_a_conversation_goes_on_when_the_case_leaves(world: World) -> None:
    world.owe()
    operator, operator_sid, caller, sid = world.ring_caller()
    world.body(caller, 0, sid, AnsweredBy="human")
    world.body(caller, 1, sid, Digits="1")
    follow(world)
    world.body(operator, 2, operator_sid, DialCallStatus="completed", DialBridged="true")
    assert (world.attempts[0].outcome, world.callback.state) == ("reached", "done")


def test_a_callback_that_was_taken_and_not_yet_dialled_rings_the_new_office(world: World) -> None:
    world.operator(2, office=THERE)
    world.owe()
    with transaction() as session:
        token = claim(session, world.callback_id, POLICY, now=world.now)
    follow(world)
    assert token is not None
    with transaction() as session:
        ring = prepare_ring(session, world.callback_id, token, POLICY, now=world.now)
    assert ring is not None
    assert ring.to == PHONE_2


def test_a_wish_to_be_rung_stays_behind(world: World) -> None:
    world.operator(2, office=THERE)
    world.owe()
    world.ask_now(world.operator(3))
    follow(world)
    world.dial()
    assert [ring["to"] for ring in world.exchange.rings] == [PHONE_2]


def test_a_try_keeps_its_spacing_at_the_new_office(world: World) -> None:
    world.operator(2, office=THERE)
    world.owe()
    key, sid, _, _ = world.ring_caller()
    world.body(key, 2, sid, DialCallStatus="busy")
    world.status(key, sid, "completed")
    next_try = world.callback.due_at
    world.later(60)
    follow(world)
    assert next_try == FRIDAY + timedelta(seconds=POLICY.spacing_s["normal"]["busy"])
    assert world.callback.due_at == next_try


def test_going_on_never_makes_a_callback_later_than_was_promised(world: World) -> None:
    world.owe(hazard_type="V1")
    promised = world.callback.late_at
    world.later(3 * 3600)
    world.escalate()
    follow(world)
    assert world.callback.late_at == promised
    assert (world.callback.escalation, world.callback.escalate_at) == (0, world.now)


def test_a_decision_is_told_to_the_new_offices_heads(world: World) -> None:
    head = world.operator(2, office=THERE, role="head_operator")
    world.owe(said={"answer": "unanswered", "window": None})
    world.escalate()
    follow(world)
    assert ("callback_decision", head, None) in world.notices()
    assert world.callback.escalation == 0
    assert world.callback.escalate_at == world.now + timedelta(
        seconds=POLICY.escalate_every_s["normal"]
    )


def test_what_is_over_or_decided_stays_where_it_was(world: World) -> None:
    world.owe()
    world.exhaust()
    world.decide("other_way", staff_id=world.operator(2))
    follow(world)
    callback = world.callback
    assert (callback.office_code, callback.escalate_at, callback.state) == (
        OFFICE,
        None,
        "exhausted",
    )


def test_following_twice_changes_nothing(world: World) -> None:
    world.owe()
    follow(world)
    before = world.callback
    world.later(60)
    follow(world)
    assert world.callback.version == before.version
