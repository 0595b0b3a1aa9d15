"""Who is told about a callback: that a person must decide, that it is late, that it failed."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.queries import HQ, head_operator_ids, on_call_ids
from agents.services import owe_notice
from calls.models import Callback
from cases.models import Case
from cases.queries import exclusions
from cases.services import note_event
from routing.models import Office

# Told one after another when nothing happens: the office's heads, the office above, the on-call
# list of the hotline, which is never empty (design.md §3a.9).
LEVELS: Final = ("head", "parent", "on_call")
# A tree of offices is at most this deep; a cycle that slipped in must not hang a sweep.
DEEPEST: Final = 8


def owe_decision(session: Session, callback: Callback, *, now: datetime) -> None:
    """Tell the owning office that a person must decide about this callback."""
    tell(session, callback, f"callback_{callback.state}", "head", now=now)
    data = {"callback_id": callback.id, "state": callback.state, "reason": callback.reason}
    note_event(session, callback.case_id, "callback_decision", data, now)


def tell(session: Session, callback: Callback, template: str, level: str, *, now: datetime) -> None:
    """Owe a notice to a level's people; to the office itself where it has none that may know."""
    office, people = _receivers(session, callback, level)
    reference = session.scalar(select(Case.reference).where(Case.id == callback.case_id))
    receivers: list[dict[str, Any]] = [{"staff_id": one} for one in people]
    for receiver in receivers or [{"office_code": office}]:
        owe_notice(session, template, reference=reference, due_at=now, now=now, **receiver)


def _receivers(session: Session, callback: Callback, level: str) -> tuple[str, list[int]]:
    secret = exclusions(session, callback.case_id)
    office: str | None = callback.office_code
    if level == "parent" or office in secret.offices:
        office = _office_above(session, callback.office_code, secret.offices)
    if level == "on_call" or office is None:
        return HQ, secret.without(on_call_ids(session))
    people = head_operator_ids(session, office) or (on_call_ids(session) if office == HQ else [])
    return office, secret.without(people)


def _office_above(session: Session, code: str, excluded: frozenset[str]) -> str | None:
    """The nearest office above that may know of the case."""
    above: str | None = code
    for _ in range(DEEPEST):
        above = session.scalar(select(Office.parent_code).where(Office.code == above))
        if above is None or above not in excluded:
            return above
    return None
