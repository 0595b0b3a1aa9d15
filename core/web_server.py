"""Gunicorn's settings file: what cannot be said on its command line.

https://docs.gunicorn.org/en/stable/settings.html#server-hooks
"""

from typing import Any

from core.processes import die_with_parent


def post_fork(server: Any, worker: Any) -> None:
    """Let a web worker die with its master: the master's own death signal does not reach it."""
    die_with_parent(worker.ppid)
