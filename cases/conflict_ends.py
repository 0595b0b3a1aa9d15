"""What ends for people who must not know of a case any longer: having it, parts, hand-overs."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cases.approvers import approval_of
from cases.handover_models import Handover, HandoverPerson
from cases.handover_moves import (
    QUIET,
    REQUESTED,
    REVOKED,
    accepted_ones,
    end_answer,
    move,
    unanswered,
    withdraw_unanswered,
)
from cases.handover_timeline import note_event as note_handover
from cases.models import Case, CasePerson
from cases.part_access import open_parts, part_file
from cases.part_models import CasePart, PartPerson
from cases.part_moves import end_part
from cases.part_moves import end_people as end_part_people
from cases.part_notices import PART_WITHDRAWN
from cases.part_rules import REVOKED as PART_REVOKED
from cases.queries import Exclusions
from cases.services import move_case
from cases.states import ASSIGNED, CHECKING, IN_PROGRESS, WAITING_APPROVAL
from cases.taking import people_of
from cases.timeline import note_event


def end_people(session: Session, case_id: int, secret: Exclusions, *, now: datetime) -> None:
    """They have neither the case nor a part of it any longer."""
    parts = select(CasePart.assignment_id).where(CasePart.case_id == case_id)
    of_case = (CasePerson.case_id == case_id, CasePerson.ended_at.is_(None))
    of_parts = (PartPerson.assignment_id.in_(parts), PartPerson.ended_at.is_(None))
    theirs = sorted(secret.staff)
    for table, still in ((CasePerson, of_case), (PartPerson, of_parts)):
        session.execute(
            update(table)
            .where(*still, table.staff_id.in_(theirs))
            .values(ended_at=now)
            .execution_options(synchronize_session="fetch")
        )


def end_parts(
    session: Session, case_id: int, secret: Exclusions, actor: str, *, now: datetime
) -> None:
    """An office that must not know has no part of the case; it is told nothing."""
    for assignment in open_parts(session, case_id):
        if assignment.office_code not in secret.offices:
            continue
        file = part_file(session, assignment.id)
        if file is not None:
            end_part(session, file, PART_REVOKED, now=now)
            end_part_people(session, file.id, now=now)
            data = {"part_id": file.id, "office_code": assignment.office_code}
            note_event(session, case_id, PART_WITHDRAWN, data, now, actor)


def end_handovers(
    session: Session, case: Case, secret: Exclusions, actor: str, *, now: datetime
) -> None:
    """Hand-overs that they asked for, decided or were to get; where nobody is left who solves the
    case, its office decides anew."""
    handover = unanswered(session, case.id)
    if handover is not None and _concerns(session, handover, secret):
        end_answer(session, case, now=now)
        withdraw_unanswered(session, case.id, now=now, actor=actor)
        if case.status in (WAITING_APPROVAL, ASSIGNED):
            move_case(session, case.id, CHECKING, now=now, actor=actor)
    elif handover is not None and handover.state == REQUESTED:
        _ask_others(session, handover, now)
    if case.status == IN_PROGRESS and not people_of(session, case.id):
        revoke_accepted(session, case.id, actor, now=now, people_only=True)
        move_case(session, case.id, CHECKING, now=now, actor=actor)


def revoke_accepted(
    session: Session, case_id: int, actor: str, *, now: datetime, people_only: bool = False
) -> None:
    """What was handed over and taken on is neither done nor goes on there."""
    for handover in accepted_ones(session, case_id):
        if not (people_only and handover.to_office_code is not None):
            move(session, handover, REVOKED, ended_at=now, **QUIET)
            note_handover(session, handover, "handover_revoked", actor, now)


def _concerns(session: Session, handover: Handover, secret: Exclusions) -> bool:
    wanted = select(HandoverPerson.staff_id).where(HandoverPerson.handover_id == handover.id)
    people = {handover.asked_by, handover.decided_by, *session.scalars(wanted)}
    offices = {handover.from_office_code, handover.to_office_code}
    return bool(people & secret.staff or offices & secret.offices)


def _ask_others(session: Session, handover: Handover, now: datetime) -> None:
    """Nobody of those who were asked may decide any longer: the sweep asks the next at once."""
    approval = approval_of(session, handover, now=now)
    if not any(approval.deciders_of(office) for office in approval.asked):
        handover.climb_at = now
        session.flush()
