"""Ringing people who have not seen an urgent notice: when, whom, how often, and what ends it."""

from datetime import timedelta
from itertools import pairwise

import pytest

from agents.notice_policy import current_policy
from agents.notice_queries import failures
from agents.notices import send_again
from calls import notice_ringing, tasks
from calls.notice_calls import NOTICES
from calls.notice_rules import RANKS
from calls.policy import current_policy as ring_policy
from calls.ring_rules import outranks
from core.database import reading, transaction
from core.runtime import Runtime
from core.telephony import Busy, OutcomeUnknown, Refused, ShutOut
from tests.calls.callback_world import OFFICE
from tests.calls.notice_world import FIRST, SECOND, THIRD, NoticeWorld

POLICY = ring_policy()
TELEPHONE = current_policy().telephone
UNSEEN_S = current_policy().classes["emergency"].unseen_s
UNKNOWN_AFTER_S = POLICY.operator_ring_s + 5 + POLICY.unknown_wait_s
MOST = 1 + len(TELEPHONE.pauses_s)


@pytest.fixture
def world(runtime: Runtime) -> NoticeWorld:
    """Nobody there, nothing owed, Friday morning."""
    return NoticeWorld()


@pytest.mark.backends("postgresql", "sqlite")
def test_who_has_not_seen_an_emergency_in_time_is_rung_once(world: NoticeWorld) -> None:
    world.tell(FIRST)
    world.later(UNSEEN_S - 1)
    world.plan()
    assert (world.sweep(), world.rows) == (0, [])
    world.later(1)
    world.plan()
    assert world.sweep() == 1
    world.sweep()
    [ring], [call] = world.exchange.rings, world.calls
    assert world.rung == [FIRST]
    assert f"/ivr/leg/{call.leg_key}/0#" in ring["url"]
    assert "810000" not in ring["url"] + ring["status"]
    leg = world.leg(call.leg_key)
    assert (leg.kind, leg.call_sid, leg.staff_id) == ("notice", ring["sid"], call.staff_id)
    assert world.states == [("claimed", None)]


@pytest.mark.parametrize("severity", ["urgent", "normal", None])
def test_nothing_but_an_emergency_rings(world: NoticeWorld, severity: str | None) -> None:
    world.tell(FIRST, severity=severity)
    world.sweep_until_quiet(7200, step=600)
    assert (world.rows, world.rung) == ([], [])


def test_who_has_seen_it_is_not_rung(world: NoticeWorld) -> None:
    world.tell(FIRST)
    world.reads(FIRST)
    world.late()
    assert (world.sweep(), world.rung) == (0, [])


def test_what_is_seen_or_settled_after_planning_rings_nobody(world: NoticeWorld) -> None:
    world.tell(FIRST)
    world.late()
    world.reads(FIRST)
    assert (world.sweep(), world.states) == (0, [("skipped", "seen")])


def test_a_settled_matter_rings_nobody(world: NoticeWorld) -> None:
    world.tell(FIRST)
    world.late()
    world.settle()
    assert (world.sweep(), world.rung) == (0, [])


def test_who_put_the_telephone_first_is_rung_at_once(world: NoticeWorld) -> None:
    world.prefers(FIRST, "phone", "email")
    world.tell(FIRST)
    world.sweep()
    assert world.rung == [FIRST]


def test_who_chose_no_telephone_is_rung_in_an_emergency_all_the_same(world: NoticeWorld) -> None:
    world.prefers(FIRST, "email")
    world.tell(FIRST)
    world.late()
    world.sweep()
    assert world.rung == [FIRST]


def test_an_emergency_rings_in_quiet_hours(world: NoticeWorld) -> None:
    """They hold for whatever does not override them, and an emergency does."""
    world.prefers(FIRST, "email", quiet_hours="09:00-12:00")
    world.tell(FIRST)
    world.late()
    world.sweep()
    assert world.rung == [FIRST]


def test_where_emergencies_are_to_be_quiet_nobody_is_rung_before_the_hours_end(
    world: NoticeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The figures decide, and they are asked again right before the ring."""
    world.prefers(FIRST, "phone", quiet_hours="10:00-12:00")
    world.tell(FIRST)
    emergency = current_policy().classes["emergency"]
    monkeypatch.setitem(
        current_policy().classes,
        "emergency",
        emergency.__class__(**vars(emergency) | {"quiet": True}),
    )
    world.sweep()
    assert world.rung == []
    assert world.rows[0].due_at == world.now + timedelta(hours=2)
    world.now += timedelta(hours=2)
    world.sweep()
    assert world.rung == [FIRST]


def test_who_has_no_number_is_not_rung(world: NoticeWorld) -> None:
    world.head(FIRST)
    world.change(FIRST, phone=None)
    world.tell(FIRST)
    world.late()
    assert (world.sweep(), world.states) == (0, [("skipped", "no_address")])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"phone": None}, "no_address"),
        ({"phone": "+19005551234"}, "no_address"),
        ({"active": False}, "inactive"),
    ],
)
def test_who_cannot_be_rung_any_more_is_not(
    world: NoticeWorld, change: dict[str, object], reason: str
) -> None:
    world.tell(FIRST)
    world.late()
    world.change(FIRST, **change)
    world.sweep()
    assert (world.rung, world.states) == ([], [("skipped", reason)])


def test_nobody_answers_and_it_ends_where_people_see_it(world: NoticeWorld) -> None:
    world.tell(FIRST)
    world.late()
    moments = []
    for _ in range(MOST):
        assert world.sweep() == 1
        moments.append(world.now)
        world.no_answer()
        world.now = world.rows[0].due_at
    assert world.rung == [FIRST] * MOST
    waits = tuple((later - at).total_seconds() for at, later in pairwise(moments))
    assert waits == TELEPHONE.pauses_s
    assert world.states == [("given_up", "no_answer")]
    assert world.told == ["undelivered"]
    world.sweep_until_quiet(3600, step=60)
    assert world.rung == [FIRST] * MOST
    with reading() as session:
        [lost] = failures(session, [OFFICE], staff_id=world.people[FIRST])
    assert (lost.channel, lost.state, lost.error_code) == ("phone", "given_up", "no_answer")
    world.reads(FIRST)
    assert world.told == ["planned"]


def test_what_was_given_up_can_be_rung_for_again(world: NoticeWorld) -> None:
    world.tell(FIRST)
    world.late()
    for _ in range(MOST):
        world.sweep()
        world.no_answer()
        world.now = world.rows[0].due_at
    with transaction() as session:
        assert send_again(session, world.rows[0].notice_id, now=world.now)
    world.sweep()
    assert world.rung == [FIRST] * (MOST + 1)
    assert world.told == ["planned"]


def test_people_who_are_told_the_same_are_rung_one_after_another(world: NoticeWorld) -> None:
    world.tell(FIRST, SECOND, THIRD)
    world.late()
    world.sweep()
    assert world.rung == [FIRST]
    world.sweep_until_quiet(40)
    assert world.rung == [FIRST]
    world.no_answer()
    world.sweep_until_quiet(40)
    assert world.rung == [FIRST, SECOND]
    world.no_answer()
    world.sweep_until_quiet(40)
    assert world.rung == [FIRST, SECOND, THIRD]


def test_once_one_of_them_has_heard_the_others_are_left_in_peace(world: NoticeWorld) -> None:
    world.tell(FIRST, SECOND)
    world.late()
    key, sid = world.picked_up()
    world.body(key, 1, sid, Digits="1")
    world.status(key, sid, "completed", 3)
    world.sweep_until_quiet(1200)
    assert world.rung == [FIRST]
    assert world.readers == [world.people[FIRST]]
    assert world.states == [("sent", None), ("skipped", "known_elsewhere")]


def test_another_matter_of_somebody_else_is_rung_for_meanwhile(world: NoticeWorld) -> None:
    world.tell(FIRST)
    world.tell(SECOND, reference="987654321")
    world.late()
    world.sweep()
    assert sorted(world.rung) == [FIRST, SECOND]


def test_one_ring_tells_a_person_of_all_that_is_due(world: NoticeWorld) -> None:
    world.tell(FIRST)
    world.tell(FIRST, reference="987654321")
    world.late()
    key, sid = world.picked_up()
    world.sweep()
    assert world.rung == [FIRST]
    assert len(world.calls[0].notice_ids) == 2
    world.body(key, 1, sid, Digits="1")
    assert world.readers == [world.people[FIRST]] * 2
    assert world.states == [("sent", None)] * 2


def test_who_is_on_the_phone_is_waited_for(world: NoticeWorld) -> None:
    world.tell(FIRST)
    world.late()
    world.sweep()
    world.tell(FIRST, reference="987654321")
    world.late()
    world.sweep()
    assert world.rung == [FIRST]
    world.no_answer()
    world.later(POLICY.all_talking_s)
    world.sweep()
    assert world.rung == [FIRST, FIRST]


def test_a_ring_that_goes_on_for_long_is_not_made_again(world: NoticeWorld) -> None:
    world.tell(FIRST)
    world.late()
    _, sid = world.picked_up()
    world.exchange.becomes(sid, "in-progress")
    world.sweep_until_quiet(600, step=20)
    assert (world.outcomes, world.rung) == ([None], [FIRST])
    world.exchange.becomes(sid, "completed")
    world.sweep_until_quiet(60)
    assert world.outcomes[0] == "left"


def test_a_caller_in_danger_is_rung_for_first(world: NoticeWorld) -> None:
    """The shared pace: a notice lets a callback go first that nobody has taken yet."""
    world.operator(1)
    world.report(danger=True)
    world.wish()
    world.tell(FIRST)
    world.late()
    world.sweep()
    assert world.rung == []
    world.dial()
    world.later(1)
    world.sweep()
    assert world.rung == [1, FIRST]


def test_a_worker_that_slept_or_a_notice_seen_in_between_does_not_ring(world: NoticeWorld) -> None:
    world.tell(FIRST)
    world.late()
    with transaction() as session:
        asking = notice_ringing.prepare_ring(session, world.rows[0].id, POLICY, now=world.now)
    assert asking is not None
    world.reads(FIRST)
    tasks.request_ring(
        NOTICES, asking, POLICY, now=world.clock, telephony=lambda _account: world.exchange
    )
    assert world.rung == []
    world.sweep_until_quiet(300)
    assert (world.rung, world.states) == ([], [("skipped", "seen")])


def test_a_provider_that_is_busy_is_asked_again_for_the_same_ring(world: NoticeWorld) -> None:
    world.exchange.faults = [Busy("429"), Busy("429")]
    world.tell(FIRST)
    world.late()
    world.sweep()
    world.sweep_until_quiet(30, step=1)
    assert (world.rung, len(world.calls)) == ([FIRST], 1)


def test_a_refused_ring_is_tried_again_later(world: NoticeWorld) -> None:
    world.exchange.faults = [Refused("400")]
    world.tell(FIRST)
    world.late()
    world.sweep()
    assert (world.outcomes, world.states) == (["failed"], [("owed", "failed")])
    world.now = world.rows[0].due_at
    world.sweep()
    assert world.rung == [FIRST]


def test_an_account_that_is_not_let_in_spends_no_try(world: NoticeWorld) -> None:
    """F38: once it is let in again the same person is rung."""
    world.exchange.faults = [ShutOut("401")]
    world.tell(FIRST)
    world.late()
    world.sweep()
    [row] = world.rows
    assert (world.rung, row.state, row.tries) == ([], "owed", 0)
    world.sweep_until_quiet(2 * POLICY.shut_out_wait_s, step=1)
    assert world.rung == [FIRST]


@pytest.mark.parametrize("made", [True, False])
def test_after_an_unknown_answer_the_provider_is_asked_before_anybody_is_rung(
    world: NoticeWorld, made: bool
) -> None:
    """F30, F31."""
    world.exchange.faults = [(OutcomeUnknown("500"), made)]
    world.tell(FIRST)
    world.late()
    world.sweep()
    world.sweep_until_quiet(UNKNOWN_AFTER_S + 1, step=1)
    assert world.rung == [FIRST] * made
    assert world.outcomes == [None]
    if not made:
        world.sweep_until_quiet(300)
        assert world.outcomes[0] == "failed"
        assert world.rung == [FIRST]


def test_the_report_that_tells_more_stands() -> None:
    rising = (None, "failed", "no_answer", "left", "over", "again", "heard")
    for place, known in enumerate(rising):
        assert all(outranks(RANKS, str(later), known) for later in rising[place + 1 :])
        assert not any(outranks(RANKS, str(one), known) for one in rising[1 : place + 1])
