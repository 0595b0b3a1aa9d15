"""The clocks of steps: whoever owes one is reminded, what is late is marked, what stood still runs.

Each sweep is a few bounded looks at partial indexes, graver cases ahead where more is due than is
taken; a case that somebody else holds is left to the next run.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select, text
from sqlalchemy.orm import Session

from agents.queries import operator_ids
from agents.services import owe_notice
from cases.deadline_models import STOP_OPEN, ClockStop
from cases.deadlines import reminder_of
from cases.escalation import REMIND, people_owing
from cases.graveness import of_graver_cases
from cases.holding import is_free
from cases.lateness import mark_late
from cases.models import TICKING, Assignment, Case
from cases.part_clock import owed_status
from cases.queries import exclusions
from cases.states import NEXT_STEPS, WATCHED
from cases.stopping import resume_due
from core.sweeps import in_turn


def look_at_clocks(session: Session, now: datetime, limit: int) -> int:
    """Remind of each step whose time is nearly over, mark each that is late; returns how many."""
    rows = _in_turn(session, ticking(now), Assignment.case_id, limit)
    return sum(_look(session, row.id, row.case_id, now) for row in rows)


def run_again(session: Session, now: datetime, limit: int) -> int:
    """Let each clock run again whose stop is over; returns how many."""
    # The condition must read as in the index: a planner sees no match behind parameters.
    over = select(ClockStop.id, ClockStop.case_id).where(text(STOP_OPEN), ClockStop.until <= now)
    rows = _in_turn(session, over.order_by(ClockStop.until), ClockStop.case_id, limit)
    return sum(_end_stop(session, *row, now) for row in rows)


def ticking(now: datetime) -> Select[int, int]:
    """Which parts are to be looked at, and of which cases, the longest waiting first."""
    wanted = select(Assignment.id, Assignment.case_id)
    return wanted.where(text(TICKING), Assignment.look_at <= now).order_by(Assignment.look_at)


def _in_turn(
    session: Session, wanted: Select[int, int], case_id: Any, limit: int
) -> list[Row[int, int]]:
    def look(condition: ColumnElement[bool], most: int) -> Sequence[Row[int, int]]:
        return session.execute(wanted.where(condition).limit(most)).all()

    return in_turn(look, of_graver_cases(case_id), limit)


def _end_stop(session: Session, stop_id: int, case_id: int, now: datetime) -> bool:
    if not is_free(session, case_id):
        return False
    stop = session.get_one(ClockStop, stop_id, populate_existing=True)
    if stop.ended_at is not None or stop.until > now:
        return False
    resume_due(session, stop, now=now)
    return True


def _look(session: Session, assignment_id: int, case_id: int, now: datetime) -> bool:
    # The case before its parts, as everybody else: so nobody locks crosswise.
    if not is_free(session, case_id):
        return False
    part, status = _as_it_is(session, assignment_id)
    if part.look_at is None or part.look_at > now:
        return False
    reminds_at = _first_reckoned(part)
    part.look_at = None
    if status in NEXT_STEPS and part.due_at <= now:
        mark_late(session, part, status, now=now)
    elif status in NEXT_STEPS and reminds_at:
        part.look_at = reminds_at
    elif status in NEXT_STEPS:
        _remind(session, part, status, now)
        part.look_at = part.due_at
    session.flush()
    return True


def _first_reckoned(part: Assignment) -> datetime | None:
    """When to look next at a clock that stands where its step began: of an old part (0025)."""
    if part.owed_since is None or part.look_at is None or part.look_at > part.owed_since:
        return None
    return reminder_of(part.owed_since, part.due_at) or part.due_at


def _as_it_is(session: Session, assignment_id: int) -> tuple[Assignment, str]:
    """An office's part, and the status by which its step is owed."""
    wanted = select(Assignment, owed_status()).join(Case, Case.id == Assignment.case_id)
    row = session.execute(
        wanted.where(Assignment.id == assignment_id).execution_options(populate_existing=True)
    ).one()
    return row[0], row[1]


def _remind(session: Session, part: Assignment, status: str, now: datetime) -> None:
    """The people who have the case or part, or the operators of the office, or the office itself.

    While a hand-over waits for its answer others owe the step, and were told to answer just now.
    """
    if status not in WATCHED:
        return
    secret = exclusions(session, part.case_id)
    people = people_owing(session, part, status)
    told = secret.without(people) or secret.without(operator_ids(session, part.office_code))
    receivers: list[dict[str, int | str]] = [{"staff_id": one} for one in told]
    if not receivers and part.office_code not in secret.offices:
        receivers = [{"office_code": part.office_code}]
    case = session.get_one(Case, part.case_id)
    for receiver in receivers:
        owe_notice(
            session,
            REMIND,
            **receiver,  # type: ignore[arg-type]
            reference=case.reference,
            occasion=f"{part.id}.{status}.{int(part.due_at.timestamp())}",
            severity=case.severity,
            barred=secret.staff,
            is_practice=secret.is_apart,
            due_at=now,
            now=now,
        )
