"""What the provider says about recordings, handed to the room that takes them."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from flask import abort
from sqlalchemy.orm import Session

from calls import ledger
from calls.statuses import whole_number
from core.queue import enqueue
from ivr.webhooks import Webhook
from recordings.queries import of_call
from recordings.services import TAKE, register

STATUSES = ("in-progress", "completed", "absent", "failed")


def hear_recording(session: Session, webhook: Webhook, *, now: datetime) -> None:
    """Register a recording of a call; the address that was posted is never looked at (SSRF).

    A call that is not in the ledger leaves an orphan to ask after; the recording is kept either
    way and finds its case later.
    """
    status = webhook.get("RecordingStatus")
    sid = webhook.get("RecordingSid") or None
    if status not in STATUSES or (sid and not sid.isalnum()):
        abort(400)
    call = ledger.find_call(session, webhook.call_sid)
    if call is None:
        ledger.log_orphan(session, webhook.call_sid, webhook.account_sid, "recording", now=now)
    row = register(
        session,
        recording_sid=sid,
        account_sid=webhook.account_sid,
        call_sid=webhook.call_sid,
        case_id=call.case_id if call else None,
        status=status,
        duration_s=whole_number(webhook.get("RecordingDuration")),
        started_at=_moment(webhook.get("RecordingStartTime"), now),
        now=now,
    )
    if row is not None and row.recording_sid:
        enqueue(session, TAKE, row.id)


def keep_named(
    session: Session, call: ledger.LiveCall, case_id: int | None, sids: list[str], *, now: datetime
) -> None:
    """Recordings that a Record's action named and no webhook has told of by the call's end.

    Counted, not compared by sid: an absence may come without one, and must not be asked for again.
    """
    if not sids:
        return
    told = {row.recording_sid for row in of_call(session, call.sid)}
    if len(told) >= len(sids):
        return
    for sid in (one for one in sids if one and one not in told):
        row = register(
            session,
            recording_sid=sid,
            account_sid=call.account_sid,
            call_sid=call.sid,
            case_id=case_id,
            status="completed",
            duration_s=None,
            started_at=None,
            now=now,
        )
        if row is not None:
            enqueue(session, TAKE, row.id)


def _moment(text: str, now: datetime) -> datetime | None:
    """Twilio writes RFC 2822 in UTC; anything else, and what is yet to come, is no time (B27)."""
    try:
        moment = parsedate_to_datetime(text)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return min(moment, now)
