"""The fixtures of all tests.

`runtime`        this process on the shared database: the country's directory and nothing else.
`own_runtime`    the same on a copy of its own, for tests that change the directory.
`empty_runtime`  a database of its own with the schema and no row.
`stack`          web, worker, beat, broker and practice provider as real processes, on a database
                 with the practice people and no case; see tests/support/stack.py.

They are PostgreSQL unless a test asks for more: `@pytest.mark.backends("postgresql", "sqlite")`.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from core.runtime import Runtime
from tests.support.databases import (
    COUNTRY,
    EMPTY,
    Backend,
    Databases,
    Postgres,
    Sqlite,
)
from tests.support.long_files import place_in_line
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
        metafunc.parametrize("backend", names)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: place_in_line(item.nodeid.partition("::")[0]))


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
def databases_of(
    request: pytest.FixtureRequest,
    redis_server: RedisServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], Databases]]:
    """The databases of a backend, made when the first test asks and kept for all others."""
    with ExitStack() as closing:

        @cache
        def made(name: str) -> Databases:
            folder = tmp_path_factory.mktemp(name)
            kind: Backend = Sqlite(folder)
            if name == "postgresql":
                kind = Postgres(request.getfixturevalue("postgres"))
            databases = Databases(kind, folder, redis_server.url)
            closing.callback(databases.close)
            return databases

        yield made


@pytest.fixture
def databases(backend: str, databases_of: Callable[[str], Databases]) -> Databases:
    """The databases of the backend at hand."""
    return databases_of(backend)


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
def stack_redis() -> Iterator[RedisServer]:
    """The broker of the stack, which tests wipe, stop and start."""
    server = RedisServer()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def stack_of(
    databases_of: Callable[[str], Databases],
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], Stack]]:
    """One service per backend: Redis beside PostgreSQL, the service's own Valkey beside SQLite."""
    with ExitStack() as started:

        @cache
        def running(name: str) -> Stack:
            environ = {"DATABASE_URL": databases_of(name).backend.copy(EMPTY, "stack")}
            redis = request.getfixturevalue("stack_redis") if name == "postgresql" else None
            stack = Stack(environ, tmp_path_factory.mktemp("stack"), redis)
            started.callback(stack.stop)
            stack.start()
            return stack

        yield running


@pytest.fixture
def stack(backend: str, stack_of: Callable[[str], Stack]) -> Stack:
    """The running service, with nothing left of the test before."""
    running = stack_of(backend)
    running.reset()
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
