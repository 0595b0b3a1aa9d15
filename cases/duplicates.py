"""Two reports of one thing: one case goes on, the other one says which (decision 0041)."""

from datetime import datetime

from sqlalchemy.orm import Session

from cases.access import Viewer, standing
from cases.desk import find
from cases.duplicate_rules import DuplicateFacts, duplicate_fault
from cases.errors import CaseRefused, StaleCase
from cases.holding import is_free
from cases.models import Case
from cases.part_access import open_parts
from cases.queries import exclusions
from cases.reference import valid_reference
from cases.reviving import is_graver
from cases.services import move_case
from cases.states import DUPLICATE
from cases.timeline import note_event
from cases.ways_out import hold_for


def mark_duplicate(
    session: Session,
    case_id: int,
    reference: str,
    *,
    viewer: Viewer,
    owes_call: bool,
    now: datetime,
) -> None:
    """Leave a case for another one that tells the same; each names the other on its timeline.

    CaseRefused "no_such_case" for one that is not there for the viewer, the rules of
    cases.duplicate_rules, and as hold_for says; StaleCase while somebody else changes the other.
    """
    case = hold_for(session, case_id, DUPLICATE)
    other = _other(session, reference, viewer)
    facts = DuplicateFacts(
        is_itself=other.id == case_id,
        other_status=other.status,
        is_graver=is_graver(other.severity, case.severity),
        same_secrets=exclusions(session, case_id) == exclusions(session, other.id),
        owes_call=owes_call,
        has_parts=bool(open_parts(session, case_id)),
    )
    rule = duplicate_fault(facts)
    if rule is not None:
        raise CaseRefused(rule)
    actor = viewer.actor
    note_event(session, case_id, "duplicate_of", {"reference": other.reference}, now, actor)
    note_event(session, other.id, "has_duplicate", {"reference": case.reference}, now, actor)
    move_case(session, case_id, DUPLICATE, now=now, actor=actor)


def _other(session: Session, reference: str, viewer: Viewer) -> Case:
    """The other case, held without waiting: two that are left for each other would both be lost,
    and two who waited for each other would never end."""
    other_id = find(session, reference) if valid_reference(reference) else None
    if other_id is None or not standing(session, viewer, other_id).may("case.view"):
        raise CaseRefused("no_such_case")
    if not is_free(session, other_id):
        raise StaleCase(f"case {other_id} is held")
    return session.get_one(Case, other_id, populate_existing=True)
