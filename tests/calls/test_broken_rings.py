"""A ring that has begun gives way to danger: broken off once, counted as no try, rung again."""

from datetime import timedelta

import pytest

from calls.break_tasks import break_off
from calls.breaking import break_one, rings_to_break
from calls.models import Leg
from core.database import reading, transaction
from core.runtime import Runtime
from core.telephony import Refused
from tests.calls.approval_world import FIRST, ApprovalWorld
from tests.calls.notice_world import NoticeWorld
from tests.calls.ring_world import RingWorld
from tests.support.beside import PRACTICE

pytestmark = pytest.mark.backends("postgresql")
DANGER = ("urgent_queue", "quiet_ring")


def give_way(world: RingWorld, account_sid: str = "") -> bool:
    """Somebody in danger, on the same account or another, needs the person whose phone rings."""
    account = account_sid or world.leg(world.calls[-1].leg_key).account_sid
    with transaction() as session:
        return break_one(session, [world.people[FIRST]], DANGER, account, now=world.now)


def break_off_what_rings(world: RingWorld) -> tuple[str, str]:
    """The provider is asked once, and tells of the end; the leg's key and its call's sid."""
    key, sid = world.calls[-1].leg_key, world.exchange.rings[-1]["sid"]
    assert not give_way(world), "the provider has not said yet that it rings"
    world.status(key, sid, "ringing", 1)
    assert not give_way(world, "ACelse"), "what is practised elsewhere keeps nobody from answering"
    assert give_way(world)
    assert not give_way(world), "once is enough"
    break_off(world.people[FIRST], telephony=lambda _account: world.exchange)
    assert world.exchange.canceled == [sid]
    world.status(key, sid, "canceled", 2)
    break_off(world.people[FIRST], telephony=lambda _account: world.exchange)
    assert world.exchange.canceled == [sid], "what is over is let be"
    return key, sid


def test_an_approver_is_rung_again_for_what_gave_way(runtime: Runtime) -> None:
    world = ApprovalWorld()
    world.ask(FIRST, danger=False)
    world.ring_now()
    world.ring()
    break_off_what_rings(world)
    assert world.outcomes == ["gave_way"]
    world.sweep()
    assert world.rung == [FIRST], "not at once: the person is wanted for danger"
    world.later(world.policy.all_talking_s)
    world.sweep()
    assert (world.rung, world.outcomes) == ([FIRST, FIRST], ["gave_way", None])


def test_each_account_s_ring_is_broken_off_whichever_gave_way_last(runtime: Runtime) -> None:
    """A trainee's practised ring, broken off a moment later, hides no real one."""
    world = NoticeWorld()
    world.tell(FIRST)
    world.late()
    world.sweep()
    world.status(world.calls[-1].leg_key, sid := world.exchange.rings[-1]["sid"], "ringing", 1)
    assert give_way(world)
    staff_id = world.people[FIRST]
    with transaction() as session:
        practised = {"account_sid": PRACTICE, "staff_id": staff_id, "kind": "live"}
        moments = {"created_at": world.now, "touched_at": world.now}
        later = world.now + timedelta(seconds=1)
        session.add(
            Leg(key="k", call_sid="CA2", status="ringing", broken_at=later, **practised, **moments)
        )
    with reading() as session:
        assert rings_to_break(session, staff_id) == [(world.account, sid), (PRACTICE, "CA2")]
    break_off(staff_id, telephony=lambda _account: world.exchange)
    assert world.exchange.canceled == [sid, "CA2"]


def test_a_notice_that_gave_way_was_no_try(runtime: Runtime) -> None:
    world = NoticeWorld()
    world.tell(FIRST)
    world.late()
    world.sweep()
    assert [row.tries for row in world.rows] == [1]
    break_off_what_rings(world)
    assert ([row.tries for row in world.rows], world.outcomes) == ([0], ["gave_way"])
    world.later(world.policy.all_talking_s)
    world.sweep()
    assert world.rung == [FIRST, FIRST]


def test_what_is_answered_or_about_an_emergency_or_not_broken_by_the_provider_goes_on(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    emergency = ApprovalWorld()
    emergency.ask(FIRST)
    emergency.ring()
    key, sid = emergency.calls[-1].leg_key, emergency.exchange.rings[-1]["sid"]
    emergency.status(key, sid, "ringing", 1)
    assert not give_way(emergency)
    emergency.status(key, sid, "no-answer", 2)

    world = NoticeWorld(people=emergency.people)
    world.tell(FIRST)
    world.late()
    world.sweep()
    key, sid = world.calls[-1].leg_key, world.exchange.rings[-1]["sid"]
    world.status(key, sid, "ringing", 1)
    assert give_way(world)
    break_off(world.people[FIRST], telephony=lambda _account: Refusing())  # type: ignore[arg-type,return-value]
    world.status(key, sid, "no-answer", 2)
    assert world.outcomes == ["no_answer"], "it rang to its end, and counts"


class Refusing:
    """A provider that cancels nothing."""

    def cancel_ring(self, sid: str) -> None:
        """No."""
        raise Refused("400")
