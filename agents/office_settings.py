"""What an office chooses for itself: how its callbacks ring, and who reads its notes."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from agents.errors import RingingRefused
from agents.models import OfficeSetting
from agents.queries import HQ
from core.inserts import insert_unless_there

AUTOMATIC: Final = "automatic"
WORK_LIST: Final = "work_list"
RINGING: Final = (AUTOMATIC, WORK_LIST)


def ringing(session: Session, office_code: str) -> str:
    """How an office's callbacks ring: "automatic" unless it chose its work list; HQ always is."""
    if office_code == HQ:
        return AUTOMATIC
    chosen = select(OfficeSetting.ringing).where(OfficeSetting.office_code == office_code)
    return session.scalar(chosen) or AUTOMATIC


def set_ringing(
    session: Session, office_code: str, value: str, *, staff_id: int, now: datetime
) -> None:
    """Choose how an office's callbacks ring.

    RingingRefused: "value" for a strange one, "headquarters" because the on-call list always rings.
    """
    if value not in RINGING:
        raise RingingRefused("value")
    if office_code == HQ:
        raise RingingRefused("headquarters")
    _keep(session, office_code, {"ringing": value}, staff_id=staff_id, now=now)


def note_visibility(session: Session, office_code: str) -> str | None:
    """Who usually reads a note of the office, in the words of the notes; None where none chose."""
    chosen = select(OfficeSetting.note_visibility).where(OfficeSetting.office_code == office_code)
    return session.scalar(chosen)


def set_note_visibility(
    session: Session, office_code: str, value: str, *, staff_id: int, now: datetime
) -> None:
    """Choose who usually reads a note of the office; whoever calls knows the words."""
    _keep(session, office_code, {"note_visibility": value}, staff_id=staff_id, now=now)


def _keep(
    session: Session, office_code: str, chosen: dict[str, Any], *, staff_id: int, now: datetime
) -> None:
    row = chosen | {"changed_by": staff_id, "changed_at": now}
    insert = insert_unless_there(session.connection(), OfficeSetting)
    session.execute(insert.values(**{"office_code": office_code, "ringing": AUTOMATIC} | row))
    session.execute(
        update(OfficeSetting)
        .where(OfficeSetting.office_code == office_code)
        .values(**row)
        .execution_options(synchronize_session=False)
    )
