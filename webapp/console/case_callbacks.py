"""What the reader of a case may do with its callbacks now: call, or decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Staff
from calls.change_rules import is_open
from calls.queries import CallbackFile
from calls.states import NEEDS_PERSON, WAITING
from calls.work_list import work_list
from cases.access import Standing, Viewer
from cases.models import Case
from webapp.console.callback_lines import CALL, CHANGE, DECIDE
from webapp.console.duty import ending

MOST = 20


@dataclass(frozen=True)
class CallbackMoves:
    """Ids of the case's callbacks to call now, to decide about, and to stop or move; how one's own
    number ends."""

    call: frozenset[int] = frozenset()
    decide: frozenset[int] = frozenset()
    change: frozenset[int] = frozenset()
    phone_end: str | None = None


def callback_moves(
    session: Session,
    files: Sequence[CallbackFile],
    viewer: Viewer,
    standing: Standing,
    *,
    now: datetime,
) -> CallbackMoves:
    """What the reader may do with them; a case without open callbacks costs no query."""
    callbacks = [file.callback for file in files]
    needing = {one.id for one in callbacks if one.state in NEEDS_PERSON and not one.decided_at}
    waiting = [one for one in callbacks if one.state in WAITING]
    decide = frozenset(needing) if standing.may(DECIDE) else frozenset()
    still = {one.id for one in callbacks if is_open(one)}
    change = frozenset(still) if standing.may(CHANGE) else frozenset()
    if not waiting or not standing.may(CALL):
        return CallbackMoves(decide=decide, change=change)
    items = work_list(session, Case.id == waiting[0].case_id, now=now, limit=MOST)
    phone = session.scalar(select(Staff.phone).where(Staff.id == viewer.staff_id))
    return CallbackMoves(
        frozenset(one.callback.id for one in items if one.ready), decide, change, ending(phone)
    )
