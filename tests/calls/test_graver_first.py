"""Ten thousand steps fall due when the offices close: an emergency waits behind none of them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from agents import tasks as notice_tasks
from agents.models import Notice
from agents.notice_planning import Planner, plan_owed, plan_unseen
from agents.notice_policy import EMAIL
from agents.notice_policy import current_policy as notice_policy
from calls import tasks as call_tasks
from calls.escalation import escalate_late
from calls.models import Callback
from calls.policy import current_policy
from cases import tasks as case_tasks
from cases.clocks import look_at_clocks, run_again
from cases.deadline_models import ClockStop
from cases.escalation import escalate_overdue
from cases.handover_climbing import climb_overdue
from cases.handover_models import Handover
from cases.models import Assignment, Case, TimelineEvent
from core import clock
from core.database import reading, transaction
from core.inserts import table_of
from core.runtime import Runtime
from tests.calls.test_sweeps_at_once import at_once
from tests.cases.hand_over_people import operator

OFFICE = "ESA-9202"
MANY, AT_ONCE = 310, 100
LONG, SHORT, SHORTEST = timedelta(hours=3), timedelta(minutes=2), timedelta(minutes=1)


@dataclass(frozen=True)
class Line:
    """One sweep: rows that are due for it, its look, its task, and which rows still wait."""

    fill: Callable[[int, str, datetime], list[int]]
    look: Callable[[Session, datetime], object]
    task: Callable[[], None]
    waits: Callable[[datetime], Any]


def _cases(count: int, severity: str, **part: Any) -> list[int]:
    """Cases that nobody has acknowledged; their ids."""
    now = clock.now()
    moments = dict.fromkeys(("status_since", "opened_at", "due_at", "finished_at"), now)
    case = {"hazard_group": "V", "severity": severity, "language": "th", "account_sid": "AC"}
    with transaction() as session:
        first = session.query(Case).count() + 1
        rows = [case | moments | {"reference": f"{first + one:09}"} for one in range(count)]
        made = session.scalars(insert(table_of(Case)).returning(table_of(Case).c.id), rows).all()
        lead = {"office_code": OFFICE, "due_at": now, "created_at": now, "owed_since": now - LONG}
        lead |= {"reasons": [], "candidates": [], **part}
        session.execute(insert(table_of(Assignment)), [lead | {"case_id": one} for one in made])
    return list(made)


def _of_cases(
    table: type[Any], count: int, severity: str, row: Callable[[int, int], dict[str, Any]]
) -> list[int]:
    made = _cases(count, severity)
    with transaction() as session:
        parts = dict(session.execute(select(Assignment.case_id, Assignment.id)).all())
        session.execute(insert(table_of(table)), [row(one, parts[one]) for one in made])
    return made


def _overdue(count: int, severity: str, due: datetime) -> list[int]:
    return _cases(count, severity, escalate_at=due)


def _ticking(count: int, severity: str, due: datetime) -> list[int]:
    return _cases(count, severity, look_at=due, due_at=due)


def _stops(count: int, severity: str, due: datetime) -> list[int]:
    who = operator(OFFICE).staff_id
    stop = {"step": "acknowledge", "owed_since": due - LONG, "reason": "waits_for_family"}
    stop |= {"words": "-", "until": due, "asked_by": who, "asked_at": due, "begun_at": due}
    stop |= {"left_s": 3600}
    return _of_cases(
        ClockStop, count, severity, lambda one, part: stop | {"case_id": one, "assignment_id": part}
    )


def _handovers(count: int, severity: str, due: datetime) -> list[int]:
    who = operator(OFFICE).staff_id
    asked = {"kind": "office", "severity": severity, "from_office_code": OFFICE, "asked_by": who}
    asked |= {"to_office_code": "HQ", "reason": "-", "asked_at": due, "due_at": due}
    asked |= {"status_before": "acknowledged", "climb_at": due}
    return _of_cases(Handover, count, severity, lambda one, _: asked | {"case_id": one})


def _late(count: int, severity: str, due: datetime) -> list[int]:
    owed = {"account_sid": "AC", "office_code": OFFICE, "state": "decision", "consent": True}
    owed |= {"language": "th", "severity": severity, "waiting_since": due, "place": due}
    owed |= {"late_at": due, "escalate_at": due}
    return _of_cases(
        Callback, count, severity, lambda one, _: owed | {"case_id": one, "call_sid": f"CA{one}"}
    )


def _notices(count: int, severity: str, **more: Any) -> list[int]:
    now = clock.now()
    notice = {"template": "overdue_head", "office_code": OFFICE, "severity": severity}
    notice |= {"created_at": now, "due_at": now, **more}
    with transaction() as session:
        first = session.query(Notice).count()
        rows = [notice | {"key": f"{first + one}", "reference": "1"} for one in range(count)]
        return list(session.scalars(insert(Notice).returning(Notice.id), rows))


def _planner(now: datetime) -> Planner:
    return Planner(notice_policy(), frozenset({EMAIL}), now)


LINES = {
    "overdue cases": Line(
        _overdue,
        lambda session, now: escalate_overdue(session, now, AT_ONCE),
        case_tasks.escalate,
        lambda now: select(Assignment.case_id).where(Assignment.escalate_at <= now),
    ),
    "clocks": Line(
        _ticking,
        lambda session, now: look_at_clocks(session, now, AT_ONCE),
        case_tasks.look_at_all_clocks,
        lambda now: select(Assignment.case_id).where(Assignment.look_at <= now),
    ),
    "stopped clocks": Line(
        _stops,
        lambda session, now: run_again(session, now, AT_ONCE),
        case_tasks.look_at_all_clocks,
        lambda now: select(ClockStop.case_id).where(ClockStop.ended_at.is_(None)),
    ),
    "hand-overs": Line(
        _handovers,
        lambda session, now: climb_overdue(session, now, AT_ONCE),
        case_tasks.climb_handovers,
        lambda now: select(Handover.case_id).where(Handover.climb_at <= now),
    ),
    "late callbacks": Line(
        _late,
        lambda session, now: escalate_late(session, current_policy(), now=now),
        call_tasks.escalate_callbacks,
        lambda now: select(Callback.case_id).where(Callback.escalate_at <= now),
    ),
    "notices to plan": Line(
        lambda count, severity, due: _notices(count, severity, due_at=due),
        lambda session, now: plan_owed(session, _planner(now)),
        notice_tasks.plan_notices,
        lambda now: select(Notice.id).where(Notice.state == "owed", Notice.key < "a"),
    ),
    "notices not seen": Line(
        lambda count, severity, due: _notices(count, severity, state="planned", next_at=due),
        lambda session, now: plan_unseen(session, _planner(now)),
        notice_tasks.plan_notices,
        lambda now: select(Notice.id).where(Notice.next_at <= now),
    ),
}


@pytest.fixture(params=LINES)
def line(request: pytest.FixtureRequest, runtime: Runtime) -> Line:
    """Each sweep."""
    return LINES[request.param]


def waiting(line: Line, now: datetime) -> set[int]:
    """Which rows still wait for the sweep."""
    with reading() as session:
        return set(session.scalars(line.waits(now)))


@pytest.mark.backends("postgresql", "sqlite")
def test_the_next_look_tells_of_an_emergency_behind_hundreds_of_ordinary_ones(line: Line) -> None:
    """And of what is urgent; half of the look is for who waits longest, and all are told."""
    now = clock.now()
    ordinary = line.fill(MANY, "normal", now - LONG)
    graver = line.fill(1, "urgent", now - SHORT) + line.fill(1, "emergency", now - SHORTEST)
    with transaction() as session:
        line.look(session, now)
    left = waiting(line, now)
    assert not left & set(graver)
    assert 0 < len(set(ordinary) - left) <= AT_ONCE - len(graver)
    line.task()
    assert waiting(line, now) == set()


@pytest.mark.backends("postgresql", "sqlite")
def test_a_flood_of_emergencies_keeps_no_ordinary_one_waiting_for_ever(line: Line) -> None:
    now = clock.now()
    longest = line.fill(1, "normal", now - LONG)
    line.fill(AT_ONCE + 10, "emergency", now - SHORT)
    with transaction() as session:
        line.look(session, now)
    assert not waiting(line, now) & set(longest)


@pytest.mark.backends("postgresql")
def test_workers_at_once_tell_of_each_one_once(line: Line) -> None:
    """Whichever of them goes on, nothing is told twice and nothing is left."""
    now = clock.now()
    line.fill(AT_ONCE + 10, "normal", now - LONG)
    line.fill(20, "emergency", now - SHORT)
    at_once(line.task)
    line.task()
    assert waiting(line, now) == set()
    with reading() as session:
        events = session.execute(select(TimelineEvent.case_id, TimelineEvent.kind)).all()
    assert [one for one, count in Counter(map(tuple, events)).items() if count > 1] == []
