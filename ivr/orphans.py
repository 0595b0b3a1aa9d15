"""Calls that we only heard of: asked after, then written down, and put where people see them.

Signed events of unknown calls are such, and calls that the provider lists and we do not
(ivr.missed). Nobody knows what was said: a call that is written down is a line among the silent
calls, never a case; one that was practised beside the real telephone is not even that.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from calls import ledger
from calls.models import WRITTEN, Call, OrphanEvent
from calls.states import ENDED
from cases.silent import record_silent_call
from core import phones, runtime
from ivr.turns import State
from ivr.versions import current_flow

MOST_TRIES = 5
WAIT = timedelta(minutes=1)
LONGEST_WAITS = 10


@dataclass(frozen=True)
class Told:
    """What the provider says of a call, in our words; None for the status while it says nothing."""

    status: str | None
    is_known: bool = True
    caller: str = field(default="", repr=False)


def due_orphans(session: Session, now: datetime, limit: int) -> list[tuple[int, str, str]]:
    """(id, call sid, account) of events to ask after; bounded."""
    rows = session.execute(
        select(OrphanEvent.id, OrphanEvent.call_sid, OrphanEvent.account_sid)
        .where(OrphanEvent.resolved_at.is_(None), OrphanEvent.due_at <= now)
        .order_by(OrphanEvent.due_at)
        .limit(limit)
    )
    return [(row.id, row.call_sid, row.account_sid) for row in rows]


def settle_orphan(session: Session, orphan_id: int, sid: str, told: Told, *, now: datetime) -> None:
    """Close the event when the call is in the ledger by now, or write the call down if it ended.

    A call that nobody knows at the provider either is asked after a few times, then given up; one
    that goes on, and any while the provider does not answer, is asked after until it has ended.
    """
    known = ledger.find_call(session, sid) is not None
    orphan = session.get_one(OrphanEvent, orphan_id)
    orphan.tries += 1
    if known:
        orphan.outcome = "known"
    elif told.is_known and told.status in ENDED:
        _write_down(session, orphan, told, now)
        orphan.outcome = WRITTEN
    elif not told.is_known and orphan.tries >= MOST_TRIES:
        orphan.outcome = "unknown"
    orphan.resolved_at = now if orphan.outcome else None
    orphan.due_at = now + WAIT * min(orphan.tries, LONGEST_WAITS)


def _write_down(session: Session, orphan: OrphanEvent, told: Told, now: datetime) -> None:
    number = phones.normalise(told.caller)
    flow = current_flow()
    state = State(flow.start, facts={"lang": flow.default_language})
    moment = ledger.Moment(
        state.as_dict(), b"", flow.start, flow.default_language, False, None, True
    )
    facts = {
        "account_sid": orphan.account_sid,
        "status": told.status,
        "flow_version": flow.version,
        "caller_number": None,
        "caller_fingerprint": None,
    }
    ledger.open_call(session, orphan.call_sid, moment, facts=facts, now=orphan.at)
    session.connection().execute(
        update(Call)
        .where(Call.sid == orphan.call_sid, Call.ended_at.is_(None))
        .values(ended_at=now, status=told.status)
    )
    if not runtime.current().settings.is_apart(orphan.account_sid):
        record_silent_call(session, call_sid=orphan.call_sid, caller_number=number, now=orphan.at)
