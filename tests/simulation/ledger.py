"""The ledger of everything that rang, written by the telephone company, judged at each ring."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.legs import APPROVAL, CALLER, NOTICE, OPERATOR
from calls.models import ApprovalCall, Callback, CallbackAttempt
from calls.models import Leg as LegRow
from calls.notice_models import NoticeCall
from cases.handover_models import Handover
from core.database import reading
from tests.simulation import judge
from tests.simulation.agenda import Agenda
from tests.simulation.connections import Leg
from tests.simulation.country import Country
from tests.simulation.reports import Report


@dataclass
class Promise:
    """What one callback may do, as far as the caller and the people of the desk have said.

    `number` and `window` None: it may not ring. `since` is when the permission was given,
    `call_over` when the caller's own connection ended.
    """

    report: Report
    number: str | None
    window: str | None
    since: datetime
    call_over: datetime | None = None


@dataclass
class Ring:
    """One telephone that rang, what for, and who was rung (at a caller's: who is to talk)."""

    kind: str
    number: str
    began: datetime
    staff_id: int | None
    case_id: int | None = None
    callback: Callback | None = None
    attempt_id: int | None = None
    notice_ids: tuple[int, ...] = ()
    ended: datetime | None = None

    @property
    def office(self) -> str:
        """The office that owes the callback."""
        return self.callback.office_code if self.callback else ""


@dataclass
class Ledger:
    """Who was rung when and for what; `faults` are broken promises in plain words.

    `promises` by the sid of the caller's call; `asked` who wants to be rung for which callback
    whatever the duty; `stopped` when a number asked not to be called again.
    """

    agenda: Agenda
    country: Country
    promises: dict[str, Promise] = field(default_factory=dict)
    asked: set[tuple[int, int]] = field(default_factory=set)
    stopped: dict[str, datetime] = field(default_factory=dict)
    all_rings: list[Ring] = field(default_factory=list)
    open_rings: dict[str, Ring] = field(default_factory=dict)
    once: set[tuple[str, int]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def begins(self, leg: Leg) -> None:
        """A telephone begins to ring."""
        with reading() as session:
            ring = self._ring_of(session, leg)
            for fault in judge.faults(session, self, ring):
                self._fault(fault, ring)
        self.all_rings.append(ring)
        self.open_rings[leg.sid] = ring
        if ring.attempt_id is not None:
            self.once.add((ring.kind, ring.attempt_id))

    def is_over(self, leg: Leg) -> None:
        """A connection has ended."""
        ring = self.open_rings.pop(leg.sid, None)
        if ring is not None:
            ring.ended = self.agenda.now
        promise = self.promises.get(leg.sid)
        if promise is not None:
            promise.call_over = self.agenda.now

    def promise_of(self, ring: Ring) -> Promise | None:
        """What may be done about the ring's callback."""
        return self.promises.get(ring.callback.call_sid) if ring.callback else None

    def promised(self, leg: Leg) -> tuple[Promise | None, int]:
        """The promise behind a caller's leg, and how often the number was rung for it so far."""
        ring = self.open_rings[leg.sid]
        mine = ring.callback.id if ring.callback else None
        before = [
            one
            for one in self.all_rings
            if one.kind == CALLER and one.callback and one.callback.id == mine
        ]
        return self.promise_of(ring), len(before)

    def _ring_of(self, session: Session, leg: Leg) -> Ring:
        row = session.get_one(LegRow, leg.key)
        ring = Ring(row.kind, leg.to, self.agenda.now, row.staff_id)
        if row.kind in (OPERATOR, CALLER):
            attempt = session.get_one(CallbackAttempt, row.attempt_id)
            ring.callback = session.get_one(Callback, attempt.callback_id)
            ring.attempt_id, ring.staff_id = attempt.id, attempt.staff_id
            ring.case_id = ring.callback.case_id
        elif row.kind == APPROVAL:
            asked = select(Handover.case_id).join(
                ApprovalCall, ApprovalCall.handover_id == Handover.id
            )
            ring.case_id = session.scalar(asked.where(ApprovalCall.leg_key == leg.key))
        elif row.kind == NOTICE:
            told = select(NoticeCall.notice_ids).where(NoticeCall.leg_key == leg.key)
            ring.notice_ids = tuple(session.scalars(told).one())
        return ring

    def _fault(self, what: str, ring: Ring) -> None:
        callback = ring.callback.id if ring.callback else None
        about = f"{ring.kind}, callback {callback}, attempt {ring.attempt_id}, {ring.office}"
        self.faults.append(f"{self.agenda.now:%a %d %b %H:%M:%S} UTC: {what} ({about})")
