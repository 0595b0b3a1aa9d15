"""Who is told about a hand-over; a notice names the case by its reference and nothing else."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.notices import withdraw_all
from agents.queries import on_call_ids, operator_ids
from agents.services import owe_notice
from cases.approvers import Approval, approval_of
from cases.handover_models import Handover, HandoverPerson
from cases.models import Case
from cases.queries import Exclusions, exclusions
from cases.telling import with_office
from routing.vocabulary import HQ

REQUESTED: Final = "requested"
# What is asked of people until somebody has answered.
OPEN_QUESTIONS: Final = (
    *("handover_asked", "handover_climbed"),
    *("handover_offered", "handover_unanswered"),
)


def tell_people(
    session: Session, handover: Handover, template: str, staff_ids: Iterable[int], *, now: datetime
) -> int:
    """Owe each person a notice, but for those who may not know of the case; returns to how many."""
    secret = exclusions(session, handover.case_id)
    people = list(dict.fromkeys(secret.without(staff_ids)))
    about = _about(session, handover, secret, now)
    for staff_id in people:
        owe_notice(session, template, staff_id=staff_id, **about)
    return len(people)


def tell_office(
    session: Session,
    handover: Handover,
    template: str,
    office_code: str,
    staff_ids: Iterable[int],
    *,
    now: datetime,
) -> None:
    """The same for people of an office; the office itself where it has nobody to be named."""
    if tell_people(session, handover, template, staff_ids, now=now):
        return
    secret = exclusions(session, handover.case_id)
    if office_code in secret.offices:
        return
    about = _about(session, handover, secret, now)
    owe_notice(session, template, office_code=office_code, **about)


def tell_approvers(
    session: Session,
    handover: Handover,
    template: str,
    office_code: str | None,
    approval: Approval,
    *,
    now: datetime,
) -> None:
    """The people who may decide at an office; the on-call list where nobody up there may."""
    people = approval.deciders_of(office_code) if office_code is not None else []
    if people and office_code is not None:
        tell_office(session, handover, template, office_code, people, now=now)
    else:
        tell_on_call(session, handover, template, now=now)


def tell_on_call(session: Session, handover: Handover, template: str, *, now: datetime) -> str:
    """The on-call list, or the hotline's desk; returns the office.

    Where the desk must not know and nobody else is on call, the office that has the case is told:
    it alone can take another way then.
    """
    people = on_call_ids(session)
    if HQ not in exclusions(session, handover.case_id).offices:
        tell_office(session, handover, template, HQ, people, now=now)
        return HQ
    tell_office(session, handover, template, handover.from_office_code, people, now=now)
    return handover.from_office_code


def tell_of_revoking(session: Session, handover: Handover, *, now: datetime) -> None:
    """Whoever was asked for an answer need not give one: the approvers, or the receivers."""
    if handover.state != REQUESTED:
        tell_receivers(session, handover, "handover_revoked", now=now)
        return
    approval = approval_of(session, handover, now=now)
    people = [one for office in approval.asked for one in approval.deciders_of(office)]
    if approval.next is None and not people:
        people = on_call_ids(session)
    tell_people(session, handover, "handover_revoked", people, now=now)


def tell_receivers(session: Session, handover: Handover, template: str, *, now: datetime) -> None:
    """Whoever is to have the case: the people asked, or the operators of the office.

    To an office a case comes with it, so its own channel is told as well.
    """
    office = handover.to_office_code
    if office is not None:
        secret = exclusions(session, handover.case_id)
        about = _about(session, handover, secret, now)
        for receiver in with_office(session, operator_ids(session, office), office, secret):
            owe_notice(session, template, **receiver, **about)
        return
    wanted = select(HandoverPerson.staff_id).where(HandoverPerson.handover_id == handover.id)
    tell_people(session, handover, template, session.scalars(wanted), now=now)


def nobody_waits(session: Session, handover: Handover) -> None:
    """The question was answered or taken back: whoever was not told of it yet never is.

    Another hand-over of the same case may wait all the same: its notices stay.
    """
    reference = _reference(session, handover)
    withdraw_all(session, OPEN_QUESTIONS, reference, occasion=f"{handover.id}.")


def _about(
    session: Session, handover: Handover, secret: Exclusions, now: datetime
) -> dict[str, Any]:
    """What every notice of a hand-over says; one level of it is told apart from the next."""
    return {
        "reference": _reference(session, handover),
        "occasion": f"{handover.id}.{handover.state}.{handover.level}",
        "severity": handover.severity,
        "barred": secret.staff,
        "is_practice": secret.is_apart,
        "due_at": now,
        "now": now,
    }


def _reference(session: Session, handover: Handover) -> str:
    return session.scalars(select(Case.reference).where(Case.id == handover.case_id)).one()
