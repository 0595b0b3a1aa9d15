"""What is announced at the front of a call now: one small look when a call comes in.

Read anew for each call and kept by no process, so that taking it back holds from the next call on.
Plain statements, no ORM: this runs inside a webhook (design.md §3).
"""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from cases.announcement_rules import Announcement
from cases.story_models import ANNOUNCING, Story
from core.database import UtcDateTime
from core.logs import logger

log = logger(__name__)
_MOMENT: Final = bindparam("moment", type_=UtcDateTime())
# The condition must read as in the index: a planner sees no match behind parameters.
_NOW = select(Story.announcement_th, Story.announcement_en).where(
    text(ANNOUNCING), Story.announce_from <= _MOMENT, Story.announce_until > _MOMENT
)


def announcement_at(session: Session, now: datetime) -> Announcement | None:
    """The announcement in force, or None; a call is answered whatever becomes of the look.

    It has a savepoint of its own: what fails in it leaves the call's transaction as it was.
    """
    connection = session.connection()
    try:
        with connection.begin_nested():
            row = connection.execute(_NOW, {"moment": now}).first()
    except DBAPIError as error:
        log.warning("no announcement could be read", error=type(error).__name__)
        return None
    return Announcement(row[0] or "", row[1] or "") if row else None
