"""A conflict of interest that is found later: from now on somebody must not know of a case.

The excluded office or person loses list, count, address and recordings at the next request
(cases.access), the part in the case and every notice of it at once; a case whose office is shut
out goes to the nearest office above, which acknowledges it anew. Source: design.md §3a.7, §3a.10.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from agents.models import Staff, StaffRole
from agents.notices import withhold
from agents.queries import head_operator_ids, operator_ids
from agents.services import owe_notice
from cases.above import office_above, offices_up
from cases.access import Viewer
from cases.conflict_ends import end_handovers, end_parts, end_people, revoke_accepted
from cases.conflict_rules import Conflict, Named, conflict_fault
from cases.deadlines import ACKNOWLEDGE, Owed, due_of
from cases.errors import ConflictRefused
from cases.exclusions import barred_offices, exclude_office, exclude_person
from cases.holding import hold_case, lead_of, start_clock
from cases.models import Case
from cases.parts import end_office, pass_lead, reason_of
from cases.queries import Exclusions, exclusions
from cases.result_models import JunkProposal
from cases.results import REOPENED
from cases.services import move_case
from cases.states import ACKNOWLEDGED, CHECKING, OVER, RECEIVED
from cases.timeline import note_event, note_reason
from routing.models import Office
from routing.vocabulary import HQ

__all__ = ["Conflict", "Moved", "offices_over", "shut_out"]
FOUND: Final = "conflict_found"
FOUND_PERSON: Final = "conflict_person"


@dataclass(frozen=True)
class Moved:
    """Where the case went: None where its office keeps it; whether it was over before."""

    office_code: str | None = None
    reopened: bool = False


def shut_out(
    session: Session, case_id: int, conflict: Conflict, *, viewer: Viewer, now: datetime
) -> Moved:
    """Nobody of an office, or one person, may know of a case any longer; ConflictRefused says why
    not.

    A case that is over opens again when it is its own office that must not have it.
    """
    case = hold_case(session, case_id)
    rule = conflict_fault(
        conflict, _named(session, case_id, conflict, viewer), offices_over(session, viewer)
    )
    if rule is not None:
        raise ConflictRefused(rule)
    _write(session, case, conflict, viewer, now)
    secret = exclusions(session, case_id)
    # Of two people who say that it is no case, neither is one of these.
    said = (JunkProposal.case_id == case_id, JunkProposal.staff_id.in_(sorted(secret.staff)))
    session.execute(delete(JunkProposal).where(*said))
    withhold(session, case.reference, staff_ids=secret.staff, office_codes=secret.offices)
    end_people(session, case_id, secret, now=now)
    end_parts(session, case_id, secret, viewer.actor, now=now)
    end_handovers(session, case, secret, viewer.actor, now=now)
    moved = Moved()
    if lead_of(session, case_id).office_code in secret.offices:
        moved = _pass_on(session, case, secret, viewer, now)
    _tell(session, case, secret, viewer, moved, now)
    case.version += 1
    session.flush()
    return moved


def _named(session: Session, case_id: int, conflict: Conflict, viewer: Viewer) -> Named:
    secret = exclusions(session, case_id)
    if conflict.office_code is not None:
        code = conflict.office_code
        is_known = session.scalar(select(Office.id).where(Office.code == code)) is not None
        # What only the caller's keys say may still change: a person's word makes it stay.
        settled = secret.offices - barred_offices(session, case_id).by_answers
        return Named(is_known, code in settled, frozenset({code}))
    staff_id = conflict.staff_id
    is_known = session.scalar(select(Staff.id).where(Staff.id == staff_id)) is not None
    held = select(StaffRole.office_code).where(StaffRole.staff_id == staff_id)
    return Named(
        is_known=is_known,
        is_barred=staff_id in secret.staff,
        offices=frozenset(session.scalars(held)),
        is_oneself=staff_id == viewer.staff_id,
    )


def offices_over(session: Session, viewer: Viewer) -> frozenset[str]:
    """The offices over those of who asks, which only somebody further up may name."""
    above = {code for mine in viewer.offices for code in offices_up(session, mine)[1:]}
    return frozenset(above - viewer.offices)


def _write(session: Session, case: Case, conflict: Conflict, viewer: Viewer, now: datetime) -> None:
    """The exclusion and its trace, with who says so and why."""
    data: dict[str, str | int]
    if conflict.office_code is not None:
        exclude_office(session, case.id, conflict.office_code)
        kind, data = FOUND, {"office_code": conflict.office_code}
    else:
        staff_id = int(conflict.staff_id or 0)
        exclude_person(session, case.id, staff_id)
        kind, data = FOUND_PERSON, {"barred_id": staff_id}
    reason, actor = conflict.reason.strip(), viewer.actor
    note_reason(session, case.id, kind, reason=reason, actor=actor, now=now, data=data)


def _pass_on(
    session: Session, case: Case, secret: Exclusions, viewer: Viewer, now: datetime
) -> Moved:
    """The nearest office above that may know owes the acknowledgement from now on."""
    old, was_over = lead_of(session, case.id).office_code, case.status in OVER
    new = office_above(session, old, secret.offices) or HQ
    revoke_accepted(session, case.id, viewer.actor, now=now)
    if was_over:
        session.execute(delete(JunkProposal).where(JunkProposal.case_id == case.id))
        note_event(session, case.id, REOPENED, {}, now, viewer.actor)
    if case.status not in (RECEIVED, ACKNOWLEDGED, CHECKING):
        move_case(session, case.id, CHECKING, now=now, actor=viewer.actor)
    if case.status != RECEIVED:
        move_case(session, case.id, RECEIVED, now=now, actor=viewer.actor)
    owed = Owed(case.severity, case.hazard_group, case.hazard_type, new)
    due = due_of(session, ACKNOWLEDGE, owed, now)
    reason = reason_of(session, FOUND, new)
    pass_lead(session, case.id, new, reason, accepted=False, due_at=due.at, now=now)
    start_clock(session, case.id, due)
    end_office(session, case.id, old, new, now=now)
    data = {"office_code": new}
    note_event(session, case.id, "conflict_passed", data, now, viewer.actor)
    return Moved(new, reopened=was_over)


def _tell(
    session: Session,
    case: Case,
    secret: Exclusions,
    viewer: Viewer,
    moved: Moved,
    now: datetime,
) -> None:
    """Whoever must act at the office that has the case now, and the heads above, who watch."""
    lead = lead_of(session, case.id).office_code
    above = office_above(session, lead, secret.offices)
    here = operator_ids(session, lead) if moved.office_code else head_operator_ids(session, lead)
    people = here + (head_operator_ids(session, above) if above else [])
    told = [one for one in dict.fromkeys(secret.without(people)) if one != viewer.staff_id]
    receivers: list[dict[str, int | str]] = [{"staff_id": one} for one in told]
    for receiver in receivers or [{"office_code": lead}]:
        owe_notice(
            session,
            FOUND,
            **receiver,  # type: ignore[arg-type]
            reference=case.reference,
            occasion=str(int(now.timestamp())),
            severity=case.severity,
            barred=secret.staff,
            is_practice=secret.is_apart,
            due_at=now,
            now=now,
        )
