"""Recordings as rows: what the provider announces, and the case that they belong to."""

from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cases.models import Case
from cases.services import note_event
from cases.states import SETTLED
from core.inserts import insert_unless_there
from core.logs import logger
from recordings import rules, states
from recordings.errors import IllegalMove
from recordings.models import Recording

TAKE = "recordings.take"
DELETE_UPSTREAM = "recordings.delete_upstream"
SWEEP = "recordings.sweep"

log = logger(__name__)


class Announced(TypedDict):
    """What the provider's recording webhook says, already parsed; `status` is its own word."""

    recording_sid: str | None
    account_sid: str
    call_sid: str
    case_id: int | None
    status: str
    duration_s: int | None
    started_at: datetime | None


def register(session: Session, *, now: datetime, **said: Unpack[Announced]) -> Recording | None:
    """Write down what the provider says about a recording; the same again changes nothing.

    Returns the row, or None for a status without consequence and for what is refused: a
    RecordingSid that is none (B30) or that belongs to another call (B31). The posted address is
    never looked at; the media's is rebuilt from the RecordingSid (reliability.md §4.2).
    """
    state = states.ANNOUNCED.get(said["status"])
    if state is None:
        return None
    if not _is_usable(said["recording_sid"], state):
        log.warning("recording refused", reason="malformed sid", case_id=said["case_id"])
        return None
    row = _find_or_add(session, said, now)
    if (row.call_sid, row.account_sid) != (said["call_sid"], said["account_sid"]):
        log.warning("recording refused", reason="another call's", recording_id=row.id)
        note(session, row, "recording_sid_conflict", now=now)
        return None
    if row.state == states.ABSENT and state == states.REGISTERED:
        row.duration_s = rules.announced_length(said["duration_s"])
        ask_again(session, row, now=now)
    if said["case_id"] is not None:
        attach_case(session, row.call_sid, said["case_id"], now=now)
    begin_to_expire(session, row, now=now)
    return row


def attach_case(session: Session, call_sid: str, case_id: int, *, now: datetime) -> None:
    """Give the call's recordings without a case to this one, with what there is to tell."""
    orphans = select(Recording).where(Recording.call_sid == call_sid, Recording.case_id.is_(None))
    for row in session.scalars(orphans):
        row.case_id = case_id
        begin_to_expire(session, row, now=now)
        if row.state != states.REGISTERED:
            note(session, row, f"recording_{row.state}", now=now)
    session.flush()


def begin_to_expire(session: Session, recording: Recording, *, now: datetime) -> None:
    """What comes to a case that is settled already is kept as long from now on."""
    if recording.case_id is None or recording.purge_after is not None:
        return
    status = session.scalar(select(Case.status).where(Case.id == recording.case_id))
    if status in SETTLED and recording.state != states.PURGED:
        recording.purge_after = rules.purge_after(now, legal_hold=False)
        session.flush()


def ask_again(session: Session, recording: Recording, *, now: datetime) -> None:
    """Take a recording once more; IllegalMove when it is at work or the provider has no copy."""
    if recording.upstream_deleted_at is not None:
        raise IllegalMove("the provider has deleted its copy")
    recording.state = states.moved(recording.state, states.REGISTERED)
    recording.due_at, recording.claimed_until = now, None
    recording.tries, recording.reason = 0, None
    session.flush()


def note(session: Session, recording: Recording, kind: str, *, now: datetime) -> None:
    """Tell the case's timeline, where there is a case; ids and our own words only."""
    if recording.case_id is None:
        return
    data: dict[str, Any] = {"recording_id": recording.id}
    if recording.reason:
        data["reason"] = recording.reason
    note_event(session, recording.case_id, kind, data, now=now, actor="system")


def _is_usable(sid: str | None, state: str) -> bool:
    """Only an absence may come without a RecordingSid."""
    return rules.is_recording_sid(sid) if sid else state == states.ABSENT


def _find_or_add(session: Session, said: Announced, now: datetime) -> Recording:
    """The row of this recording; two webhooks at the same moment get the same one."""
    connection = session.connection()
    insert = insert_unless_there(connection, Recording).values(**_first_values(said, now))
    is_new = connection.execute(insert.returning(Recording.id)).first() is not None
    row = session.scalars(_this_one(said)).one()
    if is_new and row.state == states.ABSENT:
        note(session, row, "recording_absent", now=now)
    return row


def _this_one(said: Announced) -> Select[Recording]:
    sid = said["recording_sid"] or None
    query = select(Recording).where(Recording.recording_sid == sid)
    return query if sid else query.where(Recording.call_sid == said["call_sid"])


def _first_values(said: Announced, now: datetime) -> dict[str, Any]:
    state = states.ANNOUNCED[said["status"]]
    return {
        "recording_sid": said["recording_sid"] or None,
        "account_sid": said["account_sid"],
        "call_sid": said["call_sid"],
        "case_id": said["case_id"],
        "state": state,
        "reason": "provider_failed" if said["status"] == "failed" else None,
        "duration_s": rules.announced_length(said["duration_s"]),
        "started_at": said["started_at"] or now,
        "due_at": now if state == states.REGISTERED else None,
    }
