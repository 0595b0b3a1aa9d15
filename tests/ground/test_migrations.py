"""The schema: models and migrations agree, and an upgrade is all or nothing."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from core import migrations
from core.database import Base
from core.runtime import Runtime
from tests.support.databases import Databases

BOTH = pytest.mark.backends("postgresql", "sqlite")


@BOTH
def test_models_and_migrations_agree(empty_runtime: Runtime) -> None:
    """A model changed without a migration would start on a table that lacks its column."""
    with empty_runtime.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


@BOTH
def test_an_upgraded_database_is_current_and_not_empty(empty_runtime: Runtime) -> None:
    assert migrations.is_current(empty_runtime.engine)
    assert not migrations.is_empty(empty_runtime.engine)


@BOTH
def test_two_services_that_start_together_upgrade_once(databases: Databases) -> None:
    url = databases.backend.create("together")
    with databases.configured(url) as made:
        assert migrations.is_empty(made.engine)
        assert not migrations.is_current(made.engine)
        with ThreadPoolExecutor(2) as both:
            assert list(both.map(migrations.upgrade, [url, url])) == [None, None]
        assert migrations.is_current(made.engine)
        assert "office" in inspect(made.engine).get_table_names()
    databases.backend.drop("together")
