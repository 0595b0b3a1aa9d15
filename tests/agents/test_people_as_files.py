"""People and committees as files: tried before they are applied, exported as they are read."""

import csv
import io

import pytest
from sqlalchemy import func, select, text, true, update

from agents.committee_models import Committee, CommitteeMember
from agents.differences import Difference, Field, compare
from agents.models import Staff, StaffRole
from agents.people_files import (
    COMMITTEE_COLUMNS,
    PEOPLE_COLUMNS,
    as_csv,
    committee_rows,
    load,
    people_rows,
)
from core.database import reading, transaction
from core.runtime import Runtime
from routing.csv_tables import LoadRefused
from tests.agents.test_agent_commands import run

PEOPLE = (
    "email,name,role,office_code,phone,deputy,post,skills,course,trained_on,undertaking_signed\n"
    "a@example.org,นาง กมล ทดสอบ,head_operator,ESA-9202,0810000201,yes,director,th;ภาษามือ,"
    "อบรม SC-Operator,7/9/2565,2026-11-01\n"
    "a@example.org,นาง กมล ทดสอบ,operator,ESA-9202,,,,,,,\n"
    "b@example.org,นาย ชัย ทดสอบ,operator,ESA-9202,,,,,,,\n"
)
COMMITTEE = (
    "office_code,order_number,appointed_on,ends_on,email,part\n"
    "ESA-9202,12/2569,2026-11-01,2028-10-31,a@example.org,chair\n"
    "ESA-9202,12/2569,2026-11-01,2028-10-31,b@example.org,secretary\n"
)


def tried(content: str) -> Difference:
    """What a file would change."""
    with reading() as session:
        return load(session, "file.csv", content.encode("utf-8-sig")).difference


def loaded(content: str | bytes) -> Difference:
    """Apply a file."""
    raw = content.encode("utf-8-sig") if isinstance(content, str) else content
    with transaction() as session:
        return load(session, "file.csv", raw).difference


def faults(content: str | bytes) -> list[tuple[int, str]]:
    """Why a file is refused, by line."""
    with pytest.raises(LoadRefused) as refused:
        loaded(content)
    return [(one.line, one.rule) for one in refused.value.refusals]


def exported(*, with_phones: bool = True) -> tuple[bytes, bytes]:
    """Everybody and every committee as files."""
    with reading() as session:
        people = people_rows(session, true(), with_phones=with_phones)
        columns = [one for one in PEOPLE_COLUMNS if with_phones or one != "phone"]
        committees = committee_rows(session, true())
    return as_csv(columns, people.values()), as_csv(COMMITTEE_COLUMNS, committees.values())


def counted() -> int:
    """How many rows there are of everything that such a file may write."""
    tables = (*("staff", "staff_roles", "staff_skills", "staff_trainings", "staff_undertakings"),)
    with reading() as session:
        every = (*tables, "committees", "committee_members", "staff_changes")
        return sum(session.scalar(text(f"SELECT count(*) FROM {one}")) for one in every)


@pytest.mark.backends("postgresql", "sqlite")
def test_a_trial_says_what_the_file_does_and_leaves_nothing(runtime: Runtime) -> None:
    shown = tried(PEOPLE)
    assert (shown.count("added"), shown.count("changed"), shown.unchanged) == (3, 0, 0)
    assert counted() == 0
    assert loaded(PEOPLE).digest == shown.digest
    assert tried(PEOPLE).changes == ()


@pytest.mark.backends("postgresql", "sqlite")
def test_what_is_exported_changes_nothing_when_it_is_read(runtime: Runtime) -> None:
    loaded(PEOPLE)
    loaded(COMMITTEE)
    for content in exported():
        assert content.startswith(b"\xef\xbb\xbf")
        assert loaded(content).changes == ()


def test_a_changed_field_stands_with_its_old_and_new_value(runtime: Runtime) -> None:
    loaded(PEOPLE)
    line = "b@example.org,นาย ชัย รักดี,operator,ESA-9202,0810000202\n"
    [change] = tried("email,name,role,office_code,phone\n" + line).changes
    assert change.key == ("b@example.org", "operator", "ESA-9202")
    assert change.fields == (
        Field("name", "นาย ชัย ทดสอบ", "นาย ชัย รักดี"),
        Field("phone", "", "081-000-0202"),
    )


def test_a_committee_is_replaced_whole_and_its_members_are_compared(runtime: Runtime) -> None:
    loaded(PEOPLE)
    assert loaded(COMMITTEE).count("added") == 2
    swapped = COMMITTEE.replace("chair", "x").replace("secretary", "chair").replace(",x", ",member")
    assert {one.kind for one in loaded(swapped).changes} == {"changed"}
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Committee)) == 1
        parts = select(Staff.email, CommitteeMember.part).join(
            Staff, Staff.id == CommitteeMember.staff_id
        )
        found = {row.email: row.part for row in session.execute(parts)}
    assert found == {"a@example.org": "member", "b@example.org": "chair"}


def test_no_number_is_exported_unless_it_is_asked_for(runtime: Runtime) -> None:
    loaded(PEOPLE)
    people, _ = exported(with_phones=False)
    rows = list(csv.DictReader(io.StringIO(people.decode("utf-8-sig"))))
    assert "phone" not in rows[0]
    assert b"0201" not in people


@pytest.mark.parametrize("cell", ["=1+1", "+66", "-1", "@SUM(A1)", "＝1"])
def test_no_cell_is_a_formula_to_a_spreadsheet(cell: str) -> None:
    written = as_csv(["name"], [{"name": cell}]).decode("utf-8-sig")
    assert written.splitlines()[1] == f"'{cell}"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("name,colour\nก,red\n", [(1, "file_unknown")]),
        (PEOPLE.replace("director", "king"), [(2, "post_unknown")]),
        (PEOPLE.replace("7/9/2565", "7/9/2599"), [(2, "day_to_come")]),
        (PEOPLE.replace("7/9/2565", "soon"), [(2, "course_half"), (2, "day_bad")]),
        (COMMITTEE, [(2, "member_unknown"), (3, "member_unknown")]),
        (COMMITTEE.replace("ESA-9202", "NOWHERE"), [(2, "office_unknown"), (3, "office_unknown")]),
        (COMMITTEE.replace("2028-10-31,b", "2029-10-31,b"), [(3, "order_two")]),
        (PEOPLE.encode("utf-16"), [(1, "not_utf8")]),
        (b"", [(1, "file_empty")]),
    ],
)
def test_a_file_is_refused_with_every_line_at_fault(
    runtime: Runtime, content: str | bytes, expected: list[tuple[int, str]]
) -> None:
    assert sorted(faults(content)) == expected
    assert counted() == 0


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("secretary", "chair", "chair_one"),
        ("secretary", "king", "part_unknown"),
        ("2028-10-31", "2026-10-31", "term_backwards"),
    ],
)
def test_a_committee_that_cannot_be_is_refused(
    runtime: Runtime, old: str, new: str, rule: str
) -> None:
    loaded(PEOPLE)
    assert faults(COMMITTEE.replace(old, new)) == [(2, rule)]


def test_safety_rule_09_a_file_takes_nobody_off_who_is_the_last_on_call(runtime: Runtime) -> None:
    """The list may pass from one to another, whoever stands first in the file."""
    header, line = "email,name,role,office_code,phone,on_call\n", ",ก,agent,HQ,"
    loaded(f"{header}a@example.org{line}0810000203,yes\n")
    others = f"b@example.org{line},\n"
    assert faults(f"{header}{others}A@example.org{line},no\n") == [(3, "on_call_last")]
    loaded(f"{header}a@example.org{line},no\nb@example.org{line}0810000204,yes\n")
    with reading() as session:
        on_call = select(Staff.email).where(Staff.on_call)
        assert session.scalars(on_call).all() == ["b@example.org"]


def test_a_closed_account_is_not_changed_behind_the_scenes(runtime: Runtime) -> None:
    loaded(PEOPLE)
    with transaction() as session:
        session.execute(update(Staff).where(Staff.email == "b@example.org").values(active=False))
    assert faults(PEOPLE) == [(4, "account_closed")]


def test_differences_name_what_is_added_changed_and_removed() -> None:
    before = {("a",): {"x": "1"}, ("b",): {"x": "1"}, ("c",): {"x": "1"}}
    after = {("b",): {"x": "2"}, ("c",): {"x": "1"}, ("d",): {"x": "1"}}
    found = compare(before, after)
    assert [(one.kind, one.key) for one in found.changes] == [
        ("removed", ("a",)),
        ("changed", ("b",)),
        ("added", ("d",)),
    ]
    assert found.unchanged == 1
    assert compare(before, before).digest != found.digest


def test_the_commands_try_load_and_export(runtime: Runtime, tmp_path: object) -> None:
    file = tmp_path / "people.csv"  # type: ignore[operator]
    file.write_text(PEOPLE, encoding="utf-8-sig")
    shown = run("staff", "load", str(file), "--dry-run")
    assert (shown.exit_code, counted()) == (0, 0)
    assert "3 added, 0 changed, 0 removed, 0 as before" in shown.stdout
    assert "phone: - -> ••••01" in shown.stdout
    assert "0810000201" not in shown.stdout
    assert run("staff", "load", str(file)).stdout == shown.stdout
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(StaffRole)) == 3
    assert "081-000-0201" in run("staff", "export", "people", "--phones").stdout
    assert "081-000-0201" not in run("staff", "export", "people").stdout
    file.write_text(PEOPLE.replace("ESA-9202", "NOWHERE"), encoding="utf-8-sig")
    refused = run("staff", "load", str(file))
    assert refused.exit_code == 1
    assert "people.csv:2: there is no office NOWHERE" in refused.stderr
