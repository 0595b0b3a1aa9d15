"""A hand-over that nobody answers climbs: 15 minutes in an emergency, level after level."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from cases.deadlines import clock_policy
from cases.handover_models import CLIMBING, UNANSWERED, Handover, HandoverApprover
from cases.queries import next_step
from core.database import reading
from core.runtime import Runtime
from tests.cases.hand_over_people import (
    DISTRICT,
    HOUR,
    MINUTE,
    NOW,
    PROVINCE,
    accepted,
    approved,
    asked,
    climbed,
    events,
    file_of,
    handover,
    head,
    hired,
    may_decide,
    operator,
    rejected,
    shut_out,
    taken,
    to_office,
    to_person,
    to_ring,
    told,
)

pytestmark = pytest.mark.backends("postgresql", "sqlite")
QUARTER = 15 * MINUTE
AGENCY = "DOLE"


def approvers(handover_id: int) -> list[str]:
    """The offices asked so far, in order."""
    wanted = select(HandoverApprover.office_code).where(HandoverApprover.handover_id == handover_id)
    with reading() as session:
        return list(session.scalars(wanted.order_by(HandoverApprover.asked_at)))


def levels(case_id: int) -> list[tuple[str, str]]:
    """The levels and offices on the timeline."""
    return [
        (one.data["level"], one.data["office_code"]) for one in events(case_id, "handover_climbed")
    ]


def test_safety_rule_10_an_emergency_climbs_every_fifteen_minutes_to_the_on_call_list(
    runtime: Runtime,
) -> None:
    asker, boss, above, top = operator(), head(), head(AGENCY), head("HQ")
    on_call = hired(("agent", "HQ"), on_call=True)
    case_id = taken(asker, severity="emergency")
    one = asked(case_id, to_office(), asker)
    assert climbed(NOW + QUARTER - MINUTE) == 0
    for quarters in (1, 2, 3):
        assert climbed(NOW + quarters * QUARTER) == 1
        assert climbed(NOW + quarters * QUARTER) == 0
    assert approvers(one) == [PROVINCE, AGENCY, "HQ"]
    assert levels(case_id) == [("above", AGENCY), ("above", "HQ"), ("on_call", "HQ")]
    assert told("handover_asked") == [boss.staff_id]
    assert told("handover_climbed") == [above.staff_id, top.staff_id, on_call.staff_id]
    # Nobody is above the on-call list, but it does not rest until somebody has decided.
    assert handover(one).climb_at == NOW + 4 * QUARTER
    # Everybody who was asked keeps the right to decide.
    assert all(may_decide(one, who) for who in (boss, above, top))
    approved(one, boss)
    assert handover(one).state == "offered"


def test_after_many_calls_in_vain_it_asks_once_a_working_day_and_never_falls_silent(
    runtime: Runtime,
) -> None:
    """NOW is a Friday: the weekend is left alone after the first hours."""
    hired(("agent", "HQ"), on_call=True)
    case_id = taken(operator(), severity="emergency")
    one = asked(case_id, to_office(), operator())
    moments = []
    for _ in range(clock_policy().repeats + 3):
        moment = handover(one).climb_at
        assert moment is not None
        assert climbed(moment) == 1
        moments.append(moment)
    quick = [NOW + number * QUARTER for number in range(1, clock_policy().repeats + 1)]
    monday = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert moments == [*quick, *(monday + timedelta(days=day) for day in range(3))]


def test_a_head_who_comes_after_the_request_decides_it_and_is_asked(runtime: Runtime) -> None:
    asker = operator()
    on_call = hired(("agent", "HQ"), on_call=True)
    case_id = taken(asker, severity="emergency")
    one = asked(case_id, to_office(), asker)
    assert climbed(NOW + QUARTER) == 1
    assert told("handover_climbed") == [on_call.staff_id]
    boss, elsewhere, below = head(), head("ESA-9202"), head(DISTRICT)
    assert [may_decide(one, who) for who in (boss, elsewhere, below)] == [True, False, False]
    assert climbed(NOW + 2 * QUARTER) == 1
    assert told("handover_climbed") == [on_call.staff_id, boss.staff_id]
    assert approvers(one) == ["HQ", PROVINCE]
    approved(one, boss)
    assert handover(one).state == "offered"


def test_a_head_who_asks_has_it_decided_above_also_by_one_who_comes_later(
    runtime: Runtime,
) -> None:
    boss = head()
    one = asked(taken(boss, severity="emergency"), to_office(), boss)
    beside, above = head(), head(AGENCY)
    assert [may_decide(one, who) for who in (boss, beside, above)] == [False, False, True]


def test_safety_rule_07_where_the_desk_must_not_know_others_on_call_are_told(
    runtime: Runtime,
) -> None:
    asker, of_desk = operator(), hired(("head_operator", "HQ"), on_call=True, phone=True)
    elsewhere = hired(("agent", "OBEC"), on_call=True)
    case_id = taken(asker, severity="emergency")
    shut_out(case_id, office="HQ")
    one = asked(case_id, to_office(), asker)
    step = next_step(file_of(case_id))
    assert step is not None
    assert (step.what, step.office_code, approvers(one)) == ("approve", PROVINCE, [])
    assert told("handover_asked") == [elsewhere.staff_id]
    for quarters in (1, 2):
        assert climbed(NOW + quarters * QUARTER) == 1
    assert told("handover_climbed") == [elsewhere.staff_id] * 2
    assert levels(case_id) == [("on_call", PROVINCE)] * 2
    assert not may_decide(one, of_desk)
    boss = head()
    approved(one, boss, NOW + 3 * QUARTER)
    assert handover(one).state == "offered"


def test_where_nobody_on_call_may_know_the_office_that_has_the_case_is_told(
    runtime: Runtime,
) -> None:
    asker, _ = operator(), hired(("head_operator", "HQ"), on_call=True)
    case_id = taken(asker, severity="emergency")
    shut_out(case_id, office="HQ")
    asked(case_id, to_office(), asker)
    climbed(NOW + QUARTER)
    assert (told("handover_asked"), told("handover_climbed")) == ([PROVINCE], [PROVINCE])


def test_each_level_rings_anew_where_it_is_urgent_and_the_last_asked_first(
    runtime: Runtime,
) -> None:
    asker = operator()
    boss = hired(("head_operator", PROVINCE), phone=True)
    above = hired(("head_operator", AGENCY), phone=True)
    urgent = asked(taken(asker, severity="urgent"), to_office(), asker)
    normal = asked(taken(asker), to_office(), asker)
    assert [one.staff_id for one in to_ring(urgent)] == [boss.staff_id]
    later = NOW + 200 * HOUR
    assert climbed(later) == 2
    assert [one.staff_id for one in to_ring(urgent)] == [above.staff_id, boss.staff_id]
    assert (handover(urgent).ring_at, handover(urgent).ring_round) == (later, 1)
    assert (handover(normal).ring_at, handover(normal).ring_round) == (None, 0)


def test_the_next_step_is_with_the_office_that_was_asked_last(runtime: Runtime) -> None:
    asker, _, _ = operator(), head(), head(AGENCY)
    case_id = taken(asker, severity="emergency")
    asked(case_id, to_office(), asker)
    climbed(NOW + QUARTER)
    step = next_step(file_of(case_id))
    assert step is not None
    assert (step.what, step.office_code, step.due_at) == ("approve", AGENCY, NOW + QUARTER)


def test_safety_rule_07_an_office_that_must_not_know_is_skipped(runtime: Runtime) -> None:
    asker, _, above, top = operator(), head(), head(AGENCY), head("HQ")
    case_id = taken(asker, severity="emergency")
    asked(case_id, to_office(), asker)
    shut_out(case_id, office=AGENCY)
    climbed(NOW + QUARTER)
    assert levels(case_id) == [("above", "HQ")]
    assert told("handover_climbed") == [top.staff_id]
    assert above.staff_id not in told("handover_climbed")


def test_an_offer_that_nobody_answers_is_told_to_the_asker_the_office_and_above(
    runtime: Runtime,
) -> None:
    asker, boss, above = operator(), head(), head(AGENCY)
    on_call = hired(("agent", "HQ"), on_call=True)
    officer = hired(("action_officer", DISTRICT))
    case_id = taken(asker, severity="emergency")
    one = asked(case_id, to_person(officer), asker)
    approved(one, boss, NOW + MINUTE)
    start = NOW + MINUTE
    assert climbed(start + QUARTER - MINUTE) == 0
    for quarters in (1, 2, 3):
        assert climbed(start + quarters * QUARTER) == 1
    assert told("handover_unanswered") == [
        *(asker.staff_id, boss.staff_id),
        *(above.staff_id, on_call.staff_id),
    ]
    assert levels(case_id) == [("from", PROVINCE), ("above", AGENCY), ("on_call", "HQ")]
    assert handover(one).state == "offered"


def test_an_offer_that_nobody_answers_is_told_again_until_somebody_does(runtime: Runtime) -> None:
    """As a request is: each period, and after many in vain on each working day."""
    asker, boss, below = operator(), head(), operator(DISTRICT)
    on_call = hired(("agent", "HQ"), on_call=True)
    one = asked(taken(asker, severity="emergency"), to_office(), asker)
    approved(one, boss)
    moments = []
    for _ in range(clock_policy().repeats + 2):
        moment = handover(one).climb_at
        assert moment is not None
        assert climbed(moment) == 1
        moments.append(moment)
    monday = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert moments[-2:] == [monday, monday + timedelta(days=1)]
    assert told("handover_unanswered")[-2:] == [on_call.staff_id] * 2
    accepted(one, below, moments[-1])
    assert handover(one).climb_at is None


def test_safety_rule_07_of_an_offer_too_the_office_is_told_where_the_desk_must_not_know(
    runtime: Runtime,
) -> None:
    asker, boss, _ = operator(), head(), hired(("agent", "HQ"), on_call=True)
    case_id = taken(asker, severity="emergency")
    for office in ("HQ", AGENCY):
        shut_out(case_id, office=office)
    approved(asked(case_id, to_office(), asker), boss)
    for quarters in (1, 2):
        assert climbed(NOW + quarters * QUARTER) == 1
    assert levels(case_id) == [("from", PROVINCE), ("on_call", PROVINCE)]
    assert told("handover_unanswered") == [asker.staff_id, boss.staff_id, PROVINCE]


def test_what_was_decided_climbs_no_more(runtime: Runtime) -> None:
    asker, boss = operator(), head()
    case_id = taken(asker, severity="emergency")
    rejected(asked(case_id, to_office(), asker), boss)
    assert climbed(NOW + 100 * HOUR) == 0
    assert levels(case_id) == []


@pytest.mark.parametrize(
    ("severity", "due_at"),
    [
        ("emergency", NOW + QUARTER),
        ("urgent", NOW + HOUR),
        # The offices close on Monday at 16:30 in Thailand: the next working day after a Friday.
        ("normal", datetime.fromisoformat("2026-11-23T16:30:00+07:00")),
    ],
)
def test_an_approval_has_its_deadline_by_severity(
    runtime: Runtime, severity: str, due_at: datetime
) -> None:
    asker, _ = operator(), head()
    case_id = taken(asker, severity=severity)
    one = asked(case_id, to_office(), asker)
    assert (handover(one).due_at, handover(one).climb_at) == (due_at, due_at)
    assert file_of(case_id).assignment.due_at == due_at


def test_the_indexes_and_the_queries_say_the_same_words() -> None:
    conditions = {
        index.name: str(index.dialect_options["postgresql"]["where"])
        for index in Handover.metadata.tables["handovers"].indexes
    }
    assert conditions["ix_handovers_climbing"] == CLIMBING
    assert conditions["uq_handovers_unanswered"] == UNANSWERED
