"""Ring once in a process of its own, which a test may kill; each ring is a line in a file."""

import json
from datetime import datetime
from pathlib import Path

from calls import notice_tasks, tasks
from calls.policy import current_policy
from core import runtime
from core.queue import configure_queue
from core.settings import load_settings
from core.telephony import CallLinks
from tests.calls.exchange import Exchange

DOES = {
    "callback": tasks.dial,
    "handover": tasks.ring_for_approval,
    "notice": notice_tasks.ring_for_notice,
}


class WrittenExchange(Exchange):
    """An exchange whose rings outlive this process."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def create_call(self, *, to: str, links: CallLinks, ring_s: int) -> str:
        """Write the ring down, then ring."""
        number = len(self._path.read_text().splitlines()) if self._path.exists() else 0
        sid = f"CA{0xABC000 + number:032x}"
        with self._path.open("a") as file:
            file.write(json.dumps({"to": to, "url": links.document, "sid": sid}) + "\n")
        return sid


def ring_once(what: str, row_id: int, moment: datetime, path: Path) -> None:
    """What the worker does with a nudge for a "callback", a "handover" or a "notice"."""
    settings = load_settings()
    configure_queue(settings)
    runtime.configure(settings)
    exchange = WrittenExchange(path)
    DOES[what](
        row_id,
        current_policy(),
        now=lambda: moment,
        telephony=lambda _account: exchange,
    )
