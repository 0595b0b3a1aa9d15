"""Files that are refused: every bad line named, and nothing changed (not even by good lines)."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.database import reading, transaction
from core.runtime import Runtime
from routing.csv_tables import LoadRefused
from routing.importer import load_files
from routing.models import DirectoryVersion, Jurisdiction, Office
from tests.routing.files import DISTRICTS, HOURS, LINKS, OFFICES, PLACED, SCHOOLS, Write


def load(*paths: Path) -> None:
    with transaction() as session:
        load_files(session, paths)


def refusals(*paths: Path) -> list[str]:
    """The places and rules of what a load of these files is refused for."""
    with pytest.raises(LoadRefused) as refused:
        load(*paths)
    return [f"{one.file}:{one.line} {one.rule}" for one in refused.value.refusals]


def contents() -> tuple[object, ...]:
    """Everything that a load may change."""
    with reading() as session:
        offices = select(Office.code, Office.name_th, Office.parent_code).order_by(Office.code)
        return (
            session.execute(offices).all(),
            session.scalar(select(func.count()).select_from(Jurisdiction)),
            session.scalar(select(DirectoryVersion.stamp)),
        )


REFUSED_OFFICES = [
    ("cycle", OFFICES, ["A,partner,ก,B", "B,partner,ข,A"], ["2 parent_cycle", "3 parent_cycle"]),
    ("own parent", OFFICES, ["A,partner,ก,A"], ["2 parent_cycle"]),
    ("cycle through a known office", OFFICES, ["DOLE,agency,ก,DOLE-40"], ["2 parent_cycle"]),
    ("orphan without parent", OFFICES, ["A,partner,ก,"], ["2 parent_missing"]),
    ("orphan of an unknown parent", OFFICES, ["A,partner,ก,NOBODY"], ["2 parent_unknown"]),
    ("duplicate", OFFICES, ["A,partner,ก,HQ", "A,partner,ข,HQ"], ["3 code_twice"]),
    ("code with a blank", OFFICES, ["A 1,partner,ก,HQ"], ["2 code_bad"]),
    ("code in small letters", OFFICES, ["abc,partner,ก,HQ"], ["2 code_bad"]),
    ("no code", OFFICES, [",partner,ก,HQ"], ["2 value_missing"]),
    ("no name", OFFICES, ["A,partner,,HQ"], ["2 value_missing"]),
    ("unknown type", OFFICES, ["A,shop,ก,HQ"], ["2 value_unknown"]),
    ("school among offices", OFFICES, ["A,school,ก,HQ"], ["2 value_unknown"]),
    ("long name", OFFICES, [f"A,partner,{'ก' * 201},HQ"], ["2 value_long"]),
    ("area with three digits", OFFICES, ["ESA-400,area_primary,ก,OBEC"], ["2 code_reserved"]),
    ("area of no province", OFFICES, ["ESA-0101,area_primary,ก,OBEC"], ["2 code_reserved"]),
    ("area of another type", OFFICES, ["ESA-4009,partner,ก,OBEC"], ["2 code_reserved"]),
    (
        "learning office of no district",
        OFFICES,
        ["DOLE-4099,district,ก,DOLE-40"],
        ["2 code_reserved"],
    ),
    (
        "secondary area with letters",
        OFFICES,
        ["SESA-XX,area_secondary,ก,OBEC"],
        ["2 code_reserved"],
    ),
    ("centre below an agency", OFFICES, ["HQ,hq,ก,OBEC"], ["2 root_changed"]),
    ("centre of another type", OFFICES, ["HQ,agency,ก,"], ["2 root_changed"]),
    ("second centre", OFFICES, ["HQ2,hq,ก,HQ"], ["2 root_second"]),
    ("centre closed", PLACED, ["HQ,hq,ก,,,,false"], ["2 root_changed"]),
    ("unknown province", PLACED, ["A,partner,ก,HQ,01,,"], ["2 place_unknown"]),
    ("unknown district", PLACED, ["A,partner,ก,HQ,,9999,"], ["2 place_unknown"]),
    ("district of another province", PLACED, ["A,partner,ก,HQ,92,4001,"], ["2 place_mismatch"]),
    ("active perhaps", PLACED, ["A,partner,ก,HQ,,,perhaps"], ["2 value_unknown"]),
    ("too few cells", OFFICES, ["A,partner,ก"], ["2 cells_count"]),
    ("too many cells", OFFICES, ["A,partner,ก,HQ,x"], ["2 cells_count"]),
    ("open quotation mark", OFFICES, ['A,partner,"ก,HQ'], ["2 not_csv"]),
    ("line break in a name", OFFICES, ['A,partner,"ก', 'ข",HQ'], ["3 cell_control"]),
    ("NUL in a name", OFFICES, ["A,partner,ก\0ข,HQ"], ["2 cell_control"]),
    (
        "good lines around bad ones",
        OFFICES,
        ["A,partner,ก,HQ", "B,shop,ข,HQ", "C,partner,ค,HQ", "D,partner,ง,NOBODY"],
        ["3 value_unknown", "5 parent_unknown"],
    ),
]


@pytest.mark.parametrize(
    ("header", "lines", "expected"),
    [r[1:] for r in REFUSED_OFFICES],
    ids=[r[0] for r in REFUSED_OFFICES],
)
def test_bad_office_is_refused_with_its_line_and_nothing_is_changed(
    header: str, lines: list[str], expected: list[str], write: Write, runtime: Runtime
) -> None:
    before = contents()
    path = write("offices.csv", header, *lines)
    assert refusals(path) == [f"offices.csv:{one}" for one in expected]
    assert contents() == before


REFUSED_SCHOOLS = [
    ("duplicate", ["92020001,ก,ESA-9202,,,,", "92020001,ข,ESA-9202,,,,"], ["3 code_twice"]),
    ("code of an office", ["OBEC,ก,HQ,,,,"], ["2 code_of_office"]),
    ("short code", ["9,ก,ESA-9202,,,,"], ["2 code_bad"]),
    ("orphan", ["92020001,ก,,,,,"], ["2 parent_missing"]),
    ("unknown area", ["92020001,ก,ESA-9209,,,,"], ["2 parent_unknown"]),
    (
        "school below a school",
        ["92020001,ก,ESA-9202,,,,", "92020002,ข,92020001,,,,"],
        ["3 parent_school"],
    ),
    ("unknown affiliation", ["92020001,ก,ESA-9202,circus,,,"], ["2 value_unknown"]),
    ("unknown level", ["92020001,ก,ESA-9202,,tertiary,,"], ["2 value_unknown"]),
    ("unknown district", ["92020001,ก,ESA-9202,,,9299,"], ["2 place_unknown"]),
    ("postal code with four digits", ["92020001,ก,ESA-9202,,,,9216"], ["2 code_bad"]),
]


@pytest.mark.parametrize(
    ("lines", "expected"), [r[1:] for r in REFUSED_SCHOOLS], ids=[r[0] for r in REFUSED_SCHOOLS]
)
def test_bad_school_is_refused_with_its_line_and_nothing_is_changed(
    lines: list[str], expected: list[str], write: Write, runtime: Runtime
) -> None:
    before = contents()
    path = write("schools.csv", SCHOOLS, *lines)
    assert refusals(path) == [f"schools.csv:{one}" for one in expected]
    assert contents() == before


REFUSED_LINKS = [
    ("unknown office", ["ESA-3099,basic,,,3001,,,"], ["2 office_unknown"]),
    ("unknown affiliation", ["ESA-3001,circus,,,3001,,,"], ["2 value_unknown"]),
    ("level that is none", ["ESA-3001,basic,unknown,,3001,,,"], ["2 value_unknown"]),
    (
        "level outside basic education",
        ["DOLE-30,nonformal,secondary,30,,,,"],
        ["2 level_without_basic"],
    ),
    ("unknown district", ["ESA-3001,basic,,,3099,,,"], ["2 place_unknown"]),
    ("district of another province", ["ESA-3001,basic,,40,3001,,,"], ["2 place_mismatch"]),
    ("confirmed perhaps", ["ESA-3001,basic,,,3001,perhaps,,"], ["2 value_unknown"]),
    ("no date", ["ESA-3001,basic,,,3001,,soon,"], ["2 moment_bad"]),
    ("end before begin", ["ESA-3001,basic,,,3001,,2027-01-01,2026-01-01"], ["2 moments_reversed"]),
    (
        "the same twice",
        ["ESA-3001,basic,,,3001,,,", "ESA-3001,basic,,30,3001,,,"],
        ["3 code_twice"],
    ),
]


@pytest.mark.parametrize(
    ("lines", "expected"), [r[1:] for r in REFUSED_LINKS], ids=[r[0] for r in REFUSED_LINKS]
)
def test_bad_jurisdiction_is_refused_with_its_line_and_nothing_is_changed(
    lines: list[str], expected: list[str], write: Write, runtime: Runtime
) -> None:
    before = contents()
    path = write("jurisdictions.csv", LINKS, *lines)
    assert refusals(path) == [f"jurisdictions.csv:{one}" for one in expected]
    assert contents() == before


REFUSED_HOURS = [
    ("unknown office", ["ESA-3099,1,08:30,16:30"], ["2 office_unknown"]),
    ("school", ["92020001,1,08:30,16:30"], ["2 office_unknown"]),
    ("no office", [",1,08:30,16:30"], ["2 value_missing"]),
    ("the centre", ["HQ,1,08:30,16:30"], ["2 hours_of_root"]),
    ("eighth day", ["OBEC,8,08:30,16:30"], ["2 value_unknown"]),
    ("day as a word", ["OBEC,Mon,08:30,16:30"], ["2 value_unknown"]),
    ("no day", ["OBEC,,08:30,16:30"], ["2 value_missing"]),
    ("no end", ["OBEC,1,08:30,"], ["2 value_missing"]),
    ("one digit", ["OBEC,1,8:30,16:30"], ["2 time_bad"]),
    ("minute 60", ["OBEC,1,08:60,16:30"], ["2 time_bad"]),
    ("end before begin", ["OBEC,1,16:30,08:30"], ["2 times_reversed"]),
    ("no length", ["OBEC,1,08:30,08:30"], ["2 times_reversed"]),
    ("the same twice", ["OBEC,1,08:30,16:30", "OBEC,1,08:30,16:30"], ["3 hours_overlap"]),
    ("overlap", ["OBEC,1,08:30,12:30", "OBEC,1,12:00,16:30"], ["3 hours_overlap"]),
    (
        "once for each line",
        ["OBEC,1,08:00,17:00", "OBEC,1,09:00,11:00", "OBEC,1,10:00,16:00", "OBEC,2,10:00,16:00"],
        ["3 hours_overlap", "4 hours_overlap"],
    ),
    (
        "a long span after short ones",
        ["OBEC,1,10:00,11:00", "OBEC,1,13:00,14:00", "OBEC,1,08:00,17:00"],
        ["4 hours_overlap"],
    ),
    (
        "own beside usual",
        ["OBEC,,,", "OBEC,1,08:30,12:30", "OBEC,,,"],
        ["3 hours_overlap", "4 hours_overlap"],
    ),
    ("usual beside own", ["OBEC,1,08:30,12:30", "OBEC,,,"], ["3 hours_overlap"]),
]


@pytest.mark.parametrize(
    ("lines", "expected"), [r[1:] for r in REFUSED_HOURS], ids=[r[0] for r in REFUSED_HOURS]
)
def test_bad_hours_are_refused_with_their_line_and_nothing_is_changed(
    lines: list[str], expected: list[str], write: Write, runtime: Runtime
) -> None:
    before = contents()
    path = write("hours.csv", HOURS, *lines)
    assert refusals(path) == [f"hours.csv:{one}" for one in expected]
    assert contents() == before


REFUSED_DISTRICTS = [
    ("unknown district", ["4099,no"], ["2 place_unknown"]),
    ("no district", [",no"], ["2 value_missing"]),
    ("no answer", ["4001,"], ["2 value_missing"]),
    ("perhaps", ["4001,perhaps"], ["2 value_unknown"]),
    ("the same twice", ["4001,no", "4001,yes"], ["3 code_twice"]),
]


@pytest.mark.parametrize(
    ("lines", "expected"), [r[1:] for r in REFUSED_DISTRICTS], ids=[r[0] for r in REFUSED_DISTRICTS]
)
def test_bad_switch_is_refused_with_its_line_and_nothing_is_changed(
    lines: list[str], expected: list[str], write: Write, runtime: Runtime
) -> None:
    before = contents()
    path = write("districts.csv", DISTRICTS, *lines)
    assert refusals(path) == [f"districts.csv:{one}" for one in expected]
    assert contents() == before


@pytest.mark.parametrize("line", ["A,partner,ก,HQ,perhaps", "HQ,hq,ก,,no"])
def test_bad_switch_of_an_office_is_refused(line: str, write: Write, runtime: Runtime) -> None:
    path = write("offices.csv", f"{OFFICES},on", line)
    assert refusals(path) in (["offices.csv:2 value_unknown"], ["offices.csv:2 root_changed"])


def test_one_bad_file_refuses_the_good_ones_too(write: Write, runtime: Runtime) -> None:
    before = contents()
    good = write("good.csv", OFFICES, "A,partner,ก,HQ")
    bad = write("bad.csv", SCHOOLS, "92020001,ก,NOBODY,,,,")
    assert refusals(good, bad) == ["bad.csv:2 parent_unknown"]
    assert contents() == before


def test_file_of_no_known_kind_is_refused_with_what_it_lacks(
    write: Write, runtime: Runtime
) -> None:
    path = write("people.csv", "email,name,role", "a@example.org,ก,agent")
    assert refusals(path) == ["people.csv:1 header_unknown"]
    nearly = write("offices.csv", "code,type,name_th,parent", "A,partner,ก,HQ")
    with pytest.raises(
        LoadRefused, match="nearest is offices: missing parent_code, not known parent"
    ):
        load(nearly)


def test_file_that_is_not_utf8_is_refused_at_its_first_bad_line(
    tmp_path: Path, runtime: Runtime
) -> None:
    path = tmp_path / "excel.csv"
    path.write_bytes(f"{OFFICES}\n".encode() + "A,partner,ก,HQ\n".encode("cp874"))
    assert refusals(path) == ["excel.csv:2 not_utf8"]


def test_empty_missing_and_doubled_headers_are_refused(
    tmp_path: Path, write: Write, runtime: Runtime
) -> None:
    assert refusals(write("empty.csv")) == ["empty.csv:1 file_empty"]
    assert refusals(tmp_path / "absent.csv") == ["absent.csv:1 file_unreadable"]
    doubled = write("twice.csv", f"{OFFICES},code", "A,partner,ก,HQ,A")
    assert refusals(doubled) == ["twice.csv:1 column_twice"]
