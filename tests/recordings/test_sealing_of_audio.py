"""Sealed audio opens to the very bytes that went in, and to nothing else."""

import base64
import os
import struct
from collections.abc import Callable

import pytest

from core.crypto import Keyring, SealBroken
from recordings.sealing import CHUNK_BYTES, MAGIC, SALT_BYTES, open_stream, seal_stream

HEAD = len(MAGIC) + SALT_BYTES
SECRET = "made-up-secret-for-tests-0123456789ab"
AUDIO = os.urandom(CHUNK_BYTES * 3 + 1000)


def _key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


OLD, NEW = _key(), _key()
KEYRING = Keyring((OLD,), SECRET)


def _seal(audio: bytes = AUDIO, recording_id: int = 7) -> bytes:
    return b"".join(seal_stream([audio], KEYRING, recording_id))


def _open(sealed: bytes, recording_id: int = 7, keyring: Keyring = KEYRING) -> bytes:
    return b"".join(open_stream([sealed], keyring, recording_id))


def _frames(sealed: bytes) -> list[bytes]:
    found, at = [], HEAD
    while at < len(sealed):
        (length,) = struct.unpack_from(">I", sealed, at)
        found.append(sealed[at : at + 4 + length])
        at += 4 + length
    return found


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 200_000])
def test_what_was_sealed_opens_to_the_same_bytes(size: int) -> None:
    """Whatever the length, also on the border of a chunk."""
    assert _open(_seal(AUDIO[:size])) == AUDIO[:size]


def test_the_pieces_in_which_it_arrives_do_not_matter() -> None:
    """Neither on the way in nor on the way out."""
    pieces = [AUDIO[at : at + 777] for at in range(0, len(AUDIO), 777)]
    sealed = b"".join(seal_stream(pieces, KEYRING, 7))
    back = open_stream([sealed[at : at + 999] for at in range(0, len(sealed), 999)], KEYRING, 7)
    assert b"".join(back) == AUDIO


def test_the_same_audio_never_seals_to_the_same_bytes() -> None:
    """Equal recordings cannot be recognised by their sealed copies."""
    assert not set(_frames(_seal())) & set(_frames(_seal()))


def _flip(sealed: bytes, at: int) -> bytes:
    return sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]


def _swap(sealed: bytes) -> bytes:
    first, second, *rest = _frames(sealed)
    return sealed[:HEAD] + second + first + b"".join(rest)


TAMPERINGS: dict[str, Callable[[bytes], bytes]] = {
    "first byte": lambda sealed: _flip(sealed, 0),
    "salt": lambda sealed: _flip(sealed, len(MAGIC)),
    "length of a chunk": lambda sealed: _flip(sealed, HEAD + 3),
    "key id": lambda sealed: _flip(sealed, HEAD + 5),
    "nonce": lambda sealed: _flip(sealed, HEAD + 10),
    "sound": lambda sealed: _flip(sealed, HEAD + 500),
    "tag": lambda sealed: _flip(sealed, len(sealed) - 1),
    "last byte cut": lambda sealed: sealed[:-1],
    "last chunk cut": lambda sealed: sealed[:HEAD] + b"".join(_frames(sealed)[:-1]),
    "first chunk cut": lambda sealed: sealed[:HEAD] + b"".join(_frames(sealed)[1:]),
    "all chunks cut": lambda sealed: sealed[:HEAD],
    "nothing left": lambda _sealed: b"",
    "two chunks swapped": _swap,
    "a chunk doubled": lambda sealed: sealed + _frames(sealed)[-1],
    "a byte appended": lambda sealed: sealed + b"\x00",
    "endless length": lambda sealed: sealed[:HEAD] + b"\xff\xff\xff\xff" + bytes(10),
}


@pytest.mark.parametrize("tamper", TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_tampering_is_found(tamper: Callable[[bytes], bytes]) -> None:
    """Changed, cut, swapped, doubled or lengthened: it does not open."""
    with pytest.raises(SealBroken):
        _open(tamper(_seal()))


def test_a_copy_cannot_be_passed_off_as_another_recording() -> None:
    """The id of the recording is bound in."""
    with pytest.raises(SealBroken):
        _open(_seal(recording_id=7), recording_id=8)


def test_chunks_of_two_sealings_of_one_recording_cannot_be_mixed() -> None:
    """Each sealing has a salt of its own."""
    first, second = _seal(), _seal()
    with pytest.raises(SealBroken):
        _open(first[:HEAD] + _frames(second)[0] + b"".join(_frames(first)[1:]))


def test_an_old_copy_opens_while_its_key_is_listed_and_not_after() -> None:
    """Keys rotate: newest first, old ones stay as long as something is sealed under them."""
    sealed = _seal()
    assert _open(sealed, keyring=Keyring((NEW, OLD), SECRET)) == AUDIO
    with pytest.raises(SealBroken):
        _open(sealed, keyring=Keyring((NEW,), SECRET))
