"""Where a leg is played: its virtual clock, its person, and what the REST side orders meanwhile."""

import heapq
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from practice import params
from practice.exchange import Exchange
from practice.faults import ConnectionFault
from practice.legs import DocumentRequest, Leg, Line
from practice.person import Person
from practice.postman import Post


class LineClosed(Exception):
    """A leg is over; `by` is caller, hotline, provider, api or phone."""

    def __init__(self, stage: "Stage", by: str, status: str = "completed") -> None:
        """Say whose line closed and who closed it."""
        super().__init__(by)
        self.stage = stage
        self.by = by
        self.status = status


class Diverted(Exception):
    """The REST side sent a leg to another document."""

    def __init__(self, stage: "Stage", request: DocumentRequest) -> None:
        """Say whose line goes where."""
        super().__init__("diverted")
        self.stage = stage
        self.request = request


@dataclass(order=True)
class _Due:
    at: float
    order: int
    run: Callable[[], None] = field(compare=False)
    survives: bool = field(compare=False)


class Stage:
    """One leg while it is played, in one thread; a child's time moves its parent's time."""

    def __init__(
        self, exchange: Exchange, leg: Leg, person: Person, *, parent: "Stage | None" = None
    ) -> None:
        """Begin at second 0, a child at its parent's second."""
        self.exchange = exchange
        self.leg = leg
        self.person = person
        self.parent = parent
        self.now: float = parent.now if parent else 0.0
        self.answered_s: float | None = None
        self.connection: list[ConnectionFault] = []
        self.heard: list[str] = []
        self.speed = exchange.settings.speed
        # Whether a key that is pressed now ends what is being said.
        self.listens = False
        self._due: list[_Due] = []
        self._order = itertools.count()

    def tick(self, seconds: float) -> None:
        """Let virtual time pass; what falls due happens on the way. Raises LineClosed, Diverted."""
        end = self.now + seconds
        while self._due and self._due[0].at <= end:
            due = heapq.heappop(self._due)
            self._move(due.at)
            due.run()
            self.check()
        self._move(end)
        self.check()

    def _move(self, at: float) -> None:
        step = max(at - self.now, 0.0)
        self.now = max(at, self.now)
        if self.parent:
            self.parent.tick(max(self.now - self.parent.now, 0.0))
            # An order or a key may have cut the wait short: nobody lives ahead of the caller.
            self.now = min(self.now, self.parent.now)
        elif step and self.speed:
            self.now -= self._pass_really(step * self.speed) / self.speed

    def _pass_really(self, seconds: float) -> float:
        """Real time passes, until the REST side has an order or a key is pressed that counts.

        Returns how many of the seconds were left then.
        """
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self.leg.has_order() or self.is_cut_short():
                return left
            self.leg.wake.wait(left)
            self.leg.wake.clear()
        return 0.0

    def is_cut_short(self) -> bool:
        """Whether somebody presses a key into a prompt that may be interrupted."""
        return self.listens and self.person.keys.presses_at_once()

    def passed(self, seconds: float) -> None:
        """So much real time was spent by the person; what fell due meanwhile happens now."""
        speed, self.speed = self.speed, 0.0
        try:
            self.tick(seconds)
        finally:
            self.speed = speed

    def after(self, seconds: float, run: Callable[[], None], *, survives: bool = False) -> None:
        """Plan something; what `survives` happens even when the leg ends before."""
        due = _Due(self.now + seconds, next(self._order), run, survives)
        heapq.heappush(self._due, due)

    def settle(self) -> None:
        """Do what is owed although the leg has ended."""
        while self._due:
            due = heapq.heappop(self._due)
            if due.survives:
                due.run()

    def check(self) -> None:
        """Obey the REST side."""
        if self.parent:
            self.parent.check()
        self.leg.wake.clear()
        interrupt, self.leg.interrupt = self.leg.interrupt, None
        if interrupt is None:
            return
        if interrupt.request is not None:
            raise Diverted(self, interrupt.request)
        if interrupt.by == "caller":
            self.note(self.person.name, "hangs up")
        raise LineClosed(self, interrupt.by, interrupt.status or "completed")

    def plan_hangup(self, *, skip_pauses: bool = True) -> None:
        """Let the person hang up now or soon, where the script says so."""
        seconds = self.person.keys.hangup(skip_pauses=skip_pauses)
        if seconds is not None:
            self.after(seconds, self.hang_up)
            self.tick(0)

    def hang_up(self) -> None:
        """The person puts the telephone down."""
        self.note(self.person.name, "hangs up")
        raise LineClosed(self, "caller" if self.leg.direction == "inbound" else "phone")

    def has_heard_enough(self) -> bool:
        """Whether the person hangs up after this document."""
        limit = self.person.hangs_up_after
        return limit is not None and len(self.leg.documents) >= limit

    def leave_if_heard_enough(self) -> None:
        """Let the person hang up where the document has been heard and was the last one."""
        if self.has_heard_enough():
            self.hang_up()

    def note(self, who: str, text: str, lang: str | None = None) -> None:
        """Write a line of the conversation; what a rung phone does, its caller's lines say too."""
        self.leg.transcript.append(Line(round(self.now, 1), who, text, lang))
        if self.parent and who == self.person.name:
            self.parent.note(who, text)

    def wait_really(self, seconds: float) -> None:
        """Let real time pass, until the REST side has an order."""
        self.leg.root.wake.wait(seconds)
        self.check()

    def broken(self, document: int) -> Callable[[], str | None]:
        """The connection faults ordered for one document of this call, try by try."""
        ordered = [f for f in self.connection if f.document == document]
        faults = [found.fault for found in ordered for _ in range(found.times)]
        return lambda: faults.pop(0) if faults else None

    def progress(self, event: str, status: str) -> None:
        """Report a step of this leg where somebody asked for it."""
        wish = self.leg.callback
        if wish is None or event not in wish.events:
            return
        found = params.progress(self.leg, self.exchange.settings, status)
        self.exchange.postman.tell(self.leg, Post("status", wish.url, found, wish.method))
