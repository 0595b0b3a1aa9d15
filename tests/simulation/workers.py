"""Beat and workers in simulated time: sweeps when a row is due, nudges a moment after a commit.

A sweep runs on its own period, but only while a row waits for it: quiet hours cost nothing. Nudges
are taken from the session as it commits, in place of the broker; some are lost, as in life.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from agents import tasks as notice_tasks
from agents.notice_models import OPEN
from agents.notice_policy import EMAIL, LINE, PHONE, SMS
from agents.notice_services import Carrier, Offer
from calls import ledger as call_ledger
from calls import notice_tasks as ring_tasks
from calls import tasks
from calls.approval_calls import APPROVALS, RING_APPROVER
from calls.break_tasks import break_off
from calls.breaking import BREAK
from calls.models import CLAIMABLE
from calls.moves import DIAL
from calls.notice_calls import NOTICES
from calls.policy import Policy
from cases import tasks as case_tasks
from cases.handover_models import CLIMBING
from cases.models import UNTOLD, WAITING
from core.database import reading, transaction
from core.queue import NUDGES
from ivr.services import end_call
from ivr.tasks import SILENT_FOR
from tests.simulation.agenda import Agenda
from tests.simulation.chance import Chance
from tests.simulation.line import Line as TelephoneCompany

NUDGE_LOST: Final = 0.03
STALE: Final = "stale calls"
NEXT_DUE: Final = text(
    f"""
SELECT '{tasks.SWEEP}' AS sweep,
       min(greatest(due_at, coalesce(claimed_until, due_at))) AS at FROM callbacks
 WHERE {CLAIMABLE} AND EXISTS (SELECT 1 FROM calls
       WHERE calls.sid = callbacks.call_sid AND calls.ended_at IS NOT NULL)
UNION ALL SELECT '{tasks.SWEEP_ATTEMPTS}', min(check_at) FROM callback_attempts
 WHERE check_at IS NOT NULL
UNION ALL SELECT '{tasks.ESCALATE}', min(escalate_at) FROM callbacks WHERE escalate_at IS NOT NULL
UNION ALL SELECT '{tasks.SWEEP_APPROVALS}', least(
       (SELECT min(ring_at) FROM handovers WHERE state = 'requested'),
       (SELECT min(check_at) FROM approval_calls WHERE check_at IS NOT NULL))
UNION ALL SELECT '{case_tasks.ESCALATE}', min(escalate_at) FROM assignments WHERE {WAITING}
UNION ALL SELECT '{case_tasks.ARRIVALS}', min(finished_at) FROM assignments
  JOIN cases ON cases.id = assignments.case_id WHERE {UNTOLD} AND finished_at IS NOT NULL
UNION ALL SELECT '{case_tasks.CLIMB}', min(climb_at) FROM handovers WHERE {CLIMBING}
UNION ALL SELECT '{notice_tasks.PLAN}', min(due_at) FROM notices WHERE state = 'owed'
UNION ALL SELECT '{notice_tasks.SEND_MAIL}', min(due_at) FROM notice_deliveries
 WHERE {OPEN} AND channel = '{EMAIL}'
UNION ALL SELECT '{notice_tasks.SEND_LINE}', min(due_at) FROM notice_deliveries
 WHERE {OPEN} AND channel = '{LINE}'
UNION ALL SELECT '{notice_tasks.SEND_SMS}', min(due_at) FROM notice_deliveries
 WHERE {OPEN} AND channel = '{SMS}'
UNION ALL SELECT '{ring_tasks.SWEEP}', least(
       (SELECT min(due_at) FROM notice_deliveries WHERE {OPEN} AND channel = '{PHONE}'),
       (SELECT min(check_at) FROM notice_calls WHERE check_at IS NOT NULL))
UNION ALL SELECT '{STALE}', min(touched_at) + interval '{SILENT_FOR.total_seconds()} s'
  FROM calls WHERE ended_at IS NULL
"""
)


@dataclass
class Workers:
    """What beat, the broker and the workers do."""

    agenda: Agenda
    chance: Chance
    line: TelephoneCompany
    policy: Policy
    changed: Callable[[], None]
    sent: dict[str, int] = field(default_factory=dict)
    runs: dict[str, int] = field(default_factory=dict)
    nudges: dict[str, int] = field(default_factory=lambda: {"told": 0, "lost": 0})
    _last: dict[str, datetime] = field(default_factory=dict)
    # What is due by sweep, as the database had it when something was last committed.
    _due: list[tuple[datetime, str]] | None = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take every nudge of this process."""
        event.listen(Session, "after_commit", self._take_nudges)
        try:
            yield
        finally:
            event.remove(Session, "after_commit", self._take_nudges)

    def _take_nudges(self, session: Session) -> None:
        if session.in_nested_transaction():
            return
        self._due = None
        self.changed()
        for name, row_id in session.info.pop(NUDGES, ()):
            number = sum(self.nudges.values())
            stream = self.chance.of("nudge", number)
            is_lost = stream.random() < NUDGE_LOST
            self.nudges["lost" if is_lost else "told"] += 1
            if not is_lost:
                self.agenda.after(stream.uniform(0.05, 0.6), partial(self._work, name, row_id))

    def _work(self, name: str, row_id: int) -> None:
        """What a worker does with a nudge."""
        given: dict[str, Any] = {"now": self.agenda.clock, "telephony": lambda _account: self.line}
        works: dict[str, Callable[..., None]] = {
            DIAL: tasks.dial,
            tasks.CHECK: tasks.check,
            RING_APPROVER: tasks.ring_for_approval,
            tasks.CHECK_APPROVAL: partial(tasks.check_ring, APPROVALS),
            ring_tasks.RING: ring_tasks.ring_for_notice,
            ring_tasks.CHECK: partial(tasks.check_ring, NOTICES),
        }
        if name in works:
            works[name](row_id, self.policy, **given)
        elif name == BREAK:
            break_off(row_id, telephony=given["telephony"])

    # ---- beat

    def next_sweep(self) -> tuple[datetime, str] | None:
        """Which sweep has something to do first, and when it runs."""
        if self._due is None:
            with reading() as session:
                rows = session.connection().execute(NEXT_DUE).all()
            self._due = [(row.at.astimezone(UTC), row.sweep) for row in rows if row.at]
        return min(((self._tick(at, name), name) for at, name in self._due), default=None)

    def _tick(self, due_at: datetime, name: str) -> datetime:
        """The sweep's first turn once the row is due, and after the last one."""
        period = PERIODS[name]
        since = max(due_at, self.agenda.now)
        last = self._last.get(name)
        if last is not None and last >= since:
            since = last + timedelta(microseconds=1)
        turns = -(-since.timestamp() // period)
        return datetime.fromtimestamp(turns * period, UTC)

    def sweep(self, name: str) -> None:
        """One turn of a sweep."""
        now = self.agenda.now
        self.runs[name] = self.runs.get(name, 0) + 1
        self._last[name] = now
        if name == STALE:
            self._finish_stale()
        elif name in SENDERS:
            notice_tasks.send_due(SENDERS[name], self._carriers(), now=self.agenda.clock)
        else:
            SWEEPS[name]()

    def _finish_stale(self) -> None:
        """As ivr.tasks does it: ask about calls that have been quiet for long."""
        with reading() as session:
            stale = call_ledger.stale_calls(session, self.agenda.now - SILENT_FOR, 50)
        for sid, _account in stale:
            with transaction() as session:
                if self.line.call_status(sid).status == "completed":
                    end_call(session, sid, "completed", now=self.agenda.now)
                else:
                    call_ledger.touch(session, sid, self.agenda.now)

    def _carriers(self) -> dict[str, Carrier]:
        return {channel: partial(self._send, channel) for channel in (EMAIL, LINE, SMS)}

    def _send(self, channel: str, offer: Offer) -> str:
        self.sent[channel] = self.sent.get(channel, 0) + 1
        return f"{channel}-{self.sent[channel]}"


SWEEPS: Final[dict[str, Callable[[], None]]] = {
    tasks.SWEEP: tasks.sweep_callbacks,
    tasks.SWEEP_ATTEMPTS: tasks.sweep_attempts,
    tasks.ESCALATE: tasks.escalate_callbacks,
    tasks.SWEEP_APPROVALS: tasks.sweep_approvals,
    case_tasks.ESCALATE: case_tasks.escalate,
    case_tasks.CLIMB: case_tasks.climb_handovers,
    case_tasks.ARRIVALS: case_tasks.tell_of_arrivals,
    notice_tasks.PLAN: notice_tasks.plan_notices,
    ring_tasks.SWEEP: ring_tasks.sweep_notice_rings,
}
SENDERS: Final = {
    notice_tasks.SEND_MAIL: EMAIL,
    notice_tasks.SEND_LINE: LINE,
    notice_tasks.SEND_SMS: SMS,
}
PERIODS: Final = {
    **tasks.SWEEPS,
    **case_tasks.SWEEPS,
    **notice_tasks.SWEEPS,
    **ring_tasks.SWEEPS,
    STALE: 30.0,
}
