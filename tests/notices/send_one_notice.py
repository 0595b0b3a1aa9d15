"""Send what is due on one channel in a process of its own, which a test may kill."""

from datetime import datetime

from agents import tasks
from agents.notice_services import current_carriers
from core import runtime
from core.queue import configure_queue
from core.settings import load_settings


def send_due(channel: str, moment: datetime) -> None:
    """What the worker does on the beat; the services are those of the environment."""
    settings = load_settings()
    configure_queue(settings)
    runtime.configure(settings)
    tasks.send_due(channel, current_carriers(), now=lambda: moment)
