"""A program in a process of its own, which may die where a test says.

It is forked off a process that has loaded the product and does nothing else: to start Python and
to load it anew costs a hundred times as much.
"""

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from core.processes import ROOT

WITHIN_S = 120
# Whoever runs pytest as a module is imported again in each fork.
LOADED = ("app", "pytest", "tests.calls.ring_once")
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(list(LOADED))


@dataclass(frozen=True)
class Done:
    """How it ended, and what it wrote."""

    status: int
    output: str
    errors: str


def run_apart(program: Callable[..., None], *arguments: Any, environ: Mapping[str, str]) -> Done:
    """Run `program` in the root of the repository, with nothing in its environment but this.

    It stands at the top of a module, and its arguments are simple values.
    """
    with tempfile.TemporaryDirectory() as folder:
        told = {"PATH": os.environ["PATH"], **environ}
        process = _FORKS.Process(target=_begin, args=(folder, told, program, arguments))
        process.start()
        process.join(WITHIN_S)
        process.kill()
        process.join()
        status = process.exitcode
        process.close()
        assert status is not None
        output, errors = (path.read_text(errors="replace") for path in _files(folder))
        return Done(status, output, errors)


def _files(folder: str) -> tuple[Path, Path]:
    return Path(folder, "output"), Path(folder, "errors")


def _begin(
    folder: str, environ: dict[str, str], program: Callable[..., None], arguments: tuple[Any, ...]
) -> None:
    for number, path in enumerate(_files(folder), start=1):
        with path.open("wb") as file:
            os.dup2(file.fileno(), number)
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(ROOT)
    program(*arguments)
