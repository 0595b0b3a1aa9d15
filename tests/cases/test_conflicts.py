"""A conflict of interest that is found later (safety rules 7 and 10): who is named knows nothing
of the case from the next look on, and somebody else owes its next step."""

from datetime import timedelta

import pytest

from cases.access import Viewer, standing
from cases.conflict_rules import Conflict, Named, conflict_fault
from cases.conflicts import Moved, shut_out
from cases.errors import ConflictRefused
from cases.junk import SECOND_PERSON_NEEDED, mark_not_a_case
from cases.part_asking import ask_part
from cases.part_rules import PartWish
from cases.queries import next_step
from cases.result_rules import Result
from cases.results import report_in_force, report_result
from cases.services import escalate_overdue
from cases.taking import people_of, take_on
from core.database import reading, transaction
from core.runtime import Runtime
from tests.cases.hand_over_people import (
    AGENCY,
    AREA,
    DISTRICT,
    HOUR,
    NOW,
    PROVINCE,
    accepted,
    approved,
    asked,
    begun,
    climbed,
    events,
    file_of,
    handover,
    head,
    hired,
    opened,
    operator,
    status_of,
    taken,
    to_committee,
    to_office,
    to_person,
    told,
)

WHY = "ผู้ถูกร้องเป็นญาติกัน"
LATER = NOW + HOUR
ABOVE = "DOLE"


def named(
    case_id: int, by: Viewer, *, office: str | None = None, who: Viewer | None = None
) -> Moved:
    """Somebody says who must not know."""
    conflict = Conflict(WHY, office, who.staff_id if who else None)
    with transaction() as session:
        return shut_out(session, case_id, conflict, viewer=by, now=LATER)


def knows(case_id: int, viewer: Viewer) -> bool:
    with reading() as session:
        return standing(session, viewer, case_id).may("case.view")


def at_work(case_id: int) -> list[int]:
    with reading() as session:
        return people_of(session, case_id)


@pytest.mark.parametrize(
    ("conflict", "facts", "rule"),
    [
        (Conflict(WHY, PROVINCE), Named(True, False, frozenset({PROVINCE})), None),
        (Conflict(WHY, None, 5), Named(True, False, frozenset({DISTRICT})), None),
        (Conflict(WHY, None, 5), Named(True, False, frozenset({"HQ"}), True), None),
        (Conflict(WHY), Named(True, False, frozenset()), "conflict_whom"),
        (Conflict(WHY, PROVINCE, 5), Named(True, False, frozenset()), "conflict_whom"),
        (Conflict(WHY, "NOWHERE"), Named(False, False, frozenset({"NOWHERE"})), "conflict_whom"),
        (Conflict(WHY, "HQ"), Named(True, False, frozenset({"HQ"})), "conflict_desk"),
        (Conflict(WHY, ABOVE), Named(True, False, frozenset({ABOVE})), "conflict_above"),
        (Conflict(WHY, None, 5), Named(True, False, frozenset({"HQ"})), "conflict_above"),
        (Conflict(WHY, PROVINCE), Named(True, True, frozenset({PROVINCE})), "conflict_known"),
        (Conflict(" ", PROVINCE), Named(True, False, frozenset({PROVINCE})), "reason_missing"),
        (Conflict("x" * 9999, PROVINCE), Named(True, False, frozenset()), "reason_too_long"),
    ],
)
def test_nobody_hides_a_case_from_those_who_watch(
    conflict: Conflict, facts: Named, rule: str | None
) -> None:
    assert conflict_fault(conflict, facts, frozenset({ABOVE, "HQ"})) == rule


def test_safety_rule_07_a_case_whose_office_is_named_goes_to_the_one_above(
    runtime: Runtime,
) -> None:
    mine, boss, above = operator(), head(), head(ABOVE)
    case_id = taken(mine)
    handover_id = asked(case_id, to_office(), mine)
    assert named(case_id, mine, office=PROVINCE) == Moved(ABOVE)
    step = next_step(file_of(case_id))
    assert step is not None
    assert (step.what, step.office_code, step.due_at > LATER) == ("acknowledge", ABOVE, True)
    assert [knows(case_id, one) for one in (mine, boss, above)] == [False, False, True]
    assert (at_work(case_id), handover(handover_id).state) == ([], "revoked")
    assert told("conflict_found") == [above.staff_id]
    [entry] = events(case_id, "conflict_found")
    assert (entry.data, entry.words, entry.actor) == ({"office_code": PROVINCE}, WHY, mine.actor)
    assert file_of(case_id).assignment.reasons[0]["rule"] == "conflict_found"
    with transaction() as session:
        assert escalate_overdue(session, LATER + timedelta(days=9), 10) == 1
    with pytest.raises(ConflictRefused, match="conflict_known"):
        named(case_id, above, office=PROVINCE)
    with pytest.raises(ConflictRefused, match="conflict_desk"):
        named(case_id, above, office="HQ")


def test_a_person_who_is_named_loses_the_case_and_the_office_keeps_it(runtime: Runtime) -> None:
    mine, other, boss, above = operator(), operator(), head(), head(ABOVE)
    case_id = taken(mine)
    with transaction() as session:
        take_on(session, case_id, viewer=other, now=NOW)
    assert named(case_id, mine, who=other) == Moved()
    assert (at_work(case_id), knows(case_id, other)) == ([mine.staff_id], False)
    assert told("conflict_found") == [boss.staff_id, above.staff_id]
    assert events(case_id, "conflict_person")[0].data == {"barred_id": other.staff_id}
    with pytest.raises(ConflictRefused, match="conflict_above"):
        named(case_id, mine, who=above)
    assert named(case_id, mine, who=mine) == Moved()
    assert (at_work(case_id), knows(case_id, mine), status_of(case_id)) == (
        [],
        False,
        "acknowledged",
    )


def test_safety_rule_10_a_request_climbs_at_once_when_nobody_asked_may_decide(
    runtime: Runtime,
) -> None:
    mine, boss, above = operator(), head(), head(ABOVE)
    case_id = taken(mine)
    handover_id = asked(case_id, to_office(), mine)
    named(case_id, mine, who=boss)
    assert (handover(handover_id).state, handover(handover_id).climb_at) == ("requested", LATER)
    assert climbed(LATER) == 1
    approved(handover_id, above, at=LATER)
    assert handover(handover_id).state == "offered"


@pytest.mark.parametrize("who", ["asker", "receiver", "decider"])
def test_a_hand_over_by_or_for_who_is_named_is_taken_back(who: str, runtime: Runtime) -> None:
    mine, boss, officer = operator(), head(), hired(("action_officer", PROVINCE))
    case_id = taken(mine)
    handover_id = asked(case_id, to_person(officer), mine)
    approved(handover_id, boss)
    named(case_id, head(ABOVE), who={"asker": mine, "receiver": officer, "decider": boss}[who])
    assert (handover(handover_id).state, status_of(case_id)) == ("revoked", "checking")


def test_a_case_that_nobody_is_left_to_solve_is_decided_anew(runtime: Runtime) -> None:
    mine, boss = operator(), head()
    officers = [hired(("action_officer", PROVINCE)) for _ in range(2)]
    case_id = taken(mine)
    handover_id = asked(case_id, to_committee(*officers), mine)
    approved(handover_id, boss)
    accepted(handover_id, officers[0])
    named(case_id, boss, who=officers[1])
    assert status_of(case_id) == "in_progress"
    named(case_id, boss, who=mine)
    named(case_id, boss, who=officers[0])
    assert (handover(handover_id).state, status_of(case_id)) == ("revoked", "checking")


def test_what_the_named_office_reported_or_put_aside_is_looked_at_anew(runtime: Runtime) -> None:
    mine, above = operator(), head(ABOVE)
    told_result, junk = taken(mine), opened()
    result = Result("ไปเยี่ยมบ้าน", ("child",), ("prevent",), "yes")
    begun(told_result, mine)
    with transaction() as session:
        report_result(session, told_result, result, viewer=mine, now=NOW)
        mark_not_a_case(session, junk, viewer=mine, has_recording=False, now=NOW)
    assert named(told_result, above, office=PROVINCE) == Moved(ABOVE)
    assert named(junk, above, office=PROVINCE) == Moved(ABOVE, reopened=True)
    assert {status_of(told_result), status_of(junk)} == {"received"}
    with reading() as session:
        assert report_in_force(session, junk) is None


@pytest.mark.parametrize("by_office", [True, False])
def test_a_named_persons_word_that_it_is_no_case_counts_no_longer(
    by_office: bool, runtime: Runtime
) -> None:
    mine, above = operator(), head(ABOVE)
    case_id = opened(severity="emergency")
    assert put_aside(case_id, mine) == SECOND_PERSON_NEEDED
    named(case_id, above, **({"office": PROVINCE} if by_office else {"who": mine}))
    assert put_aside(case_id, above) == SECOND_PERSON_NEEDED
    assert status_of(case_id) != "not_a_case"


def put_aside(case_id: int, viewer: Viewer) -> str:
    with transaction() as session:
        return mark_not_a_case(session, case_id, viewer=viewer, has_recording=False, now=LATER)


def test_a_part_of_the_named_office_is_taken_back_in_silence(runtime: Runtime) -> None:
    mine, there = operator(), operator(AREA)
    case_id = taken(mine)
    with transaction() as session:
        ask_part(session, case_id, PartWish("ดูแลคู่กรณี", office_code=AREA), viewer=mine, now=NOW)
    assert told("part_asked") == [there.staff_id]
    assert named(case_id, mine, office=AREA) == Moved()
    assert told("part_withdrawn") == []
    assert events(case_id, "part_withdrawn")[0].data["office_code"] == AREA
    with pytest.raises(ConflictRefused, match="conflict_whom"):
        named(case_id, mine, office="NOWHERE")
    assert named(case_id, mine, office=AGENCY) == Moved()
