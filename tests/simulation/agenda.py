"""Simulated time: what will happen when, and a clock that jumps from one happening to the next."""

import heapq
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import time_machine

Happening = Callable[[], object]


@dataclass
class Agenda:
    """Happenings in the order of their moments; those of one moment in the order they came."""

    now: datetime
    _heap: list[tuple[datetime, int, Happening]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=itertools.count)
    _clock: time_machine.Traveller | None = None

    @contextmanager
    def started(self) -> Iterator[None]:
        """Every clock of this process shows the agenda's time."""
        with time_machine.travel(self.now, tick=False) as clock:
            self._clock = clock
            try:
                yield
            finally:
                self._clock = None

    def at(self, moment: datetime, do: Happening) -> None:
        """Something happens then; what should have happened already happens now."""
        heapq.heappush(self._heap, (max(moment, self.now), next(self._order), do))

    def after(self, seconds: float, do: Happening) -> None:
        """Something happens so much later."""
        self.at(self.now + timedelta(seconds=seconds), do)

    def next_at(self) -> datetime | None:
        """When the next thing happens."""
        return self._heap[0][0] if self._heap else None

    def move_to(self, moment: datetime) -> None:
        """Let time pass."""
        self.now = moment
        if self._clock is not None:
            self._clock.move_to(moment)

    def clock(self) -> datetime:
        """The simulated present, for those who want a clock."""
        return self.now

    def happen(self) -> None:
        """Move to the next happening and let it happen."""
        moment, _, do = heapq.heappop(self._heap)
        self.move_to(moment)
        do()
