"""Child processes that never outlive their parent.

A child runs in a process group of its own, so that a signal to our group reaches us alone and we
stop it in our own order; should we be killed outright, the kernel kills it (PR_SET_PDEATHSIG).
Children must be started from the main thread: the kernel watches the thread that forked.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG = 1
# Looked up before any fork: between fork and exec a child may do next to nothing.
_prctl = ctypes.CDLL(None, use_errno=True).prctl


@dataclass(frozen=True)
class Process:
    """What to run: `once` for a step that ends by itself, `ready` to tell when others may start.

    `env` is added to our own environment, or to what `inherits` names of it; secrets go there,
    never on `argv`, which anybody on the machine can read.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None
    once: bool = False
    user: str | None = None
    inherits: Collection[str] | None = None

    def environment(self, ours: Mapping[str, str]) -> dict[str, str]:
        """What it finds in its environment, of ours and of its own."""
        names = ours if self.inherits is None else self.inherits
        return {name: value for name, value in ours.items() if name in names} | dict(self.env)


def python(name: str, *arguments: str) -> tuple[str, ...]:
    """The argv of a Python module run by this very interpreter."""
    return (sys.executable, "-m", name, *arguments)


def die_with_parent(parent: int, signum: int = signal.SIGKILL) -> None:
    """Ask the kernel to send us `signum` when `parent` ends; at once when it has ended already."""
    _prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signum)


class Child:
    """A started process and everything it forked."""

    def __init__(self, process: Process, output: int = subprocess.PIPE) -> None:
        """Start it with stdout and stderr going to `output` (a descriptor, or a new pipe)."""
        self.process = process
        self.started_at = time.monotonic()
        self._is_cleared = False
        self.popen = subprocess.Popen(
            process.argv,
            cwd=ROOT,
            env=process.environment(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
            user=process.user,
            group=process.user,
            extra_groups=[] if process.user else None,
            preexec_fn=partial(die_with_parent, os.getpid()),
        )

    @property
    def pid(self) -> int:
        """The process id, which is the id of its group too."""
        return self.popen.pid

    def exit_code(self) -> int | None:
        """None while it runs; negative for a signal."""
        return self.popen.poll()

    def is_ready(self) -> bool:
        """Whether it runs and its probe, if there is one, says so."""
        ready = self.process.ready
        return self.exit_code() is None and (ready is None or ready())

    def terminate(self) -> None:
        """Ask it to finish."""
        if self.exit_code() is None:
            self.popen.terminate()

    def kill(self) -> None:
        """End it and what is left of its group, at once."""
        if self._is_cleared:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.popen.wait()
        # From now on the number of the group may be given to a stranger.
        self._is_cleared = True

    def stop(self, patience_s: float = 5.0) -> None:
        """Ask it to finish, and kill it when it does not in time."""
        self.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.popen.wait(patience_s)
        self.kill()
