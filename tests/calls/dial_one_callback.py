"""Dial one callback in a process of its own, which a test may kill; each ring is a line in a file.

Arguments: the callback's id, the moment (ISO 8601), the file of rings.
"""

import json
import sys
from datetime import datetime
from pathlib import Path

from calls import tasks
from calls.policy import current_policy
from core import runtime
from core.queue import configure_queue
from core.settings import load_settings
from core.telephony import CallLinks
from tests.calls.exchange import Exchange


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


def main(callback_id: int, moment: str, path: Path) -> None:
    """What the worker does with a nudge."""
    settings = load_settings()
    configure_queue(settings)
    runtime.configure(settings)
    exchange = WrittenExchange(path)
    tasks.dial(
        callback_id,
        current_policy(),
        now=lambda: datetime.fromisoformat(moment),
        telephony=lambda _account: exchange,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
