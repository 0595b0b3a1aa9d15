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
from cases.telling import Receiver, people_or_office, with_office

PART_ASKED: Final = "part_asked"
PART_WITHDRAWN: Final = "part_withdrawn"
PART_REPORTED: Final = "part_reported"


def tell_asked(session: Session, file: PartFile, *, now: datetime) -> None:
    """The operators of the office that is asked and its own channel, or the office itself."""
    _tell(session, file, PART_ASKED, _at_office(session, file), now)


def tell_withdrawn(session: Session, file: PartFile, *, now: datetime) -> None:
    """Whoever has the part, else the operators who were asked; and the office's own channel."""
    _tell(session, file, PART_WITHDRAWN, _at_office(session, file), now)


def tell_reported(session: Session, file: PartFile, *, now: datetime) -> None:
    """Whoever has the case, else the operators of the office that leads it."""
    office = lead_of(session, file.case.id).office_code
    people = people_of(session, file.case.id) or operator_ids(session, office)
    told = people_or_office(people, office, exclusions(session, file.case.id))
    _tell(session, file, PART_REPORTED, told, now)


def settle(session: Session, file: PartFile) -> None:
    """Whoever was not told yet of what was owed on a part never is."""
    reference, occasion = file.case.reference, f"{file.id}."
    for template in (PART_ASKED, REMIND, *(f"overdue_{level}" for level in LEVELS)):
        withdraw(session, template, reference, occasion=occasion)


def _at_office(session: Session, file: PartFile) -> list[Receiver]:
    office = file.assignment.office_code
    people = people_of_part(session, file.id) or operator_ids(session, office)
    return with_office(session, people, office, exclusions(session, file.case.id))


def _tell(
    session: Session, file: PartFile, template: str, told: Iterable[Receiver], now: datetime
) -> None:
    case: Case = file.case
    secret = exclusions(session, case.id)
    for receiver in told:
        owe_notice(
            session,
            template,
            **receiver,
            reference=case.reference,
            occasion=f"{file.id}.{int(now.timestamp())}",
            severity=case.severity,
            barred=secret.staff,
            is_practice=secret.is_apart,
            due_at=now,
            now=now,
        )
