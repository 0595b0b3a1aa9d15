"""Ringing head operators for an approval: one after another, each once a round, nobody twice."""

from datetime import timedelta

import pytest

from calls import approvals, tasks
from calls.approval_calls import APPROVALS
from calls.approval_rules import RANKS
from calls.policy import current_policy
from calls.ring_rules import outcome_of, outranks
from cases.models import CaseExclusion
from core.database import transaction
from core.runtime import Runtime
from core.telephony import Busy, OutcomeUnknown, Refused, ShutOut
from tests.calls.approval_world import (
    ASKER,
    DEPUTY,
    FIRST,
    SECOND,
    ApprovalWorld,
    phone_of,
)

POLICY = current_policy()
UNKNOWN_AFTER_S = POLICY.operator_ring_s + 5 + POLICY.unknown_wait_s
TRANG = "ESA-9202"


@pytest.fixture
def world(runtime: Runtime) -> ApprovalWorld:
    """Nobody on duty, nothing asked yet, Friday morning."""
    return ApprovalWorld()


@pytest.mark.backends("postgresql", "sqlite")
def test_an_emergency_rings_a_head_operator_once(world: ApprovalWorld) -> None:
    world.ask(FIRST)
    world.ring()
    world.ring()
    [ring] = world.exchange.rings
    [call] = world.calls
    assert ring["to"] == phone_of(FIRST)
    assert f"/ivr/leg/{call.leg_key}/0#" in ring["url"]
    assert f"/ivr/leg-status/{call.leg_key}#" in ring["status"]
    assert (call.staff_id, call.round, call.state) == (world.people[FIRST], 0, "ringing")
    leg = world.leg(call.leg_key)
    assert (leg.kind, leg.call_sid, leg.staff_id) == ("approval", ring["sid"], call.staff_id)


def test_no_number_name_or_word_stands_in_an_address(world: ApprovalWorld) -> None:
    """P8: URLs hold keys only."""
    world.ask(FIRST)
    world.ring()
    [ring] = world.exchange.rings
    assert "810000" not in ring["url"] + ring["status"]


def test_an_ordinary_request_rings_only_when_somebody_asks_for_it(world: ApprovalWorld) -> None:
    world.ask(FIRST, danger=False)
    assert world.sweep() == 0
    assert world.ring_now()
    world.sweep()
    assert world.rung == [FIRST]


def test_heads_come_first_then_the_deputy_and_then_nobody(world: ApprovalWorld) -> None:
    world.head(DEPUTY, deputy=True)
    world.ask(FIRST, SECOND)
    for _ in range(4):
        world.sweep()
        if world.calls[-1].outcome is None:
            world.status(world.calls[-1].leg_key, world.exchange.rings[-1]["sid"], "no-answer")
    assert world.rung == [FIRST, SECOND, DEPUTY]
    assert world.outcomes == ["no_answer"] * 3
    assert world.handover.ring_at is None
    assert world.handover.state == "requested"


def test_a_new_round_may_ring_everybody_again_once(world: ApprovalWorld) -> None:
    world.ask(FIRST)
    for _ in range(2):
        world.sweep()
        world.status(world.calls[-1].leg_key, world.exchange.rings[-1]["sid"], "busy")
        world.sweep()
        world.sweep()
        world.later(1)
        world.ring_now()
    assert world.rung == [FIRST, FIRST]
    assert [call.round for call in world.calls] == [0, 1]


def test_nobody_is_rung_while_another_approver_is(world: ApprovalWorld) -> None:
    world.ask(FIRST, SECOND)
    world.ring()
    world.ring_now()
    world.ring()
    assert world.rung == [FIRST]
    world.status(world.calls[0].leg_key, world.exchange.rings[0]["sid"], "no-answer")
    world.ring()
    assert len(world.rung) == 2


def test_neither_the_asker_nor_whoever_may_not_know_is_rung(world: ApprovalWorld) -> None:
    """3a.7, 3a.10: a head's own request goes above, an exclusion holds on the telephone too."""
    world.head(FIRST)
    world.ask(SECOND)
    with transaction() as session:
        session.add(CaseExclusion(case_id=world.case_id, staff_id=world.people[FIRST]))
    world.sweep()
    assert world.rung == [SECOND]
    assert phone_of(ASKER) not in [ring["to"] for ring in world.exchange.rings]


def test_a_head_on_the_phone_is_waited_for(world: ApprovalWorld) -> None:
    world.ask(FIRST)
    first = world.handover_id
    world.ring()
    world.ask(FIRST)
    world.ring()
    assert world.handover.ring_at == world.now + timedelta(seconds=POLICY.all_talking_s)
    world.status(world.calls[0].leg_key, world.exchange.rings[0]["sid"], "no-answer")
    world.later(POLICY.all_talking_s)
    world.ring()
    assert world.rung == [FIRST, FIRST]
    assert {call.handover_id for call in world.calls} == {first, world.handover_id}


def test_a_number_that_may_not_be_dialled_is_never_rung(world: ApprovalWorld) -> None:
    world.ask(FIRST)
    world.change(FIRST, phone="+19005551234")
    world.sweep()
    assert world.rung == []
    assert world.handover.ring_at is None


@pytest.mark.parametrize("by", ["approve_on_the_page", "reject_on_the_page", "revoke"])
def test_what_was_decided_by_then_rings_nobody(world: ApprovalWorld, by: str) -> None:
    world.ask(FIRST)
    act = getattr(world, by)
    act() if by == "revoke" else act(FIRST)
    assert world.sweep() == 0
    world.ring()
    assert world.rung == []


def test_a_decision_between_claim_and_request_stops_the_ring(world: ApprovalWorld) -> None:
    """The hand-over is looked at again just before the request."""
    world.ask(FIRST)
    with transaction() as session:
        until = approvals.claim(session, world.handover_id, POLICY, now=world.now)
        assert until is not None
        ring = approvals.prepare_ring(session, world.handover_id, until, POLICY, now=world.now)
    assert ring is not None
    world.approve_on_the_page(FIRST)
    tasks.request_ring(
        APPROVALS, ring, POLICY, now=world.clock, telephony=lambda _account: world.exchange
    )
    assert world.rung == []


def test_a_worker_that_slept_through_its_lease_does_not_ring(world: ApprovalWorld) -> None:
    """F08: whoever comes back late finds the claim taken over, or the request too old."""
    world.ask(FIRST)
    with transaction() as session:
        until = approvals.claim(session, world.handover_id, POLICY, now=world.now)
    assert until is not None
    world.later(POLICY.lease_s)
    world.ring()
    with transaction() as session:
        late = approvals.prepare_ring(session, world.handover_id, until, POLICY, now=world.now)
    assert late is None
    assert world.rung == [FIRST]


def test_a_claim_that_nobody_finished_is_taken_over(world: ApprovalWorld) -> None:
    world.ask(FIRST)
    with transaction() as session:
        assert approvals.claim(session, world.handover_id, POLICY, now=world.now)
    with transaction() as session:
        assert approvals.claim(session, world.handover_id, POLICY, now=world.now) is None
    world.later(POLICY.lease_s)
    world.sweep()
    assert world.rung == [FIRST]


def test_a_provider_that_is_busy_is_asked_again_for_the_same_ring(world: ApprovalWorld) -> None:
    """F29: 429 was never processed; no second row, one ring in the end."""
    world.exchange.faults = [Busy("429"), Busy("429")]
    world.ask(FIRST)
    world.ring()
    world.sweep_until_quiet(30, step=1)
    assert world.rung == [FIRST]
    [call] = world.calls
    assert (call.state, call.busy) == ("ringing", 2)


def test_a_provider_that_stays_busy_is_given_up(world: ApprovalWorld) -> None:
    world.exchange.faults = [Busy("429")] * (POLICY.max_busy + 1)
    world.ask(FIRST)
    world.ring()
    world.sweep_until_quiet(1200)
    assert world.outcomes == ["failed"]
    assert world.rung == []
    assert world.leg(world.calls[0].leg_key).state == "ended"


def test_what_was_decided_while_the_provider_was_busy_is_not_asked_again(
    world: ApprovalWorld,
) -> None:
    world.exchange.faults = [Busy("429")]
    world.ask(FIRST)
    world.ring()
    world.approve_on_the_page(FIRST)
    world.sweep_until_quiet(60)
    assert world.outcomes == ["too_late"]
    assert world.rung == []


def test_after_a_refusal_the_next_approver_is_rung(world: ApprovalWorld) -> None:
    """F34: asking again for the same person would not help."""
    world.exchange.faults = [Refused("400")]
    world.ask(FIRST, SECOND)
    world.ring()
    world.sweep()
    assert world.rung == [SECOND]
    assert world.outcomes == ["failed", None]


def test_an_account_that_is_not_let_in_is_no_refusal_of_one_ring(world: ApprovalWorld) -> None:
    """F38: once it is let in again the same head is rung in the same round."""
    world.exchange.faults = [ShutOut("401")]
    world.ask(FIRST)
    world.ring()
    assert world.rung == []
    world.sweep_until_quiet(2 * POLICY.shut_out_wait_s, step=1)
    assert world.rung == [FIRST]


def test_an_unknown_answer_that_did_ring_is_found_and_adopted(world: ApprovalWorld) -> None:
    """F30: 500 after accepting."""
    world.exchange.faults = [(OutcomeUnknown("500"), True)]
    world.ask(FIRST, SECOND)
    world.ring()
    world.later(UNKNOWN_AFTER_S - 1)
    assert world.sweep() == 0
    world.later(1)
    assert world.sweep() == 1
    [call] = world.calls
    assert call.state == "ringing"
    assert world.leg(call.leg_key).call_sid == world.exchange.rings[0]["sid"]


def test_an_unknown_answer_that_never_rang_is_looked_for_before_the_next_is_rung(
    world: ApprovalWorld,
) -> None:
    """F31: 500 before accepting."""
    world.exchange.faults = [(OutcomeUnknown("500"), False)]
    world.ask(FIRST, SECOND)
    world.ring()
    world.later(UNKNOWN_AFTER_S)
    for look in range(1, POLICY.max_looks + 1):
        assert world.outcomes == [None]
        world.sweep()
        assert world.exchange.looks == look
        world.later(POLICY.look_every_s)
    assert world.outcomes[0] == "failed"
    world.sweep()
    assert world.rung == [SECOND]


def test_a_ring_that_nobody_reports_on_is_closed_by_asking(world: ApprovalWorld) -> None:
    """F35: every webhook is lost; the provider knows that nobody picked up."""
    world.ask(FIRST, SECOND)
    world.ring()
    world.exchange.becomes(world.exchange.rings[0]["sid"], "no-answer")
    world.later(UNKNOWN_AFTER_S)
    world.sweep()
    assert world.outcomes[0] == "no_answer"
    assert world.calls[0].check_at is None
    assert world.leg(world.calls[0].leg_key).state == "ended"
    world.sweep()
    assert world.rung == [FIRST, SECOND]


def test_a_conversation_that_goes_on_is_asked_after_until_it_ends(world: ApprovalWorld) -> None:
    world.ask(FIRST)
    _, sid = world.picked_up()
    world.exchange.becomes(sid, "in-progress")
    world.sweep_until_quiet(300, step=20)
    assert world.outcomes == [None]
    world.exchange.becomes(sid, "completed")
    world.sweep_until_quiet(60)
    assert world.outcomes == ["left"]
    assert world.calls[0].check_at is None


def test_a_climb_rings_the_heads_of_the_office_above_too(world: ApprovalWorld) -> None:
    world.head(SECOND, office="OBEC")
    world.ask(FIRST)
    world.sweep()
    world.status(world.calls[0].leg_key, world.exchange.rings[0]["sid"], "no-answer")
    world.sweep()
    world.climb()
    world.sweep()
    assert world.rung == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("busy", "no_answer"),
        ("no_answer", "no_answer"),
        ("canceled", "no_answer"),
        ("failed", "failed"),
        ("completed", "left"),
        (None, "left"),
    ],
)
def test_a_leg_that_ends_without_a_key_decides_nothing(status: str | None, outcome: str) -> None:
    assert outcome_of(status) == outcome


def test_the_report_that_tells_more_stands() -> None:
    rising = (None, "failed", "no_answer", "left", "not_allowed", "too_late", "approved")
    for place, known in enumerate(rising):
        assert all(outranks(RANKS, str(later), known) for later in rising[place + 1 :])
        assert not any(outranks(RANKS, str(one), known) for one in rising[1 : place + 1])
    assert not outranks(RANKS, "rejected", "approved")
    assert not outranks(RANKS, "approved", "rejected")
