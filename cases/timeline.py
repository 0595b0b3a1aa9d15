"""The one way to write on a case's timeline."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from cases.models import TimelineEvent
from core.inserts import table_of

SYSTEM = "system"

_INSERT = insert(table_of(TimelineEvent))


def note_event(
    session: Session,
    case_id: int,
    kind: str,
    data: dict[str, Any],
    now: datetime,
    actor: str = SYSTEM,
) -> None:
    """Add one entry; `data` holds codes and ids, never personal data.

    `actor` is "system", "caller", "staff:<id>" or "token:<id>".
    """
    row = {"case_id": case_id, "at": now, "kind": kind, "actor": actor, "data": data}
    session.connection().execute(_INSERT, row)


def note_reveal(session: Session, case_id: int, *, reason: str, actor: str, now: datetime) -> None:
    """The trace of a caller's number that was shown: who saw it, when and why (design.md §3)."""
    note_reason(session, case_id, "number_revealed", reason=reason, actor=actor, now=now)


def note_reason(
    session: Session,
    case_id: int,
    kind: str,
    *,
    reason: str | None,
    actor: str,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Add an entry that holds a person's own words, sealed."""
    row = {"case_id": case_id, "at": now, "kind": kind, "actor": actor}
    session.connection().execute(_INSERT, row | {"data": data or {}, "words": reason})
