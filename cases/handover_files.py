"""Reading a hand-over with everything that a page shows of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from agents.names import names_of
from cases.handover_models import Handover, HandoverApprover, HandoverPerson
from cases.models import Case, CasePlace


@dataclass(frozen=True)
class CaseBrief:
    """What somebody may know of a case who is asked to decide or to take it: nothing personal."""

    case_id: int
    reference: str
    status: str
    severity: str
    danger: bool
    hazard_group: str
    hazard_type: str | None
    district_code: str | None
    province_code: str | None
    opened_at: datetime
    is_practice: bool


@dataclass(frozen=True)
class Receiver:
    """A person who is to have the case, and what he or she answered."""

    staff_id: int
    name: str
    chair: bool
    answer: str | None
    answered_at: datetime | None


@dataclass(frozen=True)
class HandoverFile:
    """A hand-over with its case, the offices asked to approve and since when, its people.

    The office that was asked first stands first.
    `names` holds the names of everybody it mentions, by their ids.
    """

    handover: Handover
    case: CaseBrief
    approvers: tuple[tuple[str, datetime], ...]
    people: tuple[Receiver, ...]
    names: dict[int, str]

    @property
    def reference(self) -> str:
        """The case's reference."""
        return self.case.reference


def handover_file(session: Session, handover_id: int) -> HandoverFile | None:
    """One hand-over, or None."""
    found = _files(session, select(Handover).where(Handover.id == handover_id))
    return found[0] if found else None


def _files(session: Session, wanted: Select[Handover]) -> list[HandoverFile]:
    handovers = session.scalars(wanted.execution_options(populate_existing=True)).all()
    ids = [one.id for one in handovers]
    people = _people(session, ids)
    names = _names(session, handovers, people)
    approvers = _approvers(session, ids)
    briefs = _briefs(session, {one.case_id for one in handovers})
    return [
        HandoverFile(
            handover=one,
            case=briefs[one.case_id],
            approvers=tuple(approvers.get(one.id, ())),
            people=tuple(_receiver(person, names) for person in people.get(one.id, ())),
            names=names,
        )
        for one in handovers
    ]


def _people(session: Session, ids: Iterable[int]) -> dict[int, list[HandoverPerson]]:
    wanted = select(HandoverPerson).where(HandoverPerson.handover_id.in_(ids))
    found: dict[int, list[HandoverPerson]] = {}
    ordered = wanted.order_by(HandoverPerson.chair.desc(), HandoverPerson.staff_id)
    for row in session.scalars(ordered.execution_options(populate_existing=True)):
        found.setdefault(row.handover_id, []).append(row)
    return found


def _receiver(person: HandoverPerson, names: dict[int, str]) -> Receiver:
    name = names.get(person.staff_id, "")
    return Receiver(person.staff_id, name, person.chair, person.answer, person.answered_at)


def _names(
    session: Session,
    handovers: Sequence[Handover],
    people: dict[int, list[HandoverPerson]],
) -> dict[int, str]:
    wanted: set[int | None] = {one.staff_id for listed in people.values() for one in listed}
    for one in handovers:
        wanted |= {one.asked_by, one.decided_by, one.ended_by}
    return names_of(session, wanted)


def _approvers(session: Session, ids: Iterable[int]) -> dict[int, list[tuple[str, datetime]]]:
    columns = (HandoverApprover.handover_id, HandoverApprover.office_code)
    wanted = select(*columns, HandoverApprover.asked_at).where(
        HandoverApprover.handover_id.in_(ids)
    )
    found: dict[int, list[tuple[str, datetime]]] = {}
    for row in session.execute(wanted.order_by(HandoverApprover.asked_at)):
        found.setdefault(row.handover_id, []).append((row.office_code, row.asked_at))
    return found


def _briefs(session: Session, case_ids: Iterable[int]) -> dict[int, CaseBrief]:
    wanted = (
        select(
            *(Case.id, Case.reference, Case.status, Case.severity, Case.danger),
            *(Case.hazard_group, Case.hazard_type),
            *(CasePlace.district_code, CasePlace.province_code),
            *(Case.opened_at, Case.is_practice),
        )
        .join(CasePlace, (CasePlace.case_id == Case.id) & CasePlace.is_lead)
        .where(Case.id.in_(case_ids))
    )
    return {row.id: CaseBrief(*tuple(row)) for row in session.execute(wanted)}
