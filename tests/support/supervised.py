"""Runs a Supervisor on stages given as JSON, so that a test can signal and kill a real one.

    python -m tests.support.supervised '[[{"name": "a", "argv": ["sleep", "9"]}]]' FILE

`ready_file` makes a process ready as soon as that file exists. FILE is made when all are up.
"""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from core.processes import Process
from core.supervisor import Supervisor


def process(told: dict[str, Any]) -> Process:
    """One process of the JSON."""
    ready = partial(Path(told["ready_file"]).exists) if "ready_file" in told else None
    return Process(told["name"], tuple(told["argv"]), ready=ready, once=told.get("once", False))


def tell() -> bool:
    """Say that all are up, and go on."""
    Path(sys.argv[2]).touch()
    return True


if __name__ == "__main__":
    stages = [[process(told) for told in stage] for stage in json.loads(sys.argv[1])]
    sys.exit(Supervisor(stages).run(tell))
