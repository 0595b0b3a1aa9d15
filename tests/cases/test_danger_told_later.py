"""Danger that a caller tells of when people have the case: it is an emergency from then on."""

from datetime import timedelta

import pytest

from agents.notice_policy import current_policy
from cases import handovers
from cases.answers import CaseAnswers
from cases.clocks import look_at_clocks
from cases.escalation import escalate_overdue
from cases.handover_models import Handover
from cases.lateness import marks_of
from cases.models import Case
from cases.services import CaseFacts, finish_case, move_case, update_case
from cases.stop_rules import stop_fault
from cases.stopping import facts_of
from core.database import reading, transaction
from core.runtime import Runtime
from routing.rules import Decision
from tests.cases.hand_over_people import (
    DISTRICT,
    HOUR,
    MINUTE,
    NOW,
    PROVINCE,
    approved,
    asked,
    begun,
    events,
    file_of,
    head,
    hired,
    opened,
    operator,
    shut_out,
    taken,
    to_office,
    told,
)

pytestmark = pytest.mark.backends("postgresql", "sqlite")
LATER = NOW + HOUR
DANGER = CaseAnswers("V", "V3", danger=True, conflict="no")


def says(case_id: int, answers: CaseAnswers = DANGER, at: object = LATER) -> CaseFacts:
    """The caller phones again about the case."""
    with transaction() as session:
        return update_case(session, case_id, answers, now=at)  # type: ignore[arg-type]


def goes_on(case_id: int, *, ended: bool = False) -> CaseFacts:
    """The call that made the case goes on."""
    with transaction() as session:
        return finish_case(session, case_id, DANGER, Decision("HQ", (), ()), now=LATER, ended=ended)


def raised(case_id: int) -> list[tuple[str, str]]:
    """What the timeline says of the severity."""
    return [
        (one.data["severity_from"], one.data["severity_to"])
        for one in events(case_id, "severity_raised")
    ]


def test_danger_makes_an_acknowledged_case_an_emergency_with_its_time(runtime: Runtime) -> None:
    case_id = taken(operator())
    facts = says(case_id)
    assert (facts.severity, facts.is_hastened, facts.is_revived) == ("emergency", True, False)
    file = file_of(case_id)
    assert (file.case.severity, file.case.status) == ("emergency", "acknowledged")
    lead = file.assignment
    assert lead.due_at == lead.escalate_at == LATER + HOUR
    assert (lead.office_code, lead.escalation) == (PROVINCE, 0)
    assert raised(case_id) == [("normal", "emergency")]
    assert [one.actor for one in events(case_id, "severity_raised")] == ["caller"]
    with reading() as session:
        assert stop_fault(facts_of(session.get_one(Case, case_id), None)) == "stop_danger"


def test_danger_that_the_same_call_tells_while_people_have_the_case_counts_as_well(
    runtime: Runtime,
) -> None:
    viewer = operator()
    case_id = opened(ended=False)
    with transaction() as session:
        move_case(session, case_id, "acknowledged", now=NOW, actor=viewer.actor)
    goes_on(case_id)
    # At each further turn the call says the same.
    assert not goes_on(case_id).is_hastened
    assert not goes_on(case_id, ended=True).is_hastened
    file = file_of(case_id)
    assert (file.case.severity, file.assignment.office_code) == ("emergency", PROVINCE)
    assert file.assignment.due_at == LATER + HOUR
    assert (raised(case_id), told("danger_told")) == (
        [("normal", "emergency")],
        [viewer.staff_id],
    )


def test_danger_in_the_first_moments_of_a_case_is_no_news_to_anybody(runtime: Runtime) -> None:
    operator()
    case_id = opened(ended=False)
    assert not goes_on(case_id, ended=True).is_hastened
    assert (file_of(case_id).case.severity, told("danger_told")) == ("emergency", [])


def test_a_case_that_nobody_has_acknowledged_has_the_time_of_an_emergency_from_the_danger_on(
    runtime: Runtime,
) -> None:
    viewer = operator()
    case_id = opened()
    facts = says(case_id)
    file = file_of(case_id)
    due = LATER + 15 * MINUTE
    assert facts.due_at == file.case.due_at == file.assignment.due_at == due
    assert file.assignment.escalate_at == due
    assert (raised(case_id), told("danger_told")) == (
        [("normal", "emergency")],
        [viewer.staff_id],
    )
    with reading() as session:
        assert list(marks_of(session, case_id)) == []


def test_the_people_of_the_case_its_office_and_the_on_call_list_are_told_at_once(
    runtime: Runtime,
) -> None:
    boss, on_call = head(), hired(("agent", "HQ"), on_call=True)
    viewer, beside = operator(), operator()
    head(DISTRICT)
    case_id = taken(viewer)
    says(case_id)
    people = [viewer, boss, beside, on_call]
    assert sorted(told("danger_told")) == sorted(one.staff_id for one in people)  # type: ignore[type-var]
    assert current_policy().templates["danger_told"].follows_case


def test_an_office_without_anybody_is_told_itself(runtime: Runtime) -> None:
    case_id = opened()
    says(case_id)
    assert told("danger_told") == [PROVINCE]


def test_safety_rule_07_who_must_not_know_is_not_told_of_danger(runtime: Runtime) -> None:
    viewer, accused = operator(), head()
    on_call = hired(("agent", "OBEC"), on_call=True)
    case_id = taken(viewer)
    shut_out(case_id, staff=accused.staff_id)
    shut_out(case_id, office="OBEC")
    says(case_id)
    assert told("danger_told") == [viewer.staff_id]
    assert on_call.staff_id not in told("danger_told")


def test_whom_the_case_is_offered_to_is_told_too(runtime: Runtime) -> None:
    viewer, boss, below = operator(), head(), operator(DISTRICT)
    case_id = taken(viewer)
    approved(asked(case_id, to_office(), viewer), boss)
    says(case_id)
    assert below.staff_id in told("danger_told")
    assert file_of(case_id).assignment.due_at == LATER + 15 * MINUTE


def test_an_approval_that_is_waited_for_becomes_one_of_an_emergency(runtime: Runtime) -> None:
    viewer = operator()
    head()
    case_id = taken(viewer)
    one = asked(case_id, to_office(), viewer)
    says(case_id)
    with reading() as session:
        handover = session.get_one(Handover, one)
    due = LATER + 15 * MINUTE
    assert (handover.severity, handover.due_at, handover.climb_at) == ("emergency", due, due)
    assert (handover.ring_at, handover.ring_round) == (LATER, 1)
    assert file_of(case_id).assignment.due_at == due
    with transaction() as session:
        assert handovers.climb_overdue(session, due, 100) == 1


def test_a_step_that_is_due_earlier_or_late_already_gets_no_more_time(runtime: Runtime) -> None:
    case_id = taken(operator(), severity="urgent")
    due = file_of(case_id).assignment.due_at
    says(case_id, at=due - MINUTE)
    assert file_of(case_id).assignment.due_at == due
    late_id = taken(operator(), severity="urgent")
    with transaction() as session:
        look_at_clocks(session, due, 100)
    says(late_id, at=due + HOUR)
    lead = file_of(late_id).assignment
    assert lead.due_at == lead.escalate_at == due
    with reading() as session:
        assert [one.due_at for one in marks_of(session, late_id)] == [due]


def test_the_next_level_hears_within_the_time_of_an_emergency(runtime: Runtime) -> None:
    """An ordinary case that is overdue climbs every eight hours."""
    case_id = taken(operator())
    due = file_of(case_id).assignment.due_at
    with transaction() as session:
        escalate_overdue(session, due, 100)
    says(case_id, at=due + MINUTE)
    assert file_of(case_id).assignment.escalate_at == due + 16 * MINUTE


def test_danger_told_again_is_told_again_and_changes_no_severity(runtime: Runtime) -> None:
    viewer = operator()
    case_id = taken(viewer)
    says(case_id)
    says(case_id, at=LATER + 10 * MINUTE)
    assert raised(case_id) == [("normal", "emergency")]
    assert len(events(case_id, "danger_told")) == 1
    assert told("danger_told") == [viewer.staff_id, viewer.staff_id]
    lead = file_of(case_id).assignment
    assert lead.due_at == lead.escalate_at == LATER + HOUR, "a step in time is not overdue"


def test_what_tells_of_no_danger_leaves_the_judgement_to_whoever_has_the_case(
    runtime: Runtime,
) -> None:
    case_id = taken(operator())
    before = file_of(case_id)
    says(case_id, CaseAnswers("V", "V1", quiet=True))
    after = file_of(case_id)
    assert (after.case.severity, after.assignment.due_at) == (
        "normal",
        before.assignment.due_at,
    )
    says(case_id)
    # A call without danger takes nothing back.
    says(case_id, CaseAnswers("V", "V3"), at=LATER + MINUTE)
    assert file_of(case_id).case.severity == "emergency"
    assert told("danger_told") != []


def test_help_that_goes_on_is_told_and_reports_by_the_time_of_an_emergency(
    runtime: Runtime,
) -> None:
    viewer = operator()
    case_id = taken(viewer)
    begun(case_id, viewer)
    before = file_of(case_id).assignment.due_at
    says(case_id)
    file = file_of(case_id)
    assert file.case.status == "in_progress"
    assert file.assignment.due_at < before - timedelta(days=4)
    assert told("danger_told") == [viewer.staff_id]
