"""Nobody of the office can be had: deputy, head, the office above, the hotline; who, and when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from calls.climbing_rules import LEVELS, first_join, levels_joined
from calls.policy import current_policy
from cases.models import CaseExclusion
from core.database import transaction
from routing.models import Office
from tests.calls.callback_world import FRIDAY, World

POLICY = current_policy()
CLIMB = POLICY.climb_s
LATE = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
ABOVE = "OBEC"
DEPUTY, HEAD, UPSTAIRS, ON_CALL = 31, 32, 33, 34
PHONES = {number: f"+6681000{100 + number:04d}" for number in (DEPUTY, HEAD, UPSTAIRS, ON_CALL)}


@pytest.mark.parametrize("severity", ["emergency", "urgent"])
@pytest.mark.parametrize("count", range(len(LEVELS) + 1))
def test_each_level_joins_at_its_own_moment_before_the_deadline(severity: str, count: int) -> None:
    before = [CLIMB[severity][level] for level in LEVELS]
    assert before == sorted(before, reverse=True)
    edge = LATE - timedelta(seconds=before[count - 1] if count else before[0] + 1)
    assert levels_joined(severity, LATE, CLIMB, edge) == LEVELS[:count]
    assert first_join(severity, LATE, CLIMB) == LATE - timedelta(seconds=before[0])


@given(st.integers(-(10**6), 10**6))
def test_an_ordinary_callback_never_climbs_by_ringing(seconds: int) -> None:
    """It stays on the list; its notices climb."""
    assert levels_joined("normal", LATE, CLIMB, LATE + timedelta(seconds=seconds)) == ()
    assert first_join("normal", LATE, CLIMB) is None


def everybody(world: World) -> None:
    """An office of nobody on duty but its heads at home, the office above, the hotline."""
    world.operator(DEPUTY, role="head_operator", deputy=True)
    world.operator(HEAD, role="head_operator")
    world.operator(UPSTAIRS, office=ABOVE)
    world.operator(ON_CALL, office="HQ", on_call=True)


def asleep(world: World, *numbers: int) -> None:
    """These have switched off duty."""
    for number in numbers:
        world.off_duty(world.staff_of(f"person{number}@example.org"))


def rung(world: World, seconds: int) -> list[str]:
    """Who is rung, one after another, while nobody picks up for so long after the deadline."""
    world.now = world.callback.late_at + timedelta(seconds=seconds)
    before = len(world.exchange.rings)
    for _ in range(9):
        made = len(world.exchange.rings)
        world.dial()
        if len(world.exchange.rings) == made:
            break
        world.unanswered()
    return sorted(ring["to"] for ring in world.exchange.rings[before:])


@pytest.mark.parametrize(
    ("before_late_s", "joined"),
    [
        (290, ()),
        (240, (DEPUTY,)),
        (180, (DEPUTY, HEAD)),
        (120, (DEPUTY, HEAD, UPSTAIRS)),
        (0, (DEPUTY, HEAD, UPSTAIRS, ON_CALL)),
    ],
)
def test_an_emergency_rings_one_level_after_another(
    world: World, before_late_s: int, joined: tuple[int, ...]
) -> None:
    everybody(world)
    asleep(world, DEPUTY, HEAD)
    world.report(danger=True)
    world.wish()
    assert rung(world, -before_late_s) == [PHONES[number] for number in joined]


def test_an_urgent_callback_lets_those_sleep_who_switched_off_duty(world: World) -> None:
    everybody(world)
    asleep(world, DEPUTY)
    world.report(hazard_type="V1")
    world.wish()
    assert rung(world, 0) == [PHONES[number] for number in (HEAD, UPSTAIRS, ON_CALL)]


def test_after_hours_the_levels_are_rung_all_the_same(world: World) -> None:
    """Six in the evening: the offices are closed, the caller's hours are not."""
    world.now = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
    everybody(world)
    world.report(hazard_type="V1")
    world.wish()
    assert rung(world, -3000) == [PHONES[DEPUTY]]
    assert rung(world, 0) == [PHONES[number] for number in (DEPUTY, HEAD, ON_CALL)]


def test_an_ordinary_callback_waits_on_the_list_however_late_it_is(world: World) -> None:
    everybody(world)
    asleep(world, DEPUTY, HEAD)
    world.report()
    world.wish()
    assert rung(world, 6 * 3600) == []
    assert world.callback.state == "due"


def test_whoever_must_not_know_is_rung_at_no_level(world: World) -> None:
    """3a.7: by person, and by office with all of its people; the office above that is passed."""
    everybody(world)
    asleep(world, DEPUTY, HEAD)
    world.report(danger=True)
    world.wish()
    with transaction() as session:
        person = world.staff_of(f"person{HEAD}@example.org")
        session.add(CaseExclusion(case_id=world.case_id, staff_id=person))
        session.add(CaseExclusion(case_id=world.case_id, office_code=ABOVE))
    assert rung(world, 0) == [PHONES[DEPUTY], PHONES[ON_CALL]]


@pytest.mark.usefixtures("own_runtime")
def test_an_office_above_that_does_not_take_part_is_passed_over() -> None:
    world = World()
    everybody(world)
    asleep(world, DEPUTY, HEAD)
    world.report(danger=True)
    world.wish()
    with transaction() as session:
        session.execute(update(Office).where(Office.code == ABOVE).values(is_on=False))
    assert rung(world, 0) == [PHONES[number] for number in (DEPUTY, HEAD, ON_CALL)]


def test_the_offices_own_people_are_rung_first(world: World) -> None:
    everybody(world)
    asleep(world, DEPUTY, HEAD)
    world.operator(1, always_on_duty=True)
    world.report(danger=True)
    world.wish()
    world.now = world.callback.late_at
    world.dial()
    assert [ring["to"] for ring in world.exchange.rings] == ["+66810000101"]


def test_a_callback_that_climbs_is_no_less_bound_to_the_callers_hours(world: World) -> None:
    everybody(world)
    world.now = FRIDAY.replace(hour=12, minute=50)
    world.report(danger=True)
    world.wish()
    assert rung(world, 600) == []
    assert world.callback.due_at == datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def test_whoever_joins_next_is_rung_at_that_moment_and_alone(world: World) -> None:
    """The office's own people were all rung in vain: no long pause keeps the next level waiting."""
    everybody(world)
    asleep(world, DEPUTY, HEAD)
    world.operator(1, always_on_duty=True)
    world.report(danger=True)
    world.wish()
    joins = world.callback.late_at - timedelta(seconds=CLIMB["emergency"]["deputies"])
    world.now = joins - timedelta(seconds=5)
    world.dial()
    world.unanswered()
    world.dial()
    assert world.callback.due_at == joins
    world.now = joins
    world.dial()
    assert [ring["to"] for ring in world.exchange.rings] == ["+66810000101", PHONES[DEPUTY]]
