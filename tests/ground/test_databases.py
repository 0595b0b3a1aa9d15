"""The test databases themselves: what a test finds in them and may do to them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from agents.models import Staff
from core.database import reading, transaction, trial
from core.runtime import Runtime
from routing.models import Office

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
BOTH = pytest.mark.backends("postgresql", "sqlite")


@BOTH
@pytest.mark.parametrize("again", [1, 2])
def test_every_test_finds_the_country_and_nothing_of_the_test_before(
    runtime: Runtime, again: int
) -> None:
    with reading() as session:
        assert session.scalars(select(Office).where(Office.code == "ESA-9202")).one()
        assert session.scalars(select(Staff)).all() == []
    with transaction() as session:
        session.add(Staff(email="a@example.org", name="A", created_at=NOW))


@BOTH
def test_a_private_copy_may_be_changed(own_runtime: Runtime) -> None:
    with transaction() as session:
        session.execute(update(Office).values(active=False))
    with reading() as session:
        assert session.scalars(select(Office).where(Office.active)).first() is None


@BOTH
def test_a_trial_writes_and_leaves_nothing(runtime: Runtime) -> None:
    with trial() as session:
        session.add(Staff(email="a@example.org", name="A", created_at=NOW))
        session.flush()
        assert session.scalars(select(Staff.email)).all() == ["a@example.org"]
    with reading() as session:
        assert session.scalars(select(Staff)).all() == []


def test_the_shared_directory_refuses_to_be_changed(runtime: Runtime) -> None:
    with pytest.raises(DBAPIError, match="own_runtime"), transaction() as session:
        session.execute(update(Office).values(active=False))


@BOTH
def test_an_empty_database_has_the_schema_and_no_row(empty_runtime: Runtime) -> None:
    with reading() as session:
        assert session.scalars(select(Office)).all() == []
