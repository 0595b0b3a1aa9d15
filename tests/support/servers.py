"""A private PostgreSQL and a private Redis: never whatever listens on this machine's ports.

Both end with the test process, even when that is killed. Root runs PostgreSQL as the user
postgres, because initdb refuses root; anybody else runs it as themselves.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import psycopg
import redis

from core.processes import Child, Process
from tests.support.waiting import wait_for

SPEED_NOT_SAFETY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
INITDB = ("--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")
SETUP = "Run the tests with: make test (it installs what they need)."


class ServerMissing(Exception):
    """A server program is not installed; the message says which and what to do."""


def _folder(name: str) -> Path:
    # Short, for a socket's path has room for 107 bytes only, and open to another user.
    return Path(tempfile.mkdtemp(prefix=f"hotline-{name}-", dir="/tmp"))


def _program(*patterns: str) -> str:
    found = [path for pattern in patterns for path in sorted(Path("/").glob(pattern))]
    if not found:
        raise ServerMissing(f"{Path(patterns[0]).name} is not installed. {SETUP}")
    return str(found[-1])


def _answers(connect: Callable[[], object], *errors: type[Exception]) -> bool:
    try:
        connect()
    except errors:
        return False
    return True


class PostgresServer:
    """A throw-away cluster on a Unix socket of its own; without `tuning` it is as safe as any."""

    def __init__(self, tuning: Sequence[str] = SPEED_NOT_SAFETY) -> None:
        self.folder = _folder("postgres")
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self.folder, self._user, self._user)
        data = str(self.folder / "data")
        initdb = _program("usr/lib/postgresql/*/bin/initdb")
        self._run(
            initdb,
            "-D",
            data,
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-A",
            "trust",
            "-N",
        )
        options = ("listen_addresses=", "max_connections=200", *tuning)
        argv = [str(Path(initdb).with_name("postgres")), "-D", data, "-k", str(self.folder)]
        argv += [part for option in options for part in ("-c", option)]
        self._log = (self.folder / "server.log").open("wb")
        process = Process("postgres", tuple(argv), user=self._user)
        self.child = Child(process, self._log.fileno())
        connect = partial(self.execute, "SELECT 1")
        wait_for(lambda: _answers(connect, psycopg.OperationalError), 30)

    def _run(self, *argv: str) -> None:
        user = self._user
        groups: list[str] | None = [] if user else None
        subprocess.run(
            argv,
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            user=user,
            group=user,
            extra_groups=groups,
        )

    def url(self, database: str) -> str:
        """The address of one database, as DATABASE_URL takes it."""
        return f"postgresql:///{database}?host={self.folder}&user=postgres"

    def execute(self, statement: str) -> None:
        """Run one statement outside any transaction, as the cluster's owner."""
        host = str(self.folder)
        with psycopg.connect(
            host=host, user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)

    def copy(self, template: str, name: str) -> str:
        """A new database with everything that `template` holds; returns its address."""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Throw one database away, whoever is connected."""
        self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """End the cluster and remove its files."""
        self.child.popen.send_signal(signal.SIGQUIT)
        self.child.stop()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class RedisServer:
    """A Redis on a Unix socket of its own; it can be stopped and started again."""

    def __init__(self) -> None:
        self.folder = _folder("redis")
        self.socket = self.folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self.start()

    def start(self) -> None:
        """Start it empty, or with what its append-only file holds."""
        options = ("--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder))
        argv = (_program("usr/bin/redis-server", "usr/local/bin/redis-server"), *options)
        process = Process("redis", (*argv, "--appendonly", "yes", "--save", ""))
        self.child = Child(process, subprocess.DEVNULL)
        wait_for(lambda: _answers(partial(self.command, "PING"), redis.RedisError), 10)

    def command(self, *words: str) -> object:
        """Send one command."""
        with redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5) as client:
            return client.execute_command(*words)

    def stop(self) -> None:
        """End it; its files stay until `remove`."""
        self.child.stop()

    def remove(self) -> None:
        """End it and remove its files."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
