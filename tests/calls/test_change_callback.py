"""A caller says "do not call me", or "call me then": the callback is called off, or moved."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from calls.change_rules import KEEP, OTHER_HOURS, Change
from calls.changes import change
from calls.decision_rules import NO_CALL, RINGS
from calls.decisions import choices, facts_of
from calls.errors import CallNowRefused, ChangeRefused, DecisionRefused
from calls.models import Callback, CallbackDecision
from calls.policy import current_policy
from calls.services import follow_case
from cases.models import TimelineEvent
from core.database import reading, transaction
from tests.calls.callback_world import FRIDAY, World

POLICY = current_policy()
BOTH = pytest.mark.backends("postgresql", "sqlite")
WORDS = "she said so herself"
# Friday ten o'clock is FRIDAY; Monday sixteen o'clock in Thailand.
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def changed(world: World, what: str, *, staff_id: int = 0, **more: Any) -> str:
    """What somebody is told who changes the callback."""
    wish = Change(what, **{"seen": 0, "why": "caller_said" if what == NO_CALL else ""} | more)
    who = staff_id or world.staff_of("person1@example.org")
    try:
        with transaction() as session:
            change(session, world.callback_id, wish, staff_id=who, now=world.now)
    except ChangeRefused as refused:
        return refused.rule
    return "done"


def moved(world: World, **more: Any) -> str:
    """The caller named Monday afternoon."""
    hours = {"day": "2026-11-23", "window": "16:00-18:00"} | more
    return changed(world, OTHER_HOURS, **hours)


def event_of(world: World, kind: str) -> TimelineEvent:
    """The one entry of this kind."""
    with reading() as session:
        return session.scalars(
            select(TimelineEvent).where(
                TimelineEvent.case_id == world.case_id, TimelineEvent.kind == kind
            )
        ).one()


@BOTH
def test_a_callback_that_is_called_off_never_rings(world: World) -> None:
    world.owe()
    assert changed(world, NO_CALL, words=WORDS) == "done"
    callback = world.callback
    assert (callback.state, callback.reason) == ("withdrawn", "no_call")
    assert (callback.due_at, callback.escalate_at, callback.decided_at) == (None, None, world.now)
    world.dial()
    world.later(30 * 24 * 3600)
    world.dial()
    assert (world.ripe(), world.escalate(), world.exchange.rings) == ([], 0, [])
    entry = event_of(world, "callback_called_off")
    who = world.staff_of("person1@example.org")
    assert (entry.actor, entry.words) == (f"staff:{who}", WORDS)
    assert entry.data == {"callback_id": world.callback_id, "why": "caller_said"}


def test_late_word_of_the_call_revives_nothing_that_was_called_off(world: World) -> None:
    world.owe()
    sid = world.callback.call_sid
    changed(world, NO_CALL)
    world.wish(sid)
    assert world.callback.state == "withdrawn"


def test_late_word_of_the_call_leaves_the_hours_that_were_named_since(world: World) -> None:
    world.owe()
    sid = world.callback.call_sid
    moved(world)
    world.wish(sid, window="08:00-12:00")
    assert (world.callback.window_start, world.callback.due_at) == ("16:00", MONDAY)


def test_a_later_call_with_a_new_permission_works(world: World) -> None:
    """3a.6 holds for what a person has called off as well."""
    world.owe()
    changed(world, NO_CALL)
    world.wish()
    assert world.callback.state == "due"
    world.dial()
    assert len(world.exchange.rings) == 1


@BOTH
def test_other_hours_ring_then_and_not_before(world: World) -> None:
    world.owe()
    assert moved(world) == "done"
    callback = world.callback
    assert (callback.state, callback.window_start, callback.window_end) == ("due", "16:00", "18:00")
    assert (callback.due_at, callback.late_at > MONDAY) == (MONDAY, True)
    world.dial()
    # Friday, seventeen o'clock: the hours are right, the day is not.
    world.later(7 * 3600)
    world.dial()
    assert world.exchange.rings == []
    with pytest.raises(CallNowRefused, match="other_day"):
        world.ask_now(world.operator(2))
    world.now = MONDAY
    world.dial()
    assert len(world.exchange.rings) == 1
    entry = event_of(world, "callback_moved")
    told = {"window": "16:00-18:00", "day": "2026-11-23"}
    assert entry.data == {"callback_id": world.callback_id} | told


def test_an_office_that_takes_the_case_over_keeps_the_day(world: World) -> None:
    world.owe()
    moved(world)
    world.operator(5, "ESA-9201")
    with transaction() as session:
        follow_case(session, world.case_id, "ESA-9201", now=world.now)
    assert (world.callback.office_code, world.callback.due_at) == ("ESA-9201", MONDAY)


def test_the_place_in_line_is_kept_from_the_first_permission(world: World) -> None:
    world.owe()
    place = world.callback.place
    world.later(3600)
    moved(world)
    assert (world.callback.place, world.callback.waiting_since) == (place, FRIDAY)


def test_at_once_is_for_danger_alone_and_goes_before_all(world: World) -> None:
    world.owe()
    assert changed(world, OTHER_HOURS, at_once=True) == "now_without_danger"
    assert world.callback.window_start == "08:00"
    world.report(danger=True)
    world.wish(window="18:00-20:00")
    place = world.callback.place
    assert changed(world, OTHER_HOURS, at_once=True) == "done"
    callback = world.callback
    assert (callback.immediate, callback.due_at, callback.window_start) == (True, world.now, None)
    assert callback.place < place
    assert world.file().window == "now"


def test_hours_that_the_caller_names_later_widen_those_named_before(world: World) -> None:
    """A person's own choice stays inside them: the last word is the caller's."""
    world.owe(said={"window": "08:00-12:00"})
    assert moved(world) == "done"
    with reading() as session:
        facts = facts_of(session, session.get_one(Callback, world.callback_id))
    assert facts.wish == facts.window
    assert facts.wish is not None
    assert (facts.wish.start, facts.wish.end) == (16 * 60, 18 * 60)
    world.now = MONDAY
    world.exhaust()
    with pytest.raises(DecisionRefused, match="window_outside_wish"):
        world.decide("ring_in_window", staff_id=world.operator(2), window="08:00-10:00")
    world.decide("ring_in_window", staff_id=world.operator(3), window="16:00-17:00")
    assert world.file().window == "16:00-17:00"


@pytest.mark.parametrize("what", [NO_CALL, OTHER_HOURS])
def test_what_a_worker_has_taken_is_refused(world: World, what: str) -> None:
    world.owe()
    world.claim()
    assert moved(world) == "being_called"
    assert changed(world, what, day="2026-11-23", window="16:00-18:00") == "being_called"
    assert world.callback.state == "claimed"


def test_the_states_of_a_ring_are_refused_one_after_another(world: World) -> None:
    world.owe()
    operator, sid, caller, caller_sid = world.ring_caller()
    assert changed(world, NO_CALL) == "being_called"
    world.body(caller, 0, caller_sid, AnsweredBy="human")
    world.body(caller, 1, caller_sid, Digits="1")
    assert world.callback.state == "connected"
    assert changed(world, NO_CALL) == "being_called"
    world.body(operator, 2, sid, DialCallStatus="completed", DialBridged="true")
    assert world.callback.state == "done"
    assert changed(world, NO_CALL) == "not_waiting"


def test_one_that_is_tried_again_has_all_its_tries_in_the_new_hours(world: World) -> None:
    world.owe()
    key, sid, _, _ = world.ring_caller()
    world.body(key, 2, sid, DialCallStatus="no-answer")
    world.status(key, sid, "completed")
    assert (world.callback.state, world.callback.tries) == ("retry", 1)
    assert moved(world) == "done"
    assert (world.callback.state, world.callback.tries) == ("retry", 0)
    world.now = MONDAY
    world.exhaust()
    assert world.callback.tries == POLICY.max_tries


@pytest.mark.parametrize(
    ("said", "stops", "moves"),
    [
        ({"window": "person_decides"}, "done", "done"),
        ({"answer": "unanswered", "window": None}, "done", "change"),
        ({"answer": "other_number", "number": "+66810000002"}, "done", "change"),
    ],
)
def test_what_waits_for_a_decision_is_changed_as_far_as_a_key_allowed(
    world: World, said: dict[str, Any], stops: str, moves: str
) -> None:
    world.owe(said=said)
    assert world.callback.state == "decision"
    assert moved(world) == moves
    if moves == "done":
        assert (world.callback.state, world.callback.due_at) == ("due", MONDAY)
    else:
        assert changed(world, NO_CALL) == stops
        assert world.callback.state == "withdrawn"


def test_an_older_page_changes_nothing(world: World) -> None:
    world.owe()
    assert moved(world) == "done"
    assert changed(world, NO_CALL) == "changed_since"
    assert moved(world, window="08:00-10:00") == "changed_since"
    assert (world.callback.state, world.callback.window_start) == ("due", "16:00")
    assert changed(world, NO_CALL, seen=1) == "done"


def test_to_keep_it_is_kept_on_the_timeline_and_changes_nothing(world: World) -> None:
    world.owe()
    before = world.callback.version
    assert changed(world, KEEP) == "done"
    assert (world.callback.version, world.callback.state) == (before, "due")
    assert event_of(world, "callback_kept").data == {"callback_id": world.callback_id}


def test_of_danger_that_is_called_off_the_heads_learn_and_words_are_needed(world: World) -> None:
    head = world.operator(9, role="head_operator")
    world.owe(danger=True)
    assert changed(world, NO_CALL) == "words_missing"
    assert changed(world, NO_CALL, words=WORDS) == "done"
    assert ("callback_called_off", head, None) in world.notices()


def test_an_ordinary_one_that_is_called_off_is_told_to_nobody(world: World) -> None:
    world.operator(9, role="head_operator")
    world.owe()
    changed(world, NO_CALL)
    assert world.notices() == []


@BOTH
def test_a_worker_and_a_person_at_the_same_moment_have_one_winner(world: World) -> None:
    """Rung and then refused, or called off and then never rung: in no order both."""
    world.operator()
    people = [world.staff_of("person1@example.org")]
    seen: Counter[tuple[str, int]] = Counter()
    for number in range(6):
        world.operator(40 + number)
        world.report(caller_number=f"+6681000{3000 + number}")
        world.wish()
        rings = len(world.exchange.rings)
        with ThreadPoolExecutor(2) as both:
            worker = both.submit(world.dial)
            person = both.submit(changed, world, NO_CALL, staff_id=people[0])
            worker.result()
            told = person.result()
        rung = len(world.exchange.rings) - rings
        seen[told, rung] += 1
        assert (told, rung) in {("done", 0), ("being_called", 1), ("being_called", 0)}
        if told == "done":
            world.later(600)
            world.dial()
            assert len(world.exchange.rings) == rings
            assert world.callback.state == "withdrawn"
    assert sum(seen.values()) == 6


@BOTH
def test_one_that_was_called_off_between_the_look_and_the_claim_is_not_claimed(
    world: World,
) -> None:
    world.owe()
    assert world.ripe() == [world.callback_id]
    assert changed(world, NO_CALL) == "done"
    assert world.claim() == ""


def test_rounds_of_rings_have_a_bound_that_the_caller_alone_begins_anew(world: World) -> None:
    world.owe()
    for made in range(1, POLICY.max_rounds + 1):
        world.exhaust()
        with reading() as session:
            callback = session.get_one(Callback, world.callback_id)
            offered = choices(callback, facts_of(session, callback))
        assert bool(set(offered) & set(RINGS)) == (made < POLICY.max_rounds)
        if made < POLICY.max_rounds:
            world.later(3 * 24 * 3600)
            world.decide("ring", staff_id=world.operator(50 + made), words=None)
    assert len(world.attempts) == POLICY.max_rounds * POLICY.max_tries
    day = (world.now + timedelta(days=3)).date().isoformat()
    assert moved(world, seen=POLICY.max_rounds - 1, day=day) == "done"
    assert world.callback.state == "due"
    world.now = world.callback.due_at or world.now
    world.exhaust()
    with reading() as session:
        callback = session.get_one(Callback, world.callback_id)
        assert set(choices(callback, facts_of(session, callback))) & set(RINGS)
        kept = session.scalars(select(CallbackDecision.choice).order_by(CallbackDecision.id))
        assert list(kept) == ["ring", "ring", OTHER_HOURS]
