"""A caller tells of danger when a case has left the call that made it: nothing waits any longer.

The severity rises and never falls by what a caller says; the step that is owed is reckoned anew,
and only ever earlier. Source: design.md §1 (promise 3), §3a.3, decision 0045.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.queries import on_call_ids, operator_ids
from agents.services import owe_notice
from cases.deadlines import Owed, due_of, escalation_period, reminder_of
from cases.escalation import people_owing
from cases.handover_models import Handover, HandoverPerson
from cases.handover_notices import REQUESTED
from cases.holding import HELD, hold_case, lead_of
from cases.models import Assignment, Case
from cases.queries import OpenHandover, exclusions, owing_office, unanswered_handovers
from cases.states import NEXT_STEPS, RECEIVED, WATCHED
from cases.stopping import resume_for_danger
from cases.timeline import note_event

DANGER_TOLD: Final = "danger_told"
SEVERITY_RAISED: Final = "severity_raised"
CALLER: Final = "caller"


def hasten(session: Session, case_id: int, old_severity: str, *, now: datetime) -> datetime:
    """Whoever has an open case is told at once and has the time of an emergency, from now on.

    The case bears its new severity already; by when it must be acknowledged is given back.
    """
    resume_for_danger(session, case_id, now=now)
    case = hold_case(session, case_id)
    lead = lead_of(session, case_id)
    handover = unanswered_handovers(session, [case_id]).get(case_id)
    _note(session, case, old_severity, now)
    bring_forward(session, case, lead, handover, now)
    if handover is not None:
        hurry_answer(session, handover, case.severity, lead.due_at, now)
    _tell(session, case, lead, handover, now)
    case.version += 1
    session.flush()
    return case.due_at


def _note(session: Session, case: Case, old: str, now: datetime) -> None:
    if case.severity == old:
        note_event(session, case.id, DANGER_TOLD, {}, now, CALLER)
        return
    data = {"severity_from": old, "severity_to": case.severity}
    note_event(session, case.id, SEVERITY_RAISED, data, now, CALLER)


def bring_forward(
    session: Session, case: Case, lead: Assignment, handover: OpenHandover | None, now: datetime
) -> None:
    """Reckon the step that is owed anew, by what the case is now, and only ever earlier.

    The step keeps its beginning, by which its late mark and its stops are known.
    """
    office = owing_office(case.status, lead.office_code, handover)
    owed = Owed(case.severity, case.hazard_group, case.hazard_type, office)
    due = due_of(session, NEXT_STEPS[case.status], owed, now)
    if due.at < lead.due_at:
        lead.due_at, lead.due_rule_id = due.at, due.rule_id
        lead.look_at = reminder_of(now, due.at) or due.at
        if case.status == RECEIVED:
            case.due_at = due.at
        if case.status in WATCHED:
            lead.escalation, lead.escalate_at = 0, due.at
    elif lead.escalate_at is not None and lead.due_at <= now:
        lead.escalate_at = min(lead.escalate_at, now + escalation_period(case.severity))


def hurry_answer(
    session: Session, open_one: OpenHandover, severity: str, due_at: datetime, now: datetime
) -> None:
    """An approval or an answer that is waited for is as grave as the case: by telephone too."""
    handover = session.get_one(Handover, open_one.id, with_for_update=HELD, populate_existing=True)
    handover.severity = severity
    handover.due_at = min(handover.due_at, due_at)
    if handover.climb_at is not None:
        handover.climb_at = min(handover.climb_at, max(due_at, now))
    if handover.state == REQUESTED and handover.ring_at is None:
        handover.ring_at, handover.ring_round = now, handover.ring_round + 1
    handover.version += 1


def _tell(
    session: Session, case: Case, lead: Assignment, handover: OpenHandover | None, now: datetime
) -> None:
    """Who has the case or is to have it, its office, and the hotline's on-call list, but for those
    who must not know; the office itself where nobody of it can be named."""
    secret, office = exclusions(session, case.id), lead.office_code
    about: dict[str, Any] = {
        "reference": case.reference,
        "occasion": str(int(now.timestamp())),
        "severity": case.severity,
        "barred": secret.staff,
        "is_practice": secret.is_apart,
        "due_at": now,
        "now": now,
    }
    here = secret.without(
        [*people_owing(session, lead, case.status), *operator_ids(session, office)]
    )
    if not here and office not in secret.offices:
        owe_notice(session, DANGER_TOLD, office_code=office, **about)
    others = secret.without([*_receivers(session, handover), *on_call_ids(session)])
    for staff_id in dict.fromkeys([*here, *others]):
        owe_notice(session, DANGER_TOLD, staff_id=staff_id, **about)


def _receivers(session: Session, handover: OpenHandover | None) -> Iterable[int]:
    """Whom the case is offered to."""
    if handover is None or handover.state == REQUESTED:
        return ()
    if handover.to_office_code is not None:
        return operator_ids(session, handover.to_office_code)
    wanted = select(HandoverPerson.staff_id).where(HandoverPerson.handover_id == handover.id)
    return session.scalars(wanted.order_by(HandoverPerson.staff_id)).all()
