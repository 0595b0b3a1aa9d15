"""Ringing the operator: claim, attempt, one request; faults are met without a second ring (P3)."""

from datetime import UTC, datetime, timedelta

import pytest

from calls import dialling, tasks
from calls.policy import current_policy
from cases.models import CaseExclusion
from core.database import transaction
from core.telephony import Busy, OutcomeUnknown, Refused
from tests.calls.callback_world import FRIDAY, OFFICE, World

POLICY = current_policy()
UNKNOWN_AFTER_S = POLICY.operator_ring_s + 5 + POLICY.unknown_wait_s


@pytest.mark.backends("postgresql", "sqlite")
def test_a_due_callback_rings_the_operator_once(world: World) -> None:
    world.owe()
    world.dial()
    world.dial()
    [ring] = world.exchange.rings
    [attempt] = world.attempts
    assert ring["to"] == "+66810000101"
    assert f"/ivr/leg/{attempt.operator_leg_key}/0#" in ring["url"]
    assert f"/ivr/leg-status/{attempt.operator_leg_key}#" in ring["status"]
    assert (attempt.number, attempt.state, attempt.outcome) == (1, "ringing", None)
    assert world.callback.state == "dialling_operator"
    assert world.leg(attempt.operator_leg_key).call_sid == ring["sid"]


def test_no_number_or_name_stands_in_an_address(world: World) -> None:
    """P8: URLs hold keys only."""
    world.owe()
    world.dial()
    [ring] = world.exchange.rings
    assert "810000" not in ring["url"] + ring["status"]


def test_operators_are_rung_in_turn_the_longest_unrung_first(world: World) -> None:
    world.operator(2)
    world.owe()
    called = []
    for _ in range(2):
        key, sid = world.ring_operator()
        called.append(world.exchange.rings[-1]["to"])
        world.status(key, sid, "no-answer")
    assert sorted(called) == ["+66810000101", "+66810000102"]
    assert [one.outcome for one in world.attempts] == ["operator_no_answer"] * 2
    assert [one.number for one in world.attempts] == [1, 2]
    assert world.callback.tries == 0


def test_when_all_were_rung_in_vain_the_next_round_waits_a_little(world: World) -> None:
    world.owe()
    for pause_s in POLICY.round_pauses_s[:3]:
        key, sid = world.ring_operator()
        world.status(key, sid, "no-answer")
        world.dial()
        assert world.callback.due_at == world.now + timedelta(seconds=pause_s)
        world.later(pause_s)
    assert len(world.exchange.rings) == 3


def test_nobody_on_duty_leaves_it_due_a_little_later(world: World) -> None:
    world.report()
    world.wish()
    world.dial()
    wait = timedelta(seconds=POLICY.nobody_on_duty_s["normal"])
    assert (world.callback.state, world.callback.due_at) == ("due", FRIDAY + wait)
    assert world.attempts == ()


def test_an_operator_on_the_phone_is_not_rung_for_another_callback(world: World) -> None:
    world.owe()
    world.dial()
    world.report(caller_number="+66810000002")
    world.wish()
    world.dial()
    assert len(world.exchange.rings) == 1
    assert world.callback.state == "due"


def test_two_callbacks_never_ring_one_line_together(world: World) -> None:
    world.operator(2)
    world.owe()
    world.dial()
    world.report()
    world.wish()
    world.dial()
    assert len(world.exchange.rings) == 1
    assert world.callback.due_at == FRIDAY + timedelta(seconds=POLICY.caller_ring_s)


def test_who_must_not_know_of_the_case_is_never_rung(world: World) -> None:
    """3a.7: an exclusion holds for the callback's operators too, by person and by office."""
    barred = world.operator(2)
    elsewhere = world.operator(3, office="ESA-9201")
    world.operator(3, office=OFFICE)
    world.report()
    world.wish()
    with transaction() as session:
        session.add(CaseExclusion(case_id=world.case_id, staff_id=barred))
        session.add(CaseExclusion(case_id=world.case_id, office_code="ESA-9201"))
    world.dial()
    assert elsewhere
    assert world.exchange.rings == []


def test_the_on_call_list_is_rung_at_headquarters_and_for_a_late_emergency(world: World) -> None:
    world.operator(5, office="HQ", on_call=True)
    world.report()
    world.wish(office_code="HQ")
    world.dial()
    assert [ring["to"] for ring in world.exchange.rings] == ["+66810000105"]
    world.status(world.attempts[-1].operator_leg_key, world.exchange.rings[-1]["sid"], "busy")
    world.report(danger=True, caller_number="+66810000003")
    world.wish(window="now")
    world.dial()
    assert world.attempts == ()
    world.later(301)
    world.dial()
    assert len(world.attempts) == 1


def test_an_emergency_after_hours_rings_the_on_call_list_until_somebody_answers(
    world: World,
) -> None:
    """A first ring in vain must not put it off until the office opens on Monday."""
    world.now = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
    world.operator(5, office="HQ", on_call=True)
    world.operator(6, office="HQ", on_call=True)
    world.report(danger=True)
    world.wish()
    world.later(300)
    world.dial()
    world.unanswered()
    assert world.callback.due_at == world.now
    world.dial()
    assert len({ring["to"] for ring in world.exchange.rings}) == 2


def test_a_callback_that_missed_its_hours_waits_for_the_next_ones(world: World) -> None:
    """A backlog must not ring after the caller's window has closed."""
    world.owe(said={"window": "08:00-12:00"})
    world.now = datetime(2026, 11, 20, 4, 59, tzinfo=UTC)
    world.dial()
    assert world.exchange.rings == []
    assert world.callback.due_at == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def test_a_provider_that_is_busy_is_asked_again_for_the_same_attempt(world: World) -> None:
    """F29: 429 was never processed; no new attempt, one ring in the end."""
    world.exchange.faults = [Busy("429"), Busy("429")]
    world.owe()
    world.dial()
    world.run_until_quiet(30, step=1)
    assert len(world.exchange.rings) == 1
    [attempt] = world.attempts
    assert (attempt.number, attempt.state, attempt.busy) == (1, "ringing", 2)


def test_a_provider_that_stays_busy_is_given_up_visibly(world: World) -> None:
    world.exchange.faults = [Busy("429")] * (POLICY.max_busy + 1)
    world.owe()
    world.dial()
    world.run_until_quiet(1200, step=5)
    assert world.attempts[0].outcome == "failed"
    assert world.exchange.rings == []


def test_a_refusal_fails_the_attempt_visibly_and_is_not_repeated_for_ever(world: World) -> None:
    """F34: each refusal is an attempt of its own; a few in a row make a person's decision."""
    head = world.operator(2, role="head_operator")
    world.exchange.faults = [Refused("400")] * 20
    world.owe()
    for _ in range(20):
        world.dial()
        world.later(900)
    assert [one.outcome for one in world.attempts] == ["failed"] * POLICY.max_refusals
    assert (world.callback.state, world.callback.reason) == ("decision", "provider_refused")
    assert ("callback_failed", head, None) in world.notices()
    assert ("callback_decision", head, None) in world.notices()


def test_an_unknown_answer_that_did_ring_is_found_and_adopted(world: World) -> None:
    """F30: 500 after accepting."""
    world.exchange.faults = [(OutcomeUnknown("500"), True)]
    world.owe()
    world.dial()
    world.later(UNKNOWN_AFTER_S - 1)
    assert world.check() == 0
    world.later(1)
    assert world.check() == 1
    [attempt] = world.attempts
    assert attempt.state == "ringing"
    assert world.leg(attempt.operator_leg_key).call_sid == world.exchange.rings[0]["sid"]
    assert len(world.exchange.rings) == 1


def test_an_unknown_answer_that_never_rang_is_looked_for_three_times_before_a_new_attempt(
    world: World,
) -> None:
    """F31: 500 before accepting."""
    world.exchange.faults = [(OutcomeUnknown("500"), False)]
    world.owe()
    world.dial()
    world.later(UNKNOWN_AFTER_S)
    for look in range(1, POLICY.max_looks + 1):
        assert world.attempts[0].outcome is None
        assert world.check() == 1
        assert world.exchange.looks == look
        world.later(POLICY.look_every_s)
    assert world.attempts[0].outcome == "unknown"
    world.later(60)
    world.dial()
    world.dial()
    assert world.callback.state in ("due", "dialling_operator")
    world.later(60)
    world.dial()
    assert [one.number for one in world.attempts] == [1, 2]
    assert len(world.exchange.rings) == 1


def test_the_legs_own_webhook_settles_an_unknown_answer(world: World) -> None:
    world.exchange.faults = [(OutcomeUnknown("timeout"), True)]
    world.owe()
    world.dial()
    key, sid = world.attempts[0].operator_leg_key, world.exchange.rings[0]["sid"]
    world.status(key, sid, "ringing")
    world.status(key, sid, "no-answer")
    assert world.attempts[0].outcome == "operator_no_answer"
    assert world.exchange.looks == 0


def test_a_worker_that_slept_through_its_lease_does_not_ring(world: World) -> None:
    """F08: the lease is checked again just before the request."""
    world.owe()
    with transaction() as session:
        token = dialling.claim(session, world.callback_id, POLICY, now=world.now)
        assert token is not None
        ring = dialling.prepare_ring(session, world.callback_id, token, POLICY, now=world.now)
    assert ring is not None
    world.later(POLICY.lease_s)
    tasks.ask(ring, POLICY, now=world.clock, telephony=lambda _account: world.exchange)
    assert world.exchange.rings == []
    assert world.attempts[0].state == "asking"


def test_a_claim_that_nobody_finished_may_be_taken_over(world: World) -> None:
    world.owe()
    with transaction() as session:
        assert dialling.claim(session, world.callback_id, POLICY, now=world.now)
    with transaction() as session:
        assert dialling.claim(session, world.callback_id, POLICY, now=world.now) is None
    world.later(POLICY.lease_s + 1)
    assert world.ripe() == [world.callback_id]
    world.dial()
    assert len(world.exchange.rings) == 1


def test_a_ring_that_nobody_reports_on_is_closed_by_asking(world: World) -> None:
    """F35: every webhook is lost; the provider knows that nobody picked up."""
    world.owe()
    _, sid = world.ring_operator()
    world.exchange.becomes(sid, "no-answer")
    world.later(UNKNOWN_AFTER_S)
    world.check()
    assert world.attempts[0].outcome == "operator_no_answer"
    world.run_until_quiet(200)
    assert world.attempts[0].check_at is None
    assert world.leg(world.attempts[0].operator_leg_key).state == "ended"


def test_danger_is_dialled_first_then_by_severity(world: World) -> None:
    world.report()
    normal = world.wish()
    world.report(hazard_type="V1", caller_number="+66810000002")
    urgent = world.wish()
    world.report(danger=True, caller_number="+66810000003")
    danger = world.wish(window="now")
    world.later(1)
    assert world.ripe() == [danger, urgent, normal]
