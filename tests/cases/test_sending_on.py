"""The hotline's desk sends a case on whose area was not known: to a candidate, with one click."""

import pytest

from cases.answers import CaseAnswers
from cases.errors import CaseRefused
from cases.queries import next_step
from cases.sending import send_to_candidate
from cases.services import end_unchanged, escalate_overdue, finish_case
from cases.taking import acknowledge, people_of, take_on
from core.database import reading, transaction
from core.runtime import Runtime
from routing.rules import Decision, Reason
from tests.cases.hand_over_people import (
    AREA,
    HOUR,
    NOW,
    begun,
    events,
    file_of,
    hired,
    opened,
    operator,
    shut_out,
    status_of,
)

pytestmark = pytest.mark.backends("postgresql", "sqlite")
OTHER = "ESA-9201"


def sent(case_id: int, office: str = AREA, *, desk: object = None) -> None:
    """One click."""
    viewer = desk or hired(("operator", "HQ"))
    with transaction() as session:
        send_to_candidate(session, case_id, office, viewer=viewer, now=NOW + HOUR)  # type: ignore[arg-type]


def test_the_office_acknowledges_the_case_anew_and_is_watched(runtime: Runtime) -> None:
    desk = operator("HQ")
    case_id = opened("HQ", candidates=(AREA, OTHER))
    with transaction() as session:
        acknowledge(session, case_id, viewer=desk, now=NOW)
    sent(case_id, desk=desk)
    step = next_step(file_of(case_id))
    assert step is not None
    assert (status_of(case_id), step.what, step.office_code) == ("received", "acknowledge", AREA)
    assert file_of(case_id).assignment.candidates == []
    assert file_of(case_id).assignment.reasons[0]["rule"] == "sent_on"
    [entry] = events(case_id, "sent_on")
    assert entry.data == {"office_code": AREA, "from_code": "HQ"}
    with reading() as session:
        assert people_of(session, case_id) == []
    with transaction() as session:
        assert escalate_overdue(session, NOW + 100 * HOUR, 10) == 1


@pytest.mark.parametrize("office", ["ESA-4001", "HQ"])
def test_only_a_candidate_is_chosen(runtime: Runtime, office: str) -> None:
    case_id = opened("HQ", candidates=(AREA, OTHER))
    with pytest.raises(CaseRefused, match="not_a_candidate"):
        sent(case_id, office)
    assert file_of(case_id).assignment.office_code == "HQ"


def test_safety_rule_07_a_candidate_that_must_not_know_is_none(runtime: Runtime) -> None:
    case_id = opened("HQ", candidates=(AREA, OTHER))
    shut_out(case_id, office=AREA)
    with pytest.raises(CaseRefused, match="not_a_candidate"):
        sent(case_id)


def test_a_case_that_is_worked_on_is_handed_over_instead(runtime: Runtime) -> None:
    case_id = opened("HQ", candidates=(AREA, OTHER))
    begun(case_id, operator("HQ"))
    with pytest.raises(CaseRefused, match="wrong_status"):
        sent(case_id)


def test_the_end_of_the_call_does_not_undo_the_click(runtime: Runtime) -> None:
    answers = CaseAnswers("V", "V3")
    case_id = opened("HQ", candidates=(AREA, OTHER), ended=False)
    sent(case_id)
    why = (Reason("area_unknown", "ไม่ทราบเขต", "The area is not known"),)
    with transaction() as session:
        decision = Decision("HQ", why, (AREA, OTHER))
        finish_case(session, case_id, answers, decision, now=NOW + 2 * HOUR, ended=True)
    assert file_of(case_id).assignment.office_code == AREA


def test_whoever_still_talks_with_the_caller_keeps_the_case(runtime: Runtime) -> None:
    agent = hired(("agent", "HQ"), ("operator", "HQ"))
    case_id = opened("HQ", candidates=(AREA, OTHER), ended=False)
    with transaction() as session:
        acknowledge(session, case_id, viewer=agent, now=NOW)
    sent(case_id, desk=agent)
    with reading() as session:
        assert people_of(session, case_id) == [agent.staff_id]


@pytest.mark.parametrize("unchanged", [False, True])
def test_the_end_of_the_call_ends_the_part_of_the_office_that_sent_it_on(
    runtime: Runtime, unchanged: bool
) -> None:
    agent, new, both = operator("HQ"), operator(AREA), hired(("operator", "HQ"), ("operator", AREA))
    case_id = opened("HQ", candidates=(AREA, OTHER), ended=False)
    with transaction() as session:
        acknowledge(session, case_id, viewer=agent, now=NOW)
        take_on(session, case_id, viewer=both, now=NOW)
    sent(case_id, desk=agent)
    with transaction() as session:
        acknowledge(session, case_id, viewer=new, now=NOW + HOUR)
    with transaction() as session:
        if unchanged:
            end_unchanged(session, case_id, now=NOW + 2 * HOUR)
        else:
            decision, told = Decision("HQ", (), (AREA, OTHER)), CaseAnswers("V", "V3")
            finish_case(session, case_id, told, decision, now=NOW + 2 * HOUR, ended=True)
    with reading() as session:
        assert people_of(session, case_id) == [both.staff_id, new.staff_id]
