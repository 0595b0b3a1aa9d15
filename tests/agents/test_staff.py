"""Adding people: one command adds, and run again brings up to date; what is wrong is named."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, text

from agents.errors import StaffRefused
from agents.models import Notice, Staff, StaffRole
from agents.person import Person
from agents.services import add_staff, owe_notice
from core.database import reading, transaction
from core.runtime import Runtime

pytestmark = pytest.mark.backends("postgresql", "sqlite")
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
SOMSRI = Person("Somsri@Example.org", "สมศรี ใจดี", "operator", "ESA-9202", phone="081 000 0005")


def add(person: Person) -> Staff:
    """Add and read back."""
    with transaction() as session:
        staff_id = add_staff(session, person, now=NOW).id
    with reading() as session:
        return session.get_one(Staff, staff_id)


def test_a_person_is_added_with_role_and_number(runtime: Runtime) -> None:
    staff = add(SOMSRI)
    assert (staff.email, staff.name) == ("somsri@example.org", "สมศรี ใจดี")
    assert staff.phone == "+66810000005"
    assert (staff.duty, staff.active, staff.on_call) == ("auto", True, False)
    with reading() as session:
        [role] = session.scalars(select(StaffRole)).all()
    assert (role.staff_id, role.office_code, role.role) == (staff.id, "ESA-9202", "operator")


def test_a_head_operator_may_be_a_deputy_until_somebody_says_otherwise(runtime: Runtime) -> None:
    head = replace(SOMSRI, role="head_operator")
    found = []
    for deputy in (True, None, False, None):
        add(replace(head, deputy=deputy))
        with reading() as session:
            found.append(session.scalars(select(StaffRole.deputy)).one())
    assert found == [True, True, False, False]


def test_nobody_but_a_head_operator_is_a_deputy(runtime: Runtime) -> None:
    with pytest.raises(StaffRefused) as refused:
        add(replace(SOMSRI, deputy=True))
    assert refused.value.rule == "deputy_of_nobody"


def test_a_notice_on_another_occasion_is_told_again(runtime: Runtime) -> None:
    owed = []
    with transaction() as session:
        for occasion in ("", "", "7", "7", "8"):
            owed.append(
                owe_notice(
                    session,
                    "handover_asked",
                    office_code="HQ",
                    reference="123456789",
                    occasion=occasion,
                    due_at=NOW,
                    now=NOW,
                )
            )
    assert owed == [True, False, True, False, True]


def test_name_and_number_are_sealed_in_the_database(runtime: Runtime) -> None:
    add(SOMSRI)
    with reading() as session:
        row = session.execute(text("SELECT name, phone, phone_fingerprint FROM staff")).one()
    kept = b"".join(bytes(value) for value in row[:2]) + row[2].encode()
    assert "สมศรี".encode() not in kept
    assert b"810000005" not in kept


def test_the_same_command_again_changes_nothing_twice(runtime: Runtime) -> None:
    assert add(SOMSRI).id == add(SOMSRI).id
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(StaffRole)) == 1


def test_a_person_is_brought_up_to_date_and_keeps_what_is_not_named(runtime: Runtime) -> None:
    add(replace(SOMSRI, always_on_duty=True, password="a long password"))
    staff = add(replace(SOMSRI, name="สมศรี รักดี", phone=None, role="head_operator"))
    assert (staff.name, staff.phone) == ("สมศรี รักดี", "+66810000005")
    assert staff.always_on_duty
    assert staff.password_hash is not None
    assert not add(replace(SOMSRI, always_on_duty=False)).always_on_duty
    with reading() as session:
        assert set(session.scalars(select(StaffRole.role))) == {"operator", "head_operator"}


def test_a_password_is_kept_as_an_argon2id_hash(runtime: Runtime) -> None:
    kept = add(replace(SOMSRI, password="a long password")).password_hash
    assert kept is not None
    assert kept.startswith("$argon2id$")
    assert PasswordHasher().verify(kept, "a long password")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"email": "nobody"}, "email_bad"),
        ({"email": "a b@example.org"}, "email_bad"),
        ({"email": "a..b@example.org"}, "email_bad"),
        ({"email": "somchai.@obec.go.th"}, "email_bad"),
        ({"email": "a@example..org"}, "email_bad"),
        ({"email": "a@localhost"}, "email_bad"),
        ({"email": "a" * 250 + "@example.org"}, "email_bad"),
        ({"name": "  "}, "name_missing"),
        ({"role": "king"}, "role_unknown"),
        ({"office_code": "NOWHERE"}, "office_unknown"),
        ({"phone": "1300"}, "phone_bad"),
        ({"phone": "+14155550100"}, "phone_bad"),
        ({"phone": "1900123456"}, "phone_bad"),
        ({"phone": "02 126 6565"}, "phone_bad"),
        ({"password": "short"}, "password_short"),
        ({"password": "x" * 10_000}, "password_short"),
    ],
)
def test_what_is_wrong_with_a_person_is_named(
    runtime: Runtime, change: dict[str, object], rule: str
) -> None:
    with pytest.raises(StaffRefused) as refused, transaction() as session:
        add_staff(session, replace(SOMSRI, **change), now=NOW)  # type: ignore[arg-type]
    assert refused.value.rule == rule
    with reading() as session:
        assert session.scalars(select(Staff)).all() == []


def test_the_desk_has_people_before_the_directory_is_loaded(empty_runtime: Runtime) -> None:
    assert add(replace(SOMSRI, office_code="HQ", on_call=True)).on_call


def test_a_notice_is_owed_once_to_each_receiver(runtime: Runtime) -> None:
    somebody = add(SOMSRI).id
    owed = [
        {"staff_id": somebody, "reference": "123456789"},
        {"staff_id": somebody, "reference": "987654321"},
        {"office_code": "HQ", "reference": "123456789"},
        {"staff_id": somebody, "reference": "123456789"},
        {"office_code": "HQ", "reference": "123456789"},
    ]
    with transaction() as session:
        new = [owe_notice(session, "late", **one, due_at=NOW, now=NOW) for one in owed]
    assert new == [True, True, True, False, False]
    with reading() as session:
        assert set(session.scalars(select(Notice.state))) == {"owed"}
        assert session.scalar(select(func.count()).select_from(Notice)) == 3
