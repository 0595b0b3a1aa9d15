"""One callback's life in bad weather: every message killed, doubled, delayed, shuffled or lost.

Time is a heap of events and moves from one to the next; the service's own tasks, its web door and
the database are the real ones. A kill is an exception at a named place of the product that no
handler catches: what was open is rolled back, what was committed stays.
"""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

import time_machine
from sqlalchemy import event
from sqlalchemy.orm import Session

from calls import tasks
from calls.moves import DIAL
from calls.policy import current_policy
from core.crashpoints import listening
from core.queue import NUDGES
from tests.calls.storm_phones import Phones
from tests.webhooks.telephone import Provider

DOCUMENT_TRIES: Final = 3
EVENT_TRIES: Final = 6
MOST_EVENTS: Final = 2000


# When each sweep would find something next, None for never.
Moments = dict[str, datetime | None]


class Killed(BaseException):
    """The process died at this place."""


@dataclass
class Weather:
    """What befalls the messages; the calm one lets each come once and in time.

    `target` is the place at which the first to come by dies; `kills` bounds the others.
    """

    dice: Random = field(default_factory=lambda: Random(0))
    target: str | None = None
    kills: int = 0
    calm: bool = True

    def strikes(self, place: str) -> bool:
        """Whether the process dies here."""
        if place == self.target:
            self.target = None
            return True
        if self.kills and self.dice.random() < 0.02:
            self.kills -= 1
            return True
        return False

    def copies(self, lost: float, *, prompt: bool = False) -> list[float]:
        """After how many seconds each copy of a message comes; none at all when it is lost.

        Of a `prompt` one the first comes in time.
        """
        if self.calm:
            return [0.1]
        if self.dice.random() < lost:
            return []
        delays = [self.delay() for _ in range(self.dice.choice((1, 1, 1, 1, 1, 2, 3)))]
        return [0.5, *delays[1:]] if prompt else delays

    def delay(self) -> float:
        """How long a message is under way."""
        if self.calm:
            return 0.1
        return self.dice.uniform(30, 90) if self.dice.random() < 0.05 else self.dice.uniform(0, 6)

    def answer(self) -> str:
        """What the provider makes of a request to ring."""
        if self.calm:
            return "rings"
        return self.dice.choices(("rings", "busy", "lost_answer", "lost_request"), (16, 1, 1, 1))[0]


class Storm:
    """Everything about one callback, from the first sweep to the last word."""

    def __init__(
        self, provider: Provider, callback_id: int, begun: datetime, habits: tuple[str, ...],
        weather: Weather,
    ) -> None:  # fmt: skip
        self.provider, self.callback_id, self.weather = provider, callback_id, weather
        self.now = begun
        self.phones = Phones(self, habits)
        self.reached: set[str] = set()
        self.killed: list[str] = []
        self._kind = ""
        self._nudged: dict[int, list[tuple[str, int]]] = {}
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    # Time
    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Something will happen."""
        moment = self.now + timedelta(seconds=seconds)
        heapq.heappush(self._events, (moment, next(self._numbers), act))

    def run(self, moments: Callable[[], Moments]) -> None:
        """Until nothing is under way and no row says that anything is due."""
        event.listen(Session, "after_commit", self._note_nudges)
        try:
            with time_machine.travel(self.now, tick=False) as clock, listening(self._reach):
                for _ in range(MOST_EVENTS):
                    if not self._events and not self._sweep(moments()):
                        return
                    moment, _number, act = heapq.heappop(self._events)
                    self.now = max(self.now, moment)
                    clock.move_to(self.now)
                    act()
        finally:
            event.remove(Session, "after_commit", self._note_nudges)
        raise AssertionError("the callback comes to no end")

    def _sweep(self, moments: Moments) -> bool:
        """Beat's next sweep that finds anything; two beats now and then."""
        found = [(at, kind) for kind, at in moments.items() if at is not None]
        if not found:
            return False
        moment, kind = min(found)
        work = tasks.sweep_callbacks if kind == "sweep" else tasks.sweep_attempts
        wait = max(0.0, (moment - self.now).total_seconds()) + 0.01
        for _ in range(1 if self.weather.calm else self.weather.dice.choice((1, 1, 2))):
            self.after(wait, lambda: self.task(kind, work))
        return True

    # Messages of the service to itself
    def task(self, kind: str, work: Callable[[], None], *, again: bool = True) -> None:
        """A worker's task; killed, the broker may give it to another worker."""
        if not self.door(kind, work) and again and self.weather.dice.random() < 0.5:
            retry = lambda: self.task(kind, work, again=False)  # noqa: E731
            self.after(self.weather.dice.uniform(5, 100), retry)

    def _nudge(self, name: str, row_id: int) -> None:
        work, kind = (tasks.dial, "dial") if name == DIAL else (tasks.check, "check")
        if name not in (DIAL, tasks.CHECK):
            return

        def do() -> None:
            work(row_id, current_policy(), telephony=lambda _account: self.phones)

        for delay in self.weather.copies(lost=0.1):
            self.after(delay, lambda: self.task(kind, do))

    # Messages of the provider
    def tell(
        self, kind: str, address: str, sid: str, *, prompt: bool = False, **params: str
    ) -> None:
        """A status callback: perhaps late, lost, or several times."""
        lost = 0.0 if prompt else 0.25
        for delay in self.weather.copies(lost, prompt=prompt):
            self.after(delay, lambda: self._tell(kind, address, sid, params, EVENT_TRIES))

    def _tell(self, kind: str, address: str, sid: str, params: dict[str, str], tries: int) -> None:
        done = self.door(kind, lambda: self._post(address, sid, params, 204))
        if not done and tries > 1:
            self.after(1, lambda: self._tell(kind, address, sid, params, tries - 1))

    def ask(
        self, kind: str, address: str, sid: str, then: Callable[[bytes | None], None],
        **params: str,
    ) -> None:  # fmt: skip
        """A request for a document: repeated when the connection breaks, at times for no reason.

        `then` hears the document, or None when none could be had.
        """
        self._ask(kind, address, sid, params, then, DOCUMENT_TRIES)

    def _ask(
        self, kind: str, address: str, sid: str, params: dict[str, str],
        then: Callable[[bytes | None], None], tries: int,
    ) -> None:  # fmt: skip
        heard: list[bytes] = []
        self.door(kind, lambda: heard.append(self._post(address, sid, params, 200)))
        if heard:
            for delay in self.weather.copies(lost=0)[1:]:
                self.after(delay, lambda: self._again(kind, address, sid, params))
            then(heard[0])
        elif tries > 1:
            self.after(1, lambda: self._ask(kind, address, sid, params, then, tries - 1))
        else:
            then(None)

    def _again(self, kind: str, address: str, sid: str, params: dict[str, str]) -> None:
        """The same turn asked again: it is the present answer, whatever has become of it."""
        self.door(kind, lambda: self._post(address, sid, params, 200))

    def _post(self, address: str, sid: str, params: dict[str, str], status: int) -> bytes:
        answer = self.provider.post(address, sid, **params)
        assert answer.status_code == status, answer.status
        return answer.data

    # Every door of the service
    def door(self, kind: str, work: Callable[[], Any]) -> bool:
        """Let one message in; False when the process died over it."""
        self._kind, self._nudged = kind, {}
        alive = True
        try:
            work()
        except Killed as death:
            alive = False
            if str(death).endswith("after_commit") and self._nudged:
                self._nudged.popitem()  # committed, and nobody was told
        for nudges in self._nudged.values():
            for name, row_id in nudges:
                self._nudge(name, row_id)
        return alive

    def _reach(self, point: str) -> None:
        place = f"{self._kind}: {point}"
        self.reached.add(place)
        if self.weather.strikes(place):
            self.killed.append(place)
            raise Killed(place)

    def _note_nudges(self, session: Session) -> None:
        if nudges := session.info.get(NUDGES):
            self._nudged[id(session)] = list(nudges)
