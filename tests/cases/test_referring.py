"""A case is referred to a partner, or nobody can be reached: it stays ours, and has a time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from cases.access import Viewer
from cases.clocks import look_at_clocks
from cases.deadlines import step_due
from cases.errors import CaseRefused, StaleCase
from cases.escalation import escalate_overdue
from cases.lateness import marks_of
from cases.queries import next_step
from cases.referring import cannot_reach, refer
from cases.result_rules import Result
from cases.results import reopen_case, report_result
from cases.taking import people_of
from core.database import reading, transaction
from core.runtime import Runtime
from routing.models import Office
from tests.cases.hand_over_people import (
    DISTRICT,
    HOUR,
    MINUTE,
    NOW,
    PROVINCE,
    asked,
    begun,
    events,
    file_of,
    head,
    hired,
    opened,
    operator,
    shut_out,
    status_of,
    taken,
    to_office,
    told,
)

pytestmark = pytest.mark.backends("postgresql", "sqlite")
PARTNER = "DLA"
WHY = "โทรแจ้งกองการศึกษาแล้ว ขอให้ไปเยี่ยมบ้าน"
RESULT = Result("ไปเยี่ยมแล้ว", ("child",), ("prevent",), "yes")
Wait = tuple[str, str, timedelta]


def referred(
    case_id: int, viewer: Viewer, partner: str | None = PARTNER, reason: str = WHY
) -> None:
    with transaction() as session:
        refer(session, case_id, partner, reason=reason, viewer=viewer, now=NOW)


def unreached(case_id: int, viewer: Viewer, reason: str = WHY) -> None:
    with transaction() as session:
        cannot_reach(session, case_id, reason=reason, viewer=viewer, now=NOW)


WAYS = {"referred": referred, "unreachable": unreached}
OWES = {"referred": "follow_up", "unreachable": "try_again"}


def test_a_referral_names_the_partner_and_leaves_the_case_where_it_was(runtime: Runtime) -> None:
    asker = operator()
    case_id = taken(asker)
    referred(case_id, asker)
    [entry] = events(case_id, "referred")
    assert (entry.data, entry.words, entry.actor) == ({"office_code": PARTNER}, WHY, asker.actor)
    assert (status_of(case_id), file_of(case_id).assignment.office_code) == ("referred", PROVINCE)
    with reading() as session:
        assert people_of(session, case_id) == [asker.staff_id]


def test_why_nobody_was_reached_is_kept(runtime: Runtime) -> None:
    asker = operator()
    case_id = taken(asker)
    unreached(case_id, asker, f"  {WHY}\n")
    [entry] = events(case_id, "unreachable")
    assert (entry.words, entry.actor, status_of(case_id)) == (WHY, asker.actor, "unreachable")


@pytest.mark.parametrize("severity", ["emergency", "urgent", "normal"])
@pytest.mark.parametrize("way", WAYS)
def test_our_office_owes_the_next_step_by_the_time_of_the_rules(
    way: str, severity: str, runtime: Runtime
) -> None:
    asker = operator()
    case_id = taken(asker, severity=severity)
    WAYS[way](case_id, asker)
    step = next_step(file_of(case_id))
    assert step is not None
    due = step_due(OWES[way], severity, NOW)
    assert (step.what, step.office_code, step.due_at) == (OWES[way], PROVINCE, due)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_not_followed_up_in_time_is_late_and_climbs_to_whoever_took_the_step(
    way: str, runtime: Runtime
) -> None:
    asker, boss, above = operator(), head(), head("DOLE")
    on_call = hired(("agent", "HQ"), on_call=True)
    case_id = taken(asker, severity="emergency")
    WAYS[way](case_id, asker)
    due = step_due(OWES[way], "emergency", NOW)
    swept(due - MINUTE)
    assert told("overdue_people") == []
    for count in range(4):
        swept(due + MINUTE + count * HOUR)
    levels = ("people", "head", "parent", "on_call")
    found = {one: told(f"overdue_{one}") for one in levels}
    people = (asker, boss, above, on_call)
    assert found == {level: [who.staff_id] for level, who in zip(levels, people, strict=True)}
    with reading() as session:
        [mark] = marks_of(session, case_id)
    assert (mark.step, mark.office_code, mark.done_at) == (OWES[way], PROVINCE, None)


def swept(at: datetime) -> None:
    """One run of both sweeps."""
    with transaction() as session:
        look_at_clocks(session, at, 100)
        escalate_overdue(session, at, 100)


@pytest.mark.parametrize("way", WAYS)
def test_whoever_takes_the_step_first_has_the_case_from_then_on(way: str, runtime: Runtime) -> None:
    desk = operator()
    case_id = opened()
    WAYS[way](case_id, desk)
    with reading() as session:
        assert people_of(session, case_id) == [desk.staff_id]
    assert file_of(case_id).assignment.state == "accepted"


@pytest.mark.parametrize("way", WAYS)
def test_the_case_goes_on_by_reopening_and_its_result_is_reported(
    way: str, runtime: Runtime
) -> None:
    asker = operator()
    case_id = taken(asker)
    WAYS[way](case_id, asker)
    later = NOW + HOUR
    with transaction() as session:
        reopen_case(session, case_id, reason="ตอบกลับแล้ว", viewer=asker, now=later)
    assert status_of(case_id) == "checking"
    WAYS[way](case_id, asker)
    assert len(events(case_id, way)) == 2
    with transaction() as session:
        reopen_case(session, case_id, reason="ตอบกลับแล้ว", viewer=asker, now=later)
        report_result(session, case_id, RESULT, viewer=asker, now=later)
    assert status_of(case_id) == "reported"


@pytest.mark.parametrize("partner", [None, "", "NOWHERE", DISTRICT, "HQ"])
def test_only_a_partner_is_referred_to(partner: str | None, runtime: Runtime) -> None:
    asker = operator()
    case_id = taken(asker)
    with pytest.raises(CaseRefused, match="no_partner"):
        referred(case_id, asker, partner)
    assert (status_of(case_id), events(case_id, "referred")) == ("acknowledged", [])


def test_a_partner_that_exists_no_more_is_none(own_runtime: Runtime) -> None:
    asker = operator()
    case_id = taken(asker)
    with transaction() as session:
        session.execute(update(Office).where(Office.code == PARTNER).values(active=False))
    with pytest.raises(CaseRefused, match="no_partner"):
        referred(case_id, asker)


def test_safety_rule_07_a_partner_that_must_not_know_is_not_asked(runtime: Runtime) -> None:
    asker = operator()
    case_id = taken(asker)
    shut_out(case_id, office=PARTNER)
    with pytest.raises(CaseRefused, match="excluded"):
        referred(case_id, asker)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("reason", "rule"), [(" \n", "reason_missing"), ("ก" * 2001, "reason_too_long")]
)
def test_without_words_nothing_is_left(way: str, reason: str, rule: str, runtime: Runtime) -> None:
    asker = operator()
    case_id = taken(asker)
    with pytest.raises(CaseRefused, match=rule):
        WAYS[way](case_id, asker, reason=reason)
    assert status_of(case_id) == "acknowledged"


@pytest.mark.parametrize("way", WAYS)
def test_a_case_leaves_once_and_not_before_its_call_is_over(way: str, runtime: Runtime) -> None:
    asker = operator()
    talking = opened(ended=False)
    with pytest.raises(CaseRefused, match="still_on_the_line"):
        WAYS[way](talking, asker)
    case_id = taken(asker)
    WAYS[way](case_id, asker)
    with pytest.raises(StaleCase):
        WAYS[way](case_id, asker)
    assert len(events(case_id, way)) == 1


@pytest.mark.parametrize("way", WAYS)
def test_while_somebody_is_asked_or_the_result_is_reported_nothing_is_left(
    way: str, runtime: Runtime
) -> None:
    asker = operator()
    waits, done = taken(asker), taken(asker)
    asked(waits, to_office(), asker)
    begun(done, asker)
    with transaction() as session:
        report_result(session, done, RESULT, viewer=asker, now=NOW)
    for case_id in (waits, done):
        with pytest.raises(CaseRefused, match="wrong_status"):
            WAYS[way](case_id, asker)


def test_the_time_of_a_referral_is_counted_in_days_of_work(runtime: Runtime) -> None:
    """Friday's referral of an ordinary case is due after seven days of work."""
    due = step_due("follow_up", "normal", NOW)
    assert due.astimezone(UTC) == datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
