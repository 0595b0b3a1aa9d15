"""The one way that a hand-over changes its state: compared and set while its case is held."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from cases.errors import HandoverRefused, StaleCase
from cases.handover_models import UNANSWERED, Handover
from cases.handover_notices import nobody_waits, tell_of_revoking
from cases.handover_rules import words_fault
from cases.handover_timeline import note_event
from cases.holding import hold_handover
from cases.lateness import end_step
from cases.models import Case
from cases.states import ASSIGNED, WAITING_APPROVAL, check_assignment
from cases.timeline import SYSTEM

REQUESTED: Final = "requested"
APPROVED: Final = "approved"
OFFERED: Final = "offered"
ACCEPTED: Final = "accepted"
REJECTED: Final = "rejected"
DECLINED: Final = "declined"
REVOKED: Final = "revoked"
DONE: Final = "done"
# Nobody is waited for any longer: nobody is rung, and nobody further above is told.
QUIET: Final = {"climb_at": None, "ring_at": None}


def move(session: Session, handover: Handover, target: str, **values: Any) -> None:
    """Give a hand-over its next state; IllegalTransition where it may not follow.

    StaleCase when somebody was faster all the same. The object is read again.
    """
    check_assignment(handover.state, target)
    changed = session.execute(
        update(Handover)
        .where(
            Handover.id == handover.id,
            Handover.state == handover.state,
            Handover.version == handover.version,
        )
        .values(state=target, version=Handover.version + 1, **values)
        .returning(Handover.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    session.refresh(handover)
    if changed is None:
        raise StaleCase(f"hand-over {handover.id} is {handover.state}")
    nobody_waits(session, handover)


def end_answer(session: Session, case: Case, *, now: datetime) -> None:
    """The answer that a hand-over's case waited for is given: if late, it stays marked.

    Only before the hand-over moves is it known which office owed the answer.
    """
    if case.status in (WAITING_APPROVAL, ASSIGNED):
        end_step(session, case.id, now=now)


def unanswered(session: Session, case_id: int) -> Handover | None:
    """The hand-over of a case on which somebody owes an answer."""
    # The condition must read as in the index: a planner sees no match behind parameters.
    wanted = select(Handover).where(Handover.case_id == case_id, text(UNANSWERED))
    return session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def accepted_ones(session: Session, case_id: int) -> list[Handover]:
    """The hand-overs of a case that were accepted and are not over, the first one first."""
    wanted = select(Handover).where(Handover.case_id == case_id, Handover.state == ACCEPTED)
    found = session.scalars(wanted.order_by(Handover.id).execution_options(populate_existing=True))
    return list(found)


def withdraw_unanswered(
    session: Session, case_id: int, *, now: datetime, actor: str = SYSTEM
) -> None:
    """Take back what nobody has answered, because the case has gone another way."""
    handover = unanswered(session, case_id)
    if handover is None:
        return
    tell_of_revoking(session, handover, now=now)
    move(session, handover, REVOKED, ended_at=now, **QUIET)
    note_event(session, handover, "handover_revoked", actor, now)


def finish_accepted(
    session: Session, case_id: int, *, now: datetime, actor: str, people_only: bool = False
) -> None:
    """What was handed over and taken on has been done, or has gone on to others.

    Other people in their stead, `people_only`, change nothing for the office that has the case.
    """
    for handover in accepted_ones(session, case_id):
        if people_only and handover.to_office_code is not None:
            continue
        move(session, handover, DONE, ended_at=now, **QUIET)
        note_event(session, handover, "handover_done", actor, now)


def held_in(session: Session, handover_id: int, state: str) -> tuple[Case, Handover]:
    """A hand-over and its case, both held; StaleCase unless it is in this state."""
    case, handover = hold_handover(session, handover_id)
    if handover.state != state:
        raise StaleCase(f"hand-over {handover_id} is {handover.state}")
    return case, handover


def refuse_if(rule: str | None) -> None:
    """HandoverRefused where a pure rule found a fault."""
    if rule is not None:
        raise HandoverRefused(rule)


def kept_words(words: str | None, *, needed: bool) -> str | None:
    """What somebody says about it, as it is kept; HandoverRefused where it will not do."""
    refuse_if(words_fault(words, needed=needed))
    return (words or "").strip() or None
