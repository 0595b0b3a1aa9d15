"""A case that is over opens again when its caller tells of something graver.

Plain statements, no ORM: this runs inside webhooks (design.md §3).
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from agents.queries import head_operator_ids, on_call_ids, operator_ids
from agents.services import owe_notice
from cases.models import Assignment, CasePerson
from cases.part_clock import resume_parts
from cases.queries import exclusions
from cases.result_models import JunkProposal
from cases.rules import EMERGENCY, NORMAL, URGENT
from cases.states import CHECKING, SETTLED
from cases.timeline import note_event
from core.inserts import table_of

DANGER_AGAIN: Final = "danger_again"
GRAVITY: Final = (NORMAL, URGENT, EMERGENCY)
CALLER: Final = "caller"


def is_graver(old: str, new: str) -> bool:
    """Whether a severity is higher than the one before."""
    return GRAVITY.index(new) > GRAVITY.index(old)


def note_revived(
    session: Session, old: dict[str, Any], office_code: str, severity: str, *, now: datetime
) -> None:
    """Write down that a case is open again, and tell its office's heads and the on-call list.

    Where it was not settled, whoever has it and all operators are told.

    An earlier report does not count any longer, nor does a proposal that it is no case.
    """
    case_id = old["id"]
    session.connection().execute(
        delete(table_of(JunkProposal)).where(JunkProposal.case_id == case_id)
    )
    session.connection().execute(
        update(table_of(Assignment))
        .where(Assignment.case_id == case_id)
        .values(case_status=CHECKING)
    )
    if old["status"] in SETTLED:
        resume_parts(session, case_id, severity, now=now)
    note_event(session, case_id, "reopened", {"severity": severity}, now, CALLER)
    moved = {"from": old["status"], "to": CHECKING}
    note_event(session, case_id, "status", moved, now, CALLER)
    secret = exclusions(session, case_id)
    about: dict[str, Any] = {
        "reference": old["reference"],
        "occasion": str(int(now.timestamp())),
        "severity": severity,
        "barred": secret.staff,
        "is_practice": secret.is_apart,
        "due_at": now,
        "now": now,
    }
    people = head_operator_ids(session, office_code)
    if old["status"] not in SETTLED:
        # Referred, or nobody reached: somebody has the case still.
        has_it = (CasePerson.case_id == case_id, CasePerson.ended_at.is_(None))
        mine = session.scalars(select(CasePerson.staff_id).where(*has_it))
        people = [*mine, *operator_ids(session, office_code)]
    here = secret.without(people)
    if not here and office_code not in secret.offices:
        owe_notice(session, DANGER_AGAIN, office_code=office_code, **about)
    for staff_id in dict.fromkeys([*here, *secret.without(on_call_ids(session))]):
        owe_notice(session, DANGER_AGAIN, staff_id=staff_id, **about)
