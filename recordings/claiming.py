"""Work on recordings: claimed by compare-and-set before it is done, settled under that claim."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from core.logs import logger
from core.queue import enqueue
from recordings import rules, states
from recordings.audio import Audio
from recordings.models import Recording
from recordings.services import DELETE_UPSTREAM, begin_to_expire, note

# A claim outlives its task, which is killed before (tasks.py): two never work on one row.
TAKE_CLAIM = timedelta(seconds=300)
DELETE_CLAIM = timedelta(seconds=45)

log = logger(__name__)


@dataclass(frozen=True)
class Claim:
    """A piece of work that is ours until `until`, which also tells it from any later claim."""

    recording_id: int
    recording_sid: str
    account_sid: str
    path: str
    duration_s: int | None
    sha256: str | None
    until: datetime


def claim_take(session: Session, recording_id: int, *, now: datetime) -> Claim | None:
    """Claim a registered, due recording; None when there is nothing to do or another has it.

    The object's name is chosen with the first claim, so that a second try after a crash writes
    over the first one's copy instead of beside it. It says nothing about call or case.
    """
    name = secrets.token_hex(16) + ".sealed"
    is_wanted = (Recording.id == recording_id) & (Recording.state == states.REGISTERED)
    changes = {"claimed_until": now + TAKE_CLAIM, "path": func.coalesce(Recording.path, name)}
    return _claim(session, is_wanted, changes, now)


def claim_upstream_delete(session: Session, recording_id: int, *, now: datetime) -> Claim | None:
    """Claim the provider's copy of a stored recording for deletion; None as in `claim_take`."""
    is_wanted = (Recording.id == recording_id) & Recording.upstream_deleted_at.is_(None)
    is_wanted &= Recording.state.in_((states.STORED, states.WITHDRAWN))
    return _claim(session, is_wanted, {"claimed_until": now + DELETE_CLAIM}, now)


def settle_stored(session: Session, claim: Claim, audio: Audio, *, now: datetime) -> bool:
    """The sealed copy rests and was read back: from now on the provider's copy is to go.

    False when the claim has run out and another took over: then nothing is changed.
    """
    row = _held(session, claim)
    if row is None:
        return False
    row.state = states.moved(row.state, states.STORED)
    row.sha256, row.size = audio.sha256, audio.size
    row.duration_s = audio.duration_s if row.duration_s is None else row.duration_s
    row.due_at, row.claimed_until, row.tries, row.reason = now, None, 0, None
    begin_to_expire(session, row, now=now)
    note(session, row, "recording_stored", now=now)
    session.flush()
    enqueue(session, DELETE_UPSTREAM, row.id)
    return True


def settle_upstream_deleted(session: Session, claim: Claim, *, now: datetime) -> bool:
    """The provider has no copy any more: nothing is owed. False as in `settle_stored`."""
    row = _held(session, claim)
    if row is None:
        return False
    row.upstream_deleted_at = now
    row.due_at, row.claimed_until, row.reason = None, None, None
    session.flush()
    return True


def settle_trouble(session: Session, claim: Claim, reason: str, *, now: datetime) -> bool:
    """It did not work: try again later, or fail where people see it. False as in `settle_stored`.

    What is stored never fails: the provider is asked to delete until its copy is gone.
    """
    row = _held(session, claim)
    if row is None:
        return False
    may_fail = row.state == states.REGISTERED
    row.due_at = rules.after_trouble(reason, row.tries, now, may_fail=may_fail)
    row.claimed_until, row.reason = None, reason
    log.warning("recording not settled", recording_id=row.id, reason=reason, tries=row.tries)
    if row.due_at is None:
        row.state = states.moved(row.state, states.FAILED)
        note(session, row, "recording_failed", now=now)
    session.flush()
    return True


def _claim(
    session: Session, is_wanted: ColumnElement[bool], changes: Mapping[str, Any], now: datetime
) -> Claim | None:
    # due_at moves to the end of the claim: should we die, the sweep finds the row right then.
    due_at = changes["claimed_until"]
    changed = (
        update(Recording)
        .where(is_wanted, Recording.due_at <= now)
        .values(**changes, due_at=due_at, tries=Recording.tries + 1)
        .returning(Recording.id)
        .execution_options(synchronize_session=False)
    )
    recording_id = session.scalar(changed)
    if recording_id is None:
        return None
    row = session.get_one(Recording, recording_id, populate_existing=True)
    if rules.is_taking_long(row.tries):
        note(session, row, "recording_delayed", now=now)
    return _claim_of(row, due_at)


def _claim_of(row: Recording, until: datetime) -> Claim:
    return Claim(
        recording_id=row.id,
        recording_sid=row.recording_sid or "",
        account_sid=row.account_sid,
        path=row.path or "",
        duration_s=row.duration_s,
        sha256=row.sha256,
        until=until,
    )


def _held(session: Session, claim: Claim) -> Recording | None:
    """The claim's row, locked, while the claim is still the one that holds it."""
    return session.scalar(
        select(Recording)
        .where(Recording.id == claim.recording_id, Recording.claimed_until == claim.until)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
