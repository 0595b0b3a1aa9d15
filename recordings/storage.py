"""Where sealed recordings rest: a folder or an S3 bucket, as RECORDINGS_URL says."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from core import runtime

# Whatever the store cannot do (disk full, bucket gone, network): tried again later.
StorageTrouble = (OSError, BaseError)

PIECE_BYTES = 1024 * 1024
PART_BYTES = 5 * 1024 * 1024
PARTS_AT_ONCE = 2
S3_RETRIES_WITHIN = timedelta(seconds=20)


def keep(name: str, sealed: BinaryIO) -> None:
    """Store the file under a name, whole or not at all, and on the disk when this returns."""
    store = _store(runtime.current().settings.recordings_url)
    sealed.seek(0)
    obstore.put(store, name, sealed, chunk_size=PART_BYTES, max_concurrency=PARTS_AT_ONCE)
    if isinstance(store, LocalStore) and store.prefix is not None:
        # The store renames atomically but does not sync; upstream is deleted on our word.
        _sync(store.prefix / name)
        _sync(store.prefix)


def read(name: str) -> Iterator[bytes]:
    """The stored bytes, in pieces."""
    store = _store(runtime.current().settings.recordings_url)
    for piece in obstore.get(store, name).stream(min_chunk_size=PIECE_BYTES):
        yield bytes(piece)


def delete(name: str) -> None:
    """Let the stored bytes go; what is gone already is fine."""
    with suppress(FileNotFoundError):
        obstore.delete(_store(runtime.current().settings.recordings_url), name)


@lru_cache(maxsize=4)
def _store(url: str) -> LocalStore | S3Store:
    """The store of an address; a folder is created, for its owner alone.

    S3 takes region, endpoint and keys from the usual AWS_ variables.
    """
    if url.startswith(("s3://", "s3a://")):
        # No client options here: they would replace those of the environment.
        return S3Store.from_url(
            url, retry_config={"max_retries": 2, "retry_timeout": S3_RETRIES_WITHIN}
        )
    folder = Path(unquote(urlsplit(url).path) if url.startswith("file://") else url).resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
