"""A clock stands still for a reason and no longer than it may; then it runs again and climbs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cases.answers import CaseAnswers
from cases.clocks import look_at_clocks, run_again
from cases.errors import StaleCase, StopRefused
from cases.escalation import escalate_overdue
from cases.lateness import marks_of
from cases.services import move_case, update_case
from cases.stop_rules import StopFacts, stop_fault, until_fault
from cases.stopping import StopWish, agree, open_stop, refuse, resume, stop_clock
from core.database import reading, transaction
from core.runtime import Runtime
from tests.cases.hand_over_people import (
    HOUR,
    MINUTE,
    NOW,
    begun,
    events,
    file_of,
    head,
    operator,
    taken,
    told,
)

DAY = timedelta(days=1)
# Thursday morning when the offices open, in Thailand.
UNTIL = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
POLICE = StopWish("waiting_for_police", "รอผลสอบสวน", UNTIL)
LEGAL = StopWish("legal", "รอคำสั่งศาล", UNTIL)
OPEN = StopFacts("in_progress", "normal", danger=False, owes=True)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        (OPEN, None),
        (replace(OPEN, status="received"), "stop_step"),
        (replace(OPEN, status="waiting_approval"), "stop_step"),
        (replace(OPEN, status="assigned"), "stop_step"),
        (replace(OPEN, status="closed", owes=False), "stop_step"),
        (replace(OPEN, status="checking"), None),
        (replace(OPEN, status="checking", severity="emergency"), "stop_danger"),
        (replace(OPEN, status="acknowledged", severity="emergency"), "stop_danger"),
        (replace(OPEN, status="checking", danger=True), "stop_danger"),
        (replace(OPEN, severity="emergency", danger=True), None),
        (replace(OPEN, status="referred"), None),
        (replace(OPEN, is_stopped=True), "stop_twice"),
    ],
)
def test_which_clock_may_stand_still(facts: StopFacts, fault: str | None) -> None:
    assert stop_fault(facts) == fault


@pytest.mark.parametrize(
    ("days", "first", "fault"),
    [
        (0, None, "stop_until"),
        (1, None, None),
        (30, None, None),
        (31, None, "stop_too_long"),
        # All stops for the same reason count together from the first.
        (11, NOW - 20 * DAY, "stop_too_long"),
        (10, NOW - 20 * DAY, None),
    ],
)
def test_how_long_it_may_stand_still(days: int, first: datetime | None, fault: str | None) -> None:
    longest = timedelta(days=30)
    found = until_fault(NOW + days * DAY, first_begun=first, longest=longest, now=NOW)
    assert found == fault


def stopped(case_id: int, viewer: object, wish: StopWish = POLICE, **told: object) -> int:
    """Stop the clock; the stop's id."""
    given = {"is_head": False, "now": NOW} | told
    with transaction() as session:
        return stop_clock(session, case_id, wish, viewer=viewer, **given).id  # type: ignore[arg-type]


def marks(case_id: int) -> list[tuple[str, datetime, datetime | None]]:
    """Step, due and done of each late step."""
    with reading() as session:
        return [(one.step, one.due_at, one.done_at) for one in marks_of(session, case_id)]


def swept(at: datetime) -> list[str]:
    """Every sweep of a minute; the levels that were told."""
    with transaction() as session:
        run_again(session, at, 100)
        look_at_clocks(session, at, 100)
        escalate_overdue(session, at, 100)
    return told("overdue_people") and ["people"]


@pytest.mark.backends("postgresql", "sqlite")
def test_it_stands_still_and_runs_again_by_itself_and_then_climbs(runtime: Runtime) -> None:
    viewer = operator()
    case_id = taken(viewer, severity="urgent")
    stopped(case_id, viewer)
    lead = file_of(case_id).assignment
    assert lead.due_at == lead.escalate_at == UNTIL + 4 * HOUR
    for at in (NOW + 4 * HOUR, NOW + 2 * DAY, UNTIL, UNTIL + 3 * HOUR):
        assert swept(at) == []
    assert told("deadline_near") == [viewer.staff_id]
    assert [one.data["how"] for one in events(case_id, "clock_resumed")] == ["time"]
    assert swept(UNTIL + 4 * HOUR) == ["people"]
    with reading() as session:
        assert [one.due_at for one in marks_of(session, case_id)] == [UNTIL + 4 * HOUR]
        assert open_stop(session, case_id) is None


@pytest.mark.backends("postgresql", "sqlite")
@pytest.mark.parametrize("asks_head", [False, True])
def test_what_was_late_when_it_was_stopped_stays_marked_though_no_sweep_came(
    runtime: Runtime, asks_head: bool
) -> None:
    viewer, boss = operator(), head()
    case_id = taken(viewer, severity="urgent")
    due = NOW + 4 * HOUR
    if asks_head:
        stop_id = stopped(case_id, viewer, LEGAL, now=due - MINUTE)
        with transaction() as session:
            agree(session, case_id, stop_id, viewer=boss, now=due + MINUTE)
    else:
        stopped(case_id, viewer, now=due + MINUTE)
    assert file_of(case_id).assignment.due_at == UNTIL
    assert marks(case_id) == [("check", due, None)]
    assert len(events(case_id, "step_late")) == 1
    # Done before the time that holds now: the mark says when, and stays.
    with transaction() as session:
        move_case(session, case_id, "checking", now=UNTIL - HOUR, actor="staff:1")
    assert marks(case_id) == [("check", due, UNTIL - HOUR)]


def test_what_is_stopped_in_time_is_not_marked(runtime: Runtime) -> None:
    viewer = operator()
    case_id = taken(viewer, severity="urgent")
    stopped(case_id, viewer, now=NOW + 4 * HOUR - MINUTE)
    assert marks(case_id) == []


def test_whoever_lets_it_run_again_moves_the_time_back(runtime: Runtime) -> None:
    viewer = operator()
    case_id = taken(viewer, severity="urgent")
    stop_id = stopped(case_id, viewer, now=NOW + HOUR)
    with transaction() as session:
        resume(session, case_id, stop_id, viewer=viewer, now=NOW + 2 * HOUR)
    assert file_of(case_id).assignment.due_at == NOW + 5 * HOUR
    with transaction() as session, pytest.raises(StaleCase):
        resume(session, case_id, stop_id, viewer=viewer, now=NOW + 2 * HOUR)


def test_working_days_move_by_working_time(runtime: Runtime) -> None:
    """Two working days from Friday ten o'clock are Tuesday's end: sixteen hours and half."""
    viewer = operator()
    case_id = taken(viewer, severity="normal")
    assert file_of(case_id).assignment.due_at == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    stopped(case_id, viewer)
    # From Thursday half past eight: two days of eight hours, then six and a half on Monday.
    assert file_of(case_id).assignment.due_at == datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


def test_a_head_must_agree_where_the_reason_says_so(runtime: Runtime) -> None:
    viewer, boss = operator(), head()
    case_id = taken(viewer, severity="urgent")
    stop_id = stopped(case_id, viewer, LEGAL)
    assert told("clock_stop_asked") == [boss.staff_id]
    assert file_of(case_id).assignment.due_at == NOW + 4 * HOUR
    with transaction() as session:
        agree(session, case_id, stop_id, viewer=boss, now=NOW + HOUR)
    assert file_of(case_id).assignment.due_at == UNTIL + 3 * HOUR
    with transaction() as session, pytest.raises(StaleCase):
        refuse(session, case_id, stop_id, viewer=boss, now=NOW + HOUR)


def test_a_head_who_says_no_leaves_the_time_and_tells_who_asked(runtime: Runtime) -> None:
    viewer, boss = operator(), head()
    case_id = taken(viewer, severity="urgent")
    stop_id = stopped(case_id, viewer, LEGAL)
    with transaction() as session:
        refuse(session, case_id, stop_id, viewer=boss, now=NOW + HOUR)
    assert told("clock_stop_refused") == [viewer.staff_id]
    assert file_of(case_id).assignment.due_at == NOW + 4 * HOUR
    stopped(case_id, boss, LEGAL, is_head=True)
    assert file_of(case_id).assignment.due_at > UNTIL


def test_who_asks_once_more_gets_no_longer_than_the_reason_allows(runtime: Runtime) -> None:
    viewer = operator()
    case_id = taken(viewer, severity="urgent")
    stop_id = stopped(case_id, viewer)
    with transaction() as session:
        resume(session, case_id, stop_id, viewer=viewer, now=UNTIL - HOUR)
    again = POLICE._replace(until=NOW + 31 * DAY)
    with pytest.raises(StopRefused, match="stop_too_long"):
        stopped(case_id, viewer, again, now=UNTIL)


@pytest.mark.parametrize(
    ("wish", "fault"),
    [
        (POLICE._replace(reason="tired"), "stop_reason"),
        (POLICE._replace(words=" "), "reason_missing"),
        (POLICE._replace(until=NOW - MINUTE), "stop_until"),
    ],
)
def test_without_a_reason_it_runs_on(runtime: Runtime, wish: StopWish, fault: str) -> None:
    viewer = operator()
    case_id = taken(viewer)
    with pytest.raises(StopRefused, match=fault):
        stopped(case_id, viewer, wish)


def test_the_next_step_has_a_clock_of_its_own(runtime: Runtime) -> None:
    viewer = operator()
    case_id = taken(viewer, severity="urgent")
    stopped(case_id, viewer)
    begun(case_id, viewer)
    with reading() as session:
        assert open_stop(session, case_id) is None
    with transaction() as session:
        move_case(session, case_id, "checking", now=NOW, actor="staff:1")
    assert file_of(case_id).assignment.due_at < UNTIL


def test_danger_ends_every_stop_at_once(runtime: Runtime) -> None:
    viewer = operator()
    case_id = taken(viewer, severity="urgent")
    stopped(case_id, viewer)
    with transaction() as session:
        update_case(session, case_id, CaseAnswers("V", "V1", danger=True), now=NOW + HOUR)
    # An hour from the danger on, as in every emergency; what was left would be longer.
    assert file_of(case_id).assignment.due_at == NOW + 2 * HOUR
    assert [one.data["how"] for one in events(case_id, "clock_resumed")] == ["danger"]
