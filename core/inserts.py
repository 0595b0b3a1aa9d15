"""INSERT … ON CONFLICT DO NOTHING for both databases, which SQLAlchemy spells per dialect."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from core.database import Base


def insert_unless_there(connection: Connection, model: type[Base]) -> Any:
    """An insert into a model's table that leaves rows alone whose keys are taken.

    Execute it on the same connection; `.returning(…)` gives no row where nothing was inserted. An
    IntegrityError instead would end the whole transaction on PostgreSQL.
    """
    module = sqlite if connection.dialect.name == "sqlite" else postgresql
    return module.insert(model).on_conflict_do_nothing()
