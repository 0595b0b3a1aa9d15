"""A case that is over opens again when its caller says something graver, and people are told."""

import pytest
from sqlalchemy import update

from cases.answers import CaseAnswers
from cases.models import Case
from cases.queries import next_step
from cases.result_rules import Result
from cases.results import close_case, report_in_force, report_result
from cases.services import CaseFacts, move_case, update_case
from cases.taking import acknowledge
from core.database import reading, transaction
from core.runtime import Runtime
from tests.cases.hand_over_people import (
    MINUTE,
    NOW,
    PROVINCE,
    events,
    file_of,
    head,
    hired,
    opened,
    operator,
    shut_out,
    status_of,
    told,
)

pytestmark = pytest.mark.backends("postgresql", "sqlite")
DANGER = CaseAnswers("V", "V3", danger=True, conflict="no")
LATER = NOW + MINUTE


def over(status: str) -> int:
    """A case that is over in this way."""
    case_id = opened()
    with transaction() as session:
        move_case(session, case_id, status, now=NOW, actor="staff:1")
    return case_id


def says(case_id: int, answers: CaseAnswers = DANGER) -> CaseFacts:
    """The caller says more."""
    with transaction() as session:
        return update_case(session, case_id, answers, now=LATER)


@pytest.mark.parametrize("status", ["not_a_case", "duplicate", "unreachable", "referred"])
def test_danger_opens_a_case_that_was_put_aside(runtime: Runtime, status: str) -> None:
    boss, on_call = head(), hired(("agent", "HQ"), on_call=True)
    case_id = over(status)
    facts = says(case_id)
    assert (facts.status, facts.severity, facts.is_revived) == ("checking", "emergency", True)
    file = file_of(case_id)
    step = next_step(file)
    assert step is not None
    assert (step.what, step.office_code) == ("decide", PROVINCE)
    assert step.due_at == file.assignment.escalate_at == LATER + 120 * MINUTE
    assert file.assignment.case_status == "checking"
    assert told("danger_again") == [boss.staff_id, on_call.staff_id]
    assert [one.data["to"] for one in events(case_id, "status")] == [status, "checking"]
    assert len(events(case_id, "reopened")) == 1
    # Once more changes nothing.
    assert not says(case_id).is_revived
    assert len(events(case_id, "reopened")) == 1
    assert told("danger_again") == [boss.staff_id, on_call.staff_id]


@pytest.mark.parametrize("status", ["not_a_case", "duplicate", "unreachable", "referred"])
def test_danger_told_anew_opens_a_case_whose_danger_was_known(
    runtime: Runtime, status: str
) -> None:
    case_id = opened(severity="emergency")
    who = operator()
    with transaction() as session:
        acknowledge(session, case_id, viewer=who, now=NOW)
        move_case(session, case_id, status, now=NOW, actor=who.actor)
    assert says(case_id).is_revived
    assert status_of(case_id) == "checking"
    has_it_still = status in ("unreachable", "referred")
    assert (who.staff_id in told("danger_again")) == has_it_still


def test_what_people_judged_less_grave_stays_so_until_something_new_is_told(
    runtime: Runtime,
) -> None:
    case_id = opened(severity="emergency")
    with transaction() as session:
        session.execute(update(Case).where(Case.id == case_id).values(severity="normal"))
        move_case(session, case_id, "not_a_case", now=NOW, actor="staff:1")
    assert not says(case_id, CaseAnswers()).is_revived
    assert (status_of(case_id), told("danger_again")) == ("not_a_case", [])


def test_a_quiet_answer_is_graver_than_none(runtime: Runtime) -> None:
    case_id = over("not_a_case")
    assert says(case_id, CaseAnswers("V", "V3", quiet=True)).status == "checking"
    assert told("danger_again") == [PROVINCE]


def test_what_is_no_graver_leaves_the_case_over(runtime: Runtime) -> None:
    case_id = over("not_a_case")
    assert says(case_id, CaseAnswers("V", "V3", level="primary")).status == "not_a_case"
    assert (status_of(case_id), told("danger_again")) == ("not_a_case", [])


def test_a_closed_case_needs_a_new_report(runtime: Runtime) -> None:
    who, boss = operator(), head()
    case_id = opened()
    result = Result("ทำแล้ว", ("child",), ("prevent",), "yes")
    with transaction() as session:
        move_case(session, case_id, "acknowledged", now=NOW, actor=who.actor)
        move_case(session, case_id, "in_progress", now=NOW, actor=who.actor)
        report_result(session, case_id, result, viewer=who, now=NOW)
        close_case(session, case_id, viewer=boss, now=NOW)
    says(case_id)
    with reading() as session:
        assert report_in_force(session, case_id) is None


def test_safety_rule_07_who_must_not_know_is_not_told_of_it(runtime: Runtime) -> None:
    boss, other, on_call = head(), head(), hired(("agent", "OBEC"), on_call=True)
    case_id = over("not_a_case")
    shut_out(case_id, staff=boss.staff_id)
    shut_out(case_id, office="OBEC")
    says(case_id)
    assert told("danger_again") == [other.staff_id]
    assert on_call.staff_id not in told("danger_again")
