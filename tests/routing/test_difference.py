"""What a file would change is worked out first, shown, logged, and then written exactly so."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update

from core.database import reading, transaction
from core.processes import ROOT
from core.runtime import Runtime
from routing.change_log import Author, changes_about
from routing.change_models import DirectoryChange, LogIsAppendOnly
from routing.csv_tables import MOST_ROWS, read_content, read_tables
from routing.importer import load_files, plan_load, write_planned
from routing.loading import Counts, directory_stamp
from routing.models import Office
from routing.services import load_public_tree
from tests.routing.files import DISTRICTS, HOURS, OFFICES, PLACED, Write

BOTH = pytest.mark.backends("postgresql", "sqlite")
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
BY = Author("staff:7", NOW, "ตามคำสั่งที่ 1/2569")
PHONED = f"{OFFICES},phone,basis,confirmed"
TRANG = "ESA-9202,area_primary,สพป.ตรัง เขต 2,OBEC"


def stored(code: str) -> Office:
    with reading() as session:
        return session.scalars(select(Office).where(Office.code == code)).one()


@BOTH
def test_the_log_keeps_who_changed_what_from_what_to_what(
    write: Write, own_runtime: Runtime
) -> None:
    files = [
        write("o.csv", f"{OFFICES},phone", "NEW,partner,ใหม่,HQ,", f"{TRANG},075 218 012"),
        write("d.csv", DISTRICTS, "9209,no"),
        write("h.csv", HOURS, "ESA-9202,1,08:30,12:00"),
    ]
    with transaction() as session:
        load_files(session, files, by=BY)
    with reading() as session:
        hours, office = changes_about(session, "ESA-9202", limit=9)
        (added,) = changes_about(session, "NEW", limit=9)
        (switch,) = changes_about(session, "9209", limit=9)
    assert (office.actor, office.at, office.reason) == ("staff:7", NOW, BY.reason)
    assert office.before["phone"] is None
    assert office.after["phone"] == "+6675218012"
    assert "phone_fingerprint" not in office.after
    assert (hours.what, hours.detail, hours.before) == ("office_hours", "1 08:30", None)
    assert (added.before, added.after["name_th"]) == (None, "ใหม่")
    assert (switch.before, switch.after) == ({"is_on": True}, {"is_on": False})


@BOTH
def test_planning_writes_nothing_and_says_what_loading_does(
    write: Write, own_runtime: Runtime
) -> None:
    path = write("o.csv", OFFICES, "NEW,partner,ใหม่,HQ", "OBEC,agency,สพฐ. ใหม่,HQ")
    with reading() as session:
        before = directory_stamp(session)
        planned = plan_load(session, read_tables([path]))
        assert directory_stamp(session) == before
        assert session.scalar(select(Office.id).where(Office.code == "NEW")) is None
    assert planned.differences["offices"].counts == Counts(added=1, changed=1)
    with transaction() as session:
        assert load_files(session, [path])["offices"] == planned.differences["offices"].counts


def test_a_log_entry_is_never_changed(write: Write, own_runtime: Runtime) -> None:
    with transaction() as session:
        load_files(session, [write("d.csv", DISTRICTS, "9209,no")], by=BY)
    with reading() as session:
        entry = session.scalars(select(DirectoryChange)).one()
        entry.actor = "staff:1"
        with pytest.raises(LogIsAppendOnly):
            session.flush()


def test_a_telephone_alone_takes_nothing_over_from_the_public_tree(
    write: Write, own_runtime: Runtime
) -> None:
    """A later release may still correct the name; the number stays."""
    kept = stored("ESA-9202")
    line = f"{TRANG},075218012,{kept.basis},no"
    with transaction() as session:
        load_files(session, [write("o.csv", PHONED, line)])
        session.execute(update(Office).where(Office.code == "ESA-9202").values(name_en="x"))
        load_public_tree(session, root=ROOT)
    found = stored("ESA-9202")
    assert (found.name_en, found.phone) == (kept.name_en, "+6675218012")


@pytest.mark.parametrize("phone", ["1900111222", "191", "+1 202 555 0100", "โทร", "0810000"])
def test_a_number_that_cannot_be_rung_is_refused(
    phone: str, write: Write, runtime: Runtime
) -> None:
    path = write("o.csv", f"{OFFICES},phone", f"{TRANG},{phone}")
    with reading() as session:
        (refusal,) = plan_load(session, read_tables([path])).refusals
    assert (refusal.line, refusal.rule, refusal.values["column"]) == (2, "phone_bad", "phone")


def test_a_file_of_too_many_rows_is_refused_at_the_row(runtime: Runtime) -> None:
    content = "district_code,on\n" + "9209,no\n" * (MOST_ROWS + 2)
    reading = read_content("d.csv", content.encode())
    assert [(one.rule, one.line) for one in reading.refusals] == [("rows_many", MOST_ROWS + 2)]


@pytest.mark.parametrize("encoding", ["utf-16", "tis-620"])
def test_another_encoding_is_refused_in_plain_words(encoding: str, runtime: Runtime) -> None:
    content = f"{PLACED}\nA,partner,ก,HQ,,,".encode(encoding)
    (refusal,) = read_content("o.csv", content).refusals
    assert "CSV UTF-8" in refusal.th


@BOTH
def test_a_file_of_thousands_is_written_in_parts(own_runtime: Runtime) -> None:
    """One statement for all of them would outlast the database's own deadline."""
    lines = "".join(f"9202{n:06},โรงเรียนที่ {n},ESA-9202\n" for n in range(1201))
    content = f"code,name_th,parent_code\n{lines}".encode()
    with transaction() as session:
        planned = plan_load(session, read_content("s.csv", content))
        write_planned(session, planned, by=BY)
    with reading() as session:
        again = plan_load(session, read_content("s.csv", content)).differences["schools"]
        logged = session.scalar(select(func.count()).select_from(DirectoryChange))
    assert (again.counts, again.unchanged, logged) == (Counts(), 1201, 1201)
