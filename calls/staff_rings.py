"""Rings at members of staff: the steps of one ring, whatever it is for.

The same protocol as for callbacks (calls.dialling): the ring and its leg are written before the
provider is asked, once; each step is one short transaction of a task, and between them the process
may die at any point without a second ring. What a ring is for, and what its end means, is its
errand's to say (calls.approval_calls, calls.notice_calls).

Everything that settles expects the ring's leg to be held by this transaction (`hold` does), so that
two webhooks about one ring follow each other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.asking import Asking
from calls.dialling import unknown_check
from calls.models import ApprovalCall, Leg
from calls.notice_models import NoticeCall
from calls.pace import PACE, may_ask
from calls.policy import Policy
from calls.ring_rules import FAILED, GAVE_WAY, Ranks, outcome_of, outranks
from calls.states import may_move

# How long the leg of a ring that is over may stay unreported before we ask about it.
LAST_WORD: Final = timedelta(seconds=60)

Row = TypeVar("Row", ApprovalCall, NoticeCall)


@dataclass(frozen=True, kw_only=True)
class StaffAsking(Asking):
    """A request for such a ring; `intent_at` tells it from an earlier one for the same ring."""

    intent_at: datetime
    lease_until: datetime


class Errand(Protocol[Row]):
    """What rings of one kind are for."""

    kind: str
    ranks: Ranks
    # The outcome of a ring that there is no reason for any more.
    vain: str

    @property
    def model(self) -> type[Row]:
        """The table of its rings."""

    def is_wanted(self, session: Session, ring: Row, /) -> bool:
        """Whether the person has still to be rung."""

    def is_pressing(self, session: Session, ring: Row, /) -> bool:
        """Whether the ring goes before those of callers in danger who wait."""

    def settled(self, session: Session, ring: Row, /, *, now: datetime) -> None:
        """What follows from the outcome that the ring has now."""


def outcome_of_leg(leg: Leg) -> str:
    """What the end of a ring's leg means where no key was pressed."""
    return outcome_of(leg.status, broken_off=leg.broken_at is not None)


@dataclass(frozen=True)
class StaffRings(Generic[Row]):
    """The rings of one errand."""

    errand: Errand[Row]

    def open(self, session: Session, now: datetime, limit: int) -> list[int]:
        """Ids of rings that somebody must look after now."""
        model = self.errand.model
        query = select(model.id).where(model.check_at.is_not(None), model.check_at <= now)
        return list(session.scalars(query.order_by(model.check_at).limit(limit)))

    def hold(self, session: Session, ring_id: int) -> tuple[Row, Leg]:
        """A ring and its leg as they are now, held until this transaction ends."""
        key = session.get_one(self.errand.model, ring_id).leg_key
        leg = session.get_one(Leg, key, with_for_update=True, populate_existing=True)
        return session.get_one(self.errand.model, ring_id, populate_existing=True), leg

    def of_leg(self, session: Session, leg: Leg) -> Row:
        """The ring that a leg of this kind belongs to."""
        found = select(self.errand.model).where(self.errand.model.leg_key == leg.key)
        return session.scalars(found.execution_options(populate_existing=True)).one()

    def write(
        self, session: Session, ring: Row, policy: Policy, *, account: str, to: str, now: datetime
    ) -> StaffAsking:
        """Write a ring and its leg down; what the provider is asked then."""
        leg = Leg(
            key=ring.leg_key,
            kind=self.errand.kind,
            account_sid=account,
            staff_id=ring.staff_id,
            created_at=now,
            touched_at=now,
        )
        session.add_all((leg, ring))
        session.flush()
        return self._asking(ring, leg, policy, to=to)

    def _asking(self, ring: Row, leg: Leg, policy: Policy, *, to: str) -> StaffAsking:
        return StaffAsking(
            row_id=ring.id,
            account_sid=leg.account_sid,
            leg_key=leg.key,
            intent_at=ring.intent_at,
            lease_until=ring.intent_at + timedelta(seconds=policy.lease_s),
            ring_s=policy.operator_ring_s,
            to=to,
        )

    def holds_lease(self, session: Session, asking: StaffAsking, *, now: datetime) -> bool:
        """Whether this worker may still ask: it may have slept, or it was settled by then (F08)."""
        ring = session.get(self.errand.model, asking.row_id)
        if ring is None or ring.state != "asking" or ring.intent_at != asking.intent_at:
            return False
        return now < asking.lease_until and self.errand.is_wanted(session, ring)

    def ring_started(
        self, session: Session, asking: StaffAsking, sid: str, policy: Policy, *, now: datetime
    ) -> None:
        """The provider rings: keep the sid, unless the leg's own webhooks were faster."""
        ring, leg = self.hold(session, asking.row_id)
        if leg.call_sid is None:
            leg.call_sid, leg.touched_at = sid, now
        if may_move(ring.state, "ringing"):
            ring.state = "ringing"
            ring.check_at = unknown_check(policy, now=now)

    def ring_busy(
        self,
        session: Session,
        asking: StaffAsking,
        policy: Policy,
        *,
        jitter: float,
        now: datetime,
    ) -> None:
        """429, nothing was done: the same ring is asked for again later; jitter is 0 to 1."""
        ring, leg = self.hold(session, asking.row_id)
        if not may_move(ring.state, "busy"):
            return
        if ring.busy >= policy.max_busy:
            self.give_up(session, ring, leg, FAILED, now=now)
            return
        wait_s = policy.busy_wait_s * 2**ring.busy * (1 + jitter)
        ring.state, ring.busy = "busy", ring.busy + 1
        ring.check_at = now + timedelta(seconds=wait_s)

    def ring_refused(
        self, session: Session, asking: StaffAsking, policy: Policy, *, now: datetime
    ) -> None:
        """4xx, and asking again will not help."""
        ring, leg = self.hold(session, asking.row_id)
        if ring.state == "asking":
            self.give_up(session, ring, leg, FAILED, now=now)

    def ring_held(
        self, session: Session, asking: StaffAsking, _policy: Policy, *, now: datetime
    ) -> None:
        """The account is not let in, so nothing was done: as if the ring had given way."""
        ring, leg = self.hold(session, asking.row_id)
        if ring.state == "asking":
            self.give_up(session, ring, leg, GAVE_WAY, now=now)

    def ask_again(
        self,
        session: Session,
        ring: Row,
        leg: Leg,
        policy: Policy,
        *,
        to: str,
        now: datetime,
    ) -> StaffAsking | None:
        """After a 429: the same ring under a new lease, or the end of it when it is in vain."""
        if not self.errand.is_wanted(session, ring):
            self.give_up(session, ring, leg, self.errand.vain, now=now)
            return None
        pressing = self.errand.is_pressing(session, ring)
        if not may_ask(session, leg.account_sid, policy, pressing=pressing, now=now):
            ring.check_at = now + PACE
            return None
        ring.state, ring.intent_at = "asking", now
        ring.check_at = unknown_check(policy, now=now)
        session.flush()
        return self._asking(ring, leg, policy, to=to)

    def settle(self, session: Session, ring: Row, outcome: str, *, now: datetime) -> bool:
        """Give the ring this outcome if it tells more than what is known, with what follows.

        Repeats, delays and disorder end in the same outcome: only a higher one replaces it.
        """
        if not outranks(self.errand.ranks, outcome, ring.outcome):
            return False
        leg = session.get_one(Leg, ring.leg_key)
        ring.outcome, ring.state = outcome, "ended"
        ring.ended_at = ring.ended_at or now
        ring.check_at = None if leg.state == "ended" else now + LAST_WORD
        session.flush()
        self.errand.settled(session, ring, now=now)
        return True

    def give_up(
        self, session: Session, ring: Row, leg: Leg, outcome: str, *, now: datetime
    ) -> None:
        """Nothing more will be heard of the ring: its leg binds nobody any longer."""
        leg.state, leg.touched_at = "ended", now
        self.settle(session, ring, outcome, now=now)
        ring.check_at = None

    def leg_over(self, session: Session, leg: Leg, *, now: datetime) -> None:
        """The phone was put down, or nobody took it: without a key nothing counts."""
        ring = self.of_leg(session, leg)
        self.settle(session, ring, outcome_of_leg(leg), now=now)
        ring.check_at = None
