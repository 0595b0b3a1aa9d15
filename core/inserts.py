"""INSERT … ON CONFLICT DO NOTHING for both databases, which SQLAlchemy spells per dialect."""

from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from core.database import Base


def insert_unless_there(connection: Connection, model: type[Base]) -> Any:
    """An insert into a model's table that leaves rows alone whose keys are taken.

    Execute it on the same connection; `.returning(…)` gives no row where nothing was inserted. An
    IntegrityError instead would end the whole transaction on PostgreSQL.
    """
    return insert_in(connection.dialect.name, model)


@cache
def insert_in(dialect: str, model: type[Base]) -> Any:
    """The same by a dialect's name, made once: building it costs as much as running it."""
    module = sqlite if dialect == "sqlite" else postgresql
    return module.insert(table_of(model)).on_conflict_do_nothing()


def table_of(model: type[Base]) -> Table:
    """A model's table: statements on it pass the ORM by."""
    return cast(Table, model.__table__)
