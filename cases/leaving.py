"""When somebody leaves: no case is lost with the person (design.md §1).

Every open case that the person has goes to whoever was named, or to nobody; either way the head of
the office that owns it is told, and it stands on the timeline. A part goes to nobody: its office's
people take it on themselves (domain.md B10), and its head is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from agents.queries import head_operator_ids, on_call_ids
from agents.services import owe_notice
from cases.handover_models import Handover, HandoverPerson
from cases.holding import hold_case
from cases.models import Assignment, Case, CasePerson
from cases.part_clock import owed_status
from cases.part_models import PartPerson
from cases.queries import exclusions
from cases.reach import at_work
from cases.states import HAS_PART, SETTLED
from cases.taking import OPERATOR, take_part
from cases.timeline import note_event

LEFT: Final = "person_left"
GIVEN: Final = "case_given"
PART_LEFT: Final = "part_left"


@dataclass(frozen=True)
class Held:
    """A case that a person has, or has been asked to take: `is_asked`.

    Of a part, `part_id`, office and status are its own.
    """

    case_id: int
    reference: str
    status: str
    severity: str
    office_code: str
    is_asked: bool
    part_id: int | None = None


def held_by(session: Session, staff_id: int) -> list[Held]:
    """Every open case or part that a person has or has been asked to take, the oldest first."""
    has = select(CasePerson.case_id).where(*at_work(staff_id))
    asked = (
        select(Handover.case_id)
        .join(HandoverPerson, HandoverPerson.handover_id == Handover.id)
        .where(
            HandoverPerson.staff_id == staff_id,
            HandoverPerson.answer.is_(None),
            Handover.state == "offered",
        )
    )
    found = _held(session, or_(Case.id.in_(has), Case.id.in_(asked)), Case.id.in_(has))
    return sorted(found + _parts_held(session, staff_id), key=lambda one: one.case_id)


def let_go(
    session: Session,
    staff_id: int,
    successors: Mapping[int, int],
    *,
    actor: str,
    now: datetime,
) -> list[Held]:
    """Take every case from a person who leaves; `successors` names by case who takes it over.

    Each case is held before it is changed, the oldest first, so that nobody waits crosswise. Who
    must not know of a case is given none, whatever was named.
    """
    found = held_by(session, staff_id)
    for one in found:
        case = hold_case(session, one.case_id)
        if one.part_id is not None:
            data = {"part_id": one.part_id, "office_code": one.office_code, "staff_id": staff_id}
            note_event(session, case.id, PART_LEFT, data, now, actor)
            _tell_heads(session, one, PART_LEFT, staff_id, now)
            continue
        part = _end_part(session, case.id, staff_id, now)
        note_event(session, case.id, LEFT, {"staff_id": staff_id}, now, actor)
        successor = successors.get(case.id)
        if successor in exclusions(session, case.id).staff:
            successor = None
        if successor is not None and part is not None:
            take_part(session, case.id, successor, now=now, part=part)
            note_event(session, case.id, GIVEN, {"staff_id": successor}, now, actor)
            _owe(session, one, GIVEN, [successor], staff_id, now)
        _tell_heads(session, one, LEFT, staff_id, now)
    session.execute(update(CasePerson).where(*at_work(staff_id)).values(ended_at=now))
    session.execute(update(PartPerson).where(*_has_part(staff_id)).values(ended_at=now))
    return found


def _held(session: Session, which: ColumnElement[bool], has: ColumnElement[bool]) -> list[Held]:
    columns = (Case.id, Case.reference, Case.status, Case.severity, Assignment.office_code)
    wanted = (
        select(*columns, has.label("has"))
        .join(Assignment, Assignment.case_id == Case.id)
        .where(which, Assignment.is_lead, Case.status.not_in(sorted(SETTLED)))
        .order_by(Case.id)
    )
    return [
        Held(row.id, row.reference, row.status, row.severity, row.office_code, not row.has)
        for row in session.execute(wanted)
    ]


def _parts_held(session: Session, staff_id: int) -> list[Held]:
    columns = (Case.id, Case.reference, owed_status(), Case.severity, Assignment.office_code)
    wanted = (
        select(*columns, Assignment.id)
        .join(Assignment, Assignment.case_id == Case.id)
        .join(PartPerson, PartPerson.assignment_id == Assignment.id)
        .where(*_has_part(staff_id), Assignment.state.in_(HAS_PART), Case.status.not_in(SETTLED))
        .order_by(Assignment.id)
    )
    return [Held(*row[:5], False, row[5]) for row in session.execute(wanted).all()]


def _has_part(staff_id: int) -> tuple[ColumnElement[bool], ...]:
    return (PartPerson.staff_id == staff_id, PartPerson.ended_at.is_(None))


def _end_part(session: Session, case_id: int, staff_id: int, now: datetime) -> str | None:
    """The part that the person had; of a chair the successor is one too."""
    ended = session.execute(
        update(CasePerson)
        .where(CasePerson.case_id == case_id, *at_work(staff_id))
        .values(ended_at=now)
        .returning(CasePerson.part)
        .execution_options(synchronize_session=False)
    ).first()
    return str(ended.part or OPERATOR) if ended else None


def _tell_heads(session: Session, held: Held, template: str, staff_id: int, now: datetime) -> None:
    """The heads of the office that owns the case or part, else the on-call list, else the office
    itself."""
    secret, office = exclusions(session, held.case_id), held.office_code
    may_know = office not in secret.offices
    heads = head_operator_ids(session, office) if may_know else []
    people = [one for one in secret.without(heads) if one != staff_id]
    if not people:
        people = [one for one in secret.without(on_call_ids(session)) if one != staff_id]
    _owe(session, held, template, people, staff_id, now)
    if not people and may_know:
        _owe(session, held, template, [None], staff_id, now)


def _owe(
    session: Session,
    held: Held,
    template: str,
    people: Sequence[int | None],
    left: int,
    now: datetime,
) -> None:
    """Owe each a notice; None is the office that owns the case."""
    secret = exclusions(session, held.case_id)
    for one in people:
        owe_notice(
            session,
            template,
            staff_id=one,
            office_code=held.office_code if one is None else None,
            reference=held.reference,
            occasion=f"left.{left}.{now:%Y%m%d%H%M}",
            severity=held.severity,
            barred=secret.staff,
            is_practice=secret.is_apart,
            due_at=now,
            now=now,
        )
