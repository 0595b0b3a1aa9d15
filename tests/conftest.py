"""The fixtures of all tests.

`runtime`        this process on the shared database: the country's directory and nothing else.
`own_runtime`    the same on a copy of its own, for tests that change the directory.
`empty_runtime`  a database of its own with the schema and no row.
`stack`          web, worker, beat, broker and practice provider as real processes, on a database
                 with the practice people and no case; see tests/support/stack.py.

They are PostgreSQL unless a test asks for more: `@pytest.mark.backends("postgresql", "sqlite")`.
"""

from collections.abc import Generator, Iterator

import pytest

from core.runtime import Runtime
from tests.support.databases import (
    COUNTRY,
    EMPTY,
    Backend,
    Databases,
    Postgres,
    Sqlite,
    empty_tables,
    filled_tables,
)
from tests.support.servers import PostgresServer, RedisServer
from tests.support.stack import Stack

DEFAULT_BACKENDS = ("postgresql",)


def pytest_configure(config: pytest.Config) -> None:
    """Say what our marker means."""
    config.addinivalue_line("markers", "backends(*names): the databases a test runs on")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses a database on each backend that it names."""
    if "backend" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("backends")
        names = marker.args if marker else DEFAULT_BACKENDS
        metafunc.parametrize("backend", names, scope="session")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A private PostgreSQL cluster."""
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A private Redis."""
    server = RedisServer()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def databases(
    backend: str,
    request: pytest.FixtureRequest,
    redis_server: RedisServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Databases:
    """The databases of the backend at hand."""
    folder = tmp_path_factory.mktemp(backend)
    kind: Backend = Sqlite(folder)
    if backend == "postgresql":
        kind = Postgres(request.getfixturevalue("postgres"))
    return Databases(kind, folder, redis_server.url)


@pytest.fixture
def runtime(databases: Databases) -> Iterator[Runtime]:
    """The country's directory, everything else empty; quick."""
    with databases.shared() as made:
        yield made


@pytest.fixture
def own_runtime(databases: Databases) -> Iterator[Runtime]:
    """The country's directory, free to be changed."""
    with databases.private(COUNTRY) as made:
        yield made


@pytest.fixture
def empty_runtime(databases: Databases) -> Iterator[Runtime]:
    """The schema and no row."""
    with databases.private(EMPTY) as made:
        yield made


@pytest.fixture(scope="session")
def started_stack(
    backend: str,
    databases: Databases,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Stack, frozenset[str]]]:
    """One service per backend: Redis beside PostgreSQL, the service's own Valkey beside SQLite."""
    environ = {"DATABASE_URL": databases.backend.copy(EMPTY, "stack")}
    if backend == "postgresql":
        environ["REDIS_URL"] = request.getfixturevalue("stack_redis").url
    stack = Stack(environ, tmp_path_factory.mktemp("stack"))
    try:
        stack.start()
        with stack.database() as engine:
            kept = filled_tables(engine)
        yield stack, kept
    finally:
        stack.stop()


@pytest.fixture(scope="session")
def stack_redis() -> Iterator[RedisServer]:
    """The broker of the stack, which tests wipe, stop and start."""
    server = RedisServer()
    yield server
    server.remove()


@pytest.fixture
def stack(started_stack: tuple[Stack, frozenset[str]]) -> Stack:
    """The running service, with nothing left of the test before."""
    running, kept = started_stack
    running.practice("/practice/ledger", method="DELETE")
    with running.database() as engine:
        empty_tables(engine, kept=kept)
    running.start_missing()
    return running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the last log lines of the processes beside a test that failed on them."""
    report = yield
    stack = getattr(item, "funcargs", {}).get("stack")
    if report.failed and stack is not None:
        report.sections.append(("processes", stack.logs()))
    return report
