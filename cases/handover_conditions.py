"""Whose turn it is on a hand-over, as conditions in SQL for lists and counts.

`approvable_by` says what cases.approvers.may_decide says, for the offices that were asked; a
head of an office further above may decide as well, and has it on no list.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, text
from sqlalchemy.orm import Session, aliased

from agents.attendance import office_is_open
from agents.models import Staff, StaffRole
from agents.queries import HEAD, OPERATORS, is_on_leave
from cases.access import Viewer, not_excluded
from cases.counting import counted_case
from cases.handover_models import UNANSWERED, Handover, HandoverApprover, HandoverPerson
from cases.handover_moves import OFFERED, REQUESTED
from cases.handover_rules import PERSON
from cases.models import Case, CaseExclusion
from cases.rules import EMERGENCY
from routing.directory import current_directory


def approvable_by(session: Session, viewer: Viewer, *, now: datetime) -> ColumnElement[bool]:
    """The condition on Handover that the person's office was asked and the person may decide."""
    role, person = aliased(StaffRole), aliased(Staff)
    directory = current_directory(session)
    at_work = [one for one in viewer.offices if office_is_open(directory, one, now)]
    asked = exists().where(
        HandoverApprover.handover_id == Handover.id,
        HandoverApprover.office_code == role.office_code,
        role.staff_id == viewer.staff_id,
        role.role == HEAD,
        person.id == role.staff_id,
        person.active,
        or_(~role.deputy, Handover.severity == EMERGENCY, ~_has_head_on_duty(role, at_work, now)),
    )
    asked = asked.correlate_except(HandoverApprover, role, person)
    return and_(
        text(UNANSWERED),
        Handover.state == REQUESTED,
        Handover.asked_by != viewer.staff_id,
        ~_is_receiver(viewer.staff_id),
        asked,
        not_excluded(viewer, Handover.case_id),
    )


def answerable_by(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on Handover that it waits for the person to accept or decline."""
    offices = sorted({office for role, office in viewer.roles if role in OPERATORS})
    asked = exists().where(
        HandoverPerson.handover_id == Handover.id,
        HandoverPerson.staff_id == viewer.staff_id,
        HandoverPerson.answer.is_(None),
        or_(HandoverPerson.chair, Handover.kind == PERSON),
    )
    return and_(
        text(UNANSWERED),
        Handover.state == OFFERED,
        or_(asked, Handover.to_office_code.in_(offices) if offices else false()),
        not_excluded(viewer, Handover.case_id),
    )


def awaited_from(
    session: Session, viewer: Viewer, references: Collection[str], *, now: datetime
) -> dict[str, int]:
    """By a case's reference the hand-over that waits for this person's approval or answer."""
    if not references:
        return {}
    mine = or_(approvable_by(session, viewer, now=now), answerable_by(viewer))
    wanted = select(Case.reference, Handover.id).join(Handover, Handover.case_id == Case.id)
    rows = session.execute(wanted.where(Case.reference.in_(references), mine))
    return {row.reference: row.id for row in rows}


def _is_receiver(staff_id: object) -> ColumnElement[bool]:
    found = exists().where(
        HandoverPerson.handover_id == Handover.id, HandoverPerson.staff_id == staff_id
    )
    return found.correlate_except(HandoverPerson)


def _has_head_on_duty(
    role: type[StaffRole], at_work: Collection[str], now: datetime
) -> ColumnElement[bool]:
    """Whether a head who is no deputy, and may decide, is on duty at the same office.

    `at_work` are the reader's offices whose hours hold now.
    """
    other, head, elsewhere = aliased(StaffRole), aliased(Staff), aliased(StaffRole)
    at_hours = or_(other.office_code.in_(at_work), head.duty == "on")
    offices = select(elsewhere.office_code).where(elsewhere.staff_id == head.id)
    barred = exists().where(
        CaseExclusion.case_id == Handover.case_id,
        or_(
            CaseExclusion.staff_id == head.id,
            CaseExclusion.office_code.in_(offices.correlate_except(elsewhere)),
        ),
    )
    on_duty = exists().where(
        other.office_code == role.office_code,
        other.role == HEAD,
        ~other.deputy,
        head.id == other.staff_id,
        head.active,
        head.duty != "off",
        or_(head.always_on_duty, at_hours),
        ~is_on_leave(head.id, now=now),
        head.id != Handover.asked_by,
        ~_is_receiver(head.id),
        ~barred.correlate_except(CaseExclusion),
        or_(counted_case(Handover.case_id), head.practises),
    )
    # Left to itself SQLAlchemy sees one level up only: a deeper one would be any hand-over.
    return on_duty.correlate_except(other, head)
