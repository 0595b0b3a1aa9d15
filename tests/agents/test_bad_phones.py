"""Telephone numbers as people type them: made one and the same, or refused (reliability.md B62).

They are typed at two places: the command that adds a person, and a list of people.
"""

from pathlib import Path

import pytest
from sqlalchemy import select

from agents.models import Staff
from agents.people import PEOPLE
from core.database import reading, transaction
from core.runtime import Runtime
from routing.importer import KINDS, LoadRefused, load_files
from tests.agents.test_agent_commands import STAFF, run
from tests.agents.test_people_files import HEADER

MOBILE, FIXED = "+66812345678", "+6673251234"
SAME = [
    ("0812345678", MOBILE),
    ("081 234 5678", MOBILE),
    ("081-234-5678", MOBILE),
    ("(081) 234.5678", MOBILE),
    ("+66812345678", MOBILE),
    ("+66 81 234 5678", MOBILE),
    ("+66(0)812345678", MOBILE),
    ("+66 (0)81 234 5678", MOBILE),
    ("๐๘๑๒๓๔๕๖๗๘", MOBILE),
    ("+๖๖ ๘๑ ๒๓๔ ๕๖๗๘", MOBILE),
    ("０８１２３４５６７８", MOBILE),
    ("08१२३४५६७८", MOBILE),
    ("  0812345678 ", MOBILE),
    ("073 251 234", FIXED),
]
REFUSED = [
    "812345678901",
    "081234567",
    "08123456789",
    "1300",
    "191",
    "1900123456",
    "+14155550100",
    "+8562055512345",
    "0021266565",
    "02 126 6565",
    "0812345678 ต่อ 12",
    "0812345678,0812345679",
    "0812345678;ext=9",
    "tel:0812345678",
    "sip:a@example.org",
    "=0812345678",
    "'0812345678",
    "0812345678' OR 1=1",
    "+66+812345678",
    "anonymous",
    "+266696687",
    "0" * 10,
    "๐" * 5000,
]


def phones() -> list[str | None]:
    with reading() as session:
        return list(session.scalars(select(Staff.phone)))


def added(phone: str) -> int:
    """The exit status of the command that adds a person with this number."""
    return run(*STAFF, "--phone", phone).exit_code


def loaded(folder: Path, *phones: str) -> None:
    """A list of people, each with one of these numbers."""
    path = folder / "people.csv"
    lines = [
        f'person{number}@example.org,ก,agent,HQ,"{phone}",,\n'
        for number, phone in enumerate(phones)
    ]
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    with transaction() as session:
        load_files(session, [path], kinds=(*KINDS, PEOPLE))


@pytest.mark.parametrize(("phone", "kept"), SAME)
def test_a_number_is_kept_in_one_form_however_it_is_typed(
    runtime: Runtime, phone: str, kept: str
) -> None:
    assert added(phone) == 0
    assert phones() == [kept]


def test_a_list_keeps_numbers_in_one_form_however_they_are_typed(
    own_runtime: Runtime, tmp_path: Path
) -> None:
    loaded(tmp_path, *(phone for phone, _ in SAME))
    assert sorted(phones(), key=str) == sorted(kept for _, kept in SAME)


@pytest.mark.parametrize("phone", REFUSED, ids=lambda one: one[:24])
def test_what_is_no_thai_number_to_ring_is_refused(
    runtime: Runtime, tmp_path: Path, phone: str
) -> None:
    assert added(phone) != 0
    with pytest.raises(LoadRefused) as refused:
        loaded(tmp_path, phone)
    assert [one.rule for one in refused.value.refusals] == ["phone_bad"]
    assert phones() == []
