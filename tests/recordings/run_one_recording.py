"""Take one recording and delete it upstream in a process of its own, which a test may kill."""

import resource

from core import runtime
from core.queue import configure_queue
from core.settings import load_settings
from recordings import tasks


def take_and_delete(recording_id: int, largest_file: int | None = None) -> None:
    """What the worker does when both nudges come, writing no larger file than so many bytes."""
    settings = load_settings()
    configure_queue(settings)
    runtime.configure(settings)
    if largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    tasks.take(recording_id)
    tasks.delete_upstream(recording_id)
