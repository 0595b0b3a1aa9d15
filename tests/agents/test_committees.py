"""A safety centre's committee: what an order must hold, its term, its history, its warning."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from agents.committee_models import Committee
from agents.committee_rules import (
    ENDS_SOON,
    LARGEST,
    OVER,
    STANDS,
    Appointment,
    appointment_fault,
    term,
)
from agents.committees import appoint, committees_of, standing, usable, warn_ending
from agents.errors import StaffRefused
from agents.models import Staff
from core.database import reading, transaction
from core.runtime import Runtime
from tests.cases.hand_over_people import DISTRICT, head, hired, operator, told

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
PAIR = ((1, "chair"), (2, "member"))


def order(**more: object) -> Appointment:
    """An order with two people, changed where a test says so."""
    known = {"order_number": "12/2569", "appointed_on": TODAY, "ends_on": None, "members": PAIR}
    return Appointment(**(known | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({}, None),
        ({"ends_on": TODAY}, None),
        ({"order_number": ""}, "order_bad"),
        ({"order_number": "x" * 41}, "order_bad"),
        ({"order_number": "1\x00"}, "order_bad"),
        ({"appointed_on": None}, "appointed_missing"),
        ({"appointed_on": TODAY + DAY}, "day_to_come"),
        ({"ends_on": TODAY - DAY}, "term_backwards"),
        ({"members": ()}, "committee_small"),
        ({"members": ((1, "chair"),)}, "committee_small"),
        ({"members": ((1, "chair"), (1, "member"))}, "committee_twice"),
        ({"members": ((1, "member"), (2, "member"))}, "chair_one"),
        ({"members": ((1, "chair"), (2, "chair"))}, "chair_one"),
        ({"members": ((1, "chair"), (2, "king"))}, "part_unknown"),
        (
            {"members": ((0, "chair"), *((one, "member") for one in range(1, LARGEST + 1)))},
            "committee_large",
        ),
    ],
)
def test_what_an_order_must_hold(more: dict[str, object], rule: str | None) -> None:
    assert appointment_fault(order(**more), today=TODAY) == rule


@pytest.mark.parametrize(
    ("ends_on", "expected"),
    [
        (None, STANDS),
        (TODAY + 31 * DAY, STANDS),
        (TODAY + 30 * DAY, ENDS_SOON),
        (TODAY, ENDS_SOON),
        (TODAY - DAY, OVER),
    ],
)
def test_a_term_is_warned_of_for_thirty_days_and_its_last_day_counts(
    ends_on: date | None, expected: str
) -> None:
    assert term(ends_on, TODAY) == expected


def appointed(*people: int, at: datetime = NOW, **more: object) -> None:
    """A committee of DISTRICT with these people, the first of them its chair."""
    members = tuple((one, "member" if place else "chair") for place, one in enumerate(people))
    with transaction() as session:
        appoint(session, DISTRICT, order(members=members, **more), actor_id=None, now=at)


@pytest.mark.backends("postgresql", "sqlite")
def test_the_next_order_replaces_a_committee_and_both_stay_to_be_seen(runtime: Runtime) -> None:
    one, two, three = (operator(DISTRICT).staff_id for _ in range(3))
    appointed(one, two)
    appointed(two, three, order_number="15/2569", at=NOW + DAY)
    with reading() as session:
        now = standing(session, DISTRICT)
        every = committees_of(session, DISTRICT)
    assert now is not None
    assert (now.committee.order_number, now.chair_id) == ("15/2569", two)
    assert [found.committee.replaced_at for found in every] == [None, NOW + DAY]
    assert [member.staff_id for member in every[1].members] == [one, two]


def test_the_same_order_again_mends_what_was_written(runtime: Runtime) -> None:
    one, two, three = (operator(DISTRICT).staff_id for _ in range(3))
    appointed(one, two)
    appointed(one, three, ends_on=TODAY + 365 * DAY)
    with reading() as session:
        [found] = committees_of(session, DISTRICT)
    assert [member.staff_id for member in found.members] == [one, three]
    assert found.committee.ends_on == TODAY + 365 * DAY


def test_nobody_without_an_open_account_is_appointed(runtime: Runtime) -> None:
    gone = hired(("operator", DISTRICT), active=False)
    with pytest.raises(StaffRefused) as refused:
        appointed(operator(DISTRICT).staff_id, gone.staff_id)
    assert refused.value.rule == "member_unknown"


def test_a_committee_whose_term_is_over_is_offered_for_no_case(runtime: Runtime) -> None:
    appointed(operator(DISTRICT).staff_id, operator(DISTRICT).staff_id, ends_on=TODAY)
    with reading() as session:
        found = standing(session, DISTRICT)
    assert usable(found, TODAY) is found
    assert usable(found, TODAY + DAY) is None


def swept(at: datetime) -> int:
    """One run of the sweep."""
    with transaction() as session:
        return warn_ending(session, at, 10)


@pytest.mark.backends("postgresql", "sqlite")
def test_the_head_is_told_once_that_a_term_ends(runtime: Runtime) -> None:
    boss = head(DISTRICT)
    people = (operator(DISTRICT).staff_id, operator(DISTRICT).staff_id)
    appointed(*people, ends_on=TODAY + 60 * DAY)
    assert (swept(NOW), swept(NOW + 31 * DAY), swept(NOW + 31 * DAY)) == (0, 1, 0)
    assert told("committee_ending") == [boss.staff_id]


def test_a_term_that_is_corrected_after_the_warning_is_warned_of_again(runtime: Runtime) -> None:
    boss = head(DISTRICT)
    people = (operator(DISTRICT).staff_id, operator(DISTRICT).staff_id)
    for days in (10, 60, 60):
        appointed(*people, ends_on=TODAY + days * DAY)
        assert swept(NOW + (days - 10) * DAY) == 1
    assert told("committee_ending") == [boss.staff_id] * 2


def test_a_chair_who_has_left_is_none_any_longer(runtime: Runtime) -> None:
    chair, other = operator(DISTRICT).staff_id, operator(DISTRICT).staff_id
    appointed(chair, other)
    with transaction() as session:
        session.get_one(Staff, chair).active = False
    with reading() as session:
        found = standing(session, DISTRICT)
    assert found is not None
    assert (found.chair_id, len(found.members)) == (None, 2)


def test_an_office_without_a_head_is_told_itself(runtime: Runtime) -> None:
    people = (operator(DISTRICT).staff_id, operator(DISTRICT).staff_id)
    appointed(*people, ends_on=TODAY + 10 * DAY)
    assert swept(NOW) == 1
    assert told("committee_ending") == [DISTRICT]


def test_nobody_is_told_of_a_committee_that_was_replaced(runtime: Runtime) -> None:
    people = (operator(DISTRICT).staff_id, operator(DISTRICT).staff_id)
    appointed(*people, ends_on=TODAY + 10 * DAY)
    appointed(*people, order_number="15/2569")
    assert swept(NOW) == 0
    with reading() as session:
        assert set(session.scalars(select(Committee.warn_at))) == {None}
