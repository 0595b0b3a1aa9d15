"""Files of offices, schools and jurisdictions that are taken, and what they change."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from core.database import reading, transaction
from core.processes import ROOT
from core.runtime import Runtime
from routing.csv_tables import Refusal, Table
from routing.directory import Directory, current_directory
from routing.importer import KINDS, Kind, load_files
from routing.loading import Counts
from routing.pending import Pending
from routing.queries import School, school
from routing.rules import Question, choose_office
from routing.services import load_public_tree
from tests.routing.files import LINKS, OFFICES, PLACED, SCHOOLS, Write

BOTH = pytest.mark.backends("postgresql", "sqlite")


def load(*paths: Path) -> dict[str, Counts]:
    with transaction() as session:
        return load_files(session, paths)


def look() -> Directory:
    with reading() as session:
        return current_directory(session)


@BOTH
def test_offices_are_added_in_any_order_with_excels_mark(
    write: Write, own_runtime: Runtime
) -> None:
    path = write("offices.csv", OFFICES, "B-1,partner,ลูก,B", "", "B,partner,แม่,HQ", "HQ,hq,ศูนย์,")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load(path) == {"offices": Counts(added=2, changed=1)}
    directory = look()
    assert [one.code for one in directory.superiors("B-1")] == ["B", "HQ"]
    assert directory.office("B").name_en == "แม่"
    assert directory.office("HQ").name_th == "ศูนย์"
    assert directory.office("HQ").name_en == "MOE Safety Center"


@BOTH
def test_parent_from_another_file_with_another_header_is_in_time(
    write: Write, own_runtime: Runtime
) -> None:
    child = write("a.csv", OFFICES, "B-1,partner,ลูก,B", "C,partner,อื่น,HQ")
    parent = write("b.csv", PLACED, "B,partner,แม่,C,,,")
    assert load(child, parent) == {"offices": Counts(added=3)}
    assert [one.code for one in look().superiors("B-1")] == ["B", "C", "HQ"]


@BOTH
def test_loading_the_same_file_again_changes_nothing_in_it(
    write: Write, own_runtime: Runtime
) -> None:
    path = write("offices.csv", PLACED, "B,partner,แม่,HQ,,4001,yes")
    load(path)
    assert load(path) == {"offices": Counts()}
    assert look().office("B").province_code == "40"


def test_office_can_be_closed_and_its_reports_climb(write: Write, own_runtime: Runtime) -> None:
    load(write("offices.csv", f"{OFFICES},active", "ESA-3801,area_primary,สพป.,OBEC,false"))
    decision = choose_office(Question(district_code="3801"), look())
    assert decision.office_code == "OBEC"
    assert decision.reasons[-1].rule == "closed_superior"


@BOTH
def test_school_is_stored_with_its_area_and_found_by_code(
    write: Write, own_runtime: Runtime
) -> None:
    path = write("schools.csv", SCHOOLS, "92020001,โรงเรียนสมมติ,ESA-9202,basic,secondary,9209,92160")
    assert load(path) == {"schools": Counts(added=1)}
    with reading() as session:
        found = school(session, "92020001")
        assert school(session, "ESA-9202") is None
    assert found == School(
        *("92020001", "โรงเรียนสมมติ", "โรงเรียนสมมติ"),
        *("ESA-9202", "9209", "basic", "secondary"),
    )


def test_school_below_an_office_of_the_same_load_is_taken(
    write: Write, own_runtime: Runtime
) -> None:
    schools = write("schools.csv", SCHOOLS, "92020001,ก,NEW,,,,")
    offices = write("offices.csv", OFFICES, "NEW,partner,ใหม่,HQ")
    assert load(schools, offices) == {"offices": Counts(added=1), "schools": Counts(added=1)}


@BOTH
def test_list_of_the_ministry_settles_a_district_of_unknown_area(
    write: Write, own_runtime: Runtime
) -> None:
    asked = Question(district_code="3001")
    assert choose_office(asked, look()).candidates
    load(write("links.csv", LINKS, "ESA-3002,basic,kindergarten_primary,,3001,true,,"))
    decision = choose_office(asked, look())
    assert decision.office_code == "ESA-3002"
    assert "links.csv" in decision.reasons[-1].en


@BOTH
def test_file_replaces_the_guess_for_a_district_and_the_public_tree_keeps_it_so(
    write: Write, own_runtime: Runtime
) -> None:
    path = write("links.csv", LINKS, "ESA-4002,basic,,,4001,true,,")
    assert load(path) == {"jurisdictions": Counts(added=1, removed=1)}
    with transaction() as session:
        load_public_tree(session, root=ROOT)
    decision = choose_office(Question(district_code="4001"), look())
    assert decision.office_code == "ESA-4002"


def test_a_file_leaves_what_was_over_so_that_then_keeps_its_answer(
    write: Write, own_runtime: Runtime
) -> None:
    load(write("then.csv", LINKS, "ESA-4001,basic,,,4001,true,2020-01-01,2021-01-01"))
    assert load(write("now.csv", LINKS, "ESA-4002,basic,,,4001,true,2022-01-01,")) == {
        "jurisdictions": Counts(added=1)
    }
    for year, office in ((2020, "ESA-4001"), (2023, "ESA-4002")):
        then = Question(district_code="4001", at=datetime(year, 6, 1, tzinfo=UTC))
        assert choose_office(then, look()).office_code == office


def test_two_areas_in_one_file_leave_the_choice_to_a_person(
    write: Write, own_runtime: Runtime
) -> None:
    lines = (f"ESA-400{n},basic,kindergarten_primary,,4001,true,," for n in "12")
    load(write("links.csv", LINKS, *lines))
    decision = choose_office(Question(district_code="4001"), look())
    assert (decision.office_code, decision.candidates) == ("HQ", ("ESA-4001", "ESA-4002"))


def test_public_tree_loaded_again_keeps_the_office_of_a_file(
    write: Write, own_runtime: Runtime
) -> None:
    load(write("offices.csv", OFFICES, "ESA-4001,area_primary,ชื่อใหม่,OBEC"))
    with transaction() as session:
        load_public_tree(session, root=ROOT)
    assert look().office("ESA-4001").name_th == "ชื่อใหม่"


def test_floor_above_can_bring_a_kind_of_its_own(write: Write, own_runtime: Runtime) -> None:
    """The kind sees the offices of the same load, and is written after them."""
    written: list[str] = []

    def check(tables: Sequence[Table], pending: Pending) -> list[Refusal]:
        codes = [row["office"] for table in tables for row in table.rows]
        assert all(pending.is_office(code) for code in codes)
        return []

    def note(session: Session, tables: Sequence[Table]) -> Counts:
        written.extend(row["email"] for table in tables for row in table.rows)
        return Counts(added=len(written))

    people = Kind("people", frozenset({"email", "office"}), frozenset(), check, note)
    paths = [
        write("people.csv", "email,office", "a@example.org,NEW"),
        write("offices.csv", OFFICES, "NEW,partner,ใหม่,HQ"),
    ]
    with transaction() as session:
        counts = load_files(session, paths, kinds=(*KINDS, people))
    assert counts == {"offices": Counts(added=1), "people": Counts(added=1)}
    assert written == ["a@example.org"]
