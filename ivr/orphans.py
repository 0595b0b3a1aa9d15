"""Signed events of calls that we do not know: asked after, then written down as calls."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from calls import ledger
from calls.models import Call, OrphanEvent
from calls.states import ENDED
from ivr.turns import State
from ivr.versions import current_flow

MOST_TRIES = 5
WAIT = timedelta(minutes=1)
LONGEST_WAITS = 10


def due_orphans(session: Session, now: datetime, limit: int) -> list[tuple[int, str, str]]:
    """(id, call sid, account) of events to ask after; bounded."""
    rows = session.execute(
        select(OrphanEvent.id, OrphanEvent.call_sid, OrphanEvent.account_sid)
        .where(OrphanEvent.resolved_at.is_(None), OrphanEvent.due_at <= now)
        .order_by(OrphanEvent.due_at)
        .limit(limit)
    )
    return [(row.id, row.call_sid, row.account_sid) for row in rows]


def settle_orphan(
    session: Session, orphan_id: int, sid: str, status: str | None, *, now: datetime
) -> None:
    """Close the event when the call is in the ledger by now, or write the call down if it ended.

    A call that nobody knows at the provider either is asked after a few times, then given up; one
    that goes on, and any while the provider does not answer, is asked after until it has ended.
    """
    known = ledger.find_call(session, sid) is not None
    orphan = session.get_one(OrphanEvent, orphan_id)
    orphan.tries += 1
    if known:
        orphan.outcome = "known"
    elif status in ENDED and status != "failed":
        _write_down(session, orphan, str(status), now)
        orphan.outcome = "written"
    elif status == "failed" and orphan.tries >= MOST_TRIES:
        orphan.outcome = "unknown"
    orphan.resolved_at = now if orphan.outcome else None
    orphan.due_at = now + WAIT * min(orphan.tries, LONGEST_WAITS)


def _write_down(session: Session, orphan: OrphanEvent, status: str, now: datetime) -> None:
    flow = current_flow()
    state = State(flow.start, facts={"lang": flow.default_language})
    moment = ledger.Moment(
        state.as_dict(), b"", flow.start, flow.default_language, False, None, True
    )
    facts = {
        "account_sid": orphan.account_sid,
        "status": status,
        "flow_version": flow.version,
        "caller_number": None,
        "caller_fingerprint": None,
    }
    ledger.open_call(session, orphan.call_sid, moment, facts=facts, now=orphan.at)
    session.connection().execute(
        update(Call)
        .where(Call.sid == orphan.call_sid, Call.ended_at.is_(None))
        .values(ended_at=now, status=status)
    )
