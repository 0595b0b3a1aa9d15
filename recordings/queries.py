"""Looking recordings up."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.models import Case
from core.errors import NotFoundError
from recordings import states
from recordings.models import Recording, RecordingAccess

# So long may be listened after a reason was given.
REASON_HOLDS = timedelta(minutes=10)


def due(session: Session, now: datetime, limit: int = 50) -> list[tuple[int, str]]:
    """Id and state of what is owed by now, longest waiting first."""
    rows = session.execute(
        select(Recording.id, Recording.state)
        .where(Recording.due_at <= now)
        .order_by(Recording.due_at)
        .limit(limit)
    )
    return [(row.id, row.state) for row in rows]


def by_id(session: Session, recording_id: int) -> Recording:
    """One recording; NotFoundError when there is none."""
    recording = session.get(Recording, recording_id)
    if recording is None:
        raise NotFoundError("there is no such recording")
    return recording


def of_call(session: Session, call_sid: str) -> Sequence[Recording]:
    """The recordings of a telephone call, oldest first; an absence is one of them."""
    return session.scalars(
        select(Recording).where(Recording.call_sid == call_sid).order_by(Recording.id)
    ).all()


def playable_in_call(session: Session, call_sid: str, recording_sid: str) -> int | None:
    """The id of a recording of this very call once its sealed copy rests; None before and after."""
    return session.scalar(
        select(Recording.id)
        .where(Recording.recording_sid == recording_sid, Recording.call_sid == call_sid)
        .where(Recording.state == states.STORED)
    )


def of_case(session: Session, case_id: int) -> Sequence[Recording]:
    """The recordings of a case, oldest first."""
    return session.scalars(
        select(Recording).where(Recording.case_id == case_id).order_by(Recording.id)
    ).all()


def heard_lately(
    session: Session, recording_ids: Collection[int], actor: str, *, now: datetime
) -> frozenset[int]:
    """Those of the recordings that the actor gave a reason to hear just now."""
    if not recording_ids:
        return frozenset()
    wanted = select(RecordingAccess.recording_id).where(
        RecordingAccess.recording_id.in_(recording_ids),
        RecordingAccess.actor == actor,
        RecordingAccess.at > now - REASON_HOLDS,
    )
    return frozenset(session.scalars(wanted))


def of_reference(session: Session, reference: str) -> Sequence[Recording] | None:
    """The recordings of the case with this reference; None when there is no such case."""
    case_id = session.scalar(select(Case.id).where(Case.reference == reference))
    return None if case_id is None else of_case(session, case_id)
