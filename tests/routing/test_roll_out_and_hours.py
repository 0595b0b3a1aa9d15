"""Files that turn offices and districts on and off and give offices hours of their own (D4)."""

from datetime import datetime

import pytest

from core.database import reading, transaction
from core.processes import ROOT
from core.runtime import Runtime
from core.zones import BANGKOK
from routing.directory import current_directory
from routing.importer import load_files
from routing.loading import Counts
from routing.rules import Decision, Question, choose_office
from routing.services import load_public_tree
from tests.routing.corpus import USUAL
from tests.routing.files import DISTRICTS, HOURS, OFFICES, Write

BOTH = pytest.mark.backends("postgresql", "sqlite")
NIGHT = datetime(2026, 11, 20, 23, 0, tzinfo=BANGKOK)
SWITCHED = f"{OFFICES},on"


def load(*paths: object) -> dict[str, Counts]:
    with transaction() as session:
        return load_files(session, paths)


def choose(**asked: object) -> Decision:
    with reading() as session:
        return choose_office(Question(usual=USUAL, **asked), current_directory(session))


@BOTH
def test_office_is_switched_off_and_on_by_file(write: Write, own_runtime: Runtime) -> None:
    line = "ESA-3801,area_primary,สพป.บึงกาฬ,OBEC"
    load(write("offices.csv", SWITCHED, f"{line},no"))
    assert choose(district_code="3801").office_code == "OBEC"
    load(write("offices.csv", OFFICES, line))
    assert choose(district_code="3801").office_code == "OBEC"
    load(write("offices.csv", SWITCHED, f"{line},yes"))
    assert choose(district_code="3801").office_code == "ESA-3801"


@BOTH
def test_district_is_switched_off_and_on_by_file(write: Write, own_runtime: Runtime) -> None:
    """The pilot: three districts of Khon Kaen, then the next one."""
    waiting = [f"40{n:02},no" for n in (*range(2, 7), *range(8, 18))]
    assert load(write("pilot.csv", DISTRICTS, *waiting)) == {"districts": Counts(changed=15)}
    assert choose(district_code="4001").office_code == "ESA-4001"
    assert choose(district_code="4002").reasons[-1].rule == "district_not_on"
    assert load(write("next.csv", DISTRICTS, "4002,yes", "4001,yes")) == {
        "districts": Counts(changed=1)
    }
    assert choose(district_code="4002").office_code == "ESA-4001"


def test_public_tree_loaded_again_turns_no_switch_and_no_hours(
    write: Write, own_runtime: Runtime
) -> None:
    load(
        write("districts.csv", DISTRICTS, "4001,no"),
        write("offices.csv", SWITCHED, "ESA-3801,area_primary,สพป.บึงกาฬ,OBEC,no"),
        write("hours.csv", HOURS, "ESA-9202,5,00:00,24:00"),
    )
    with transaction() as session:
        load_public_tree(session, root=ROOT)
    assert choose(district_code="4001").office_code == "OBEC"
    assert choose(district_code="3801").office_code == "OBEC"
    asked = {"district_code": "9209", "severity": "emergency", "at": NIGHT}
    assert choose(**asked).office_code == "ESA-9202"


@BOTH
def test_hours_of_an_office_are_replaced_and_taken_back(write: Write, own_runtime: Runtime) -> None:
    night = {"district_code": "9209", "severity": "emergency", "at": NIGHT}
    assert choose(**night).office_code == "HQ"
    lines = ["ESA-9202,5,08:30,12:00", "ESA-9202,5,13:00,24:00", "OBEC,1,08:30,16:30"]
    assert load(write("a.csv", HOURS, *lines)) == {"hours": Counts(added=3)}
    assert choose(**night).office_code == "ESA-9202"
    shorter = ["ESA-9202,5,13:00,22:00", "ESA-9202,6,09:00,12:00"]
    counts = load(write("b.csv", HOURS, *shorter))
    assert counts == {"hours": Counts(added=1, changed=1, removed=1)}
    assert choose(**night).office_code == "HQ"
    assert load(write("c.csv", HOURS, "ESA-9202,,,")) == {"hours": Counts(removed=2)}
    with reading() as session:
        assert set(current_directory(session).hours) == {"OBEC"}


def test_partner_is_named_from_the_database_with_its_basis(runtime: Runtime) -> None:
    decision = choose(district_code="1001", affiliation="local")
    assert (decision.office_code, decision.candidates) == ("HQ", ("BMA",))
    assert "กรุงเทพมหานคร (สำนักการศึกษา)" in decision.reasons[-2].th
