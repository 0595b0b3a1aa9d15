"""Warnings in the database: opened, closed, set aside, told, and hidden where they must be."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from agents.models import Notice, Staff
from calls.errors import WarningRefused
from calls.models import CallbackAttempt, OrphanEvent
from calls.warning_list import (
    Asked,
    counts,
    listed,
    one_warning,
    orphan_events,
    pressing,
    silent_events,
    visible,
)
from calls.warning_models import DirectoryWarning, WarningCase
from calls.warning_policy import current_warning_policy
from calls.warnings import bring_back, set_aside, sweep
from cases.access import Viewer
from cases.exclusions import exclude_office
from cases.models import CaseExclusion, CasePlace
from cases.silent import record_silent_call
from core.database import reading, transaction
from core.runtime import Runtime
from tests.agents.roster_people import FRIDAY, OFFICE, ON_CALL, TODAY, on, worker
from tests.console.callback_people import attempt, owed
from tests.console_cases.people import opened_case
from tests.support.beside import PRACTICE

BOTH = pytest.mark.backends("postgresql", "sqlite")
ABOVE = "OBEC"


def swept(now: datetime = FRIDAY) -> tuple[int, int]:
    """What one sweep opens and closes."""
    with transaction() as session:
        done = sweep(session, current_warning_policy(), now=now)
    return done.opened, done.closed


def warned(*kinds: str, office: str = OFFICE) -> list[tuple[str, dict[str, Any]]]:
    """What an office is warned of: kinds and figures."""
    with reading() as session:
        wanted = select(DirectoryWarning).where(
            DirectoryWarning.closed_at.is_(None), DirectoryWarning.office_code == office
        )
        rows = session.scalars(wanted.order_by(DirectoryWarning.weight)).all()
        return [(one.kind, dict(one.data)) for one in rows if not kinds or one.kind in kinds]


def told() -> set[int | None]:
    """Who was told of a warning."""
    with reading() as session:
        wanted = select(Notice.recipient_staff_id).where(Notice.template == "directory_warning")
        return set(session.scalars(wanted))


def seen_by(staff_id: int, *roles: tuple[str, str], kind: str = "") -> list[str]:
    """The kinds that a person sees."""
    viewer = Viewer(staff_id, roles)
    with reading() as session:
        found = listed(visible(session, viewer), session, Asked(kind), now=FRIDAY, limit=100)
        return [one.kind for one in found]


@BOTH
def test_an_office_is_warned_until_it_is_mended(runtime: Runtime) -> None:
    head = worker("head_operator")
    swept()
    assert warned("few", "no_head") == [("few", {"count": 1})]
    assert swept() == (0, 0)
    worker()
    _, closed = swept()
    assert closed == 1
    assert warned("few") == []
    with transaction() as session:
        session.get_one(Staff, head).active = False
    swept()
    assert warned("few", "no_head") == [("no_head", {}), ("few", {"count": 1})]


def test_two_sweeps_at_once_open_a_warning_once(runtime: Runtime) -> None:
    """The second finds what the first has written, and tells nobody again."""
    worker("head_operator")
    swept()
    with reading() as session:
        before = session.scalars(select(Notice.id)).all()
    swept()
    with reading() as session:
        assert session.scalars(select(Notice.id)).all() == before


@BOTH
def test_an_open_office_with_nobody_on_duty(runtime: Runtime) -> None:
    head = worker("head_operator")
    swept()
    assert warned("nobody") == []
    with transaction() as session:
        session.get_one(Staff, head).duty = "off"
    swept()
    assert warned("nobody") == [("nobody", {})]
    assert told() == {head}
    night = FRIDAY + timedelta(hours=12)
    swept(night)
    assert warned("nobody") == []


def test_hours_ahead_that_a_roster_leaves_alone(runtime: Runtime) -> None:
    a = worker()
    on(a, "08:30", "15:30")
    swept()
    # Today from half past three on, and the four other working days of the seven.
    assert warned("roster_gap") == [("roster_gap", {"hours": "33"})]


def test_safety_rule_09_the_on_call_list_is_warned_of(runtime: Runtime) -> None:
    swept()
    assert warned("on_call_empty", office="HQ") == [("on_call_empty", {})]
    a = worker("supervisor", "HQ", on_call=True)
    swept()
    assert warned("on_call_empty", "on_call_gap", office="HQ") == []
    on(a, "08:00", "16:00", ON_CALL)
    swept()
    assert warned("on_call_gap", office="HQ") == [("on_call_gap", {})]


def rang(staff_id: int, *outcomes: str, **more: Any) -> None:
    """Rings at an operator's telephone, the first one first."""
    made = owed()
    for number, outcome in enumerate(outcomes, start=1):
        attempt(
            made,
            number,
            staff_id=staff_id,
            outcome=outcome,
            started_at=FRIDAY - timedelta(hours=1),
            ended_at=FRIDAY,
            **more,
        )


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (("reached", *["operator_no_answer"] * 3), 3),
        (("operator_no_answer", "failed", "failed"), 3),
        (("operator_no_answer", "operator_no_answer", "reached"), None),
        (("operator_no_answer",), None),
    ],
)
def test_a_telephone_that_fails(
    runtime: Runtime, outcomes: tuple[str, ...], expected: int | None
) -> None:
    a = worker()
    rang(a, *outcomes)
    swept()
    found = [data["count"] for _, data in warned("phone_fails")]
    assert found == ([expected] if expected else [])


def test_a_caller_who_is_not_there_is_no_failure_of_the_operators_telephone(
    runtime: Runtime,
) -> None:
    a = worker()
    rang(a, "failed", "failed", "failed", caller_rung_at=FRIDAY)
    swept()
    assert warned("phone_fails") == []


@BOTH
def test_an_office_that_falls_silent_or_drowns_or_does_nothing(runtime: Runtime) -> None:
    for _ in range(4):
        opened_case(at=FRIDAY - timedelta(days=20))
    for _ in range(12):
        opened_case(office="ESA-9201", at=FRIDAY - timedelta(days=1))
    for _ in range(4):
        opened_case(office="ESA-9201", at=FRIDAY - timedelta(days=20))
    swept()
    kinds = ("silent", "busy", "no_action")
    assert warned(*kinds) == [("no_action", {"count": 4, "days": 14}), ("silent", {"days": 20})]
    assert warned("silent", "busy", office="ESA-9201") == [("busy", {"count": 12, "usual": 1.0})]


@BOTH
def test_a_silent_office_is_warned_of_until_its_next_case(runtime: Runtime) -> None:
    """An office with a case a week: silent for two weeks, and for half a year."""
    for week in (3, 2, 1, 0):
        opened_case(at=FRIDAY - timedelta(days=15 + 7 * week))
    swept()
    assert warned("silent") == [("silent", {"days": 15})]
    later = FRIDAY + timedelta(days=180)
    swept(later)
    assert warned("silent") == [("silent", {"days": 195})]
    opened_case(at=later)
    swept(later)
    assert warned("silent") == []


def test_of_a_flood_about_one_spot_the_newest_reports_are_counted(runtime: Runtime) -> None:
    for _ in range(6):
        opened_case(at=FRIDAY)
    few = replace(current_warning_policy(), most_reports=4)
    with transaction() as session:
        sweep(session, few, now=FRIDAY)
        newest = session.scalars(select(CasePlace.case_id).order_by(CasePlace.case_id.desc()))
        kept = session.scalars(select(WarningCase.case_id))
        assert set(kept) == set(newest.all()[:4])
    assert warned("reports") == [("reports", {"count": 4, "days": 14})]


def three_reports(*, excluded: str | None = None) -> list[int]:
    """Three reports of one kind at one postal code; their ids."""
    for _ in range(2):
        opened_case(at=FRIDAY)
    opened_case(at=FRIDAY, excluded=excluded)
    with reading() as session:
        return list(session.scalars(select(CasePlace.case_id).order_by(CasePlace.case_id)))


def test_three_reports_about_one_spot(runtime: Runtime) -> None:
    head = worker("head_operator")
    three_reports()
    swept()
    assert warned("reports") == [("reports", {"count": 3, "days": 14})]
    assert told() == {head}
    assert "reports" in seen_by(head, ("head_operator", OFFICE))
    opened_case(at=FRIDAY)
    assert swept() == (0, 0)
    assert warned("reports") == [("reports", {"count": 4, "days": 14})]


def test_a_schools_reports_count_whatever_they_are_about(runtime: Runtime) -> None:
    for kind in ("V1", "V3", None):
        opened_case(at=FRIDAY, answers={"hazard_type": kind})
    swept()
    assert warned("reports") == []
    with transaction() as session:
        for place in session.scalars(select(CasePlace)):
            place.school_code = "1092000001"
    swept()
    assert warned("reports") == [("reports", {"count": 3, "days": 14})]


@BOTH
def test_safety_rule_07_an_excluded_office_learns_of_no_report(runtime: Runtime) -> None:
    head, above = worker("head_operator"), worker("head_operator", ABOVE)
    three_reports(excluded=OFFICE)
    swept()
    assert warned("reports") == []
    assert warned("reports", office=ABOVE) == [("reports", {"count": 3, "days": 14})]
    assert told() == {above}
    assert "reports" not in seen_by(head, ("head_operator", OFFICE))
    assert "reports" in seen_by(above, ("head_operator", ABOVE))
    # One role elsewhere does not let a person in again.
    both = (("head_operator", OFFICE), ("head_operator", ABOVE))
    assert "reports" not in seen_by(head, *both)


def test_safety_rule_07_who_is_shut_out_later_sees_it_no_more_at_once(runtime: Runtime) -> None:
    head, other = worker("head_operator"), worker("head_operator")
    cases = three_reports()
    swept()
    mine, viewer = ("head_operator", OFFICE), Viewer(head, (("head_operator", OFFICE),))
    with transaction() as session:
        session.add(CaseExclusion(case_id=cases[0], staff_id=head))
    assert "reports" not in seen_by(head, mine)
    assert "reports" in seen_by(other, mine)
    with reading() as session:
        found = session.scalar(
            select(DirectoryWarning.id).where(DirectoryWarning.kind == "reports")
        )
        assert one_warning(session, viewer, found or 0) is None
        assert "reports" not in counts(visible(session, viewer), session, FRIDAY)
    with transaction() as session:
        exclude_office(session, cases[1], OFFICE)
    assert "reports" not in seen_by(other, mine)
    swept()
    assert warned("reports") == []
    assert warned("reports", office=ABOVE) == [("reports", {"count": 3, "days": 14})]


def test_everybody_sees_the_offices_in_their_care(runtime: Runtime) -> None:
    head = worker("head_operator")
    swept()
    for roles, sees in (
        ((("head_operator", OFFICE),), True),
        ((("head_operator", ABOVE),), True),
        ((("supervisor", "HQ"),), True),
        ((("head_operator", "ESA-9201"),), False),
        ((("operator", OFFICE),), False),
        ((("auditor", "HQ"),), False),
    ):
        with reading() as session:
            seen = visible(session, Viewer(head, roles))
            found = session.scalars(select(DirectoryWarning.office_code).where(seen)).all()
        assert (OFFICE in found) is sees, roles


@BOTH
def test_a_warning_that_is_set_aside_comes_back(runtime: Runtime) -> None:
    head = worker("head_operator")
    viewer = Viewer(head, (("head_operator", OFFICE),))
    swept()
    with reading() as session:
        (few,) = listed(visible(session, viewer), session, Asked("few"), now=FRIDAY, limit=9)
        before = len(session.scalars(pressing(session, viewer, now=FRIDAY)).all())
    with transaction() as session:
        set_aside(session, few.id, TODAY, "คนใหม่เริ่มงานวันจันทร์", by=head, now=FRIDAY)
    swept()
    with reading() as session:
        seen = visible(session, viewer)
        (aside,) = listed(seen, session, Asked(aside=True), now=FRIDAY, limit=9)
        assert (aside.id, aside.aside_reason) == (few.id, "คนใหม่เริ่มงานวันจันทร์")
        now, later = (
            session.scalars(pressing(session, viewer, now=when)).all()
            for when in (FRIDAY, FRIDAY + timedelta(hours=14))
        )
        assert (len(now), len(later)) == (before - 1, before)
    with transaction() as session:
        bring_back(session, few.id, by=head)
    with reading() as session:
        assert len(session.scalars(pressing(session, viewer, now=FRIDAY)).all()) == before


@pytest.mark.parametrize(
    ("days", "reason", "rule"),
    [(-1, "x", "until"), (367, "x", "until"), (1, "", "reason"), (1, "x" * 501, "reason")],
)
def test_a_warning_is_set_aside_for_a_time_and_a_reason(
    runtime: Runtime, days: int, reason: str, rule: str
) -> None:
    until = TODAY + timedelta(days)
    with transaction() as session, pytest.raises(WarningRefused) as refused:
        set_aside(session, 1, until, reason, by=1, now=FRIDAY)
    assert refused.value.rule == rule
    with transaction() as session, pytest.raises(WarningRefused, match="gone"):
        set_aside(session, 1, TODAY, "x", by=1, now=FRIDAY)


@BOTH
def test_the_list_goes_on_where_the_last_page_ended(runtime: Runtime) -> None:
    swept()
    viewer, asked = Viewer(1, (("supervisor", "HQ"),)), Asked()
    found: list[int] = []
    with reading() as session:
        seen = visible(session, viewer)
        total = sum(counts(seen, session, FRIDAY).values())
        while page := listed(seen, session, asked, now=FRIDAY, limit=500):
            found += [one.id for one in page]
            asked = Asked(after=(page[-1].weight, page[-1].id))
    assert len(found) == len(set(found)) == total > 1000


def test_silent_and_unknown_calls_are_on_a_board(runtime: Runtime) -> None:
    with transaction() as session:
        for sid in ("CA1", "CA2"):
            record_silent_call(session, call_sid=sid, caller_number="+66810000042", now=FRIDAY)
        row = {"event": "completed", "at": FRIDAY, "due_at": FRIDAY}
        own = row | {"account_sid": runtime.settings.twilio_account_sid}
        session.add(OrphanEvent(call_sid="CA9", **own))
        session.add(OrphanEvent(call_sid="CA8", resolved_at=FRIDAY, **own))
        session.add(OrphanEvent(call_sid="CA7", account_sid=PRACTICE, **row))
    with reading() as session:
        assert [one.calls for one in silent_events(session, 9)] == [2]
        assert [one.call_sid for one in orphan_events(session, 9)] == ["CA9"]


@pytest.mark.backends("postgresql")
def test_a_sweep_asks_the_same_however_many_offices_and_people(runtime: Runtime) -> None:
    swept()
    asked: list[str] = []
    event.listen(runtime.engine, "before_cursor_execute", lambda *it: asked.append(str(it[2])))
    swept()
    before = len(asked)
    asked.clear()
    for number in range(5):
        worker(office=f"ESA-400{number % 2 + 1}")
    swept()
    swept()
    asked.clear()
    swept()
    assert len(asked) <= before + 1


def test_attempts_have_the_index_that_the_sweep_reads() -> None:
    names = {one.name for one in CallbackAttempt.__table__.indexes}  # type: ignore[attr-defined]
    assert "ix_callback_attempts_started_at" in names
