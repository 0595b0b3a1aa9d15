"""A case that came to the wrong office: it goes up, somebody owes it at once, and nobody plays
ball with it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from cases.access import Viewer, standing
from cases.answers import CaseAnswers
from cases.arrivals import CASE_ARRIVED, tell_arrivals
from cases.errors import CaseRefused, NotOursRefused, StaleCase
from cases.junk import mark_not_a_case
from cases.lateness import marks_of
from cases.models import Case
from cases.not_ours import NotOurs, pass_up
from cases.not_ours_rules import WHY, not_ours_fault
from cases.queries import next_step
from cases.sending import send_to_candidate
from cases.services import escalate_overdue, finish_case
from cases.taking import acknowledge, people_of, take_on
from core.database import reading, transaction
from core.runtime import Runtime
from routing.loading import bump_version
from routing.models import Office
from routing.rules import Decision
from tests.cases.hand_over_people import (
    AREA,
    DISTRICT,
    HOUR,
    NOW,
    PROVINCE,
    accepted,
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
    status_of,
    taken,
    to_office,
    told,
)

LATER = NOW + HOUR
ABOVE = "DOLE"
WORDS = "โรงเรียนอยู่คนละอำเภอ"
BOTH = pytest.mark.backends("postgresql", "sqlite")


def passed(
    case_id: int,
    by: Viewer,
    why: str = "other_area",
    words: str = "",
    *,
    at: datetime = LATER,
) -> str:
    """Somebody says that it is not theirs; the office that has it now."""
    with transaction() as session:
        return pass_up(session, case_id, NotOurs(why, words), viewer=by, now=at)


def lead(case_id: int) -> str:
    return file_of(case_id).assignment.office_code


def at_work(case_id: int) -> list[int]:
    with reading() as session:
        return people_of(session, case_id)


def arrived(case_id: int) -> list[int | str | None]:
    """Who is told by the sweep that the case has come, now that its call is over."""
    with transaction() as session:
        session.execute(update(Case).where(Case.id == case_id).values(finished_at=LATER))
    with transaction() as session:
        assert tell_arrivals(session, LATER, 10) == 1
    return told(CASE_ARRIVED)


def changed(code: str, **values: object) -> None:
    """An office of the directory stands otherwise from now on."""
    with transaction() as session:
        session.execute(update(Office).where(Office.code == code).values(**values))
        bump_version(session)


@pytest.mark.parametrize(
    ("wish", "office", "before", "rule"),
    [
        *((NotOurs(why), PROVINCE, False, None) for why in WHY if why != "other"),
        (NotOurs("other", WORDS), PROVINCE, False, None),
        (NotOurs("other", "  "), PROVINCE, False, "reason_missing"),
        (NotOurs("other_area"), PROVINCE, True, "reason_missing"),
        (NotOurs("other_area", WORDS), PROVINCE, True, None),
        (NotOurs("other_area", "x" * 9999), PROVINCE, False, "reason_too_long"),
        (NotOurs("", WORDS), PROVINCE, False, "not_ours_why"),
        (NotOurs("too_hard", WORDS), PROVINCE, False, "not_ours_why"),
        (NotOurs("other_area", WORDS), "HQ", False, "nobody_above"),
    ],
)
def test_which_words_are_needed(wish: NotOurs, office: str, before: bool, rule: str | None) -> None:
    assert not_ours_fault(wish, office=office, said_before=before) == rule


@BOTH
def test_the_office_above_acknowledges_anew_is_told_and_is_watched(runtime: Runtime) -> None:
    mine, above = operator(), operator(ABOVE)
    case_id = taken(mine)
    assert passed(case_id, mine, words=WORDS) == ABOVE
    step = next_step(file_of(case_id))
    assert step is not None
    assert (status_of(case_id), step.what, step.office_code) == ("received", "acknowledge", ABOVE)
    assert step.due_at > LATER
    assert file_of(case_id).assignment.reasons[0]["rule"] == "not_ours"
    assert "สกร.ประจำจังหวัดตรัง" in file_of(case_id).assignment.reasons[0]["th"]
    [entry] = events(case_id, "not_ours")
    data = {"office_code": ABOVE, "from_code": PROVINCE, "why": "other_area"}
    assert (entry.data, entry.words, entry.actor) == (data, WORDS, mine.actor)
    assert at_work(case_id) == []
    assert arrived(case_id) == [above.staff_id]
    with transaction() as session:
        assert escalate_overdue(session, LATER + timedelta(days=9), 10) == 1


@BOTH
def test_it_need_not_be_acknowledged_first_and_the_old_office_is_told_no_more(
    runtime: Runtime,
) -> None:
    """What it was late with stays marked; nobody there is told again."""
    boss, above = head(), operator(ABOVE)
    case_id = opened()
    late = NOW + timedelta(days=9)
    with transaction() as session:
        escalate_overdue(session, late, 10)
    assert boss.staff_id in told("overdue_head") or told("overdue_people")
    assert passed(case_id, boss, at=late) == ABOVE
    with reading() as session:
        assert [(one.office_code, one.step) for one in marks_of(session, case_id)] == [
            (PROVINCE, "acknowledge")
        ]
    assignment = file_of(case_id).assignment
    assert (assignment.escalation, assignment.escalate_at) == (0, assignment.due_at)
    assert assignment.due_at > late
    with reading() as session:
        assert not standing(session, boss, case_id).may("case.view")
        assert standing(session, above, case_id).may("case.acknowledge")


def test_an_office_without_people_is_passed_over(runtime: Runtime) -> None:
    mine = operator()
    assert passed(taken(mine), mine) == "HQ"


def test_an_office_that_is_not_on_is_passed_over(own_runtime: Runtime) -> None:
    mine, _ = operator(), operator(ABOVE)
    changed(ABOVE, is_on=False)
    assert passed(taken(mine), mine) == "HQ"


def test_a_body_outside_the_ministry_never_gets_it(own_runtime: Runtime) -> None:
    mine, _ = operator(), operator(ABOVE)
    changed(ABOVE, type="partner")
    assert passed(taken(mine), mine) == "HQ"


def test_safety_rule_07_who_must_not_know_never_gets_it(runtime: Runtime) -> None:
    mine, above = operator(), operator(ABOVE)
    case_id = taken(mine)
    shut_out(case_id, office=ABOVE)
    assert passed(case_id, mine) == "HQ"
    assert above.staff_id not in arrived(case_id)


def test_safety_rule_07_an_office_whose_only_person_must_not_know_is_passed_over(
    runtime: Runtime,
) -> None:
    mine, above = operator(), operator(ABOVE)
    case_id = taken(mine)
    shut_out(case_id, staff=above.staff_id)
    assert passed(case_id, mine) == "HQ"


def test_the_desk_has_nobody_above_it(runtime: Runtime) -> None:
    desk = operator("HQ")
    case_id = taken(desk, "HQ")
    with pytest.raises(NotOursRefused, match="nobody_above"):
        passed(case_id, desk)


def test_what_is_worked_on_asked_about_or_over_stays(runtime: Runtime) -> None:
    mine, boss, _ = operator(), head(), operator(ABOVE)
    at_work, handed, over = opened(), taken(mine), taken(mine)
    begun(at_work, mine)
    asked(handed, to_office(), mine)
    with transaction() as session:
        mark_not_a_case(session, over, viewer=boss, has_recording=False, now=NOW)
    for case_id in (at_work, handed):
        with pytest.raises(NotOursRefused, match="wrong_status"):
            passed(case_id, mine)
        assert lead(case_id) == PROVINCE
    with pytest.raises(StaleCase):
        passed(over, mine)


def test_an_emergency_has_the_time_of_one_and_no_more(runtime: Runtime) -> None:
    mine, _ = operator(), operator(ABOVE)
    case_id = taken(mine, severity="emergency")
    passed(case_id, mine)
    assert file_of(case_id).assignment.due_at <= LATER + timedelta(minutes=15)


def test_who_works_there_as_well_keeps_the_case(runtime: Runtime) -> None:
    mine, both = operator(), hired(("operator", PROVINCE), ("operator", ABOVE))
    case_id = taken(mine)
    with transaction() as session:
        take_on(session, case_id, viewer=both, now=NOW)
    passed(case_id, mine)
    assert at_work(case_id) == [both.staff_id]


def test_whoever_talks_with_the_caller_keeps_it_and_the_end_of_the_call_changes_nothing(
    runtime: Runtime,
) -> None:
    mine, _ = operator(), operator(ABOVE)
    case_id = opened(ended=False)
    with transaction() as session:
        acknowledge(session, case_id, viewer=mine, now=NOW)
    passed(case_id, mine)
    assert at_work(case_id) == [mine.staff_id]
    case = file_of(case_id).case
    with transaction() as session:
        answers, decision = CaseAnswers("V", "V3"), Decision(PROVINCE, ())
        finish_case(session, case_id, answers, decision, now=LATER, ended=True)
    assert (lead(case_id), at_work(case_id), case.finished_at) == (ABOVE, [], None)


def test_up_and_down_needs_words_each_time_and_never_ends_with_who_refused_it(
    runtime: Runtime,
) -> None:
    low, mine, above, desk = (operator(one) for one in (DISTRICT, PROVINCE, ABOVE, "HQ"))
    case_id = taken(mine)
    assert passed(case_id, mine) == ABOVE
    chief = head(ABOVE)
    with transaction() as session:
        acknowledge(session, case_id, viewer=above, now=LATER)
    down = asked(case_id, to_office(PROVINCE), above, LATER)
    approved(down, chief, LATER)
    accepted(down, mine, LATER)
    with pytest.raises(CaseRefused, match="reason_missing"):
        passed(case_id, mine)
    assert passed(case_id, mine, words=WORDS) == ABOVE
    assert passed(case_id, above) == "HQ"
    with transaction() as session:
        acknowledge(session, case_id, viewer=desk, now=LATER)
    down = asked(case_id, to_office(DISTRICT), desk, LATER)
    approved(down, head("HQ"), LATER)
    accepted(down, low, LATER)
    assert passed(case_id, low) == "HQ"


def test_send_on_never_offers_who_said_that_it_is_not_theirs(runtime: Runtime) -> None:
    other = "ESA-9201"
    area, desk = operator(AREA), operator("HQ")
    case_id = opened("HQ", candidates=(AREA, other))
    with transaction() as session:
        send_to_candidate(session, case_id, AREA, viewer=desk, now=NOW)
    assert passed(case_id, area) == "HQ"
    assert file_of(case_id).assignment.candidates == [other]
    with pytest.raises(CaseRefused, match="not_a_candidate"), transaction() as session:
        send_to_candidate(session, case_id, AREA, viewer=desk, now=LATER)
    with transaction() as session:
        send_to_candidate(session, case_id, other, viewer=desk, now=LATER)
    assert lead(case_id) == other
