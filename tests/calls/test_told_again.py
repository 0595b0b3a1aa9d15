"""People are told of each lateness and each decision once, and of a new one once more."""

from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import select, update

from agents.models import Notice
from calls.moves import hold
from calls.notices import LEVELS
from calls.outcomes import halt
from calls.policy import current_policy
from calls.services import follow_case
from cases.deadlines import next_opening
from core.database import reading, transaction
from tests.calls.callback_world import FRIDAY, OFFICE, World
from tests.calls.test_case_over import becomes

POLICY = current_policy()
THERE: Final = "ESA-9201"
OVER: Final = ("settled", "withdrawn")
LATE: Final = ["callback_late_head", "callback_late_parent", "callback_late_on_call"]
UNDECIDED: Final = [
    "callback_undecided_head",
    "callback_undecided_parent",
    "callback_undecided_on_call",
]


def told(world: World) -> list[str]:
    """The templates of all notices, the oldest first."""
    return [template for template, _, _ in world.notices()]


def living(world: World) -> list[str]:
    """The templates of the notices whose matter is not over."""
    with reading() as session:
        wanted = select(Notice.template).where(Notice.state.not_in(OVER)).order_by(Notice.id)
        return list(session.scalars(wanted))


def climb(world: World) -> None:
    """Nobody does anything until the last level was told; each sweep comes twice."""
    for _ in range(12):
        world.now = max(world.now, world.callback.escalate_at or world.now)
        world.escalate()
        world.escalate()
        if world.callback.escalation == len(LEVELS):
            return
        world.later(60)


def test_nobody_is_told_of_a_case_that_is_over_until_it_is_open_again(world: World) -> None:
    world.owe(said={"answer": "unanswered", "window": None})
    before = told(world)
    becomes(world, "not_a_case")
    for _ in range(3):
        world.now = world.callback.escalate_at or world.now
        world.escalate()
    assert (told(world), world.callback.escalation) == (before, 0)
    becomes(world, "in_progress")
    world.now = world.callback.escalate_at or world.now
    world.escalate()
    assert told(world)[len(before) :] == ["callback_undecided_head"]


def a_week_later(world: World) -> None:
    """A Friday morning again, on which people may be rung."""
    world.now = FRIDAY + timedelta(weeks=(world.now - FRIDAY).days // 7 + 1)


def sent() -> None:
    """All that is owed has reached its people."""
    with transaction() as session:
        session.execute(update(Notice).where(Notice.state == "owed").values(state="sent"))


def stop(world: World) -> None:
    """Whoever answers on the line wants no call."""
    with transaction() as session:
        halt(session, hold(session, world.callback_id), "stopped", now=world.now)


def test_late_once_more_after_a_decision_is_told_once_more(world: World) -> None:
    world.owe()
    climb(world)
    assert told(world) == LATE
    sent()
    a_week_later(world)
    world.exhaust()
    world.decide("ring", staff_id=world.operator(2), words=None)
    before = len(told(world))
    climb(world)
    assert told(world)[before:] == LATE


def test_a_second_decision_is_owed_to_people_like_the_first(world: World) -> None:
    head = world.operator(2, role="head_operator")
    world.owe()
    world.exhaust()
    climb(world)
    first = told(world)
    assert first == ["callback_exhausted", *UNDECIDED]
    sent()
    world.decide("ring", staff_id=head, words=None)
    world.exhaust()
    climb(world)
    assert told(world)[len(first) :] == first


def test_another_office_is_told_on_every_level(world: World) -> None:
    world.owe()
    climb(world)
    before = len(told(world))
    with transaction() as session:
        follow_case(session, world.case_id, THERE, now=world.now)
    climb(world)
    assert told(world)[before:] == LATE


def test_a_callback_that_comes_back_is_told_to_its_first_office_again(world: World) -> None:
    head = world.operator(2, role="head_operator")
    world.owe(said={"answer": "unanswered", "window": None})
    for office in (THERE, OFFICE, THERE, OFFICE):
        with transaction() as session:
            follow_case(session, world.case_id, office, now=world.now)
    assert [one for _, one, _ in world.notices()].count(head) == 2
    with reading() as session:
        due = select(Notice.recipient_staff_id).where(Notice.state == "owed")
        assert list(session.scalars(due)) == [head]


def test_a_decision_ends_what_was_told_of_its_lateness_too(world: World) -> None:
    world.owe()
    climb(world)
    a_week_later(world)
    world.exhaust()
    climb(world)
    world.decide("ring", staff_id=world.operator(2), words=None)
    assert living(world) == []


def test_deciding_about_one_callback_leaves_the_others_of_the_case_to_be_decided(
    world: World,
) -> None:
    """Ids that begin alike are no reason either: 1 is not 10."""
    head = world.operator(2, role="head_operator")
    world.report()
    unanswered = {"answer": "unanswered", "window": None}
    made = [world.wish(**unanswered) for _ in range(12)]
    for callback_id in made:
        world.callback_id = callback_id or 0
        world.end_call(world.callback.call_sid)
    assert len(living(world)) == len(made)
    world.callback_id = made[0] or 0
    world.decide("other_way", staff_id=head)
    assert len(living(world)) == len(made) - 1
    assert world.callback.decided_at == world.now


def test_a_callback_that_was_late_and_is_stopped_climbs_until_somebody_decides(
    world: World,
) -> None:
    head = world.operator(2, role="head_operator")
    world.owe()
    climb(world)
    assert (world.callback.escalation, world.callback.escalate_at) == (3, next_opening(world.now))
    stop(world)
    period_s = POLICY.escalate_every_s["normal"]
    assert world.callback.escalation == 0
    assert world.callback.escalate_at is not None
    assert (world.callback.escalate_at - world.now).total_seconds() == period_s
    before = len(told(world))
    climb(world)
    assert told(world)[before:] == UNDECIDED
    world.decide("no_call", staff_id=head)
    assert (world.callback.escalate_at, living(world)) == (None, [])


@pytest.mark.backends("postgresql", "sqlite")
def test_the_same_matter_is_told_once(world: World) -> None:
    world.owe()
    climb(world)
    with transaction() as session:
        callback = hold(session, world.callback_id)
        callback.escalation, callback.escalate_at = 0, world.now
    climb(world)
    assert told(world) == LATE
