"""The duty switch, and how an office lets its callbacks ring."""

from datetime import UTC, datetime

import pytest

from agents.duty import set_duty
from agents.errors import DutyRefused, RingingRefused
from agents.models import OfficeSetting, Staff
from agents.office_settings import ringing, set_ringing
from agents.person import Person
from agents.queries import operators_on_duty, person_to_ring
from agents.services import add_staff
from core.database import reading, transaction

# A Friday: ten in the morning, and nine in the evening in Thailand.
MORNING = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
OFFICE = "ESA-9202"

pytestmark = pytest.mark.usefixtures("runtime")


def operator(number: int = 1, *, always: bool = False) -> int:
    """Somebody of the office with a phone."""
    person = Person(
        email=f"person{number}@example.org",
        name="Malee",
        role="operator",
        office_code=OFFICE,
        phone=f"+6681000{100 + number:04d}",
        always_on_duty=always,
    )
    with transaction() as session:
        return add_staff(session, person, now=MORNING).id


def switched(staff_id: int, duty: str, now: datetime = MORNING) -> bool:
    """Whether the person is on duty after choosing."""
    with transaction() as session:
        return set_duty(session, staff_id, duty, now=now)


@pytest.mark.parametrize(
    ("duty", "always", "now", "expected"),
    [
        ("on", False, EVENING, True),
        ("off", False, MORNING, False),
        ("off", True, MORNING, False),
        ("auto", False, MORNING, True),
        ("auto", False, EVENING, False),
        ("auto", True, EVENING, True),
    ],
)
def test_whoever_switches_is_told_whether_the_phone_may_ring(
    duty: str, always: bool, now: datetime, expected: bool
) -> None:
    staff_id = operator(always=always)
    assert switched(staff_id, duty, now) is expected
    with reading() as session:
        rung = [one.staff_id for one in operators_on_duty(session, OFFICE, now=now)]
        assert session.get_one(Staff, staff_id).duty == duty
    assert (staff_id in rung) is expected


def test_a_strange_duty_and_a_stranger_are_refused() -> None:
    staff_id = operator()
    with pytest.raises(DutyRefused, match="duty"):
        switched(staff_id, "always")
    with pytest.raises(DutyRefused, match="not_active"):
        switched(staff_id + 1000, "on")


def test_of_those_on_duty_only_the_ones_marked_always_are_rung_where_a_list_is_used() -> None:
    operator(1)
    always = operator(2, always=True)
    with reading() as session:
        rung = operators_on_duty(session, OFFICE, now=MORNING, always_only=True)
    assert [one.staff_id for one in rung] == [always]


def test_whoever_asks_can_be_rung_off_duty_but_not_after_leaving() -> None:
    staff_id = operator()
    switched(staff_id, "off")
    with reading() as session:
        found = person_to_ring(session, staff_id)
    assert found is not None
    assert found.phone == "+66810000101"
    with transaction() as session:
        session.get_one(Staff, staff_id).active = False
    with reading() as session:
        assert person_to_ring(session, staff_id) is None


@pytest.mark.backends("postgresql", "sqlite")
def test_an_office_rings_by_itself_until_it_chooses_its_list() -> None:
    staff_id = operator()
    for value in ("work_list", "automatic", "work_list"):
        with transaction() as session:
            set_ringing(session, OFFICE, value, staff_id=staff_id, now=EVENING)
        with reading() as session:
            assert ringing(session, OFFICE) == value
    with reading() as session:
        row = session.get_one(OfficeSetting, OFFICE)
        assert (row.changed_by, row.changed_at) == (staff_id, EVENING)
        assert ringing(session, "ESA-9201") == "automatic"


@pytest.mark.parametrize(
    ("office", "value", "rule"),
    [(OFFICE, "never", "value"), (OFFICE, "", "value"), ("HQ", "work_list", "headquarters")],
)
def test_an_office_cannot_fall_silent_and_headquarters_never_waits(
    office: str, value: str, rule: str
) -> None:
    staff_id = operator()
    with transaction() as session, pytest.raises(RingingRefused) as refused:
        set_ringing(session, office, value, staff_id=staff_id, now=MORNING)
    assert refused.value.rule == rule
    with reading() as session:
        assert ringing(session, office) == "automatic"
