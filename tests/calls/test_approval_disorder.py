"""Keys, silence, machines and webhooks out of order: one decision, or none, and the same end."""

import random
from collections.abc import Callable
from functools import partial

import pytest

from cases.handover_models import Handover
from core.runtime import Runtime
from tests.calls.approval_world import FIRST, SECOND, ApprovalWorld

Action = Callable[[], object]
SEEDS = range(12)
# What is pressed turn by turn, what comes of it, the hand-over's state in the end.
TALKS = {
    "approved": (["1"], "approved", "offered"),
    "rejected": (["2"], "rejected", "rejected"),
    "approved after hearing it again": (["3", "3", "1"], "approved", "offered"),
    "approved after a wrong key": (["7", "1"], "approved", "offered"),
    "silence": (["", ""], "left", "requested"),
    "wrong keys": (["8", "0"], "left", "requested"),
    "hangs up": ([], "left", "requested"),
}
DECISIONS = ("handover_approved", "handover_rejected")


@pytest.fixture
def world(runtime: Runtime) -> ApprovalWorld:
    """One head operator, and an emergency that waits for an approval."""
    made = ApprovalWorld()
    made.ask(FIRST)
    return made


@pytest.mark.parametrize("talk", TALKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_webhooks_in_any_order_and_any_number_leave_the_same_end(
    world: ApprovalWorld, talk: str, seed: int
) -> None:
    """Documents come in their order (the provider waits for each); events come when they like."""
    keys, outcome, state = TALKS[talk]
    dice = random.Random(seed)
    world.ring()
    key, sid = world.calls[0].leg_key, world.exchange.rings[0]["sid"]
    documents = [partial(world.body, key, 0, sid)]
    documents += [
        partial(world.body, key, turn, sid, Digits=pressed)
        for turn, pressed in enumerate(keys, start=1)
    ]
    events = [
        partial(world.status, key, sid, word, number)
        for number, word in enumerate(("initiated", "ringing", "in-progress", "completed"))
    ]
    for act in _mixed(documents, events, dice):
        act()
    world.exchange.becomes(sid, "completed")
    world.sweep_until_quiet(300, step=20)
    assert (world.outcomes, world.handover.state) == ([outcome], state)
    assert world.rung == [FIRST]
    assert world.calls[0].check_at is None
    assert world.leg(key).state == "ended"
    decided = [
        kind for kind in world.timeline() if kind in ("handover_approved", "handover_rejected")
    ]
    assert len(decided) == (state != "requested")
    assert world.handover.ring_at is None


def _mixed(documents: list[Action], events: list[Action], dice: random.Random) -> list[Action]:
    """Documents in their order, each perhaps again later; events at any time, up to three times."""
    end = float(len(documents) + 1)
    timed: list[tuple[float, Action]] = []
    for place, act in enumerate(documents, start=1):
        again = [dice.uniform(place, end) for _ in range(dice.randint(0, 2))]
        timed += [(moment, act) for moment in (float(place), *again)]
    for act in events:
        timed += [(dice.uniform(0, end), act) for _ in range(dice.randint(1, 3))]
    return [act for _, act in sorted(timed, key=lambda pair: pair[0])]


def test_a_turn_again_gets_the_same_bytes_and_decides_nothing_more(world: ApprovalWorld) -> None:
    key, sid = world.picked_up()
    rejected = world.body(key, 1, sid, Digits="2")
    for pressed in ("1", "2", ""):
        assert world.body(key, 1, sid, Digits=pressed) == rejected
        assert world.body(key, 0, sid, Digits=pressed) == rejected
    assert world.handover.state == "rejected"


def test_who_rejects_by_telephone_writes_why_later(world: ApprovalWorld) -> None:
    key, sid = world.picked_up()
    world.body(key, 1, sid, Digits="2")
    found: Handover = world.handover
    assert (found.decided_way, found.decided_by) == ("telephone", world.people[FIRST])
    assert found.decision_words is None


@pytest.mark.parametrize("pressed", ["1", "2"])
def test_what_was_decided_on_the_page_meanwhile_stays_and_is_said(
    world: ApprovalWorld, pressed: str
) -> None:
    key, sid = world.picked_up()
    world.approve_on_the_page(FIRST)
    document = world.document(key, 1, sid, Digits=pressed)
    assert "มีคนตัดสินแล้ว" in "".join(document.itertext())
    assert [verb.tag for verb in document] == ["Say", "Hangup"]
    assert (world.handover.state, world.handover.decided_way) == ("offered", "page")
    assert world.outcomes == ["too_late"]


def test_who_picks_up_after_the_decision_is_told_so_and_asked_nothing(
    world: ApprovalWorld,
) -> None:
    world.ring()
    world.reject_on_the_page(FIRST)
    call = world.calls[0]
    document = world.document(call.leg_key, 0, world.exchange.rings[0]["sid"])
    assert [verb.tag for verb in document] == ["Say", "Hangup"]
    assert world.outcomes == ["too_late"]


def test_who_may_not_decide_any_more_decides_nothing_and_the_next_is_rung(
    world: ApprovalWorld,
) -> None:
    world.head(SECOND)
    key, sid = world.picked_up()
    world.change(FIRST, active=False)
    document = world.document(key, 1, sid, Digits="1")
    assert [verb.tag for verb in document] == ["Say", "Hangup"]
    assert (world.handover.state, world.outcomes) == ("requested", ["not_allowed"])
    world.sweep()
    assert world.rung == [FIRST, SECOND]


def test_a_key_that_is_heard_of_after_the_leg_has_ended_still_counts(
    world: ApprovalWorld,
) -> None:
    """The line was hung up at once after the key, and the end of the leg reached us first."""
    world.head(SECOND)
    key, sid = world.picked_up()
    world.status(key, sid, "completed", 3)
    world.sweep()
    assert world.outcomes == ["left", None]
    world.body(key, 1, sid, Digits="1")
    assert (world.outcomes, world.handover.state) == (["approved", None], "offered")
    other, other_sid = world.calls[1].leg_key, world.exchange.rings[1]["sid"]
    document = world.document(other, 0, other_sid)
    assert [verb.tag for verb in document] == ["Say", "Hangup"]
    assert world.outcomes == ["approved", "too_late"]
