"""Letting people hear a recording: never without a reason, never without a trace."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from sqlalchemy.orm import Session

from core import runtime
from core.crypto import SealBroken
from core.errors import BadInput, NotFoundError
from recordings import rules, states, storage
from recordings.models import Recording, RecordingAccess
from recordings.sealing import open_stream


@dataclass(frozen=True)
class Access:
    """Who wants to hear a recording, why, and how ("export")."""

    actor: str
    reason: str
    action: str


def trace_access(
    session: Session, recording_id: int, access: Access, *, now: datetime
) -> Recording:
    """Write the trace of an access and give the recording; commit it before the first sound.

    NotFoundError for an unknown one; BadInput when the reason says nothing or nothing is stored.
    """
    if not rules.is_reason(access.reason):
        raise BadInput("a reason is needed: say in a few words why this is listened to")
    recording = session.get(Recording, recording_id)
    if recording is None:
        raise NotFoundError("there is no such recording")
    if recording.state != states.STORED:
        raise BadInput(f"nothing can be heard: the recording is {recording.state}")
    session.add(
        RecordingAccess(
            recording_id=recording_id,
            at=now,
            actor=access.actor,
            action=access.action,
            reason=access.reason.strip(),
        )
    )
    session.flush()
    return recording


def opening(recording_id: int, path: str) -> Iterator[bytes]:
    """The audio of a stored copy, chunk by chunk; SealBroken, or the store's error.

    Every chunk is authentic, but only the end of the stream shows that none is missing.
    """
    return open_stream(storage.read(path), runtime.current().keyring, recording_id)


def begun(recording_id: int, path: str) -> Iterator[bytes]:
    """The same with the first chunk at hand: NotFoundError, before a sound, when nothing opens."""
    try:
        chunks = opening(recording_id, path)
        first = next(chunks, b"")
    except (SealBroken, *storage.StorageTrouble) as error:
        raise NotFoundError("the copy cannot be opened") from error
    return chain((first,), chunks)


def write_new_file(target: Path, audio: Iterator[bytes]) -> int:
    """Write the audio to a new file that only its owner may read; returns its size in bytes.

    FileExistsError when there is one; nothing stays behind when the audio does not open to the end.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    descriptor = os.open(target, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            return sum(file.write(chunk) for chunk in audio)
    except BaseException:
        with suppress(OSError):
            target.unlink()
        raise
