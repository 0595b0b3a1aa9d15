"""A console behind a real port that sends its lists as they change, and who reads them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

import requests
from flask import Flask
from werkzeug.serving import make_server

from tests.support.waiting import wait_for
from webapp.console import cookies, live

DEADLINE_S = 15


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The console's address; at the end nobody is left who asks the database."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/desk"
    wait_for(lambda: not app.extensions[live.STREAMS].watch.is_running)
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Stream:
    """An open stream, read block by block: a block is an event or a comment."""

    answer: requests.Response
    _blocks: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._blocks = self._read()

    def _read(self) -> Iterator[str]:
        lines: list[str] = []
        for line in self.answer.iter_lines(chunk_size=1, decode_unicode=True):
            if line:
                lines.append(line)
            elif lines:
                yield "\n".join(lines)
                lines = []

    def part(self) -> str:
        """The HTML of the next event, past any signs of life."""
        return next(block for block in self._blocks if block.startswith("event: part"))

    def part_with(self, text: str) -> str:
        """The next event that holds a text; a case may be counted before it is listed."""
        while text not in (part := self.part()):
            pass
        return part

    def beats(self, count: int) -> list[str]:
        """What comes until there were so many signs of life; an event among them is seen."""
        found: list[str] = []
        while sum(block.startswith(":") for block in found) < count:
            found.append(next(self._blocks))
        return found

    def rest(self) -> list[str]:
        """Everything until the server ends the stream."""
        return list(self._blocks)


@contextmanager
def opened(address: str, token: str, **filters: str) -> Iterator[Stream]:
    """Open the stream of the list of cases."""
    with requests.get(
        f"{address}/cases/live",
        params=filters,
        cookies={cookies.SESSION: token},
        stream=True,
        timeout=DEADLINE_S,
        allow_redirects=False,
    ) as answer:
        answer.encoding = "utf-8"
        yield Stream(answer)
