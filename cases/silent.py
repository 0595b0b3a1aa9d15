"""Silent events: calls without a key, one open event per number (design.md §3a.11)."""

from datetime import datetime

from sqlalchemy import case, or_, update
from sqlalchemy.orm import Session

from agents.numbers import number_fingerprint
from cases.models import SilentEvent
from core.inserts import insert_unless_there


def record_silent_call(
    session: Session, *, call_sid: str, caller_number: str | None, now: datetime
) -> None:
    """Open an event for a call without keys, or count the call on the number's open one.

    The same call again changes nothing. A withheld number gets an event for each call.
    """
    connection = session.connection()
    fingerprint = number_fingerprint(caller_number)
    row = {
        "caller_fingerprint": fingerprint,
        "call_sid": call_sid,
        "last_call_sid": call_sid,
        "opened_at": now,
        "last_at": now,
        "calls": 1,
        "open": True,
    }
    insert = insert_unless_there(connection, SilentEvent).values(**row)
    if connection.execute(insert.returning(SilentEvent.id)).first() is not None:
        return
    # A call of an outage is heard of late, and is older than the last one.
    later = case((SilentEvent.last_at < now, now), else_=SilentEvent.last_at)
    connection.execute(
        update(SilentEvent)
        .where(SilentEvent.open, SilentEvent.caller_fingerprint == fingerprint)
        .where(SilentEvent.call_sid != call_sid, SilentEvent.last_call_sid != call_sid)
        .values(calls=SilentEvent.calls + 1, last_at=later, last_call_sid=call_sid)
    )


def lift_silent_event(session: Session, call_sid: str, case_id: int) -> None:
    """Close the event of a call in which a key was pressed after all, and name its case."""
    session.connection().execute(
        update(SilentEvent)
        .where(or_(SilentEvent.call_sid == call_sid, SilentEvent.last_call_sid == call_sid))
        .where(SilentEvent.open)
        .values(open=False, case_id=case_id)
    )
