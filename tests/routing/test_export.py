"""The directory as CSV files: what is exported is read back and changes nothing."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.database import reading, transaction
from core.runtime import Runtime
from routing.csv_tables import escaped, read_content
from routing.export import EXPORTS, dialled, export
from routing.importer import load_files, plan_load
from routing.models import Office
from tests.routing.files import DISTRICTS, HOURS, OFFICES, Write

BOTH = pytest.mark.backends("postgresql", "sqlite")
SCHOOLS = "code,name_th,parent_code,cluster,phone,district_code"
LINKS = "office_code,affiliation,district_code,valid_from,valid_to,confirmed,basis"


def filled(write: Write) -> list[Path]:
    """Files that put something into every column that a person may fill."""
    return [
        write("o.csv", f"{OFFICES},on,phone", "POLICE,partner,=ตำรวจ,HQ,no,02 126 6565"),
        write("s.csv", SCHOOLS, "92020001,@โรงเรียน,ESA-9202,สหวิทยาเขตทดสอบ,0810000010,9209"),
        write("l.csv", LINKS, "POLICE,other,9209,2026-01-01,2027-01-01T12:00:00+07:00,no,-ตกลง"),
        write("d.csv", DISTRICTS, "9209,no"),
        write("h.csv", HOURS, "ESA-9202,1,08:30,12:00", "ESA-9202,1,13:00,24:00"),
    ]


@BOTH
def test_what_is_exported_is_read_back_and_changes_nothing(
    write: Write, own_runtime: Runtime
) -> None:
    with transaction() as session:
        load_files(session, filled(write))
    with reading() as session:
        for kind in EXPORTS:
            text = export(session, kind)
            planned = plan_load(session, read_content(f"{kind}.csv", text.encode()))
            assert planned.refusals == ()
            found = planned.differences[kind]
            assert (found.changes, found.unchanged) == ((), text.count("\r\n") - 1)


@BOTH
def test_what_is_exported_makes_the_same_directory_elsewhere(
    write: Write, own_runtime: Runtime, tmp_path: Path
) -> None:
    with transaction() as session:
        load_files(session, filled(write))
        before = {kind: export(session, kind) for kind in EXPORTS}
    files = [tmp_path / f"{kind}.csv" for kind in EXPORTS]
    for path, text in zip(files, before.values(), strict=True):
        path.write_bytes(text.encode())
    with transaction() as session:
        session.query(Office).filter(Office.code == "92020001").delete()
        load_files(session, [write("o.csv", f"{OFFICES},on", "POLICE,partner,อื่น,OBEC,yes")])
        load_files(session, [write("d.csv", DISTRICTS, "9209,yes")])
        load_files(session, files)
    with reading() as session:
        assert {kind: export(session, kind) for kind in EXPORTS} == before


def test_excel_reads_it_as_thai_text_and_runs_no_formula(
    write: Write, own_runtime: Runtime
) -> None:
    with transaction() as session:
        load_files(session, filled(write))
        texts = {kind: export(session, kind) for kind in EXPORTS}
    assert all(text.startswith("\ufeff") for text in texts.values())
    cells = [
        cell for text in texts.values() for row in csv.reader(io.StringIO(text[1:])) for cell in row
    ]
    assert "'=ตำรวจ" in cells
    assert "'@โรงเรียน" in cells
    assert "02 126 6565" in cells
    assert [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")] == []


CELLS = st.text(st.sampled_from("'=+-@＝＋aก1 ,\"")).map(str.strip)


@given(CELLS)
def test_any_cell_is_read_back_as_it_was(cell: str) -> None:
    """Quotes that were there stay; none is left over; nothing begins like a formula."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([["a", "b"], [escaped(cell), "x"]])
    (table,) = read_content("x.csv", file.getvalue().encode()).tables
    assert table.rows[0]["a"] == cell
    assert escaped(cell)[:1] not in tuple("=+-@＝＋")


@pytest.mark.parametrize(
    ("e164", "written"),
    [
        ("+6621266565", "02 126 6565"),
        ("+6675218012", "075 218 012"),
        ("+66810000010", "081 000 0010"),
    ],
)
def test_a_number_is_written_as_people_dial_it(e164: str, written: str) -> None:
    assert dialled(e164) == written
