"""Whether a stream of bytes is the WAV that was announced, without ever holding all of it."""

import hashlib
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from recordings.errors import MediaRejected

LARGEST = 100 * 1024 * 1024
HEAD_BYTES = 64 * 1024
RIFF_BYTES = 12
# A writer that does not know the length yet leaves one of these in the header.
LENGTH_UNKNOWN = (0, 0xFFFFFFFF)
SLACK_S = 2
SLACK_SHARE = 0.05


@dataclass(frozen=True)
class Audio:
    """What was measured: sha256 (hex) and size of all bytes, length of the sound in seconds."""

    sha256: str
    size: int
    duration_s: int


@dataclass(frozen=True)
class WaveHead:
    """Where the sound begins, how fast it is, how long it says it is (None: it does not say)."""

    begins_at: int
    bytes_per_second: int
    sound_bytes: int | None


class Inspector:
    """Looks at the chunks as they pass; MediaRejected as soon as they cannot be the recording."""

    def __init__(self, announced_s: int | None) -> None:
        self._announced_s = announced_s
        self._head = bytearray()
        self._hash = hashlib.sha256()
        self._size = 0

    def watch(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Pass every chunk on, looking at it first."""
        for chunk in chunks:
            self._size += len(chunk)
            if self._size > LARGEST:
                raise MediaRejected("too_large")
            self._head += chunk[: HEAD_BYTES - len(self._head)]
            if len(self._head) >= RIFF_BYTES:
                _check_riff(bytes(self._head))
            self._hash.update(chunk)
            yield chunk

    def finish(self) -> Audio:
        """The verdict at the end of the stream: what was measured, or MediaRejected."""
        if self._size == 0:
            raise MediaRejected("empty")
        head = read_head(bytes(self._head))
        sound = self._size - head.begins_at
        if head.sound_bytes is not None:
            if sound < head.sound_bytes:
                raise MediaRejected("wrong_length")
            sound = head.sound_bytes
        if sound == 0:
            raise MediaRejected("empty")
        seconds = sound / head.bytes_per_second
        if not is_length_plausible(seconds, self._announced_s):
            raise MediaRejected("wrong_length")
        return Audio(self._hash.hexdigest(), self._size, round(seconds))


def is_length_plausible(seconds: float, announced_s: int | None) -> bool:
    """Whether the sound is about as long as the provider said (it rounds to whole seconds)."""
    if announced_s is None:
        return True
    return abs(seconds - announced_s) <= max(SLACK_S, announced_s * SLACK_SHARE)


def read_head(head: bytes) -> WaveHead:
    """Parse the beginning of a RIFF/WAVE file up to its sound; MediaRejected when it is none."""
    _check_riff(head)
    at, speed = RIFF_BYTES, 0
    while at + 8 <= len(head):
        name, length = struct.unpack_from("<4sI", head, at)
        at += 8
        if name == b"data":
            if speed == 0:
                break
            return WaveHead(at, speed, None if length in LENGTH_UNKNOWN else length)
        if name == b"fmt " and at + 12 <= len(head):
            (speed,) = struct.unpack_from("<I", head, at + 8)
        at += length + length % 2
    raise MediaRejected("not_audio")


def _check_riff(head: bytes) -> None:
    if head[:4] != b"RIFF" or head[8:RIFF_BYTES] != b"WAVE":
        raise MediaRejected("not_audio")
