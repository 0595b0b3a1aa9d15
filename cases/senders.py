"""Whoever sent a case on while the caller was on the line has it until the call is over.

Plain statements, no ORM: this runs inside webhooks (design.md §3).
"""

from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from agents.models import StaffRole
from cases.models import Assignment, CasePerson
from cases.part_models import CasePart

# The reason of cases.sending: a person has chosen the office.
SENT_ON: Final = "sent_on"
# The reason of cases.not_ours: a person of the office before said that the case is not theirs.
NOT_OURS: Final = "not_ours"
# What the end of the call leaves where people have sent it.
BY_PEOPLE: Final = frozenset({SENT_ON, NOT_OURS})


def end_senders(session: Session, case_id: int, *, now: datetime) -> None:
    """The call is over: people of offices that gave the case away no longer have it.

    Whoever works at the office that has it now keeps it.
    """
    of_parts = select(CasePart.assignment_id).where(CasePart.case_id == case_id)
    of_case = select(Assignment.office_code).where(Assignment.case_id == case_id)
    at_former, at_lead = (
        select(StaffRole.staff_id).where(StaffRole.office_code.in_(offices))
        for offices in (
            of_case.where(~Assignment.is_lead, Assignment.id.not_in(of_parts)),
            of_case.where(Assignment.is_lead),
        )
    )
    session.connection().execute(
        update(CasePerson)
        .where(
            CasePerson.case_id == case_id,
            CasePerson.ended_at.is_(None),
            CasePerson.staff_id.in_(at_former),
            CasePerson.staff_id.not_in(at_lead),
        )
        .values(ended_at=now)
    )
