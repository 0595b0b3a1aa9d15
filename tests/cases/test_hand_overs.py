"""A hand-over: asked for, approved by the head operator, taken on, and the case goes with it."""

import pytest
from sqlalchemy import select

from agents.models import Notice
from cases import handovers
from cases.access import Viewer
from cases.errors import HandoverRefused, StaleCase
from cases.models import Assignment, CasePerson
from cases.parts import take_part
from cases.queries import next_step
from cases.services import move_case
from cases.taking import people_of
from core.database import reading, transaction
from core.runtime import Runtime
from tests.cases.hand_over_people import (
    AGENCY,
    DISTRICT,
    HOUR,
    MINUTE,
    NOW,
    PROVINCE,
    accepted,
    approved,
    asked,
    begun,
    declined,
    events,
    file_of,
    handover,
    head,
    hired,
    may_decide,
    opened,
    operator,
    rejected,
    revoked,
    shut_out,
    status_of,
    taken,
    to_committee,
    to_office,
    to_person,
    told,
)

pytestmark = pytest.mark.backends("postgresql", "sqlite")


def step_of(case_id: int) -> tuple[str, str]:
    """What is owed next, and by which office."""
    step = next_step(file_of(case_id))
    assert step is not None
    return step.what, step.office_code


def parts_of(case_id: int) -> dict[int, str]:
    """Who has the case now, in which part."""
    wanted = select(CasePerson.staff_id, CasePerson.part).where(
        CasePerson.case_id == case_id, CasePerson.ended_at.is_(None)
    )
    with reading() as session:
        return {row.staff_id: row.part for row in session.execute(wanted)}


def test_an_office_below_has_the_case_once_it_was_asked_approved_and_accepted(
    runtime: Runtime,
) -> None:
    asker, boss, below = operator(), head(), operator(DISTRICT)
    case_id = taken(asker)
    one = asked(case_id, to_office(), asker)
    assert (status_of(case_id), step_of(case_id)) == ("waiting_approval", ("approve", PROVINCE))
    assert told("handover_asked") == [boss.staff_id]
    approved(one, boss)
    assert (status_of(case_id), step_of(case_id)) == ("assigned", ("accept", DISTRICT))
    assert told("handover_offered") == [below.staff_id]
    accepted(one, below, NOW + HOUR)
    assert (status_of(case_id), step_of(case_id)) == ("checking", ("decide", DISTRICT))
    assert parts_of(case_id) == {below.staff_id: "operator"}
    assert (handover(one).state, handover(one).climb_at) == ("accepted", None)
    assert (told("handover_approved"), told("handover_accepted")) == (
        [asker.staff_id],
        [asker.staff_id],
    )


def test_the_old_office_keeps_its_part_as_done_and_the_new_one_says_why_it_has_the_case(
    runtime: Runtime,
) -> None:
    asker, boss, below = operator(), head(), operator(DISTRICT)
    case_id = taken(asker)
    one = asked(case_id, to_office(), asker)
    approved(one, boss)
    accepted(one, below)
    with reading() as session:
        parts = session.scalars(
            select(Assignment).where(Assignment.case_id == case_id).order_by(Assignment.id)
        ).all()
    assert [(part.office_code, part.is_lead, part.state) for part in parts] == [
        (PROVINCE, False, "done"),
        (DISTRICT, True, "accepted"),
    ]
    assert parts[1].reasons[0]["rule"] == "handed_over"
    assert "{" not in parts[1].reasons[0]["th"] + parts[1].reasons[0]["en"]


def test_a_person_solves_the_case_and_the_office_keeps_it(runtime: Runtime) -> None:
    asker, boss = operator(), head()
    officer = hired(("action_officer", DISTRICT))
    case_id = taken(asker)
    one = asked(case_id, to_person(officer), asker)
    approved(one, boss)
    assert step_of(case_id) == ("accept", PROVINCE)
    accepted(one, officer)
    assert (status_of(case_id), step_of(case_id)) == ("in_progress", ("report", PROVINCE))
    assert parts_of(case_id) == {asker.staff_id: "operator", officer.staff_id: "action"}


def test_the_chair_answers_for_a_committee_and_every_member_has_the_case(
    runtime: Runtime,
) -> None:
    asker, boss, chair = operator(), head(), operator()
    member = hired(("action_officer", DISTRICT))
    case_id = taken(asker)
    one = asked(case_id, to_committee(chair, member, asker), asker)
    approved(one, boss)
    with pytest.raises(HandoverRefused, match="not_yours"):
        accepted(one, member)
    accepted(one, chair)
    assert parts_of(case_id) == {
        asker.staff_id: "member",
        chair.staff_id: "chair",
        member.staff_id: "member",
    }


def test_whoever_solved_the_case_before_the_next_one_no_longer_does(runtime: Runtime) -> None:
    asker, boss = operator(), head()
    first, second = hired(("action_officer", DISTRICT)), hired(("action_officer", PROVINCE))
    case_id = taken(asker)
    ids = []
    for officer in (first, second):
        ids.append(asked(case_id, to_person(officer), asker))
        approved(ids[-1], boss)
        accepted(ids[-1], officer)
    assert parts_of(case_id) == {asker.staff_id: "operator", second.staff_id: "action"}
    assert [handover(one).state for one in ids] == ["done", "accepted"]


def test_an_office_has_what_it_accepted_until_the_result_whoever_solves_it_there(
    runtime: Runtime,
) -> None:
    asker, boss, below, boss_below = operator(), head(), operator(DISTRICT), head(DISTRICT)
    case_id = taken(asker)
    one = asked(case_id, to_office(), asker)
    approved(one, boss)
    accepted(one, below)
    two = asked(case_id, to_person(below), below)
    approved(two, boss_below)
    accepted(two, below)
    assert [handover(which).state for which in (one, two)] == ["accepted", "accepted"]
    assert parts_of(case_id) == {below.staff_id: "action"}


def test_safety_rule_10_nobody_approves_what_they_asked_for_themselves(runtime: Runtime) -> None:
    boss, second, above = head(), head(), head("DOLE")
    case_id = taken(boss)
    one = asked(case_id, to_office(), boss)
    assert step_of(case_id) == ("approve", "DOLE")
    assert told("handover_asked") == [above.staff_id]
    assert [may_decide(one, who) for who in (boss, second, above)] == [False, False, True]
    for who in (boss, second):
        with pytest.raises(HandoverRefused, match="not_yours"):
            approved(one, who)
    approved(one, above)
    assert status_of(case_id) == "assigned"


def test_at_the_top_another_head_of_the_hotline_decides_and_climbing_goes_on(
    runtime: Runtime,
) -> None:
    boss, other = head("HQ"), head("HQ")
    case_id = taken(boss, "HQ")
    one = asked(case_id, to_office(PROVINCE), boss)
    assert told("handover_asked") == [other.staff_id]
    assert [may_decide(one, who) for who in (boss, other)] == [False, True]
    assert handover(one).climb_at is not None


def test_where_nobody_at_all_may_decide_the_on_call_list_is_told_at_once(
    runtime: Runtime,
) -> None:
    asker, on_call = operator(), hired(("agent", "HQ"), on_call=True)
    case_id = taken(asker, severity="emergency")
    one = asked(case_id, to_office(), asker)
    assert step_of(case_id) == ("approve", "HQ")
    assert told("handover_asked") == [on_call.staff_id]
    assert handover(one).climb_at == handover(one).due_at
    late = head("HQ")
    approved(one, late)
    assert status_of(case_id) == "assigned"


def test_safety_rule_07_who_must_not_know_is_neither_asked_nor_told_nor_rung(
    runtime: Runtime,
) -> None:
    asker, boss, above = operator(), head(), head("DOLE")
    case_id = taken(asker)
    shut_out(case_id, staff=boss.staff_id)
    one = asked(case_id, to_office(), asker)
    assert told("handover_asked") == [above.staff_id]
    with pytest.raises(HandoverRefused, match="not_yours"):
        approved(one, boss)
    shut_out(case_id, staff=above.staff_id)
    with pytest.raises(HandoverRefused, match="not_yours"):
        approved(one, above)


def test_safety_rule_07_a_receiver_who_was_shut_out_meanwhile_gets_nothing(
    runtime: Runtime,
) -> None:
    asker, boss, below = operator(), head(), operator(DISTRICT)
    case_id = taken(asker)
    one = asked(case_id, to_office(), asker)
    shut_out(case_id, office=DISTRICT)
    with pytest.raises(HandoverRefused, match="excluded"):
        approved(one, boss)
    assert handover(one).state == "requested"
    assert told("handover_offered") == []
    other = taken(asker)
    second = asked(other, to_office(), asker)
    approved(second, boss)
    shut_out(other, staff=below.staff_id)
    with pytest.raises(HandoverRefused, match="not_yours"):
        accepted(second, below)


def test_a_head_who_is_to_solve_the_case_does_not_decide_about_it(runtime: Runtime) -> None:
    asker, boss, above = operator(), head(), head("DOLE")
    case_id = taken(asker)
    one = asked(case_id, to_person(boss), asker)
    assert [may_decide(one, who) for who in (boss, above)] == [False, True]


def test_a_head_further_above_may_decide_but_is_not_asked(runtime: Runtime) -> None:
    asker, boss, top = operator(), head(), head("HQ")
    one = asked(taken(asker), to_office(), asker)
    assert told("handover_asked") == [boss.staff_id]
    assert may_decide(one, top)
    assert not may_decide(one, head(AGENCY))
    assert not may_decide(one, head(DISTRICT))


@pytest.mark.parametrize("begins", [False, True])
def test_a_rejected_case_goes_back_to_what_it_was(runtime: Runtime, begins: bool) -> None:
    asker, boss = operator(), head()
    case_id = taken(asker)
    if begins:
        begun(case_id, asker)
    one = asked(case_id, to_office(), asker)
    with pytest.raises(HandoverRefused, match="reason_missing"):
        rejected(one, boss, " ")
    rejected(one, boss)
    assert status_of(case_id) == ("in_progress" if begins else "checking")
    assert told("handover_rejected") == [asker.staff_id]
    assert [entry.words for entry in events(case_id, "handover_rejected")] == ["ยังไม่ควร"]


def explained(one: int, viewer: Viewer, words: str) -> None:
    with transaction() as session:
        handovers.explain(session, one, staff_id=viewer.staff_id, words=words, now=NOW)


def test_a_telephone_key_rejects_and_whoever_pressed_it_owes_the_words(runtime: Runtime) -> None:
    asker, boss, other = operator(), head(), head()
    case_id = taken(asker)
    one = asked(case_id, to_office(), asker)
    with transaction() as session:
        handovers.reject(session, one, staff_id=boss.staff_id, way="telephone", words=None, now=NOW)
    assert (handover(one).decided_way, handover(one).decision_words) == ("telephone", None)
    assert events(case_id, "handover_rejected")[0].data["way"] == "telephone_unsaid"
    assert told("handover_reason_owed") == [boss.staff_id]
    for viewer, words, rule in ((other, "ก", "not_yours"), (boss, " ", "reason_missing")):
        with pytest.raises(HandoverRefused, match=rule):
            explained(one, viewer, words)
    explained(one, boss, "ยังไม่ควร")
    assert handover(one).decision_words == "ยังไม่ควร"
    assert [entry.words for entry in events(case_id, "handover_reason_given")] == ["ยังไม่ควร"]
    assert told("handover_reason_given") == [asker.staff_id]
    with pytest.raises(StaleCase):
        explained(one, boss, "อีกครั้ง")


def test_a_declined_case_is_decided_about_anew_and_the_asker_hears_why(runtime: Runtime) -> None:
    asker, boss, below = operator(), head(), operator(DISTRICT)
    case_id = taken(asker)
    one = asked(case_id, to_office(), asker)
    approved(one, boss)
    with pytest.raises(HandoverRefused, match="reason_missing"):
        declined(one, below, None)
    declined(one, below)
    assert (status_of(case_id), step_of(case_id)) == ("checking", ("decide", PROVINCE))
    assert told("handover_declined") == [asker.staff_id]
    assert handover(one).end_words == "อยู่นอกพื้นที่"
    again = asked(case_id, to_office(), asker)
    assert again != one
    # The second hand-over of the same case is told again.
    assert told("handover_asked") == [boss.staff_id, boss.staff_id]


def test_what_nobody_answered_can_be_taken_back(runtime: Runtime) -> None:
    asker, boss, below = operator(), head(), operator(DISTRICT)
    case_id = taken(asker)
    one = asked(case_id, to_office(), asker)
    revoked(one, asker)
    assert (status_of(case_id), told("handover_revoked")) == ("checking", [boss.staff_id])
    two = asked(case_id, to_office(), asker)
    approved(two, boss)
    revoked(two, asker)
    assert status_of(case_id) == "checking"
    assert told("handover_revoked") == [boss.staff_id, below.staff_id]
    with pytest.raises(StaleCase):
        accepted(two, below)


def test_the_case_is_taken_back_from_a_person_but_not_from_an_office(runtime: Runtime) -> None:
    asker, boss, below = operator(), head(), operator(DISTRICT)
    officer = hired(("action_officer", PROVINCE))
    case_id = taken(asker)
    one = asked(case_id, to_person(officer), asker)
    approved(one, boss)
    accepted(one, officer)
    with pytest.raises(HandoverRefused, match="not_yours"):
        revoked(one, officer)
    revoked(one, asker)
    assert (status_of(case_id), parts_of(case_id)) == ("checking", {asker.staff_id: "operator"})
    two = asked(case_id, to_office(), asker)
    approved(two, boss)
    accepted(two, below)
    with pytest.raises(HandoverRefused, match="wrong_status"):
        revoked(two, boss)


def test_relieving_who_solves_the_case_leaves_a_later_hand_over_waiting(runtime: Runtime) -> None:
    asker, boss, officer = operator(), head(), hired(("action_officer", PROVINCE))
    case_id = taken(asker)
    one = asked(case_id, to_person(officer), asker)
    approved(one, boss)
    accepted(one, officer)
    two = asked(case_id, to_office(), asker)
    revoked(one, asker)
    assert (status_of(case_id), handover(two).state) == ("waiting_approval", "requested")
    with reading() as session:
        asking = select(Notice.state).where(Notice.template == "handover_asked")
        assert session.scalars(asking.order_by(Notice.id)).all() == ["withdrawn", "owed"]
    assert parts_of(case_id) == {asker.staff_id: "operator"}


def test_safety_rule_10_help_begins_while_approval_is_open_and_approving_does_not_stop_it(
    runtime: Runtime,
) -> None:
    asker, boss = operator(), head()
    officer = hired(("action_officer", PROVINCE))
    case_id = taken(asker)
    one = asked(case_id, to_person(officer), asker)
    begun(case_id, asker)
    assert (status_of(case_id), handover(one).state) == ("in_progress", "requested")
    assert step_of(case_id) == ("report", PROVINCE)
    approved(one, boss)
    assert (status_of(case_id), handover(one).state) == ("in_progress", "offered")
    accepted(one, officer)
    assert status_of(case_id) == "in_progress"


@pytest.mark.parametrize("answer", [rejected, declined, revoked])
def test_help_that_has_begun_goes_on_whatever_becomes_of_the_hand_over(
    runtime: Runtime, answer: object
) -> None:
    asker, boss, below = operator(), head(), operator(DISTRICT)
    case_id = taken(asker)
    one = asked(case_id, to_office(), asker)
    begun(case_id, asker)
    if answer is declined:
        approved(one, boss)
        declined(one, below)
    elif answer is rejected:
        rejected(one, boss)
    else:
        revoked(one, asker)
    assert status_of(case_id) == "in_progress"


def test_a_case_has_one_open_question_at_a_time(runtime: Runtime) -> None:
    asker, boss = operator(), head()
    case_id = taken(asker)
    one = asked(case_id, to_office(), asker)
    with pytest.raises(HandoverRefused, match="open_handover"):
        asked(case_id, to_office(), asker)
    begun(case_id, asker)
    with pytest.raises(HandoverRefused, match="open_handover"):
        asked(case_id, to_office(), asker)
    approved(one, boss)
    with pytest.raises(HandoverRefused, match="open_handover"):
        asked(case_id, to_office(), asker)


def test_what_nobody_has_acknowledged_is_not_handed_over(runtime: Runtime) -> None:
    asker = operator()
    with pytest.raises(HandoverRefused, match="wrong_status"):
        asked(opened(), to_office(), asker)


@pytest.mark.parametrize("answer", ["approve", "reject", "accept", "decline"])
def test_the_second_of_two_people_learns_that_somebody_was_faster(
    runtime: Runtime, answer: str
) -> None:
    asker, boss, below = operator(), head(), operator(DISTRICT)
    case_id = taken(asker)
    one = asked(case_id, to_office(), asker)
    approved(one, boss)
    if answer in ("accept", "decline"):
        accepted(one, below)
    before = handover(one).version
    again = {
        "approve": lambda: approved(one, boss),
        "reject": lambda: rejected(one, boss),
        "accept": lambda: accepted(one, below),
        "decline": lambda: declined(one, below),
    }
    with pytest.raises(StaleCase):
        again[answer]()
    assert handover(one).version == before


def test_ringing_is_asked_for_where_somebody_on_duty_has_a_telephone(runtime: Runtime) -> None:
    asker, _ = operator(), head()
    one = asked(taken(asker), to_office(), asker)
    assert handover(one).ring_at is None
    with transaction() as session:
        assert not handovers.ask_to_ring(session, one, now=NOW)
    hired(("head_operator", PROVINCE), phone=True)
    with transaction() as session:
        assert handovers.ask_to_ring(session, one, now=NOW)
    assert (handover(one).ring_at, handover(one).ring_round) == (NOW, 1)


def test_a_telephone_is_not_rung_again_and_again(runtime: Runtime) -> None:
    asker, _ = operator(), hired(("head_operator", PROVINCE), phone=True)
    case_id = taken(asker)
    one = asked(case_id, to_office(), asker)
    said = []
    for minutes in (0, 1, 2, 3, 4):
        with transaction() as session:
            said.append(handovers.ask_to_ring(session, one, now=NOW + minutes * MINUTE))
    assert said == [True, False, False, True, False]
    assert (handover(one).ring_round, len(events(case_id, "handover_ring_asked"))) == (2, 2)
    revoked(one, asker)
    other = asked(case_id, to_office(), asker)
    with transaction() as session:
        assert handovers.ask_to_ring(session, other, now=NOW + 4 * MINUTE)


@pytest.mark.parametrize("severity", ["urgent", "emergency"])
def test_what_is_urgent_rings_at_once(runtime: Runtime, severity: str) -> None:
    asker, boss = operator(), head()
    one = asked(taken(asker, severity=severity), to_office(), asker)
    assert handover(one).ring_at == NOW
    approved(one, boss)
    assert handover(one).ring_at is None


def test_who_asked_above_keeps_the_case_and_the_old_office_does_not(runtime: Runtime) -> None:
    asker, boss, above, below = operator(), head(), head("DOLE"), operator(DISTRICT)
    case_id = taken(asker)
    with transaction() as session:
        take_part(session, case_id, above.staff_id, now=NOW)
    one = asked(case_id, to_office(), asker)
    approved(one, boss)
    accepted(one, below)
    with reading() as session:
        assert people_of(session, case_id) == [above.staff_id, below.staff_id]


def test_the_words_of_a_hand_over_are_sealed_and_its_entries_hold_codes(runtime: Runtime) -> None:
    asker, boss = operator(), head()
    case_id = taken(asker)
    one = asked(case_id, to_office(), asker)
    approved(one, boss)
    [entry] = events(case_id, "handover_asked")
    assert entry.words == "ใกล้บ้านเด็ก"
    assert entry.data == {
        "handover_id": one,
        "kind": "office",
        "office_code": DISTRICT,
        "approver_code": PROVINCE,
    }
    [entry] = events(case_id, "handover_approved")
    assert entry.data["way"] == "page"


def test_whoever_was_asked_learns_that_the_case_went_another_way(runtime: Runtime) -> None:
    asker, boss, below = operator(), head(), operator(DISTRICT)
    while_asked, while_offered = taken(asker), taken(asker)
    asked(while_asked, to_office(), asker)
    approved(asked(while_offered, to_office(), asker), boss)
    assert told("handover_revoked") == []
    begun(while_asked, asker)
    begun(while_offered, asker)
    with transaction() as session:
        move_case(session, while_asked, "reported", now=NOW, actor=asker.actor)
    assert told("handover_revoked") == [boss.staff_id]
    with transaction() as session:
        move_case(session, while_offered, "reported", now=NOW, actor=asker.actor)
    assert told("handover_revoked") == [boss.staff_id, below.staff_id]
