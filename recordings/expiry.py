"""Letting recordings go: some time after their case is closed, unless a legal hold lies on them.

Source: reliability.md §4.3 (audio 90 days after closing unless evidence hold).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from recordings import rules, states
from recordings.models import Recording
from recordings.services import note

PURGE = "recordings.purge"
SWEEP_EXPIRED = "recordings.sweep_expired"
# What a sweep looks at once; the next one goes on.
AT_ONCE = 50


def case_closed(session: Session, case_id: int, *, now: datetime) -> None:
    """The time of the case's recordings begins to run."""
    _set_end(session, case_id, rules.purge_after(now, legal_hold=False))


def case_reopened(session: Session, case_id: int) -> None:
    """What has not been let go yet is kept until the case is closed again."""
    _set_end(session, case_id, None)


def withdraw(session: Session, recording_sid: str, call_sid: str, *, now: datetime) -> bool:
    """The caller takes back what was said in this call: nobody plays it from now on.

    False for what is not stored, and under a legal hold. The copies go by the ordinary sweeps, the
    provider's first.
    """
    row = session.scalar(
        select(Recording)
        .where(Recording.recording_sid == recording_sid, Recording.call_sid == call_sid)
        .where(Recording.state == states.STORED, Recording.legal_hold.is_(False))
        .with_for_update()
    )
    if row is None:
        return False
    row.state, row.purge_after = states.moved(row.state, states.WITHDRAWN), now
    note(session, row, "recording_withdrawn", now=now)
    session.flush()
    return True


def expired(session: Session, now: datetime, limit: int = AT_ONCE) -> Sequence[int]:
    """Recordings whose time is over, and those of which the sealed copy may still rest."""
    wanted = select(Recording.id).where(
        Recording.purge_after.is_not(None),
        Recording.purge_after <= now,
        Recording.legal_hold.is_(False),
        Recording.state.in_((states.STORED, states.WITHDRAWN, states.PURGED)),
        # The provider's copy goes first: nobody would ask for its deletion any more.
        Recording.upstream_deleted_at.is_not(None),
        Recording.path.is_not(None),
    )
    return session.scalars(wanted.order_by(Recording.purge_after).limit(limit)).all()


def let_go(session: Session, recording_id: int, *, now: datetime) -> str | None:
    """From now on nobody plays it; the name of the copy that is to be deleted next.

    None when a hold was laid on it, its case was reopened, or all of it is done. The state comes
    first: a copy that is gone must never look as if it could be played.
    """
    row = session.get(Recording, recording_id, with_for_update=True)
    if row is None or not _is_over(row, now):
        return None
    if row.state != states.PURGED:
        row.state = states.moved(row.state, states.PURGED)
        note(session, row, "recording_purged", now=now)
        session.flush()
    return row.path


def gone(session: Session, recording_id: int) -> None:
    """The sealed copy is deleted: nothing is left but the row that says so."""
    session.execute(
        update(Recording)
        .where(Recording.id == recording_id, Recording.state == states.PURGED)
        .values(path=None, purge_after=None)
        .execution_options(synchronize_session=False)
    )


def _is_over(row: Recording, now: datetime) -> bool:
    if row.legal_hold or row.upstream_deleted_at is None:
        return False
    return row.purge_after is not None and row.purge_after <= now


def _set_end(session: Session, case_id: int, moment: datetime | None) -> None:
    session.execute(
        update(Recording)
        .where(Recording.case_id == case_id)
        .where(Recording.state.not_in((states.PURGED, states.WITHDRAWN)))
        .values(purge_after=moment)
        .execution_options(synchronize_session=False)
    )
