"""How a case ends: begun, reported every time, closed only then; put aside by two people."""

from dataclasses import replace
from typing import Any

import pytest

from cases.access import Viewer
from cases.answers import CaseAnswers
from cases.errors import CaseRefused, CloseRefused, IllegalTransition, ResultRefused, StaleCase
from cases.junk import junk_proposal, mark_not_a_case
from cases.queries import next_step
from cases.result_rules import Result
from cases.results import close_case, reopen_case, report_in_force, report_result, reports_of
from cases.services import end_unchanged, move_case, open_case
from cases.taking import people_of
from core.database import reading, transaction
from core.runtime import Runtime
from tests.cases.hand_over_people import (
    NOW,
    PROVINCE,
    accepted,
    approved,
    asked,
    begun,
    events,
    file_of,
    handover,
    head,
    hired,
    opened,
    operator,
    status_of,
    taken,
    to_office,
    to_person,
)

pytestmark = pytest.mark.backends("postgresql", "sqlite")
RESULT = Result("ไปเยี่ยมบ้านและพูดคุยกับครู", ("child", "school"), ("prevent",), "yes")


def reported(case_id: int, viewer: Viewer, **changes: Any) -> int:
    """Report a result; the report's id."""
    with transaction() as session:
        report = report_result(session, case_id, replace(RESULT, **changes), viewer=viewer, now=NOW)
        return report.id


def closed(case_id: int, viewer: Viewer) -> None:
    """Close the case."""
    with transaction() as session:
        close_case(session, case_id, viewer=viewer, now=NOW)


def reopened(case_id: int, viewer: Viewer, reason: str = "ผู้แจ้งโทรมาอีก") -> None:
    """Open the case again."""
    with transaction() as session:
        reopen_case(session, case_id, reason=reason, viewer=viewer, now=NOW)


def put_aside(case_id: int, viewer: Viewer, *, has_recording: bool = False) -> str:
    """Say that it is no case."""
    with transaction() as session:
        return mark_not_a_case(
            session, case_id, viewer=viewer, has_recording=has_recording, now=NOW
        )


@pytest.mark.parametrize("acknowledged", [False, True])
def test_an_operator_begins_at_once_without_any_hand_over(
    runtime: Runtime, acknowledged: bool
) -> None:
    who = operator()
    case_id = taken(operator()) if acknowledged else opened()
    begun(case_id, who)
    step = next_step(file_of(case_id))
    assert step is not None
    assert (status_of(case_id), step.what, step.office_code) == ("in_progress", "report", PROVINCE)
    assert file_of(case_id).assignment.escalate_at == step.due_at
    with reading() as session:
        assert who.staff_id in people_of(session, case_id)
    begun(case_id, who)
    assert len(events(case_id, "begun")) == 1


def test_nothing_is_begun_on_a_case_that_is_over(runtime: Runtime) -> None:
    who = operator()
    case_id = opened()
    put_aside(case_id, who)
    with pytest.raises(StaleCase):
        begun(case_id, who)


def test_a_call_that_still_goes_on_is_not_put_aside(runtime: Runtime) -> None:
    """What the caller says next may be that a child is in danger."""
    who, case_id = operator(), opened(ended=False)
    with pytest.raises(CaseRefused, match="still_on_the_line"):
        put_aside(case_id, who)
    assert status_of(case_id) == "received"


def test_whoever_opens_a_case_again_has_it(runtime: Runtime) -> None:
    first, second = operator(), operator()
    case_id = opened()
    put_aside(case_id, first)
    reopened(case_id, second)
    with reading() as session:
        assert people_of(session, case_id) == [second.staff_id]


def test_a_report_closes_the_circle(runtime: Runtime) -> None:
    who = operator()
    case_id = taken(who)
    report = reported(case_id, who)
    step = next_step(file_of(case_id))
    assert step is not None
    assert (status_of(case_id), step.what) == ("reported", "close")
    assert len(events(case_id, "begun")) == 1
    closed(case_id, who)
    assert (status_of(case_id), next_step(file_of(case_id))) == ("closed", None)
    with reading() as session:
        [kept] = reports_of(session, case_id)
    assert (kept.id, kept.for_whom, kept.child_safe) == (report, ["child", "school"], "yes")


def test_whoever_does_not_have_the_case_says_first_that_they_begin(runtime: Runtime) -> None:
    case_id, other = taken(operator()), head()
    with pytest.raises(CaseRefused, match="begin_first"):
        reported(case_id, other)
    begun(case_id, other)
    reported(case_id, other)
    assert status_of(case_id) == "reported"


def test_an_incomplete_report_changes_nothing(runtime: Runtime) -> None:
    who = operator()
    case_id = taken(who)
    with pytest.raises(ResultRefused, match="measures"):
        reported(case_id, who, measures=())
    assert status_of(case_id) == "acknowledged"


def test_the_second_report_of_two_people_learns_that_there_is_one(runtime: Runtime) -> None:
    who = operator()
    case_id = taken(who)
    reported(case_id, who)
    with pytest.raises(StaleCase):
        reported(case_id, who)


def test_what_was_handed_over_is_done_with_its_report(runtime: Runtime) -> None:
    asker, boss, officer = operator(), head(), hired(("action_officer", PROVINCE))
    case_id = taken(asker)
    one = asked(case_id, to_person(officer), asker)
    approved(one, boss)
    accepted(one, officer)
    reported(case_id, officer)
    assert (handover(one).state, status_of(case_id)) == ("done", "reported")
    assert len(events(case_id, "handover_done")) == 1


def test_a_report_takes_back_what_nobody_has_answered(runtime: Runtime) -> None:
    asker, boss = operator(), head()
    case_id = taken(asker)
    one = asked(case_id, to_office(), asker)
    reported(case_id, asker)
    assert (handover(one).state, handover(one).climb_at) == ("revoked", None)
    assert (status_of(case_id), len(events(case_id, "handover_revoked"))) == ("reported", 1)
    with pytest.raises(StaleCase):
        approved(one, boss)


@pytest.mark.parametrize(
    ("changes", "by", "rule"),
    [
        ({"child_safe": "no"}, "head", "child_not_safe"),
        ({"child_safe": "unknown"}, "operator", "head_needed"),
        ({"child_safe": "unknown"}, "head", None),
        ({"child_safe": "no", "referral": "บ้านพักเด็กและครอบครัว"}, "operator", None),
    ],
)
def test_a_case_is_closed_only_where_the_child_is_safe_or_looked_after(
    runtime: Runtime, changes: dict[str, Any], by: str, rule: str | None
) -> None:
    people = {"operator": operator(), "head": head()}
    case_id = taken(people["operator"])
    reported(case_id, people["operator"], **changes)
    if rule is None:
        closed(case_id, people[by])
        assert status_of(case_id) == "closed"
        return
    with pytest.raises(CloseRefused, match=rule):
        closed(case_id, people[by])
    assert status_of(case_id) == "reported"


def test_a_child_who_is_not_safe_gets_more_help_and_a_second_report(runtime: Runtime) -> None:
    who = operator()
    case_id = taken(who)
    reported(case_id, who, child_safe="no")
    begun(case_id, who)
    reported(case_id, who)
    closed(case_id, who)
    assert status_of(case_id) == "closed"


def test_a_head_of_an_office_elsewhere_is_no_head_of_this_case(runtime: Runtime) -> None:
    who = hired(("operator", PROVINCE), ("head_operator", "ESA-9202"))
    case_id = taken(who)
    reported(case_id, who, child_safe="unknown")
    with pytest.raises(CloseRefused, match="head_needed"):
        closed(case_id, who)


def test_after_reopening_an_older_report_no_longer_counts(runtime: Runtime) -> None:
    who = operator()
    case_id = taken(who)
    reported(case_id, who)
    closed(case_id, who)
    reopened(case_id, who)
    assert status_of(case_id) == "checking"
    assert [one.words for one in events(case_id, "reopened")] == ["ผู้แจ้งโทรมาอีก"]
    with reading() as session:
        assert report_in_force(session, case_id) is None
    with pytest.raises(CloseRefused, match="no_report"):
        closed(case_id, who)
    # Not even where a case came to be called reported without one.
    with transaction() as session:
        move_case(session, case_id, "in_progress", now=NOW, actor="staff:1")
        move_case(session, case_id, "reported", now=NOW, actor="staff:1")
    with pytest.raises(CloseRefused, match="no_report"):
        closed(case_id, who)


def test_a_case_that_is_open_is_not_reopened_and_a_reason_is_needed(runtime: Runtime) -> None:
    who = operator()
    case_id = taken(who)
    with pytest.raises(StaleCase):
        reopened(case_id, who)
    put_aside(case_id, who)
    with pytest.raises(CaseRefused, match="reason_missing"):
        reopened(case_id, who, " ")
    reopened(case_id, who)
    assert status_of(case_id) == "checking"


def test_one_person_puts_aside_what_can_hurt_nobody(runtime: Runtime) -> None:
    case_id = opened()
    assert put_aside(case_id, operator()) == "done"
    assert status_of(case_id) == "not_a_case"


@pytest.mark.parametrize(
    ("answers", "has_recording"),
    [
        (CaseAnswers("V", "V3", danger=True), False),
        (CaseAnswers("V", "V3", quiet=True), False),
        (CaseAnswers("V", "V3", silent=True), False),
        (CaseAnswers("V", "V1", conflict="no"), False),
        (CaseAnswers("V", "V3"), True),
    ],
)
def test_two_different_people_put_aside_what_may_be_a_child_in_need(
    runtime: Runtime, answers: CaseAnswers, has_recording: bool
) -> None:
    with transaction() as session:
        made = open_case(
            session, answers, call_sid="CA" + "9" * 32, account_sid="AC" + "0" * 32, now=NOW
        )
        end_unchanged(session, made.id, now=NOW)
    first, second = operator("HQ"), operator("HQ")
    for _ in range(2):
        assert put_aside(made.id, first, has_recording=has_recording) == "second_person_needed"
    assert (status_of(made.id), len(events(made.id, "junk_proposed"))) == ("received", 1)
    assert put_aside(made.id, second, has_recording=has_recording) == "done"
    assert status_of(made.id) == "not_a_case"
    reopened(made.id, second)
    with reading() as session:
        assert junk_proposal(session, made.id) is None
    assert put_aside(made.id, second, has_recording=has_recording) == "second_person_needed"


def test_nothing_is_put_aside_while_a_hand_over_is_open(runtime: Runtime) -> None:
    asker, _ = operator(), head()
    case_id = taken(asker)
    asked(case_id, to_office(), asker)
    with pytest.raises(CaseRefused, match="wrong_status"):
        put_aside(case_id, asker)


def test_no_status_leads_to_closed_but_reported(runtime: Runtime) -> None:
    who = operator()
    case_id = taken(who)
    begun(case_id, who)
    with pytest.raises(IllegalTransition), transaction() as session:
        move_case(session, case_id, "closed", now=NOW, actor=who.actor)
