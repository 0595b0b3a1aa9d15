"""Loading the public tree into both databases, and what `directory check` finds wrong with it."""

import pytest
from sqlalchemy import delete, func, insert, select, update

from core.database import reading, transaction
from core.processes import ROOT
from core.runtime import Runtime
from routing.checks import check_counts, check_jurisdictions, check_names, check_tree, summarise
from routing.loading import Counts
from routing.models import District, Jurisdiction, Office, PostalCode, Province
from routing.public_tree import PublicTree
from routing.services import check_directory, load_public_tree
from routing.snapshot import Directory, Rows, build_directory
from routing.snapshot import Office as OfficeValue

BOTH = pytest.mark.backends("postgresql", "sqlite")


def load() -> dict[str, Counts]:
    with transaction() as session:
        return load_public_tree(session, root=ROOT)


def findings() -> list[str]:
    with reading() as session:
        return [one.en for one in check_directory(session, root=ROOT)]


@BOTH
def test_empty_database_gets_the_whole_country(empty_runtime: Runtime) -> None:
    counts = load()
    assert {what: count.added for what, count in counts.items()} == {
        "provinces": 77,
        "districts": 928,
        "postal codes": 1162,
        "offices": 1270,
        "jurisdictions": 1463,
    }
    assert findings() == []


@BOTH
def test_loading_again_changes_nothing(own_runtime: Runtime) -> None:
    assert set(load().values()) == {Counts()}


@BOTH
def test_loading_again_mends_what_was_changed_by_hand(own_runtime: Runtime) -> None:
    with transaction() as session:
        session.execute(update(Office).where(Office.code == "ESA-9202").values(name_th="x"))
        session.execute(update(District).where(District.code == "9209").values(name_en="x"))
        session.execute(delete(Jurisdiction).where(Jurisdiction.district_code == "9209"))
        stale = {"postal_code": "99999", "district_code": "9209"}
        session.execute(insert(PostalCode).values(**stale))
    counts = load()
    assert counts["offices"] == Counts(changed=1)
    assert counts["districts"] == Counts(changed=1)
    assert counts["jurisdictions"] == Counts(added=2)
    assert findings() == []
    with reading() as session:
        gone = select(func.count()).where(PostalCode.postal_code == "99999")
        assert session.scalar(gone) == 0


@BOTH
def test_check_names_every_deviation(own_runtime: Runtime) -> None:
    with transaction() as session:
        session.execute(update(Office).where(Office.code == "ESA-9202").values(name_th="x"))
        session.execute(update(Province).where(Province.code == "92").values(name_en="y"))
        session.execute(delete(Jurisdiction).where(Jurisdiction.office_code == "ESA-1001"))
        session.execute(delete(PostalCode).where(PostalCode.postal_code == "92160"))
        session.execute(update(Office).where(Office.code == "SESA-62").values(parent_code=None))
    found = findings()
    assert len(found) == 5
    assert "postal codes: 956 expected, 955 found" in found
    assert any(one.startswith("92: the name should be ตรัง, Trang") for one in found)
    assert any(one.startswith("ESA-9202: the name should be สพป.ตรัง เขต 2") for one in found)
    assert "ESA-1001 serves nothing: it has no jurisdiction" in found
    assert "SESA-62 has no office above it" in found


def test_empty_database_is_reported_row_by_row(empty_runtime: Runtime) -> None:
    found = findings()
    assert "provinces: 77 expected, 0 found" in found
    assert "HQ (ศูนย์ความปลอดภัย กระทรวงศึกษาธิการ, MOE Safety Center) is missing" in found


def test_public_tree_has_no_findings(country: Directory, tree: PublicTree) -> None:
    assert list(check_counts(country)) == []
    assert list(check_names(country, tree, frozenset())) == []
    assert list(check_tree(country)) == []
    assert list(check_jurisdictions(country)) == []


def test_office_from_a_file_may_have_a_name_of_its_own(
    country: Directory, tree: PublicTree
) -> None:
    offices = {**country.offices, "OBEC": OfficeValue("OBEC", "agency", "ใหม่", "New", "HQ")}
    renamed = Directory(country.provinces, country.districts, country.postal_codes, offices)
    assert [one.rule for one in check_names(renamed, tree, frozenset())] == ["name_differs"]
    assert list(check_names(renamed, tree, frozenset({"OBEC"}))) == []


def test_ring_of_offices_is_found() -> None:
    ring = [OfficeValue("A", "agency", "ก", "A", "B"), OfficeValue("B", "agency", "ข", "B", "A")]
    below = OfficeValue("C", "agency", "ค", "C", "A")
    directory = build_directory(Rows(offices=[*ring, below]))
    assert [one.rule for one in check_tree(directory)] == ["cycle", "cycle", "cycle"]


def test_summary_says_what_is_not_known_yet(country: Directory) -> None:
    summary = summarise(country).en
    assert "741 districts whose primary area is not known" in summary
    assert "123 jurisdictions unconfirmed" in summary
