"""The databases that the hotline is measured on, with the practice people, and proof of its work.

PostgreSQL runs as safe as in production: the speed-ups of the tests would flatter it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from calls.models import Call, Callback
from cases.models import Case
from core import migrations, runtime
from core.database import reading, transaction
from core.settings import Settings, load_settings
from tests.bench import rounds, subjects
from tests.bench.rounds import Bench, Driver, Load, Samples
from tests.support.databases import Backend, Postgres, Sqlite
from tests.support.servers import PostgresServer, RedisServer
from webapp.practice_data import seed

DATABASES = ("postgresql", "sqlite")
TEMPLATE = "practice"
APP = "app:create_app()"


@dataclass(frozen=True)
class Result:
    """Everything that was measured of one web server on one database."""

    database: str
    server: str
    samples: Samples
    memory_mb: float
    floor_memory_mb: float
    start_s: float


@dataclass(frozen=True)
class World:
    """One kind of database, filled for practice; each web server gets a copy of it."""

    backend: Backend
    environ: Mapping[str, str]
    database_cpu_s: Callable[[], float]
    folder: Path

    def measure(self, server: str, load: Load) -> Result:
        """Start floor and hotline on one web server, load both, stop them."""
        url = self.backend.copy(TEMPLATE, server)
        environ = {**self.environ, "DATABASE_URL": url}
        settings = load_settings(environ)
        log = self.folder / f"{server}.log"
        token = {"TWILIO_AUTH_TOKEN": settings.twilio_auth_token[0]}
        started = []
        driver = Driver()
        try:
            started.append(floor := subjects.start(server, subjects.FLOOR, token, log))
            started.append(hotline := subjects.start(server, APP, environ, log))
            bench = Bench(floor, hotline, settings, self.database_cpu_s, driver)
            bench.measure(rounds.WARM_UP)
            samples = bench.measure(load)
            prove_work(settings, load)
            return Result(
                self.backend.name,
                server,
                samples,
                hotline.memory_mb(),
                floor.memory_mb(),
                hotline.start_s,
            )
        finally:
            driver.stop()
            for subject in started:
                subject.child.stop()


def prove_work(settings: Settings, load: Load) -> None:
    """RuntimeError unless every call is in the ledger, and every whole one a case with a callback.

    A service that answers fast because it does nothing must not look good.
    """
    done = rounds.WARM_UP.calls + load.rounds * load.calls
    rung = rounds.WARM_UP.rings + load.rounds * load.rings
    expected = {"calls": done + rung, "ended": done, "cases": done, "callbacks": done}
    runtime.configure(settings)
    with reading() as session:
        found = {
            "calls": session.scalar(select(func.count()).select_from(Call)),
            "ended": session.scalar(select(func.count()).where(Call.ended_at.is_not(None))),
            "cases": session.scalar(select(func.count()).where(Case.finished_at.is_not(None))),
            "callbacks": session.scalar(select(func.count()).where(Callback.state == "due")),
        }
    runtime.current().engine.dispose()
    if found != expected:
        raise RuntimeError(f"the work was not done: {found} instead of {expected}")


@contextmanager
def world(database: str, folder: Path, redis: RedisServer) -> Iterator[World]:
    """A filled template of one kind of database."""
    environ = {"TELEPHONY": "practice", "VAR_DIR": str(folder), "REDIS_URL": redis.url}
    if database == "sqlite":
        yield _filled(World(Sqlite(folder), environ, lambda: 0.0, folder))
        return
    server = PostgresServer(tuning=())
    try:
        cpu_s = partial(subjects.cpu_s, server.child.pid)
        yield _filled(World(Postgres(server), environ, cpu_s, folder))
    finally:
        server.stop()


def _filled(made: World) -> World:
    url = made.backend.create(TEMPLATE)
    migrations.upgrade(url)
    configured = runtime.configure(load_settings({**made.environ, "DATABASE_URL": url}))
    with transaction() as session:
        seed(session)
    configured.engine.dispose()
    return made
