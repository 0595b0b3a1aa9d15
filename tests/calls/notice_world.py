"""A small world around urgent notices that nobody has seen: people, time, a provider that rings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Notice
from agents.notice_models import NoticeDelivery, NoticeReceipt
from agents.notice_planning import Planner, plan_owed, plan_unseen
from agents.notice_policy import EMAIL, PERSON_CHANNELS, PHONE, SMS, current_policy
from agents.notice_rings import rings_due
from agents.notice_rules import in_order
from agents.notices import choose, mark_seen, rank, withdraw
from agents.services import owe_notice
from calls import notice_tasks
from calls.notice_calls import NOTICES
from core.database import reading, transaction
from tests.calls.ring_world import RingWorld

REFERENCE = "123456789"
TEMPLATE = "overdue_head"
FIRST, SECOND, THIRD = 11, 12, 13


@dataclass
class NoticeWorld(RingWorld):
    """Drives urgent notices from outside: planning, tasks, webhooks, time, the page."""

    rings = NOTICES

    def tell(self, *heads: int, reference: str | None = REFERENCE, **more: Any) -> None:
        """Owe these people (made where they are not there yet) an urgent notice, and plan it."""
        told = {"severity": "emergency", "due_at": self.now, "now": self.now} | more
        for number in heads:
            staff_id = self.people.get(number) or self.head(number)
            with transaction() as session:
                assert owe_notice(session, TEMPLATE, staff_id=staff_id, reference=reference, **told)
        self.plan()

    def plan(self) -> None:
        """What the planning sweep does."""
        planner = Planner(current_policy(), frozenset({EMAIL, SMS, PHONE}), self.now)
        with transaction() as session:
            plan_owed(session, planner)
        with transaction() as session:
            plan_unseen(session, planner)

    def late(self) -> None:
        """Nobody has looked for as long as that is waited for."""
        self.later(current_policy().classes["emergency"].unseen_s)
        self.plan()

    def prefers(self, number: int, *channels: str, quiet_hours: str = "none") -> None:
        """What a person chose, in this order."""
        staff_id = self.people.get(number) or self.head(number)
        order = in_order(PERSON_CHANNELS, channels)
        with transaction() as session:
            choose(session, staff_id, channels=channels, quiet_hours=quiet_hours, now=self.now)
            rank(session, staff_id, order, now=self.now)

    def reads(self, number: int, notice_id: int | None = None) -> None:
        """A person reads a notice in the console, the only one where none is named."""
        staff_id = self.people[number]
        mine = select(Notice.id).where(Notice.recipient_staff_id == staff_id)
        with transaction() as session:
            found = notice_id or session.scalars(mine).one()
            mark_seen(session, staff_id, found, now=self.now)

    def settle(self) -> None:
        """The matter is over."""
        with transaction() as session:
            withdraw(session, TEMPLATE, REFERENCE)

    # The worker
    def due(self, session: Session) -> Sequence[int]:
        """The deliveries by telephone that are due."""
        return rings_due(session, self.now, 50)

    def ring_for(self, due_id: int) -> None:
        """What the worker does with a nudge about a delivery."""
        notice_tasks.ring_for_notice(
            due_id, self.policy, now=self.clock, telephony=lambda _account: self.exchange
        )

    def beat(self) -> None:
        """Notices are planned before each sweep."""
        self.plan()

    # Looking
    @property
    def rows(self) -> list[NoticeDelivery]:
        """The deliveries by telephone."""
        wanted = select(NoticeDelivery).where(NoticeDelivery.channel == PHONE)
        with reading() as session:
            return list(session.scalars(wanted.order_by(NoticeDelivery.id)))

    @property
    def states(self) -> list[tuple[str, str | None]]:
        """(state, error code) of the deliveries by telephone."""
        return [(row.state, row.error_code) for row in self.rows]

    @property
    def told(self) -> list[str]:
        """The states of the notices."""
        with reading() as session:
            return list(session.scalars(select(Notice.state).order_by(Notice.id)))

    @property
    def readers(self) -> list[int]:
        """Whoever has seen a notice."""
        with reading() as session:
            return list(session.scalars(select(NoticeReceipt.staff_id)))

    # Whole stretches
    def no_answer(self) -> None:
        """The phone that rings last is not answered."""
        self.status(self.calls[-1].leg_key, self.exchange.rings[-1]["sid"], "no-answer")
