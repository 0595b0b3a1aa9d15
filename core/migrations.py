"""The schema: is it there, is it current, bring it there. Alembic without an ini file."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from core.engine import create_database_engine
from core.processes import ROOT

# Any number will do, as long as every starting service takes the same one.
UPGRADE_LOCK = 2126_6565
# Changing a filled table may take long, and nobody is on the telephone for it.
LONGEST_STATEMENT_S = 3600.0


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration; `migrations/env.py` works on the connection that is handed in."""
    made = Config()
    made.set_main_option("script_location", str(ROOT / "migrations"))
    made.attributes["connection"] = connection
    return made


def is_empty(engine: Engine) -> bool:
    """Whether the database holds no table at all."""
    return not inspect(engine).get_table_names()


def is_current(engine: Engine) -> bool:
    """Whether every migration of this code has been applied."""
    with engine.connect() as connection:
        there = MigrationContext.configure(connection).get_current_heads()
    return set(there) == set(ScriptDirectory.from_config(config()).get_heads())


def upgrade(url: str) -> None:
    """Apply what is missing, all or nothing; a second one that starts meanwhile waits."""
    engine = create_database_engine(url, answer_within_s=LONGEST_STATEMENT_S)
    try:
        with engine.execution_options(immediate=True).connect() as connection:
            _prepare(connection)
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})")
                command.upgrade(config(connection), "head")
    finally:
        engine.dispose()


def draft(url: str, message: str) -> str:
    """Write the next numbered migration from the models; returns its path."""
    engine = create_database_engine(url)
    try:
        with engine.connect() as connection:
            alembic = config(connection)
            number = len(list(ScriptDirectory.from_config(alembic).walk_revisions())) + 1
            made = command.revision(alembic, message, autogenerate=True, rev_id=f"{number:04}")
            return str(made.path) if isinstance(made, Script) else ""
    finally:
        engine.dispose()


def _prepare(connection: Connection) -> None:
    """Lift what is meant for requests: their deadline, and SQLite's checks while tables move."""
    if connection.dialect.name == "postgresql":
        with connection.begin():
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("SET lock_timeout = '60s'")
        return
    # A batch migration drops the old table, and that would delete what points to it; SQLite
    # ignores the pragma inside a transaction, so it goes past SQLAlchemy's BEGIN.
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute("PRAGMA foreign_keys=OFF")
