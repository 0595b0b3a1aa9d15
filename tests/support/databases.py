"""Databases for tests: made once with the schema and the country, then copied or emptied."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from psycopg.errors import DeadlockDetected
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import OperationalError

from core import migrations, runtime
from core.database import transaction
from core.engine import create_database_engine
from core.processes import ROOT
from core.queue import configure_queue
from core.runtime import Runtime
from core.settings import load_settings
from routing.services import load_public_tree
from tests.support.servers import PostgresServer

EMPTY = "empty"
COUNTRY = "country"
SHARED = "shared"
# As many as one test could want at once.
MOST_PRIVATE = 4
# A test that changes places or offices under the feet of all others is told so at once.
PROTECT = """
CREATE FUNCTION keep_directory() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the directory is shared by all tests: take the fixture own_runtime';
END $$
"""


class Backend(Protocol):
    """One kind of database."""

    name: str

    def url(self, name: str) -> str:
        """The address of a database that exists."""
        ...

    def create(self, name: str) -> str:
        """Make one without tables."""
        ...

    def copy(self, template: str, name: str) -> str:
        """Make one with everything that the template holds."""
        ...

    def drop(self, name: str) -> None:
        """Throw one away."""
        ...


class Postgres:
    """Databases in a private cluster."""

    name = "postgresql"

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self.url = server.url
        self.copy = server.copy
        self.drop = server.drop

    def create(self, name: str) -> str:
        """Make one without tables."""
        return self.server.copy("template0", name)


class Sqlite:
    """Database files in one folder."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.db"

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"sqlite:///{self._path(name)}"

    def create(self, name: str) -> str:
        """The address of one that comes into being with its first connection."""
        return self.url(name)

    def copy(self, template: str, name: str) -> str:
        """Copy the file; nobody is connected to a template, so its WAL is empty."""
        shutil.copyfile(self._path(template), self._path(name))
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove the files."""
        for path in self.folder.glob(f"{name}.db*"):
            path.unlink()


class Databases:
    """The databases of one backend: two templates, one shared by quick tests, private copies."""

    def __init__(self, backend: Backend, var_dir: Path, redis_url: str) -> None:
        self.backend = backend
        self._engines: dict[str, Engine] = {}
        self._free = [f"private_{number}" for number in range(MOST_PRIVATE)]
        self._environ = {
            "TELEPHONY": "practice",
            # As in production: practice itself has none.
            "SAFE_HOURS": "08:00-20:00",
            "VAR_DIR": str(var_dir),
            "REDIS_URL": redis_url,
            "RECORDINGS_URL": str(var_dir / "recordings"),
        }
        migrations.upgrade(self.backend.create(EMPTY))
        with self.configured(self.backend.copy(EMPTY, COUNTRY)) as made:
            with transaction() as session:
                load_public_tree(session, root=ROOT)
            self.kept = filled_tables(made.engine)
        shared = self.backend.copy(COUNTRY, SHARED)
        if self.backend.name == "postgresql":
            with self.configured(shared) as made:
                _protect(made.engine, self.kept)

    @contextmanager
    def configured(
        self, url: str, more: Mapping[str, str] | None = None, engine: Engine | None = None
    ) -> Iterator[Runtime]:
        """This process on this database; afterwards no connection stays open but of `engine`."""
        settings = load_settings({**self._environ, "DATABASE_URL": url, **(more or {})})
        configure_queue(settings)
        made = runtime.configure(settings, engine)
        try:
            yield made
        finally:
            if engine is None:
                made.engine.dispose()

    @contextmanager
    def shared(self) -> Iterator[Runtime]:
        """The country, and no row but the directory's; on PostgreSQL nobody may change that."""
        if self.backend.name == "sqlite":
            with self.private(COUNTRY) as made:
                yield made
            return
        url = self.backend.url(SHARED)
        with self.configured(url, engine=self._engine(url)) as made:
            empty_tables(made.engine, kept=self.kept)
            yield made

    def close(self) -> None:
        """Let go of the connections that were kept."""
        for engine in self._engines.values():
            engine.dispose()

    @contextmanager
    def private(self, template: str) -> Iterator[Runtime]:
        """A database of one's own, made from EMPTY or COUNTRY."""
        name = self._free.pop()
        url = self.backend.copy(template, name)
        engine = self._engine(url)
        try:
            with self.configured(url, engine=engine) as made:
                yield made
        finally:
            engine.dispose()
            self.backend.drop(name)
            self._free.append(name)

    def _engine(self, url: str) -> Engine:
        """The same for all tests, for it knows its statements; whoever listens to it is gone."""
        if url not in self._engines:
            self._engines[url] = create_database_engine(url)
        return self._engines[url].execution_options()


def filled_tables(engine: Engine) -> frozenset[str]:
    """Names of the tables that hold a row."""
    names = inspect(engine).get_table_names()
    looks = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)
    with engine.connect() as connection:
        return frozenset(connection.execute(text(" UNION ALL ".join(looks))).scalars())


def empty_tables(engine: Engine, *, kept: frozenset[str]) -> None:
    """Remove every row of the tables that are not kept, whatever points to them.

    The service may still be writing the end of the test before: of two that wait for each other
    PostgreSQL ends one, and if that was this one it begins again.
    """
    if not (full := sorted(filled_tables(engine) - kept)):
        return
    if engine.dialect.name != "postgresql":
        _delete_from_file(engine, full)
        return
    for is_last in (False, False, False, True):
        try:
            return _delete_from_server(engine, full)
        except OperationalError as error:
            if is_last or not isinstance(error.orig, DeadlockDetected):
                raise


def _delete_from_server(engine: Engine, names: Sequence[str]) -> None:
    # Few rows each: to delete them is quicker than new files for every table and index.
    deletes = "; ".join(f'DELETE FROM "{name}"' for name in names)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(deletes))


def _delete_from_file(engine: Engine, names: Sequence[str]) -> None:
    with engine.execution_options(immediate=True).begin() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        for name in names:
            connection.execute(text(f'DELETE FROM "{name}"'))


def _protect(engine: Engine, tables: frozenset[str]) -> None:
    when = "BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE"
    with engine.begin() as connection:
        connection.execute(text(PROTECT))
        for table in sorted(tables):
            connection.execute(
                text(f'CREATE TRIGGER keep {when} ON "{table}" EXECUTE FUNCTION keep_directory()')
            )
