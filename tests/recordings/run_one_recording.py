"""Take one recording and delete it upstream in a process of its own, which a test may kill.

Arguments: the row's id and, when given, the largest file in bytes that the process may write.
"""

import resource
import sys

from core import runtime
from core.queue import configure_queue
from core.settings import load_settings
from recordings import tasks


def main(recording_id: int, largest_file: int | None) -> None:
    """What the worker does when both nudges come."""
    settings = load_settings()
    configure_queue(settings)
    runtime.configure(settings)
    if largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    tasks.take(recording_id)
    tasks.delete_upstream(recording_id)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
