"""An operator asks to be rung for a callback at once: the same way to ring, for one person."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from agents.models import Staff
from calls.errors import CallNowRefused
from calls.legs import LIVE, create_live_leg, take_person
from calls.policy import current_policy
from cases.models import CaseExclusion
from core.database import transaction
from core.telephony import Busy
from tests.calls.callback_world import FRIDAY, World

POLICY = current_policy()
SATURDAY = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
PHONE_1, PHONE_2 = "+66810000101", "+66810000102"


def refusal(world: World, staff_id: int, callback_id: int | None = None) -> str | None:
    """The rule with which the button is refused, None where it is not."""
    try:
        world.ask_now(staff_id, callback_id)
    except CallNowRefused as refused:
        return refused.rule
    return None


@pytest.mark.backends("postgresql", "sqlite")
def test_whoever_asks_is_rung_alone_whatever_the_duty(world: World) -> None:
    world.owe()
    asker = world.operator(2)
    world.off_duty(asker)
    world.ask_now(asker)
    world.dial()
    world.dial()
    [ring] = world.exchange.rings
    [attempt] = world.attempts
    assert (ring["to"], attempt.staff_id) == (PHONE_2, asker)
    assert world.callback.state == "dialling_operator"
    assert world.timeline()[-1] == "callback_asked_now"


def test_the_attempt_is_written_before_the_ring_and_goes_on_like_any_other(world: World) -> None:
    asker = world.operator(1)
    world.report()
    world.wish()
    world.ask_now(asker)
    operator, operator_sid, caller, sid = world.ring_caller()
    world.body(caller, 0, sid, AnsweredBy="human")
    world.body(caller, 1, sid, Digits="1")
    world.body(operator, 2, operator_sid, DialCallStatus="completed", DialBridged="true")
    assert (world.callback.state, world.callback.wanted_staff_id) == ("done", None)


def test_whoever_does_not_answer_is_not_waited_for(world: World) -> None:
    world.owe()
    asker = world.operator(2)
    world.ask_now(asker)
    world.dial()
    world.unanswered()
    assert (world.callback.wanted_staff_id, world.callback.due_at) == (None, world.now)
    world.dial()
    assert [ring["to"] for ring in world.exchange.rings] == [PHONE_2, PHONE_1]


def test_on_a_day_off_a_call_is_made_and_the_next_working_day_stands_otherwise(
    world: World,
) -> None:
    world.now = SATURDAY
    asker = world.operator(1)
    world.report()
    world.wish()
    assert world.callback.due_at == MONDAY
    world.ask_now(asker)
    world.dial()
    assert len(world.exchange.rings) == 1
    world.unanswered()
    assert (world.callback.state, world.callback.due_at) == ("due", MONDAY)


def test_a_call_that_nobody_took_keeps_the_spacing_after_the_last_try(world: World) -> None:
    world.owe()
    key, sid, _, _ = world.ring_caller()
    world.body(key, 2, sid, DialCallStatus="no-answer")
    world.status(key, sid, "completed")
    next_try = world.callback.due_at
    world.later(300)
    [asker] = {one.staff_id for one in world.attempts}
    assert asker is not None
    world.ask_now(asker)
    world.dial()
    world.unanswered()
    assert next_try == FRIDAY + timedelta(seconds=POLICY.spacing_s["normal"]["no_answer"])
    assert world.callback.due_at == next_try


@pytest.mark.parametrize(("minutes", "rung"), [(59, PHONE_2), (60, PHONE_1)])
def test_a_wish_lapses_after_an_hour(world: World, minutes: int, rung: str) -> None:
    """No worker ran for an hour: the operator has turned to something else."""
    world.owe()
    asker = world.operator(2)
    world.off_duty(asker)
    world.ask_now(asker)
    world.later(minutes * 60)
    world.dial()
    world.dial()
    assert [ring["to"] for ring in world.exchange.rings] == [rung]


def test_whoever_is_on_the_phone_by_then_is_not_waited_for(world: World) -> None:
    world.operator(1)
    asker = world.operator(2)
    world.report()
    world.wish()
    world.ask_now(asker)
    with transaction() as session:
        account = world.account
        assert take_person(session, asker, account, LIVE, now=world.now)
        create_live_leg(
            session, "k", account_sid=account, call_sid="CA", staff_id=asker, now=world.now
        )
    world.dial()
    assert world.callback.wanted_staff_id is None
    world.dial()
    assert [ring["to"] for ring in world.exchange.rings] == [PHONE_1]


def test_asking_twice_rings_once(world: World) -> None:
    world.owe()
    asker = world.operator(2)
    world.ask_now(asker)
    world.later(5)
    world.ask_now(asker)
    world.dial()
    assert world.timeline().count("callback_asked_now") == 1
    assert len(world.exchange.rings) == 1
    assert refusal(world, asker) == "already_ringing"


@pytest.mark.backends("postgresql", "sqlite")
def test_of_two_who_ask_at_once_one_is_rung_and_the_other_is_told(world: World) -> None:
    world.owe()
    askers = [world.operator(number) for number in range(2, 8)]
    with ThreadPoolExecutor(len(askers)) as pool:
        told = list(pool.map(lambda asker: refusal(world, asker), askers))
    assert sorted(told, key=lambda rule: rule or "") == [
        None,
        *["already_ringing"] * (len(askers) - 1),
    ]
    winner = askers[told.index(None)]
    assert world.callback.wanted_staff_id == winner
    world.dial()
    assert [one.staff_id for one in world.attempts] == [winner]


@pytest.mark.parametrize(
    ("said", "moment", "rule"),
    [
        ({"window": "12:00-16:00"}, FRIDAY, "too_early"),
        ({"window": "08:00-09:00"}, FRIDAY, "too_late_today"),
        ({"window": "08:00-20:00"}, FRIDAY.replace(hour=0), "too_early"),
        ({"window": "08:00-20:00"}, FRIDAY.replace(hour=13), "too_late_today"),
        ({"answer": "unanswered", "window": None}, FRIDAY, "not_waiting"),
    ],
)
def test_the_callers_wish_holds_for_people_too(
    world: World, said: dict[str, object], moment: datetime, rule: str
) -> None:
    """3a.1, 3a.2: a button is no permission."""
    world.owe(said=said)
    asker = world.operator(2)
    due_at = world.callback.due_at
    world.now = moment
    assert refusal(world, asker) == rule
    assert (world.callback.wanted_staff_id, world.callback.due_at) == (None, due_at)
    assert "callback_asked_now" not in world.timeline()


def test_who_must_not_know_is_not_rung(world: World) -> None:
    """3a.7: neither by person nor by office."""
    by_person, by_office = world.operator(2), world.operator(3, office="ESA-9201")
    world.owe()
    with transaction() as session:
        session.add(CaseExclusion(case_id=world.case_id, staff_id=by_person))
        session.add(CaseExclusion(case_id=world.case_id, office_code="ESA-9201"))
    assert refusal(world, by_person) == "not_allowed"
    assert refusal(world, by_office) == "not_allowed"


def test_who_was_shut_out_after_asking_is_not_rung(world: World) -> None:
    asker = world.operator(2)
    world.owe()
    world.ask_now(asker)
    with transaction() as session:
        session.add(CaseExclusion(case_id=world.case_id, staff_id=asker))
    world.dial()
    world.dial()
    assert [ring["to"] for ring in world.exchange.rings] == [PHONE_1]


def test_who_left_after_asking_is_not_rung(world: World) -> None:
    asker = world.operator(2)
    world.owe()
    world.ask_now(asker)
    with transaction() as session:
        session.get_one(Staff, asker).active = False
    world.dial()
    world.dial()
    assert [ring["to"] for ring in world.exchange.rings] == [PHONE_1]


def test_without_a_phone_nobody_can_be_rung(world: World) -> None:
    asker = world.operator(2)
    world.owe()
    with transaction() as session:
        session.get_one(Staff, asker).phone = None
    assert refusal(world, asker) == "no_phone"


def test_one_person_is_rung_for_one_callback_at_a_time(world: World) -> None:
    asker = world.operator(2)
    world.off_duty(asker)
    world.owe()
    first = world.callback_id
    world.report(caller_number="+66810000002")
    second = world.wish()
    world.ask_now(asker, first)
    assert refusal(world, asker, second) == "you_are_on_the_phone"
    world.dial(first)
    assert refusal(world, asker, second) == "you_are_on_the_phone"


def test_a_line_that_is_rung_for_another_callback_of_the_case_is_busy(world: World) -> None:
    world.owe()
    asker = world.operator(2)
    world.dial()
    world.wish()
    assert refusal(world, asker) == "number_busy"


def test_what_another_case_does_on_the_line_is_not_told(world: World) -> None:
    """Whoever asks learns that it is not possible now, not that the line has another case."""
    world.owe()
    asker = world.operator(2)
    world.dial()
    world.report()
    world.wish()
    assert refusal(world, asker) == "not_now_line"


def test_the_tries_of_another_case_are_not_told(world: World) -> None:
    asker = world.operator(2)
    world.owe()
    world.exhaust()
    world.report()
    world.wish()
    assert refusal(world, asker) == "not_now_line"


def test_a_caller_who_is_still_on_the_phone_is_not_rung(world: World) -> None:
    asker = world.operator(2)
    world.report()
    world.wish(world.call(ended=False))
    assert refusal(world, asker) == "number_busy"


def test_the_tries_of_a_day_hold_for_people_too(world: World) -> None:
    asker = world.operator(2)
    world.owe()
    world.exhaust()
    world.wish()
    assert refusal(world, asker) == "enough_today"


def test_a_provider_that_is_busy_is_asked_again_for_the_same_person(world: World) -> None:
    asker = world.operator(2)
    world.owe()
    world.ask_now(asker)
    world.exchange.faults = [Busy("429")]
    world.dial()
    world.run_until_quiet(30, step=1)
    assert [ring["to"] for ring in world.exchange.rings] == [PHONE_2]
