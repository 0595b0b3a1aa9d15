"""How attempts end: each outcome's next step, lost webhooks, lateness."""

from datetime import timedelta

import pytest

from calls.escalation import escalate_late
from calls.policy import current_policy
from cases.deadlines import next_opening
from core.database import transaction
from tests.calls.callback_world import FRIDAY, World
from tests.calls.exchange import new_sid

POLICY = current_policy()
NORMAL = POLICY.spacing_s["normal"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("busy", "busy"),
        ("no-answer", "no_answer"),
        ("failed", "failed"),
        ("canceled", "no_answer"),
        ("completed", "no_answer"),
    ],
)
def test_the_dials_report_ends_the_try_with_its_own_spacing(
    world: World, status: str, outcome: str
) -> None:
    world.owe()
    operator, sid, _, _ = world.ring_caller()
    said = world.document(operator, 2, sid, DialCallStatus=status, DialBridged="false")
    assert [verb.tag for verb in said] == ["Say", "Hangup"]
    callback = world.callback
    assert (world.attempts[0].outcome, callback.state, callback.tries) == (outcome, "retry", 1)
    assert callback.due_at == world.now + timedelta(seconds=NORMAL[outcome])


def test_three_tries_then_a_person_decides(world: World) -> None:
    head = world.operator(2, role="head_operator")
    world.owe()
    for _ in range(POLICY.max_tries):
        operator, sid, _, _ = world.ring_caller()
        world.body(operator, 2, sid, DialCallStatus="no-answer")
        world.status(operator, sid, "completed")
        world.later(NORMAL["no_answer"])
    callback = world.callback
    assert (callback.state, callback.tries, callback.due_at) == ("exhausted", 3, None)
    assert ("callback_exhausted", head, None) in world.notices()
    assert world.ripe() == []


def test_a_line_is_rung_three_times_a_day_at_most(world: World) -> None:
    """Two callbacks of one line share the bound; what is left waits for the next working day."""
    world.owe()
    for _ in range(2):
        operator, sid, _, _ = world.ring_caller()
        world.body(operator, 2, sid, DialCallStatus="busy")
        world.status(operator, sid, "completed")
        world.later(NORMAL["busy"])
    world.report()
    world.wish()
    operator, sid, _, _ = world.ring_caller()
    world.body(operator, 2, sid, DialCallStatus="busy")
    world.status(operator, sid, "completed")
    world.later(NORMAL["busy"])
    rings = len(world.exchange.rings)
    world.dial()
    assert len(world.exchange.rings) == rings
    assert world.callback.due_at is not None
    assert world.callback.due_at - FRIDAY > timedelta(days=2)


def test_a_conversation_whose_last_word_was_lost_is_closed_as_reached(world: World) -> None:
    world.owe()
    operator, operator_sid, leg, sid = world.ring_caller()
    world.body(leg, 0, sid, AnsweredBy="human")
    world.body(leg, 1, sid, Digits="1")
    for key, call in ((leg, sid), (operator, operator_sid)):
        world.status(key, call, "completed")
    assert world.attempts[0].outcome is None
    world.later(POLICY.grace_s)
    world.check()
    assert (world.attempts[0].outcome, world.callback.state) == ("reached", "done")


def test_a_conversation_that_goes_on_is_left_alone(world: World) -> None:
    world.owe()
    _, operator_sid, leg, sid = world.ring_caller()
    world.body(leg, 0, sid, AnsweredBy="human")
    world.body(leg, 1, sid, Digits="1")
    world.exchange.becomes(operator_sid, "in-progress")
    world.run_until_quiet(1800, step=60)
    assert world.callback.state == "connected"
    assert world.exchange.looks <= 1 + 1800 // POLICY.talk_check_s


def test_with_every_webhook_lost_after_the_accept_the_provider_is_asked(world: World) -> None:
    """F35: the caller's leg is found by its number, and counts as a try."""
    world.owe()
    operator, operator_sid, key, _ = world.ring_caller()
    child = new_sid()
    world.exchange.becomes(child, "busy", "outbound-dial")
    world.exchange.becomes(operator_sid, "completed")
    world.run_until_quiet(400)
    assert world.leg(key).call_sid == child
    assert world.attempts[0].outcome == "busy"
    assert (world.callback.state, world.callback.tries) == ("retry", 1)
    assert {world.leg(operator).state, world.leg(key).state} == {"ended"}


def test_a_caller_leg_that_nobody_knows_counts_as_a_try(world: World) -> None:
    """The caller's phone may have rung: never one ring too many."""
    world.owe()
    _, operator_sid, _, _ = world.ring_caller()
    world.exchange.becomes(operator_sid, "completed")
    world.run_until_quiet(400)
    assert world.attempts[0].outcome == "unknown"
    assert (world.callback.state, world.callback.tries) == ("retry", 1)


def test_a_call_of_somebody_else_is_never_adopted(world: World) -> None:
    world.owe()
    first, first_sid = world.ring_operator()
    world.status(first, first_sid, "no-answer")
    world.later(60)
    world.dial()
    world.later(31)
    key, _ = world.ring_operator()
    assert world.leg(key).call_sid != first_sid


def test_an_attempt_that_is_over_does_not_speak_when_its_phone_is_picked_up_late(
    world: World,
) -> None:
    world.owe()
    key, sid = world.ring_operator()
    world.status(key, sid, "no-answer")
    late = world.document(key, 0, sid)
    assert [verb.tag for verb in late] == ["Hangup"]


def test_lateness_climbs_from_the_head_to_the_office_above_to_the_on_call_list(
    world: World,
) -> None:
    head = world.operator(2, role="head_operator")
    on_call = world.operator(3, office="HQ", on_call=True)
    world.report()
    world.wish()
    assert _escalate(world) == 0
    world.now = world.callback.late_at
    for _ in range(3):
        assert _escalate(world) == 1
        world.now = world.callback.escalate_at or world.now
    told = world.notices()
    assert [one[0] for one in told] == [
        "callback_late_head",
        "callback_late_parent",
        "callback_late_on_call",
    ]
    assert (told[0][1], told[2][1]) == (head, on_call)
    assert told[1][2] not in (None, world.callback.office_code)


def test_the_last_level_hears_again_of_a_late_callback_on_every_working_day(world: World) -> None:
    on_call = world.operator(1, office="HQ", on_call=True)
    world.owe()
    for _ in range(6):
        world.now = world.callback.escalate_at or world.now
        _escalate(world)
        _escalate(world)
    again = [one for one in world.notices() if one[0] == "callback_late_on_call"]
    assert [one[1] for one in again] == [on_call] * 4
    assert world.callback.escalate_at == next_opening(world.now)


def test_a_decision_that_nobody_takes_climbs_too(world: World) -> None:
    world.report()
    world.wish(answer="unanswered")
    world.now = world.callback.late_at
    assert _escalate(world) == 1


def _escalate(world: World) -> int:
    with transaction() as session:
        return escalate_late(session, POLICY, now=world.now)
