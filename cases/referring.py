"""What an office cannot do alone: a partner is asked for help, or nobody can be reached.

The office keeps the case and owes what comes next, with a time on it: to follow the referral up, to
try again (cases.states.NEXT_STEPS). It goes on by reopening. Source: domain.md C9-C11, decisions
0016 and 0041.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.access import Viewer
from cases.errors import CaseRefused
from cases.handover_rules import words_fault
from cases.models import Case
from cases.queries import exclusions
from cases.services import move_case
from cases.states import RECEIVED, REFERRED, UNREACHABLE
from cases.taking import take_part
from cases.timeline import note_reason
from cases.ways_out import hold_for
from routing.models import Office
from routing.vocabulary import PARTNER


def refer(
    session: Session,
    case_id: int,
    partner_code: str | None,
    *,
    reason: str,
    viewer: Viewer,
    now: datetime,
) -> None:
    """Say that a partner was asked for help, and why; the case stays with the office that has it.

    CaseRefused "no_partner" for whatever is no partner at work, "excluded" for one that must not
    know of the case, and as hold_for says. Nothing is sent: who refers speaks with the partner.
    """
    case = hold_for(session, case_id, REFERRED)
    kept = _kept(reason)
    wanted = select(Office.code).where(
        Office.code == partner_code, Office.type == PARTNER, Office.active
    )
    partner = session.scalar(wanted)
    if partner is None:
        raise CaseRefused("no_partner")
    if partner in exclusions(session, case_id).offices:
        raise CaseRefused("excluded")
    told: dict[str, Any] = {"reason": kept, "actor": viewer.actor, "now": now}
    note_reason(session, case_id, "referred", data={"office_code": partner}, **told)
    _leave(session, case, REFERRED, viewer, now)


def cannot_reach(
    session: Session, case_id: int, *, reason: str, viewer: Viewer, now: datetime
) -> None:
    """Say that nobody could be reached, and what was tried; the office owes another try."""
    case = hold_for(session, case_id, UNREACHABLE)
    kept = _kept(reason)
    note_reason(session, case_id, "unreachable", reason=kept, actor=viewer.actor, now=now)
    _leave(session, case, UNREACHABLE, viewer, now)


def _leave(session: Session, case: Case, status: str, viewer: Viewer, now: datetime) -> None:
    """What nobody had acknowledged is had by whoever took the step: somebody owes the next one."""
    was_received = case.status == RECEIVED
    move_case(session, case.id, status, now=now, actor=viewer.actor)
    if was_received:
        take_part(session, case.id, viewer.staff_id, now=now)


def _kept(reason: str) -> str:
    rule = words_fault(reason, needed=True)
    if rule is not None:
        raise CaseRefused(rule)
    return reason.strip()
