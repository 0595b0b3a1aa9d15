"""Stopping the clock of a case for a reason: the step's time stands still until a moment at most.

The due time moves at once to what it will be when the stop ends by itself; whoever ends it before
moves it back. A stop that a head operator must agree to begins with the agreement. A step that was
late by then stays marked (decision 0021).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from agents.notices import withdraw, withdraw_all
from agents.queries import head_operator_ids
from agents.services import owe_notice
from cases.above import office_above
from cases.access import Viewer
from cases.deadline_models import STOP_OPEN, ClockStop, DeadlineRule
from cases.deadline_rules import MINUTES
from cases.deadlines import clock_policy, defaults, reminder_of, work_clock
from cases.errors import StaleCase, StopRefused
from cases.escalation import LEVELS, REMIND
from cases.handover_rules import words_fault
from cases.holding import hold_case, lead_of
from cases.lateness import mark_if_late
from cases.models import Assignment, Case
from cases.queries import Exclusions, exclusions
from cases.states import NEXT_STEPS, WATCHED
from cases.stop_rules import StopFacts, stop_fault, until_fault
from cases.timeline import SYSTEM, note_event, note_reason
from core.inserts import table_of

TIME, HAND, STEP, DANGER, REFUSED = "time", "hand", "step", "danger", "refused"
ASKED: Final = "clock_stop_asked"
REFUSED_NOTICE: Final = "clock_stop_refused"


class StopWish(NamedTuple):
    """What somebody asks for: a reason of clock.yaml, in own words, until when."""

    reason: str
    words: str
    until: datetime


def facts_of(case: Case, stop: ClockStop | None) -> StopFacts:
    """How a case stands for whoever wants to stop its clock; `stop` is the one that is open."""
    return StopFacts(
        status=case.status,
        severity=case.severity,
        danger=case.danger,
        owes=case.status in NEXT_STEPS,
        is_stopped=stop is not None,
    )


def open_stop(session: Session, case_id: int) -> ClockStop | None:
    """The stop of a case that runs, or that a head is asked to agree to."""
    # The condition must read as in the index: a planner sees no match behind parameters.
    wanted = select(ClockStop).where(ClockStop.case_id == case_id, text(STOP_OPEN))
    return session.scalars(wanted.execution_options(populate_existing=True)).first()


def open_stops(session: Session, case_ids: Sequence[int]) -> dict[int, Any]:
    """Until when and why the clocks of these cases stand still, by case; no words."""
    columns = select(ClockStop.case_id, ClockStop.until, ClockStop.reason)
    running = columns.where(
        ClockStop.case_id.in_(case_ids), text(STOP_OPEN), ClockStop.begun_at.is_not(None)
    )
    return {row.case_id: row for row in session.execute(running)}


def stop_clock(
    session: Session, case_id: int, wish: StopWish, *, viewer: Viewer, is_head: bool, now: datetime
) -> ClockStop:
    """Stop the clock of the step that a case owes, or ask the head where the reason needs one.

    StopRefused says why not.
    """
    case = hold_case(session, case_id)
    reason = clock_policy().stops.get(wish.reason)
    fault = (
        stop_fault(facts_of(case, open_stop(session, case_id)))
        or ("stop_reason" if reason is None else None)
        or words_fault(wish.words, needed=True)
    )
    lead = lead_of(session, case_id)
    owed_since = lead.owed_since or case.status_since
    if fault is None and reason is not None:
        begun = _first_begun(session, lead.id, owed_since, wish.reason)
        fault = until_fault(wish.until, first_begun=begun, longest=reason.longest, now=now)
    if fault is not None or reason is None:
        raise StopRefused(fault or "stop_reason")
    stop = ClockStop(
        case_id=case_id,
        assignment_id=lead.id,
        step=NEXT_STEPS[case.status],
        owed_since=owed_since,
        reason=wish.reason,
        words=wish.words.strip(),
        until=wish.until,
        asked_by=viewer.staff_id,
        asked_at=now,
    )
    session.add(stop)
    session.flush()
    if reason.needs_head and not is_head:
        _note(session, stop, ASKED, viewer.actor, now, words=stop.words)
        _ask_head(session, case, lead.office_code, now)
    else:
        _begin(session, case, lead, stop, viewer, now)
    return stop


def agree(session: Session, case_id: int, stop_id: int, *, viewer: Viewer, now: datetime) -> None:
    """A head lets the clock stand still from now on; StaleCase when that is asked no longer."""
    case, stop = _asked(session, case_id, stop_id, now)
    _begin(session, case, lead_of(session, case_id), stop, viewer, now)


def refuse(session: Session, case_id: int, stop_id: int, *, viewer: Viewer, now: datetime) -> None:
    """A head does not let the clock stand still; whoever asked is told."""
    case, stop = _asked(session, case_id, stop_id, now)
    _end(session, stop, REFUSED, viewer.actor, now)
    withdraw(session, ASKED, case.reference)
    secret = exclusions(session, case_id)
    for staff_id in secret.without([stop.asked_by]):
        _tell(session, case, secret, REFUSED_NOTICE, now, staff_id=staff_id)


def resume(session: Session, case_id: int, stop_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Somebody lets the clock run again before its time, or takes the wish back."""
    case = hold_case(session, case_id)
    stop = open_stop(session, case_id)
    if stop is None or stop.id != stop_id:
        raise StaleCase(f"the clock of case {case_id} runs")
    _run_again(session, case, stop, HAND, viewer.actor, now)


def resume_for_danger(session: Session, case_id: int, *, now: datetime) -> None:
    """The caller tells of danger: nothing waits any longer."""
    stop = open_stop(session, case_id)
    if stop is not None:
        _run_again(session, session.get_one(Case, case_id), stop, DANGER, SYSTEM, now)


def resume_due(session: Session, stop: ClockStop, *, now: datetime) -> None:
    """The stop's time is over: the due time was moved when it began, so only its end is written.

    One that no head agreed to in time is refused by it.
    """
    if stop.begun_at is None:
        case = session.get_one(Case, stop.case_id)
        withdraw(session, ASKED, case.reference)
        _end(session, stop, REFUSED, SYSTEM, now)
        return
    _end(session, stop, TIME, SYSTEM, now)


def end_stops(session: Session, case_id: int, reference: str, *, now: datetime) -> None:
    """The step is done or owed no longer, and its stop with it."""
    stops = table_of(ClockStop)
    ended = session.connection().execute(
        update(stops)
        .where(stops.c.case_id == case_id, stops.c.ended_at.is_(None))
        .values(ended_at=now, ended_how=STEP)
        .returning(stops.c.id)
    )
    if ended.all():
        withdraw(session, ASKED, reference)


def _first_begun(
    session: Session, assignment_id: int, owed_since: datetime, reason: str
) -> datetime | None:
    """When the clock of this step stood still first for this reason."""
    return session.scalar(
        select(func.min(ClockStop.begun_at)).where(
            ClockStop.assignment_id == assignment_id,
            ClockStop.owed_since == owed_since,
            ClockStop.reason == reason,
        )
    )


def _asked(session: Session, case_id: int, stop_id: int, now: datetime) -> tuple[Case, ClockStop]:
    case = hold_case(session, case_id)
    stop = open_stop(session, case_id)
    if stop is None or stop.id != stop_id or stop.begun_at is not None or stop.until <= now:
        raise StaleCase(f"nobody asks to stop the clock of case {case_id}")
    return case, stop


def _begin(
    session: Session, case: Case, lead: Assignment, stop: ClockStop, viewer: Viewer, now: datetime
) -> None:
    mark_if_late(session, lead, case.status, now=now)
    clock = work_clock(session, lead.office_code, now)
    stop.counts_work = _counts_work(session, case, lead)
    left = clock.between(now, lead.due_at) if stop.counts_work else lead.due_at - now
    stop.left_s = max(int(left.total_seconds()), 0)
    stop.begun_at, stop.agreed_by = now, viewer.staff_id
    session.flush()
    _move(session, case, lead, stop, since=stop.until)
    _note(session, stop, "clock_stopped", viewer.actor, now, words=stop.words)
    withdraw(session, ASKED, case.reference)
    overdue = (REMIND, *(f"overdue_{level}" for level in LEVELS))
    withdraw_all(session, overdue, case.reference, occasion=f"{lead.id}.")


def _run_again(
    session: Session, case: Case, stop: ClockStop, how: str, actor: str, now: datetime
) -> None:
    if stop.begun_at is not None:
        lead = lead_of(session, case.id)
        mark_if_late(session, lead, case.status, now=now)
        _move(session, case, lead, stop, since=now)
    else:
        withdraw(session, ASKED, case.reference)
    _end(session, stop, how, actor, now)


def _move(
    session: Session, case: Case, lead: Assignment, stop: ClockStop, *, since: datetime
) -> None:
    """The step is due when what was left of its time has passed after the stop."""
    left = timedelta(seconds=stop.left_s or 0)
    due = since + left
    if stop.counts_work:
        due = work_clock(session, lead.office_code, since).after(since, left)
    lead.due_at = due
    lead.look_at = reminder_of(since, due) or due
    if case.status in WATCHED:
        lead.escalation, lead.escalate_at = 0, due
    case.version += 1
    session.flush()


def _counts_work(session: Session, case: Case, lead: Assignment) -> bool:
    """Whether the rule that gave the due time counts work alone."""
    if lead.due_rule_id is None:
        return defaults()[case.severity, NEXT_STEPS[case.status]].unit != MINUTES
    unit = select(DeadlineRule.unit).where(DeadlineRule.id == lead.due_rule_id)
    return session.scalar(unit) != MINUTES


def _end(session: Session, stop: ClockStop, how: str, actor: str, now: datetime) -> None:
    stop.ended_at, stop.ended_how = now, how
    session.flush()
    kind = "clock_stop_refused" if how == REFUSED else "clock_resumed"
    note_event(session, stop.case_id, kind, {"reason": stop.reason, "how": how}, now, actor)


def _note(
    session: Session, stop: ClockStop, kind: str, actor: str, now: datetime, *, words: str
) -> None:
    data = {"reason": stop.reason, "until": stop.until.isoformat(), "step": stop.step}
    note_reason(session, stop.case_id, kind, reason=words, actor=actor, now=now, data=data)


def _ask_head(session: Session, case: Case, office: str, now: datetime) -> None:
    """The heads of the office that has the case; where none may know, those of the office above."""
    secret = exclusions(session, case.id)
    people = secret.without(head_operator_ids(session, office))
    above = office_above(session, office, secret.offices) if not people else None
    if above is not None:
        office, people = above, secret.without(head_operator_ids(session, above))
    for staff_id in people:
        _tell(session, case, secret, ASKED, now, staff_id=staff_id)
    if not people and office not in secret.offices:
        _tell(session, case, secret, ASKED, now, office_code=office)


def _tell(
    session: Session,
    case: Case,
    secret: Exclusions,
    template: str,
    now: datetime,
    **receiver: Any,
) -> None:
    owe_notice(
        session,
        template,
        **receiver,
        reference=case.reference,
        occasion=str(int(now.timestamp())),
        severity=case.severity,
        barred=secret.staff,
        is_practice=secret.is_apart,
        due_at=now,
        now=now,
    )
