"""Audio at rest: a stream of sealed chunks that cannot be cut, swapped, mixed or moved.

Layout: MAGIC, 16 random bytes of this very sealing, then frames (4 bytes of length, one chunk
sealed by the keyring, which puts key id and nonce in front). Recording, sealing, index and
whether it is the last are bound into every chunk, so a missing end shows as a broken last chunk.
"""

import os
import struct
from collections.abc import Iterable, Iterator
from itertools import count

from core.crypto import Keyring, SealBroken

MAGIC = b"HLREC\x00\x01\n"
SALT_BYTES = 16
CHUNK_BYTES = 64 * 1024
LENGTH = struct.Struct(">I")
# A sealed chunk is a little longer than the plain one; anything far longer was not made here.
LONGEST_FRAME = CHUNK_BYTES + 256


def seal_stream(chunks: Iterable[bytes], keyring: Keyring, recording_id: int) -> Iterator[bytes]:
    """Seal audio of any length under the newest key; yields what is to be stored, in pieces."""
    salt = os.urandom(SALT_BYTES)
    yield MAGIC + salt
    for index, (plain, last) in enumerate(_with_last(_even(chunks))):
        sealed = keyring.seal(plain, _context(recording_id, salt, index, last))
        yield LENGTH.pack(len(sealed)) + sealed


def open_stream(stored: Iterable[bytes], keyring: Keyring, recording_id: int) -> Iterator[bytes]:
    """Open what `seal_stream` made, under any listed key; SealBroken at the first wrong chunk.

    A missing end is found only at the end: use nothing of it before the stream is through.
    """
    source = _Source(stored)
    if source.take(len(MAGIC)) != MAGIC:
        raise SealBroken("not a sealed recording")
    salt = source.take(SALT_BYTES)
    for index in count():
        (length,) = LENGTH.unpack(source.take(LENGTH.size))
        if length > LONGEST_FRAME:
            raise SealBroken("a sealed chunk is too long")
        sealed = source.take(length)
        last = source.is_at_end()
        yield keyring.open(sealed, _context(recording_id, salt, index, last))
        if last:
            return


def _context(recording_id: int, salt: bytes, index: int, last: bool) -> str:
    return f"recording:{recording_id}:{salt.hex()}:{index}:{int(last)}"


def _even(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of CHUNK_BYTES, the last one shorter."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= CHUNK_BYTES:
            yield bytes(waiting[:CHUNK_BYTES])
            del waiting[:CHUNK_BYTES]
    if waiting:
        yield bytes(waiting)


def _with_last(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each piece with whether it is the last; nothing at all is one empty last piece."""
    iterator = iter(chunks)
    held = next(iterator, b"")
    for chunk in iterator:
        yield held, False
        held = chunk
    yield held, True


class _Source:
    """Takes an exact number of bytes from a stream of pieces of any size."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._waiting = bytearray()

    def take(self, wanted: int) -> bytes:
        """Exactly that many bytes; SealBroken when the stream ends before."""
        while len(self._waiting) < wanted:
            piece = next(self._pieces, None)
            if piece is None:
                raise SealBroken("the sealed recording was cut off")
            self._waiting += piece
        taken = bytes(self._waiting[:wanted])
        del self._waiting[:wanted]
        return taken

    def is_at_end(self) -> bool:
        """Whether nothing follows."""
        while not self._waiting:
            piece = next(self._pieces, None)
            if piece is None:
                return True
            self._waiting += piece
        return False
