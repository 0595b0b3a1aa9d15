"""Gunicorn's settings file: what cannot be said on its command line.

https://docs.gunicorn.org/en/stable/settings.html#server-hooks
"""

from typing import Any

from core.processes import die_with_parent

_workers: list[Any] = []


def post_fork(server: Any, worker: Any) -> None:
    """Let a web worker die with its master: the master's own death signal does not reach it."""
    die_with_parent(worker.ppid)
    _workers[:] = [worker]


def is_stopping() -> bool:
    """Whether this web worker was told to end; never so outside one."""
    return any(not worker.alive for worker in _workers)
