"""The hazard types are a table that the ministry may edit; the shipped list only fills gaps."""

import pytest
from sqlalchemy import delete, select

from cases.models import HazardType
from cases.rules import TypeFacts
from cases.taxonomy import load_taxonomy, shipped_types, type_facts
from core.database import reading, transaction
from core.runtime import Runtime

pytestmark = pytest.mark.backends("postgresql", "sqlite")


def test_the_shipped_list_is_that_of_the_handbook() -> None:
    groups = {"V": 9, "A": 6, "R": 4, "U": 10, "X": 1}
    types = shipped_types()
    found = [row["hazard_group"] for row in types.values()]
    assert {group: found.count(group) for group in groups} == groups
    assert all(code[0] == row["hazard_group"] for code, row in types.items())
    sensitive = {code for code, row in types.items() if row["sensitive"] == "yes"}
    assert sensitive == {"V1", "V8", "R2", "U1"}
    urgent = {code for code, row in types.items() if row["severity"] == "urgent"}
    assert urgent == {"V1", "V6", "V8", "R2", "U1"}


def test_a_new_database_knows_every_shipped_type(empty_runtime: Runtime) -> None:
    with transaction() as session:
        assert load_taxonomy(session) == 0
        assert set(session.scalars(select(HazardType.code))) == set(shipped_types())


def test_loading_fills_gaps_and_keeps_what_was_edited(own_runtime: Runtime) -> None:
    with transaction() as session:
        bullying = session.get_one(HazardType, "V3")
        bullying.th, bullying.severity = "การรังแก", "urgent"
        session.delete(session.get_one(HazardType, "V4"))
    with transaction() as session:
        assert load_taxonomy(session) == 1
    with reading() as session:
        assert session.get_one(HazardType, "V3").th == "การรังแก"
        assert len(session.scalars(select(HazardType)).all()) == 30
        assert type_facts(session, "V3") == TypeFacts("urgent", sensitive=False)


def test_a_type_counts_even_when_its_row_is_gone(own_runtime: Runtime) -> None:
    with transaction() as session:
        session.execute(delete(HazardType))
        assert type_facts(session, "V1") == TypeFacts("urgent", sensitive=True)
        assert type_facts(session, "V3") == TypeFacts()
        assert type_facts(session, None) == TypeFacts()
        assert type_facts(session, "Z9") == TypeFacts()
