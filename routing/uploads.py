"""Files that come by the console: kept for a day, shown as a difference, applied as they were
shown or not at all."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.crypto import same
from core.errors import HotlineError
from routing.change_log import Author
from routing.change_models import DirectoryUpload
from routing.csv_tables import LoadRefused, Reading, read_content, refuse_line
from routing.importer import Planned, plan_load, write_planned
from routing.loading import Counts, hold_directory

KEPT_FOR = timedelta(days=1)
LARGEST_FILE = 5 * 1024 * 1024
# While a file is written nobody else writes on SQLite: the schools of the whole country come by
# the command line, or in parts.
MOST_LINES = 10_000
LONGEST_NAME = 100


class UploadOvertaken(HotlineError):
    """The directory has changed since the difference was shown, or the file was applied already."""


def keep_upload(
    session: Session, content: bytes, *, file: str, staff_id: int, now: datetime
) -> DirectoryUpload:
    """Keep a file until its sender has looked at what it would change."""
    session.execute(delete(DirectoryUpload).where(DirectoryUpload.created_at < now - KEPT_FOR))
    upload = DirectoryUpload(
        staff_id=staff_id,
        file=file[:LONGEST_NAME],
        # One that is too large is refused for it; no use in keeping all of it.
        content=content[: LARGEST_FILE + 1],
        digest=_digest(content[: LARGEST_FILE + 1]),
        created_at=now,
    )
    session.add(upload)
    session.flush()
    return upload


def find_upload(session: Session, upload_id: int, *, staff_id: int) -> DirectoryUpload | None:
    """A file that this person has sent; None for one of anybody else."""
    mine = (DirectoryUpload.id == upload_id, DirectoryUpload.staff_id == staff_id)
    return session.scalar(select(DirectoryUpload).where(*mine))


def plan_upload(session: Session, upload: DirectoryUpload) -> Planned:
    """What a file would change now, or why it is refused."""
    return plan_load(session, _reading(upload))


def apply_upload(
    session: Session, upload: DirectoryUpload, *, digest: str, stamp: str, by: Author
) -> dict[str, Counts]:
    """Apply what was shown: this very content (`digest`) to this very directory (`stamp`).

    UploadOvertaken when either is another by now, LoadRefused when nothing could have been shown.
    """
    session.refresh(upload, with_for_update=True)
    is_same = same(_digest(upload.content), digest) and same(hold_directory(session), stamp)
    if upload.applied_at is not None or not is_same:
        raise UploadOvertaken(upload.file)
    planned = plan_upload(session, upload)
    if planned.refusals:
        raise LoadRefused(planned.refusals)
    upload.applied_at = by.at
    return write_planned(session, planned, by=by)


def _reading(upload: DirectoryUpload) -> Reading:
    if len(upload.content) > LARGEST_FILE:
        most = f"{LARGEST_FILE // 1024 // 1024} MB"
        return Reading(refusals=[refuse_line(upload.file, 1, "file_large", most=most)])
    return read_content(upload.file, upload.content, most=MOST_LINES)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
