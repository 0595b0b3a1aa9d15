"""What a case's timeline says of its hand-overs: codes and ids, and people's own words sealed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from cases import timeline
from cases.handover_models import Handover
from cases.models import TimelineEvent

REJECTED_KIND: Final = "handover_rejected"
GIVEN: Final = "handover_reason_given"
# How an entry says that a telephone key rejected it, and no words yet.
UNSAID: Final = "telephone_unsaid"


def note_event(
    session: Session, handover: Handover, kind: str, actor: str, now: datetime, **more: Any
) -> None:
    """Add an entry about a hand-over; the office is the one that receives."""
    timeline.note_event(session, handover.case_id, kind, _facts(handover) | more, now, actor)


def note_reason(
    session: Session,
    handover: Handover,
    kind: str,
    words: str | None,
    actor: str,
    now: datetime,
    **more: Any,
) -> None:
    """The same with what a person wrote."""
    data = _facts(handover) | more
    timeline.note_reason(
        session, handover.case_id, kind, reason=words, actor=actor, now=now, data=data
    )


def unexplained(events: Iterable[TimelineEvent]) -> int | None:
    """The newest hand-over of a case whose rejection is still to be explained."""
    owed: dict[int, None] = {}
    for one in events:
        if one.kind == REJECTED_KIND and one.data.get("way") == UNSAID:
            owed[one.data["handover_id"]] = None
        elif one.kind == GIVEN:
            owed.pop(one.data["handover_id"], None)
    return next(reversed(owed), None)


def _facts(handover: Handover) -> dict[str, Any]:
    office = handover.to_office_code or handover.from_office_code
    return {"handover_id": handover.id, "kind": handover.kind, "office_code": office}
