"""What is measured: the floor and the hotline on one web server, with what the kernel says of it.

Both servers get one worker process with 32 threads, else as `core.service` starts them.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core import service
from core.processes import Child, Process, python
from tests.support.pids import descendants
from tests.support.stack import free_port
from tests.support.waiting import wait_for

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
START_WITHIN_S = 30.0
THREADS = "32"
FLOOR = "tests.bench.floor:create_floor()"
SERVERS = ("gunicorn", "granian")


def argv(server: str, port: int, application: str) -> tuple[str, ...]:
    """The command line of one web server for one application."""
    if server == "gunicorn":
        options = ("--config", "python:core.web_server", "--bind", f"127.0.0.1:{port}")
        pool = ("--worker-class", "core.web_worker.Worker", "--workers", "1", "--threads", THREADS)
        quietly = ("--timeout", "12", "--log-level", "warning", "--no-control-socket")
        return python("gunicorn", *options, *pool, *quietly, application)
    options = ("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--http", "1")
    pool = ("--workers", "1", "--blocking-threads", THREADS, "--backpressure", THREADS)
    quietly = ("--no-ws", "--log-level", "error", "--factory", application.removesuffix("()"))
    return python("granian", *options, *pool, *quietly)


@dataclass
class Subject:
    """One started application and how long its start took."""

    port: int
    child: Child
    start_s: float

    @property
    def base(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def cpu_s(self) -> float:
        """User and system time of all its processes so far."""
        return cpu_s(self.child.pid)

    def memory_mb(self) -> float:
        """Resident memory of its largest process, which is the worker."""
        pids = (self.child.pid, *descendants(self.child.pid))
        return max(_resident_kb(pid) for pid in pids) / 1024


def start(server: str, application: str, environ: Mapping[str, str], log: Path) -> Subject:
    """Start an application; it is up when it answers `/healthz`."""
    port = free_port()
    env = {**environ, "PORT": str(port)}
    with log.open("ab") as output:
        child = Child(Process(server, argv(server, port, application), env), output.fileno())
    url = f"http://127.0.0.1:{port}/healthz"
    started = time.monotonic()
    wait_for(lambda: child.exit_code() is not None or service.answers(url), START_WITHIN_S)
    if child.exit_code() is not None:
        raise RuntimeError(f"{application} did not start on {server}:\n{log.read_text()}")
    return Subject(port, child, time.monotonic() - started)


def cpu_s(pid: int) -> float:
    """User and system time of a process, its ended children and its running descendants."""
    ticks = 0
    for one in (pid, *descendants(pid)):
        # Fields 14 to 17 of proc(5); the second field, the name, may hold blanks.
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / TICKS_A_SECOND


def _resident_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
