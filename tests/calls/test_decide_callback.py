"""A person decides about a callback: ring after all, see to it in another way, or let it be."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from calls.decisions import choices, facts_of, undecided
from calls.errors import DecisionRefused, StaleCallback
from calls.models import Callback, CallbackAttempt, CallbackDecision
from calls.policy import current_policy
from calls.queries import oldest_due
from cases.models import CaseExclusion, TimelineEvent
from core.database import reading, transaction
from core.telephony import Refused
from tests.calls.callback_world import World

POLICY = current_policy()
WORDS = "the head teacher visits the family today"


def offered(world: World) -> tuple[str, ...]:
    """What the page would offer."""
    with reading() as session:
        callback = session.get_one(Callback, world.callback_id)
        return choices(callback, facts_of(session, callback))


def waiting_for_people(world: World) -> list[int]:
    """The callbacks on the desk's list of decisions."""
    with reading() as session:
        return list(session.scalars(select(Callback.id).where(undecided())))


def refusal(world: World, choice: str, **more: object) -> str:
    """What somebody is told who decides this."""
    try:
        world.decide(choice, staff_id=world.operator(7), **more)
    except DecisionRefused as refused:
        return refused.rule
    except StaleCallback:
        return "stale"
    return "done"


@pytest.mark.backends("postgresql", "sqlite")
def test_an_exhausted_callback_is_rung_again_with_all_its_tries(world: World) -> None:
    world.owe()
    world.exhaust()
    assert waiting_for_people(world) == [world.callback_id]
    world.later(24 * 3600 * 3)
    world.decide("ring", staff_id=world.operator(2), words=None)
    callback = world.callback
    assert (callback.state, callback.reason, callback.tries) == ("due", None, 0)
    assert (callback.due_at, callback.decided_at) == (world.now, world.now)
    assert waiting_for_people(world) == []
    world.exhaust()
    assert (world.callback.tries, len(world.attempts)) == (3, 6)
    assert [one.number for one in world.attempts] == [1, 2, 3, 4, 5, 6]
    assert waiting_for_people(world) == [world.callback_id]
    assert world.callback.escalate_at is not None


def test_a_decision_keeps_who_and_why_sealed(world: World) -> None:
    head = world.operator(2, role="head_operator")
    world.owe(said={"answer": "unanswered", "window": None})
    world.decide("other_way", staff_id=head, words=f"  {WORDS}  ")
    with reading() as session:
        row = session.scalars(select(CallbackDecision)).one()
        sealed = session.scalar(text("SELECT words FROM callback_decisions"))
        query = select(TimelineEvent).where(TimelineEvent.kind == "callback_decided")
        event = session.scalars(query).one()
    assert (row.staff_id, row.choice, row.words, row.at) == (head, "other_way", WORDS, world.now)
    assert WORDS.encode() not in bytes(sealed)
    assert (event.actor, event.words) == (f"staff:{head}", WORDS)
    assert event.data == {"callback_id": world.callback_id, "choice": "other_way"}


@pytest.mark.parametrize("choice", ["other_way", "no_call"])
def test_a_decision_without_a_ring_ends_the_waiting(world: World, choice: str) -> None:
    world.owe(said={"answer": "unanswered", "window": None})
    assert refusal(world, choice, words=" ") == "words_missing"
    world.decide(choice, staff_id=world.operator(2), words=WORDS)
    callback = world.callback
    assert (callback.state, callback.reason) == ("withdrawn", choice)
    assert (callback.due_at, callback.escalate_at, callback.decided_at) == (None, None, world.now)
    assert waiting_for_people(world) == []
    world.later(30 * 24 * 3600)
    assert (world.ripe(), world.escalate()) == ([], 0)


def test_an_exhausted_callback_stays_exhausted_and_climbs_no_further(world: World) -> None:
    world.owe()
    world.exhaust()
    world.decide("other_way", staff_id=world.operator(2), words=WORDS)
    assert (world.callback.state, world.callback.decided_at) == ("exhausted", world.now)
    told = len(world.notices())
    world.later(30 * 24 * 3600)
    assert world.escalate() == 0
    assert len(world.notices()) == told
    with reading() as session:
        assert oldest_due(session) is None


def test_safety_rule_06_nobody_rings_again_after_stop(world: World) -> None:
    world.owe()
    _, _, caller, sid = world.ring_caller()
    world.body(caller, 0, sid, AnsweredBy="human")
    world.body(caller, 1, sid, Digits="9")
    assert world.callback.state == "stopped"
    assert offered(world) == ("other_way", "no_call")
    assert refusal(world, "ring") == "choice"
    assert refusal(world, "ring_in_window", window="09:00-12:00") == "choice"
    world.decide("no_call", staff_id=world.operator(2), words=WORDS)
    assert (world.callback.state, world.callback.decided_at) == ("stopped", world.now)
    assert waiting_for_people(world) == []


def test_safety_rule_06_a_line_that_said_stop_closes_older_permissions_too(world: World) -> None:
    world.owe(said={"window": "person_decides"})
    older = world.callback_id
    world.report()
    world.wish()
    _, _, caller, sid = world.ring_caller()
    world.body(caller, 0, sid, AnsweredBy="human")
    world.body(caller, 1, sid, Digits="9")
    world.callback_id = older
    assert refusal(world, "ring_in_window", window="09:00-12:00") == "choice"


def test_safety_rule_06_a_stop_outruns_a_decision(world: World) -> None:
    """The line said stop in the moment in which a person decided: it is not rung."""
    world.owe(said={"window": "person_decides"})
    older, older_case = world.callback_id, world.case_id
    world.report()
    world.wish()
    _, _, caller, sid = world.ring_caller()
    world.body(caller, 0, sid, AnsweredBy="human")
    world.body(caller, 1, sid, Digits="9")
    rings = len(world.exchange.rings)
    with transaction() as session:
        callback = session.get_one(Callback, older)
        callback.state, callback.due_at = "due", world.now
        callback.window_start, callback.window_end = "08:00", "20:00"
    world.dial(older)
    world.callback_id, world.case_id = older, older_case
    assert (world.callback.state, world.callback.reason) == ("stopped", "stopped")
    assert len(world.exchange.rings) == rings


def test_safety_rule_06_a_stop_outruns_an_operator_who_takes_the_call(world: World) -> None:
    """The line said stop for another case while this one's operator was being rung."""
    world.owe()
    callback_id, case_id = world.callback_id, world.case_id
    operator, operator_sid = world.ring_operator()
    world.report()
    other = world.wish()
    with transaction() as session:
        stopped = CallbackAttempt(
            callback_id=other,
            number=1,
            token="t",
            operator_leg_key="k",
            state="ended",
            outcome="stopped",
            intent_at=world.now,
            started_at=world.now,
            ended_at=world.now,
        )
        session.add(stopped)
    world.callback_id, world.case_id = callback_id, case_id
    world.body(operator, 0, operator_sid)
    said = world.document(operator, 1, operator_sid, Digits="1")
    assert [verb.tag for verb in said] == ["Say", "Hangup"]
    world.status(operator, operator_sid, "completed")
    world.dial()
    assert (world.callback.state, world.callback.tries) == ("stopped", 0)


@pytest.mark.parametrize(
    "said",
    [
        {"answer": "unanswered", "window": None},
        {"answer": "other_number", "number": "+66810000002"},
        {"answer": "other_number", "number": "+661900123456", "number_confirmed": True},
    ],
)
def test_safety_rules_01_and_02_no_decision_grants_what_no_key_did(
    world: World, said: dict[str, object]
) -> None:
    world.owe(said=said)
    assert offered(world) == ("other_way", "no_call")
    assert refusal(world, "ring") == "choice"
    assert world.ripe() == []


def test_safety_rule_08_a_number_of_the_directory_is_rung_after_a_decision_only(
    world: World,
) -> None:
    world.operator(5)
    number = {"answer": "other_number", "number": "+66810000105", "number_confirmed": True}
    world.owe(said=number)
    world.later(3600)
    assert world.ripe() == []
    world.decide("ring", staff_id=world.operator(2), words=None)
    assert world.ripe() == [world.callback_id]
    world.dial()
    assert world.attempts[0].staff_id is not None
    assert world.exchange.rings[0]["to"] != "+66810000105"


def test_hours_that_a_person_chose_bound_the_ring(world: World) -> None:
    world.owe(said={"window": "person_decides"})
    assert offered(world) == ("ring_in_window", "other_way", "no_call")
    assert refusal(world, "ring_in_window") == "window_missing"
    assert refusal(world, "ring_in_window", window="23:00-24:00") == "window_format"
    world.decide("ring_in_window", staff_id=world.operator(2), window="13:00-15:00")
    assert world.file().window == "13:00-15:00"
    assert world.callback.due_at == world.now + timedelta(hours=3)
    assert world.callback.late_at > world.callback.due_at


def test_hours_that_a_person_chose_do_not_bind_the_next_person(world: World) -> None:
    world.owe(said={"window": "person_decides"})
    world.decide("ring_in_window", staff_id=world.operator(2), window="10:00-11:30")
    world.exhaust()
    assert refusal(world, "ring_in_window", window="14:00-16:00") == "done"
    assert world.file().window == "14:00-16:00"


def test_hours_that_the_caller_gave_bind_every_person(world: World) -> None:
    world.owe(said={"window": "10:00-16:00"})
    world.exhaust()
    world.decide("ring_in_window", staff_id=world.operator(2), window="10:00-12:00")
    world.exhaust()
    assert refusal(world, "ring_in_window", window="16:00-18:00") == "window_outside_wish"
    assert refusal(world, "ring_in_window", window="14:00-16:00") == "done"


def test_a_now_that_was_taken_back_does_not_ring_at_any_hour(world: World) -> None:
    world.operator(1)
    world.report(danger=True)
    world.wish(window="now")
    _, _, caller, sid = world.ring_caller()
    world.body(caller, 0, sid, AnsweredBy="human")
    world.body(caller, 1, sid, Digits="2")
    assert (world.callback.state, world.callback.reason) == ("decision", "not_now")
    assert offered(world) == ("ring_in_window", "other_way", "no_call")
    world.decide("ring_in_window", staff_id=world.operator(2), window="14:00-16:00")
    assert not world.callback.immediate
    assert world.callback.due_at == world.now + timedelta(hours=4)


def test_a_provider_that_refused_may_be_asked_as_often_again(world: World) -> None:
    world.owe()
    world.exchange.faults = [Refused("400")] * (POLICY.max_refusals + 1)
    while world.callback.state != "decision":
        world.dial()
        world.later(60)
    assert world.callback.reason == "provider_refused"
    world.decide("ring", staff_id=world.operator(2), words=None)
    world.dial()
    assert world.attempts[-1].outcome == "failed"
    assert world.callback.state == "due"


def test_a_ring_that_a_person_decided_is_late_when_a_new_one_would_be(world: World) -> None:
    world.owe()
    world.exhaust()
    world.escalate()
    world.later(3 * 24 * 3600)
    world.decide("ring", staff_id=world.operator(2), words=None)
    callback = world.callback
    assert callback.late_at > world.now
    assert (callback.escalate_at, callback.escalation) == (callback.late_at, 0)


@pytest.mark.backends("postgresql", "sqlite")
def test_of_two_who_decide_at_once_one_is_heard_and_the_other_is_told(world: World) -> None:
    world.owe(said={"window": "person_decides"})
    people = [world.operator(number) for number in range(2, 8)]

    def told(staff_id: int) -> str:
        choice = "no_call" if staff_id % 2 else "ring_in_window"
        try:
            world.decide(choice, staff_id=staff_id, window="13:00-15:00")
        except StaleCallback:
            return "stale"
        return "done"

    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(told, people))
    assert Counter(answers) == {"done": 1, "stale": len(people) - 1}
    with reading() as session:
        row = session.scalars(select(CallbackDecision)).one()
    assert row.staff_id == people[answers.index("done")]
    assert world.timeline().count("callback_decided") == 1


def test_a_callback_that_waits_for_nobody_cannot_be_decided(world: World) -> None:
    world.owe()
    assert refusal(world, "no_call", words=WORDS) == "stale"
    assert world.callback.state == "due"


def test_nothing_is_decided_while_the_caller_still_speaks(world: World) -> None:
    world.report()
    sid = world.call(ended=False)
    world.wish(sid, answer="unanswered", window=None)
    assert refusal(world, "no_call", words=WORDS) == "still_calling"
    world.end_call(sid)
    assert refusal(world, "no_call", words=WORDS) == "done"
    # A late repeat of the call's last word changes nothing.
    world.wish(sid, answer="unanswered", window=None)
    assert (world.callback.state, world.callback.reason) == ("withdrawn", "no_call")


def test_a_newer_permission_of_the_case_stands(world: World) -> None:
    world.owe(said={"window": "person_decides"})
    older = world.callback_id
    world.wish(window="08:00-20:00")
    world.callback_id = older
    assert offered(world) == ("other_way", "no_call")


def test_who_must_not_know_decides_nothing(world: World) -> None:
    world.owe(said={"answer": "unanswered", "window": None})
    barred = world.operator(2)
    with transaction() as session:
        session.add(CaseExclusion(case_id=world.case_id, staff_id=barred))
    with pytest.raises(DecisionRefused, match="not_allowed"):
        world.decide("no_call", staff_id=barred, words=WORDS)
