"""The whole service in real processes, with the practice provider as its telephone company.

The processes are the lists of `core.service`, so that what is tested is what runs. Their output
is in `folder/<name>.log`.
"""

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import redis
import requests
from flask.cli import cli
from sqlalchemy import Engine

from core import service
from core.engine import create_database_engine
from core.processes import Child, Process
from core.settings import load_settings
from tests.support.apart import run_apart
from tests.support.databases import empty_tables, filled_tables
from tests.support.servers import RedisServer
from tests.support.waiting import wait_for

T = TypeVar("T")
START_WITHIN_S = 60.0
HTTP_TIMEOUT_S = 60.0
CALL_WITHIN_S = 50
LINES_OF_A_LOG = 40
SCOPES = ("cases:read", "calls:read", "callbacks:read", "offices:read", "identity:read")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _flask(*arguments: str) -> None:
    """What `./hotline` runs."""
    cli.main(["--app", "app", *arguments])


class Stack:
    """Web, worker, beat, practice provider and broker; `start` before use, `stop` at the end.

    Without a Redis the broker is the service's own child Valkey.
    """

    def __init__(
        self, environ: Mapping[str, str], folder: Path, redis_server: RedisServer | None = None
    ) -> None:
        self.folder = folder
        self._redis = redis_server
        self.environ = {
            "TELEPHONY": "practice",
            "VAR_DIR": str(folder),
            "PORT": str(free_port()),
            "PRACTICE_PORT": str(free_port()),
            **({"REDIS_URL": redis_server.url} if redis_server else {}),
            **environ,
        }
        self.settings = load_settings(self.environ)
        self.children: dict[str, Child] = {}
        self.token = ""
        self._kept: frozenset[str] = frozenset()

    # ---- processes

    def start(self) -> None:
        """Start everything, and fill the database with the practice people meanwhile."""
        self._start_fallen()
        self.command("practice", "seed")
        scopes = [part for scope in SCOPES for part in ("--scope", scope)]
        self.token = self.command("token", "add", "tests", *scopes).strip()
        wait_for(self._is_up, START_WITHIN_S)
        with self.database() as engine:
            self._kept = filled_tables(engine)

    def reset(self) -> None:
        """Forget every call and case; what has fallen is started again."""
        self._start_fallen()
        wait_for(self._is_up, START_WITHIN_S)
        self.practice("/practice/ledger", method="DELETE")
        with self.database() as engine:
            empty_tables(engine, kept=self._kept)

    def start_missing(self) -> None:
        """Start whatever is not running, and wait until the whole service answers."""
        self._start_fallen()
        wait_for(self._is_up, START_WITHIN_S)

    def _start_fallen(self) -> None:
        if self._redis and self._redis.child.exit_code() is not None:
            self._redis.start()
        for process in self._processes():
            if not self._runs(process.name):
                self._start(process)

    def _processes(self) -> tuple[Process, ...]:
        return (
            *service.valkey(self.settings),
            service.practice_provider(self.settings),
            *service.web(self.settings),
            service.worker(),
            service.beat(self.settings),
        )

    def _runs(self, name: str) -> bool:
        return name in self.children and self.children[name].exit_code() is None

    def _start(self, process: Process, **env: str) -> None:
        told = replace(process, env={**self.environ, **process.env, **env})
        with (self.folder / f"{process.name}.log").open("ab") as log:
            self.children[process.name] = Child(told, log.fileno())

    def _is_up(self) -> bool:
        fallen = [name for name in self.children if not self._runs(name)]
        if fallen:
            raise RuntimeError(f"{fallen} ended during the start:\n{self.logs()}")
        ready = all(child.is_ready() for child in self.children.values())
        return ready and service.whole_service_answers(self.settings)

    def stop(self) -> None:
        """Stop everything, the broker last."""
        self._engine.dispose()
        for name, child in self.children.items():
            if name != "valkey":
                child.terminate()
        for child in reversed(self.children.values()):
            child.stop()

    def kill(self, name: str) -> None:
        """End one process (web, worker, beat, practice) as a power cut would."""
        self.children[name].kill()

    def kill_broker(self) -> None:
        """End Redis or Valkey as a power cut would; `start_missing` starts it again."""
        broker = self._redis.child if self._redis else self.children["valkey"]
        broker.kill()

    def kill_worker(self) -> None:
        """End the Celery worker as a power cut would."""
        self.kill("worker")

    def start_worker(self, crash_at: str | None = None) -> None:
        """Start the worker again, perhaps one that dies at the named crash point."""
        self._start(service.worker(), **({"HOTLINE_CRASH_AT": crash_at} if crash_at else {}))

    def command(self, *arguments: str) -> str:
        """Run one of our own commands; returns its stdout, RuntimeError when it fails."""
        done = run_apart(_flask, *arguments, environ={**os.environ, **self.environ})
        if done.status:
            raise RuntimeError(f"{arguments} ended with {done.status}: {done.errors}")
        return done.output

    @cached_property
    def _engine(self) -> Engine:
        # One for all looks: to open the database anew costs more than most of them.
        return create_database_engine(self.settings.database_url)

    @contextmanager
    def database(self) -> Iterator[Engine]:
        """The service's database, beside the service."""
        yield self._engine

    # ---- conversations

    def phone(self, keys: str, **more: Any) -> dict[str, Any]:
        """Phone the hotline and wait for the end; the call as the practice provider saw it."""
        sid = self.practice("/practice/calls", {"keys": keys, **more})["sid"]
        return self.call(sid)

    def call(self, sid: str) -> dict[str, Any]:
        """One call with its conversation, once it is over."""
        found: dict[str, Any] = self.practice(f"/practice/calls/{sid}?wait={CALL_WITHIN_S}")
        return found

    def practice(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """Ask the practice provider: GET, or POST when there is a body."""
        url = f"http://127.0.0.1:{self.settings.practice_port}{path}"
        verb = method or ("GET" if body is None else "POST")
        answer = requests.request(verb, url, json=body, timeout=HTTP_TIMEOUT_S)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def ledger(self) -> Any:
        """Everything that ever rang, as the practice provider wrote it down."""
        return self.practice("/practice/ledger")

    def url(self, path: str) -> str:
        """An address of the web process."""
        return f"http://127.0.0.1:{self.settings.port}{path}"

    def api(self, path: str) -> Any:
        """GET /api/v1{path} with a token that may read everything."""
        answer = requests.get(
            self.url(f"/api/v1{path}"),
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=HTTP_TIMEOUT_S,
        )
        answer.raise_for_status()
        return answer.json()

    def wait_for(self, look: Callable[[], T], deadline_s: float = 20.0) -> T:
        """What `look` returns as soon as that is true; an error that shows the logs when never."""
        try:
            return wait_for(look, deadline_s)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.logs()}") from None

    def redis_flush(self) -> None:
        """Lose everything that the broker holds."""
        with redis.Redis.from_url(self.settings.redis_url) as client:
            client.flushall()

    def logs(self) -> str:
        """The last lines of every process."""
        parts = []
        for path in sorted(self.folder.glob("*.log")):
            lines = path.read_text(errors="replace").splitlines()[-LINES_OF_A_LOG:]
            parts.append("\n".join([f"--- {path.name}", *lines]))
        return "\n".join(parts)
