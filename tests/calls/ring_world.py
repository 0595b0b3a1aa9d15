"""What worlds have in common in which members of staff are rung about something."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from agents.models import Staff
from calls import tasks
from calls.staff_rings import StaffRings
from core.database import reading, transaction
from tests.calls.callback_world import OFFICE, World

# The first person who is rung.
FIRST = 11


@dataclass
class RingWorld(World, ABC):
    """People who are rung, the worker that looks after their rings, and what these came to."""

    rings: ClassVar[StaffRings[Any]]
    people: dict[int, int] = field(default_factory=dict)

    def head(self, number: int = FIRST, office: str = OFFICE, **more: Any) -> int:
        """A head operator with a phone; gives the staff id."""
        self.people[number] = self.operator(number, office, role="head_operator", **more)
        return self.people[number]

    def change(self, number: int, **values: Any) -> None:
        """A person's row changes."""
        with transaction() as session:
            session.execute(update(Staff).where(Staff.id == self.people[number]).values(**values))

    # The worker
    @abstractmethod
    def due(self, session: Session) -> Sequence[int]:
        """What the sweep finds that somebody is to be rung for."""

    @abstractmethod
    def ring_for(self, due_id: int) -> None:
        """What the worker does with one of these."""

    def beat(self) -> None:
        """What else comes round before each sweep."""

    def sweep(self) -> int:
        """What the sweep finds, and what the worker does about it; how many it was."""
        with reading() as session:
            due, found = self.due(session), self.rings.open(session, self.now, 50)
        for due_id in due:
            self.ring_for(due_id)
        for ring_id in found:
            tasks.check_ring(
                self.rings,
                ring_id,
                self.policy,
                now=self.clock,
                telephony=lambda _account: self.exchange,
            )
        return len(due) + len(found)

    def sweep_until_quiet(self, seconds: int = 900, step: int = 5) -> None:
        """Sweep as beat does, for a while."""
        for _ in range(seconds // step):
            self.later(step)
            self.beat()
            self.sweep()

    # Looking
    @property
    def calls(self) -> list[Any]:
        """All rings, the first one first."""
        model = self.rings.errand.model
        with reading() as session:
            return list(session.scalars(select(model).order_by(model.id)))

    @property
    def outcomes(self) -> list[str | None]:
        """What the rings came to."""
        return [one.outcome for one in self.calls]

    @property
    def rung(self) -> list[int]:
        """The numbers of the people who were rung, in order."""
        return [int(ring["to"][-4:]) - 100 for ring in self.exchange.rings]

    # Whole stretches
    def picked_up(self) -> tuple[str, str]:
        """Ring and answer; gives the leg's key and its call's sid."""
        self.sweep()
        return self.answered()

    def answered(self) -> tuple[str, str]:
        """The phone that rang last is picked up."""
        key, sid = self.calls[-1].leg_key, self.exchange.rings[-1]["sid"]
        self.body(key, 0, sid)
        return key, sid
