"""An office says that a case is not its own: it goes to the office above, which acknowledges anew.

Most districts have no confirmed area, so a wrong office is ordinary and no fault of anybody's; each
time leaves a timeline event of its own, by which wrong ways are counted (decision 0042).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from agents.queries import operator_ids
from cases.above import office_above
from cases.access import Viewer
from cases.candidates import other_candidates, said_not_ours
from cases.conflict_ends import revoke_accepted
from cases.deadlines import ACKNOWLEDGE, Due, Owed, due_of, step_due
from cases.errors import NotOursRefused, StaleCase
from cases.handover_moves import unanswered
from cases.holding import hold_case, lead_of, start_clock
from cases.lateness import end_step
from cases.models import Case
from cases.not_ours_rules import BEFORE_WORK, NotOurs, not_ours_fault
from cases.parts import end_office, pass_lead, reason_of
from cases.queries import Exclusions, exclusions
from cases.senders import NOT_OURS
from cases.services import move_case, owe_next_step
from cases.states import OVER, RECEIVED
from cases.timeline import note_reason
from routing.directory import current_directory
from routing.vocabulary import HQ, PARTNER

__all__ = ["NotOurs", "pass_up"]


def pass_up(session: Session, case_id: int, wish: NotOurs, *, viewer: Viewer, now: datetime) -> str:
    """Give the case to the office above, or to the hotline's desk; the office that has it now.

    NotOursRefused says why not: "wrong_status" once work has begun or while a hand-over is
    unanswered, or a rule of cases.not_ours_rules; StaleCase when the case is over, or with another
    office by now.
    """
    case = hold_case(session, case_id)
    if case.status in OVER:
        raise StaleCase(f"case {case_id} is {case.status}")
    if case.status not in BEFORE_WORK or unanswered(session, case_id) is not None:
        raise NotOursRefused("wrong_status")
    old, said = lead_of(session, case_id).office_code, said_not_ours(session, case_id)
    if wish.office not in (None, old):
        raise StaleCase(f"case {case_id} is with {old}")
    rule = not_ours_fault(wish, office=old, said_before=old in said)
    if rule is not None:
        raise NotOursRefused(rule)
    secret = exclusions(session, case_id)
    refused = frozenset(said | {old}) | secret.offices
    new = _next_office(session, old, refused, secret)
    candidates = other_candidates(session, case, wish.why, refused, now=now)
    revoke_accepted(session, case_id, viewer.actor, now=now)
    _give(session, case, old, new, candidates, viewer=viewer, now=now)
    data = {"office_code": new, "from_code": old, "why": wish.why}
    words = wish.words.strip() or None
    note_reason(session, case_id, NOT_OURS, reason=words, actor=viewer.actor, now=now, data=data)
    return new


def _next_office(session: Session, old: str, refused: frozenset[str], secret: Exclusions) -> str:
    """The nearest office above that takes part, may have it and has operators; else the desk."""
    directory, left_out = current_directory(session), set(refused)
    while True:
        above = office_above(session, old, left_out)
        if above is None or above == HQ:
            return HQ
        office, people = directory.office(above), operator_ids(session, above)
        able = bool(people if secret.is_apart else secret.without(people))
        if able and office is not None and office.type != PARTNER:
            return above
        left_out.add(above)


def _give(
    session: Session,
    case: Case,
    old: str,
    new: str,
    candidates: list[str],
    *,
    viewer: Viewer,
    now: datetime,
) -> None:
    """The lead passes, unacknowledged; whoever talks with the caller keeps the case meanwhile."""
    if case.status == RECEIVED:
        # The office before owes nothing any longer, nor need it hear that it was late.
        end_step(session, case.id, now=now)
        owe_next_step(session, case, now=now)
    else:
        move_case(session, case.id, RECEIVED, now=now, actor=viewer.actor)
    due = _due(session, case, new, now)
    reason = reason_of(session, NOT_OURS, old)
    pass_lead(session, case.id, new, reason, accepted=False, due_at=due.at, now=now)
    start_clock(session, case.id, due)
    lead_of(session, case.id).candidates = candidates
    if case.finished_at is not None:
        end_office(session, case.id, old, new, now=now)
    case.version += 1
    session.flush()


def _due(session: Session, case: Case, office: str, now: datetime) -> Due:
    """By when it must be acknowledged: by the office's rules, and never later than by default.

    Somebody waits already who was promised an answer, so a rule only shortens here.
    """
    owed = Owed(case.severity, case.hazard_group, case.hazard_type, office)
    due = due_of(session, ACKNOWLEDGE, owed, now)
    default = step_due(ACKNOWLEDGE, case.severity, now)
    return due if due.at <= default else Due(default, now)
