"""Let one recording go in a process of its own, which a test may kill."""

from core import runtime
from core.queue import configure_queue
from core.settings import load_settings
from recordings import tasks


def purge(recording_id: int) -> None:
    """What the worker does with a nudge."""
    settings = load_settings()
    configure_queue(settings)
    runtime.configure(settings)
    tasks.purge(recording_id)
