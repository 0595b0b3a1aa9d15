"""`directory load` takes people from CSV: all good lines or none, each fault with its line."""

from pathlib import Path

import pytest
from sqlalchemy import select

from agents.models import Staff, StaffRole
from agents.people import PEOPLE
from core.database import reading, transaction
from core.runtime import Runtime
from routing.csv_tables import LoadRefused
from routing.importer import KINDS, load_files

pytestmark = pytest.mark.backends("postgresql", "sqlite")
HEADER = "email,name,role,office_code,phone,always_on_duty,on_call\n"


def load(folder: Path, lines: str, header: str = HEADER) -> None:
    """Load one file of people."""
    path = folder / "people.csv"
    path.write_text(header + lines, encoding="utf-8-sig")
    with transaction() as session:
        load_files(session, [path], kinds=(*KINDS, PEOPLE))


def people() -> dict[str, Staff]:
    """Everybody by e-mail."""
    with reading() as session:
        return {one.email: one for one in session.scalars(select(Staff))}


def test_people_are_loaded_with_all_their_roles(own_runtime: Runtime, tmp_path: Path) -> None:
    load(
        tmp_path,
        "a@example.org,ก,operator,ESA-9202,0810000001,yes,\n"
        "a@example.org,ก,head_operator,ESA-9202,,,\n"
        "b@example.org,ข,agent,HQ,+66 2 100 0001,,true\n",
    )
    found = people()
    assert found["a@example.org"].always_on_duty
    assert found["a@example.org"].phone == "+66810000001"
    assert found["b@example.org"].on_call
    with reading() as session:
        roles = session.execute(select(StaffRole.role, StaffRole.office_code)).all()
    assert sorted(map(tuple, roles)) == [
        ("agent", "HQ"),
        ("head_operator", "ESA-9202"),
        ("operator", "ESA-9202"),
    ]


def test_a_deputy_is_loaded_as_one(own_runtime: Runtime, tmp_path: Path) -> None:
    load(
        tmp_path,
        "a@example.org,ก,head_operator,ESA-9202,yes\nb@example.org,ข,head_operator,ESA-9202,\n",
        "email,name,role,office_code,deputy\n",
    )
    with reading() as session:
        held = session.execute(
            select(Staff.email, StaffRole.deputy).join(StaffRole, StaffRole.staff_id == Staff.id)
        )
        assert {row.email: row.deputy for row in held} == {
            "a@example.org": True,
            "b@example.org": False,
        }


def test_a_deputy_of_another_role_is_refused_with_its_line(
    own_runtime: Runtime, tmp_path: Path
) -> None:
    with pytest.raises(LoadRefused) as refused:
        load(
            tmp_path,
            "a@example.org,ก,operator,ESA-9202,yes\n",
            "email,name,role,office_code,deputy\n",
        )
    assert [(one.line, one.rule) for one in refused.value.refusals] == [(2, "deputy_of_nobody")]


def test_columns_may_be_left_out(own_runtime: Runtime, tmp_path: Path) -> None:
    load(tmp_path, "a@example.org,ก,agent,HQ\n", "email,name,role,office_code\n")
    assert people()["a@example.org"].phone is None


def test_people_may_come_together_with_their_new_office(
    own_runtime: Runtime, tmp_path: Path
) -> None:
    offices = tmp_path / "offices.csv"
    offices.write_text("code,type,name_th,parent_code\nPARTNER-1,partner,มูลนิธิ,HQ\n")
    named = tmp_path / "people.csv"
    named.write_text(HEADER + "a@example.org,ก,operator,PARTNER-1,,,\n")
    with transaction() as session:
        load_files(session, [named, offices], kinds=(*KINDS, PEOPLE))
    assert "a@example.org" in people()


def test_every_bad_line_is_named_and_nothing_is_loaded(
    own_runtime: Runtime, tmp_path: Path
) -> None:
    with pytest.raises(LoadRefused) as refused:
        load(
            tmp_path,
            "good@example.org,ก,operator,ESA-9202,,,\n"
            "bad,ก,operator,ESA-9202,,,\n"
            "c@example.org,,king,NOWHERE,1300,maybe,\n"
            "d@example.org,ก,operator,ESA-9202,,,yes\n"
            "GOOD@example.org,ก,operator,ESA-9202,,,\n",
        )
    found = [(one.line, one.rule) for one in refused.value.refusals]
    assert sorted(found) == [
        (3, "email_bad"),
        (4, "name_missing"),
        (4, "office_unknown"),
        (4, "phone_bad"),
        (4, "role_unknown"),
        (4, "yes_or_no"),
        (6, "email_twice"),
    ]
    assert people() == {}
