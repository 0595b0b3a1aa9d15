"""The log of what was changed in the directory: written with every change, read on an office's
page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from routing.change_models import DirectoryChange
from routing.loading import ORIGIN, Change, batches

# Who changes the directory without being a person of the console.
COMMAND = "command"
# What follows from other columns, or says who brought a row.
UNTOLD = frozenset({ORIGIN, "phone_fingerprint"})
LONGEST_REASON = 300


@dataclass(frozen=True)
class Author:
    """Who changes the directory, when, and why where a reason was asked."""

    actor: str
    at: datetime
    reason: str = ""


def record(session: Session, changes: Iterable[Change], by: Author) -> None:
    """Keep what was changed."""
    rows = [
        {
            "at": by.at,
            "actor": by.actor,
            "what": one.model.__tablename__,
            "about": one.about,
            "detail": one.detail,
            "before": told(one.before),
            "after": told(one.after),
            "reason": by.reason[:LONGEST_REASON],
        }
        for one in changes
        if told(one.before) or told(one.after)
    ]
    for some in batches(rows):
        session.execute(insert(DirectoryChange), some)


def changes_about(
    session: Session, code: str, *, limit: int, before: int | None = None
) -> list[DirectoryChange]:
    """What was changed of an office or district, the newest first, older than the row `before`."""
    wanted = select(DirectoryChange).where(DirectoryChange.about == code)
    if before is not None:
        wanted = wanted.where(DirectoryChange.id < before)
    return list(session.scalars(wanted.order_by(DirectoryChange.id.desc()).limit(limit)))


def told(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Values as the log and a page show them: moments as ISO text, nothing that only we need."""
    if values is None:
        return None
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
        if name not in UNTOLD
    }
