"""Somebody who practises on the console's practice telephone, as a browser would ask for it.

The page is polled every second, as `phone/call.html` tells the browser; a key is pressed every few
seconds, often before the hotline has finished speaking. Beside them sits somebody who works and
looks at the case list each second.
"""

import re
import threading
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import cycle
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from webapp.console import cookies
from webapp.console.phone import STOP_ASKING
from webapp.practice_callers import callers

POLL_S = 1.0
KEY_EVERY_S = 3.0
PATIENCE_S = 20.0
# Who tells a whole report; one who phones again needs a call before theirs.
PLAYED = ("pupil", "teacher", "mother-at-night")
OPENED, BEGUN, POLLED, PRESSED = "opened", "begun", "polled", "pressed"
HUNG_UP, LISTED = "hung up", "listed"
# A server that closes an idle connection may meet the next request on its way: browsers ask again.
LIKE_A_BROWSER = Retry(total=1, allowed_methods=None)
TALKING = ("speaking", "listening", "recording")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
DOING = re.compile(r'data-doing="([a-z]+)"')
SEEN = re.compile(r'name="seen" value="([^"]+)"')


@dataclass
class Heard:
    """Milliseconds of every request by what it was, and how many looks of the page were due."""

    taken_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    polls_due: int = 0

    def __add__(self, other: "Heard") -> "Heard":
        """Both together."""
        both = Heard(polls_due=self.polls_due + other.polls_due)
        for one in (self, other):
            for what, taken in one.taken_ms.items():
                both.taken_ms[what] += taken
        return both


class Visitor(threading.Thread, ABC):
    """A browser with an open session that asks until it is told to leave."""

    def __init__(self, base: str, session: str, begins_after_s: float = 0.0) -> None:
        """Nothing is asked before `start`."""
        super().__init__(daemon=True)
        self.heard = Heard()
        self.failure: Exception | None = None
        self._base = base
        self._begins_after_s = begins_after_s
        self._leaves = threading.Event()
        self._browser = requests.Session()
        self._browser.mount(base, HTTPAdapter(max_retries=LIKE_A_BROWSER))
        self._browser.cookies.set(cookies.SESSION, session)

    def leave(self) -> None:
        """Ask no more, after what is going on."""
        self._leaves.set()

    def run(self) -> None:
        """Visit, and keep what went wrong for whoever waits."""
        try:
            if not self._leaves.wait(self._begins_after_s):
                self.visit()
        except (requests.RequestException, RuntimeError, LookupError) as error:
            self.failure = error

    @abstractmethod
    def visit(self) -> None:
        """What this visitor does."""

    def ask(self, what: str, path: str, form: dict[str, str] | None = None) -> requests.Response:
        """One request, timed; RuntimeError for an answer that is none."""
        began = time.perf_counter()
        answer = self._browser.request(
            "GET" if form is None else "POST",
            f"{self._base}{path}",
            data=form,
            timeout=PATIENCE_S,
            allow_redirects=False,
        )
        self.heard.taken_ms[what].append((time.perf_counter() - began) * 1000)
        # A key may come just after the end of its call.
        is_late = what in (PRESSED, HUNG_UP) and answer.status_code == HTTPStatus.CONFLICT
        if answer.status_code >= HTTPStatus.BAD_REQUEST and not is_late:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        return answer

    def seconds(self) -> Iterator[None]:
        """Each second until it is time to leave; a second that was missed is not made up for."""
        due = time.monotonic()
        while not self._leaves.wait(max(due - time.monotonic(), 0)):
            yield
            passed = int((time.monotonic() - due) / POLL_S) + 1
            self.heard.polls_due += passed
            due += passed * POLL_S


class Reader(Visitor):
    """Somebody at work who looks at the list of cases each second."""

    def visit(self) -> None:
        """Look again and again."""
        for _ in self.seconds():
            self.ask(LISTED, "/desk/cases?waiting=open")


class Trainee(Visitor):
    """Somebody who phones as one prepared caller after the other."""

    def visit(self) -> None:
        """Phone until it is time to leave, then hang up."""
        for name in cycle(PLAYED):
            if self._leaves.is_set():
                return
            self._phone(name)

    def _phone(self, name: str) -> None:
        token = TOKEN.findall(self.ask(OPENED, "/desk/phone").text)[-1]
        form = {"csrf_token": token, "caller": name, "how": "hand"}
        begun = self.ask(BEGUN, "/desk/phone/calls", form)
        call = urlsplit(begun.headers["Location"])
        token = TOKEN.findall(self.ask(OPENED, f"{call.path}?{call.query}").text)[-1]
        self._talk(call.path, token, iter(callers()[name].keys.split()))
        self._act(HUNG_UP, call.path, token, {"hang_up": "1"})

    def _talk(self, call: str, token: str, words: Iterator[str]) -> None:
        """Answer what is asked until there is nothing more to say."""
        pressed_at, seen, doing = time.monotonic(), "", ""
        for _ in self.seconds():
            answer = self.ask(POLLED, f"{call}/so-far?seen={seen}")
            if answer.status_code == STOP_ASKING:
                return
            if answer.status_code != HTTPStatus.NO_CONTENT:
                seen, doing = SEEN.findall(answer.text)[0], DOING.findall(answer.text)[0]
            if doing in TALKING and time.monotonic() - pressed_at >= KEY_EVERY_S:
                word = next(words, None)
                if word is None:
                    return
                for sign in "#" if word.startswith("r") else word:
                    self._act(PRESSED, call, token, {"press": sign})
                pressed_at = time.monotonic()

    def _act(self, what: str, call: str, token: str, wish: dict[str, str]) -> None:
        self.ask(what, f"{call}/act", {"csrf_token": token, **wish})
