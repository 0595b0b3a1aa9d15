"""Who is told about a part of a case; a notice names the case by its reference and nothing else."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from agents.notices import withdraw
from agents.queries import operator_ids
from agents.services import owe_notice
from cases.escalation import LEVELS, REMIND
from cases.holding import lead_of
from cases.models import Case
from cases.part_access import PartFile, people_of_part
from cases.queries import exclusions
from cases.taking import people_of

PART_ASKED: Final = "part_asked"
PART_WITHDRAWN: Final = "part_withdrawn"
PART_REPORTED: Final = "part_reported"


def tell_asked(session: Session, file: PartFile, *, now: datetime) -> None:
    """The operators of the office that is asked; the office itself where it has none."""
    office = file.assignment.office_code
    _tell(session, file, PART_ASKED, operator_ids(session, office), office, now)


def tell_withdrawn(session: Session, file: PartFile, *, now: datetime) -> None:
    """Whoever has the part, else the operators who were asked."""
    office = file.assignment.office_code
    people = people_of_part(session, file.id) or operator_ids(session, office)
    _tell(session, file, PART_WITHDRAWN, people, office, now)


def tell_reported(session: Session, file: PartFile, *, now: datetime) -> None:
    """Whoever has the case, else the operators of the office that leads it."""
    office = lead_of(session, file.case.id).office_code
    people = people_of(session, file.case.id) or operator_ids(session, office)
    _tell(session, file, PART_REPORTED, people, office, now)


def settle(session: Session, file: PartFile) -> None:
    """Whoever was not told yet of what was owed on a part never is."""
    reference, occasion = file.case.reference, f"{file.id}."
    for template in (PART_ASKED, REMIND, *(f"overdue_{level}" for level in LEVELS)):
        withdraw(session, template, reference, occasion=occasion)


def _tell(
    session: Session,
    file: PartFile,
    template: str,
    staff_ids: Iterable[int],
    office_code: str,
    now: datetime,
) -> None:
    case: Case = file.case
    secret = exclusions(session, case.id)
    receivers: list[dict[str, int | str]] = [
        {"staff_id": one} for one in dict.fromkeys(secret.without(staff_ids))
    ]
    if not receivers and office_code not in secret.offices:
        receivers = [{"office_code": office_code}]
    for receiver in receivers:
        owe_notice(
            session,
            template,
            **receiver,  # type: ignore[arg-type]
            reference=case.reference,
            occasion=f"{file.id}.{int(now.timestamp())}",
            severity=case.severity,
            barred=secret.staff,
            is_practice=secret.is_apart,
            due_at=now,
            now=now,
        )
