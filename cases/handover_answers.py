"""What becomes of a hand-over that was approved: taken on, declined, or taken back."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from agents.queries import OPERATORS, active_with_roles
from cases.access import Viewer, standing
from cases.errors import HandoverRefused, StaleCase
from cases.handover_models import Handover, HandoverPerson
from cases.handover_moves import (
    ACCEPTED,
    DECLINED,
    OFFERED,
    QUIET,
    REQUESTED,
    REVOKED,
    end_answer,
    finish_accepted,
    held_in,
    kept_words,
    move,
    refuse_if,
    unanswered,
)
from cases.handover_notices import tell_of_revoking, tell_people
from cases.handover_rules import ACTION_ROLES, PERSON, Wish, back_to, part_of, receiver_fault
from cases.handover_targets import people_asked, receivers_known
from cases.handover_timeline import note_event, note_reason
from cases.holding import hold_handover
from cases.lateness import end_step
from cases.models import Case
from cases.parts import begin_parts, end_actions, end_office, pass_lead, reason_of
from cases.queries import exclusions
from cases.services import move_case, owe_next_step
from cases.states import ASSIGNED, CHECKING, IN_PROGRESS, WAITING_APPROVAL
from cases.taking import OPERATOR

HANDED_OVER = "handed_over"


def accept(session: Session, handover_id: int, *, staff_id: int, now: datetime) -> Handover:
    """Take on what was offered, for one's office, oneself or one's committee.

    An office has the lead from now on, and checks; people solve the case for the office that has
    it. StaleCase when it was answered or taken back already.
    """
    case, handover = held_in(session, handover_id, OFFERED)
    _refuse_unless_receiver(session, handover, staff_id)
    _refuse_unless_open(session, handover, staff_id)
    actor = f"staff:{staff_id}"
    by_people = handover.to_office_code is None
    end_answer(session, case, now=now)
    finish_accepted(session, case.id, now=now, actor=actor, people_only=by_people)
    move(session, handover, ACCEPTED, **QUIET)
    _answered(session, handover, staff_id, ACCEPTED, now)
    note_event(session, handover, "handover_accepted", actor, now)
    if handover.to_office_code is not None:
        _give_office(session, case, handover, handover.to_office_code, staff_id, now)
    else:
        _give_people(session, case, handover, actor, now)
    told = [handover.asked_by] if handover.asked_by != staff_id else []
    tell_people(session, handover, "handover_accepted", told, now=now)
    return handover


def decline(
    session: Session, handover_id: int, *, staff_id: int, words: str | None, now: datetime
) -> Handover:
    """Do not take on what was offered, and say why: the office that has the case decides anew."""
    case, handover = held_in(session, handover_id, OFFERED)
    _refuse_unless_receiver(session, handover, staff_id)
    kept = kept_words(words, needed=True)
    end_answer(session, case, now=now)
    move(session, handover, DECLINED, ended_at=now, ended_by=staff_id, end_words=kept, **QUIET)
    _answered(session, handover, staff_id, DECLINED, now)
    actor = f"staff:{staff_id}"
    note_reason(session, handover, "handover_declined", kept, actor, now)
    if case.status == ASSIGNED:
        move_case(session, case.id, CHECKING, now=now, actor=actor)
    tell_people(session, handover, "handover_declined", [handover.asked_by], now=now)
    return handover


def revoke(
    session: Session, handover_id: int, *, viewer: Viewer, words: str | None, now: datetime
) -> Handover:
    """Take a hand-over back: one that nobody has answered, or the case from who solves it.

    What another office has accepted is its own: wrong_status.
    """
    case, handover = hold_handover(session, handover_id)
    if not standing(session, viewer, case.id).may("handover.revoke"):
        raise HandoverRefused("not_yours")
    if handover.state == ACCEPTED and handover.to_office_code is not None:
        raise HandoverRefused("wrong_status")
    if handover.state not in (REQUESTED, OFFERED, ACCEPTED):
        raise StaleCase(f"hand-over {handover.id} is {handover.state}")
    kept = kept_words(words, needed=False)
    before = handover.state
    tell_of_revoking(session, handover, now=now)
    if before != ACCEPTED:
        end_answer(session, case, now=now)
    ended: dict[str, Any] = {"ended_at": now, "ended_by": viewer.staff_id}
    move(session, handover, REVOKED, **ended, end_words=kept, **QUIET)
    actor = viewer.actor
    note_reason(session, handover, "handover_revoked", kept, actor, now)
    if before == ACCEPTED:
        end_actions(session, case.id, handover.from_office_code, now=now)
        # A case with a later hand-over that waits for its answer stays as that one needs it.
        if case.status == IN_PROGRESS and unanswered(session, case.id) is None:
            move_case(session, case.id, CHECKING, now=now, actor=actor)
    elif case.status in (WAITING_APPROVAL, ASSIGNED):
        move_case(session, case.id, back_to(handover.status_before), now=now, actor=actor)
    return handover


def _refuse_unless_receiver(session: Session, handover: Handover, staff_id: int) -> None:
    """The person, the committee's chair, or an operator of the office: and never the excluded."""
    if staff_id in exclusions(session, handover.case_id).staff:
        raise HandoverRefused("not_yours")
    if handover.to_office_code is not None:
        offices = active_with_roles(session, [staff_id], OPERATORS).get(staff_id, frozenset())
        is_asked = handover.to_office_code in offices
    else:
        person = session.get(HandoverPerson, (handover.id, staff_id))
        is_asked = person is not None and (person.chair or handover.kind == PERSON)
    if not is_asked:
        raise HandoverRefused("not_yours")


def _refuse_unless_open(session: Session, handover: Handover, staff_id: int) -> None:
    """Since the approval the office may have closed, the person may have moved elsewhere."""
    people = () if handover.to_office_code is not None else (staff_id,)
    wish = Wish(handover.kind, handover.reason, handover.to_office_code, people)
    known = receivers_known(session, handover.case_id, handover.from_office_code, wish)
    refuse_if(receiver_fault(wish, known))


def _answered(
    session: Session, handover: Handover, staff_id: int, answer: str, now: datetime
) -> None:
    person = session.get(HandoverPerson, (handover.id, staff_id))
    if person is not None:
        person.answer, person.answered_at = answer, now
        session.flush()


def _give_office(
    session: Session, case: Case, handover: Handover, office: str, staff_id: int, now: datetime
) -> None:
    old = handover.from_office_code
    reason = reason_of(session, HANDED_OVER, old)
    pass_lead(session, case.id, office, reason, accepted=True, due_at=handover.due_at, now=now)
    end_office(session, case.id, old, office, now=now)
    move_case(session, case.id, CHECKING, now=now, actor=f"staff:{staff_id}")
    begin_parts(session, case.id, {staff_id: OPERATOR}, now=now)


def _give_people(
    session: Session, case: Case, handover: Handover, actor: str, now: datetime
) -> None:
    asked = exclusions(session, case.id).without(people_asked(session, handover))
    # Who has left since the approval gets no part; the others help all the same.
    here = active_with_roles(session, asked, ACTION_ROLES)
    asked = [one for one in asked if one in here]
    chairs = set(people_asked(session, handover, chairs_only=True))
    parts = {one: part_of(handover.kind, chair=one in chairs) for one in asked}
    end_actions(session, case.id, handover.from_office_code, keep=asked, now=now)
    begin_parts(session, case.id, parts, now=now)
    if case.status != IN_PROGRESS:
        move_case(session, case.id, IN_PROGRESS, now=now, actor=actor)
    else:
        # Others have it now: they have the whole time, and are told when it has passed.
        end_step(session, case.id, now=now)
        owe_next_step(session, case, now=now)
