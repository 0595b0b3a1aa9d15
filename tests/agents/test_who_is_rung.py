"""Who is rung for a call or a callback, in which order, at which hour."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from agents.models import Staff
from agents.numbers import number_fingerprint
from agents.person import Person
from agents.queries import (
    agents_on_duty,
    has_on_call_people,
    is_directory_number,
    on_call_people,
    operators_on_duty,
)
from agents.services import add_staff
from core.database import reading, transaction
from core.runtime import Runtime
from routing.importer import load_files

pytestmark = pytest.mark.backends("postgresql", "sqlite")
# A Friday: the hotline is open until 20:00, offices until 16:30, Bangkok time.
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


def person(name: str, role: str = "agent", office: str = "HQ", **more: bool) -> int:
    """Somebody with a phone; the name also makes e-mail and number."""
    number = f"+668100000{ord(name) - ord('a') + 10}"
    named = Person(f"{name}@example.org", name, role, office, phone=number, **more)
    with transaction() as session:
        return add_staff(session, named, now=NOON).id


def change(staff_id: int, **values: object) -> None:
    """Change a person's row."""
    with transaction() as session:
        session.execute(update(Staff).where(Staff.id == staff_id).values(**values))


def rung(now: datetime, *, urgent: bool = False) -> list[str]:
    """Names of whom a live call rings."""
    with reading() as session:
        return [one.name for one in agents_on_duty(session, now=now, urgent=urgent)]


def operators(office: str, now: datetime) -> list[str]:
    """Names of whom a callback of an office rings."""
    with reading() as session:
        return [one.name for one in operators_on_duty(session, office, now=now)]


def test_agents_are_rung_by_day_and_the_on_call_list_only_for_urgent(runtime: Runtime) -> None:
    person("a")
    person("b", role="supervisor", on_call=True)
    assert rung(NOON) == ["a"]
    assert rung(NOON, urgent=True) == ["a", "b"]


def test_at_night_the_on_call_list_is_rung_and_whoever_is_always_on_duty(runtime: Runtime) -> None:
    person("a")
    person("b", on_call=True)
    person("c", always_on_duty=True)
    assert rung(NIGHT) == ["c", "b"]


def test_nobody_is_rung_twice(runtime: Runtime) -> None:
    person("a", on_call=True)
    assert rung(NOON, urgent=True) == ["a"]


def test_the_longest_unrung_is_rung_first(runtime: Runtime) -> None:
    ids = [person(name) for name in "abc"]
    change(ids[0], last_rung_at=NOON + timedelta(minutes=1))
    change(ids[1], last_rung_at=NOON)
    assert rung(NOON) == ["c", "b", "a"]


def test_who_is_off_inactive_or_without_a_phone_is_never_rung(runtime: Runtime) -> None:
    change(person("a"), duty="off")
    change(person("b", always_on_duty=True), active=False)
    change(person("c"), phone=None)
    change(person("d", on_call=True), active=False)
    assert rung(NOON, urgent=True) == []


def test_an_offices_operator_is_never_in_a_live_queue(runtime: Runtime) -> None:
    person("a", role="operator", office="ESA-9202", always_on_duty=True)
    assert rung(NOON, urgent=True) == []


def test_callbacks_ring_the_offices_operators_in_office_hours(runtime: Runtime) -> None:
    person("a", role="operator", office="ESA-9202")
    person("b", role="head_operator", office="ESA-9202", always_on_duty=True)
    person("c", role="action_officer", office="ESA-9202")
    person("d", role="operator", office="ESA-9201")
    assert operators("ESA-9202", NOON) == ["a", "b"]
    assert operators("ESA-9202", EVENING) == ["b"]


def test_callbacks_of_the_desk_ring_the_on_call_list(runtime: Runtime) -> None:
    person("a", role="operator")
    person("b", role="operator", on_call=True)
    assert operators("HQ", NIGHT) == ["b"]


def test_safety_rule_09_an_empty_on_call_list_is_known(runtime: Runtime) -> None:
    person("a")
    with reading() as session:
        assert not has_on_call_people(session)
        assert on_call_people(session) == []
    person("b", on_call=True)
    with reading() as session:
        assert has_on_call_people(session)


def test_safety_rule_08_a_number_of_the_directory_is_known_as_such(runtime: Runtime) -> None:
    person("a", role="operator", office="ESA-9202")
    with reading() as session:
        assert is_directory_number(session, number_fingerprint("+66810000010"))
        assert not is_directory_number(session, number_fingerprint("+66810000999"))
        assert not is_directory_number(session, None)


def test_safety_rule_08_an_offices_telephone_is_a_number_of_the_directory(
    own_runtime: Runtime, tmp_path: Path
) -> None:
    file = tmp_path / "offices.csv"
    file.write_bytes("code,type,name_th,parent_code,phone\nA,partner,ก,HQ,075 218 012\n".encode())
    with transaction() as session:
        load_files(session, [file])
    with reading() as session:
        assert is_directory_number(session, number_fingerprint("+6675218012"))
        assert not is_directory_number(session, number_fingerprint("+6675218013"))
