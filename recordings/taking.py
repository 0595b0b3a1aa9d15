"""Taking a recording: fetch, check and seal in one stream, store, read back; later delete upstream.

The sound is never on a disk in the clear, and nothing here holds a database transaction.
"""

import hashlib
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from core import runtime, telephony
from core.crashpoints import crashpoint
from core.crypto import SealBroken
from recordings import storage
from recordings.audio import Audio, Inspector
from recordings.claiming import Claim
from recordings.errors import CopyBroken, MediaRejected
from recordings.playing import opening
from recordings.sealing import seal_stream

MEDIA_DEADLINE_S = 120.0

# First match wins. The words go to the row and the timeline.
REASONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (telephony.NotFound, "not_found"),
    (telephony.Busy, "busy"),
    (telephony.Refused, "refused"),
    (telephony.TelephonyError, "unknown"),
    ((SealBroken, CopyBroken), "copy_broken"),
    (storage.StorageTrouble, "storage"),
)
TROUBLES = (
    telephony.TelephonyError,
    MediaRejected,
    SealBroken,
    CopyBroken,
    *storage.StorageTrouble,
)


@dataclass(frozen=True)
class Trouble:
    """Why it did not work, in one word of ours."""

    reason: str


def take(claim: Claim) -> Audio | Trouble:
    """Bring a recording home; Audio means that its sealed copy was read back and is whole."""
    try:
        with tempfile.TemporaryFile(dir=runtime.current().settings.var_dir) as sealed:
            audio = fetch_sealed(claim, sealed)
            crashpoint("media_fetched")
            storage.keep(claim.path, sealed)
        check_copy(claim.recording_id, claim.path, audio.sha256)
    except TROUBLES as error:
        return Trouble(_reason(error))
    crashpoint("object_stored")
    return audio


def fetch_sealed(claim: Claim, target: BinaryIO, *, deadline_s: float = MEDIA_DEADLINE_S) -> Audio:
    """Write the media to `target`, sealed on the way; MediaRejected or TelephonyError."""
    media = telephony.provider(claim.account_sid).recording_media(claim.recording_sid)
    inspector = Inspector(claim.duration_s)
    keyring = runtime.current().keyring
    watched = inspector.watch(_within(media, deadline_s))
    for piece in seal_stream(watched, keyring, claim.recording_id):
        target.write(piece)
    return inspector.finish()


def check_copy(recording_id: int, path: str, sha256: str | None) -> None:
    """Read the stored copy through: CopyBroken when it is not the audio of that checksum."""
    found = hashlib.sha256()
    for chunk in opening(recording_id, path):
        found.update(chunk)
    if found.hexdigest() != sha256:
        raise CopyBroken("the stored copy is not what was fetched")


def delete_upstream(claim: Claim) -> Trouble | None:
    """Delete the provider's copy, after one more look at our own; None when it is gone."""
    try:
        check_copy(claim.recording_id, claim.path, claim.sha256)
        crashpoint("before_upstream_delete")
        telephony.provider(claim.account_sid).delete_recording(claim.recording_sid)
    except TROUBLES as error:
        return Trouble(_reason(error))
    crashpoint("upstream_deleted")
    return None


def _within(media: Iterable[bytes], seconds: float) -> Iterator[bytes]:
    """The chunks, as long as they come within the deadline for all of them together."""
    deadline = time.monotonic() + seconds
    for chunk in media:
        if time.monotonic() >= deadline:
            raise MediaRejected("too_slow")
        yield chunk


def _reason(error: BaseException) -> str:
    if isinstance(error, MediaRejected):
        return error.reason
    return next(word for kinds, word in REASONS if isinstance(error, kinds))
