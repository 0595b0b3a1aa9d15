"""Several schools in one report: each office has its own part, and sees no other's."""

import pytest
from sqlalchemy import select

from agents.models import Notice
from cases.access import Viewer, standing, visible
from cases.errors import CloseRefused, PartRefused, ResultRefused, StaleCase
from cases.escalation import escalate_overdue
from cases.models import Case
from cases.notes import Writing, readable_notes, write_note
from cases.part_access import parts_for, parts_of_case
from cases.part_rules import MOST_PARTS, OfficeFacts, PartWish, office_fault, wish_fault
from cases.parts import pass_lead, reason_of
from cases.result_rules import Result
from cases.results import close_case, report_result
from cases.services import move_case
from cases.taking import people_of
from core.database import reading, transaction
from core.runtime import Runtime
from tests.cases.hand_over_people import (
    AREA,
    DISTRICT,
    HOUR,
    NOW,
    PROVINCE,
    accepted,
    approved,
    asked,
    events,
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
from tests.cases.part_people import (
    BRIEFING,
    RESULT,
    asked_part,
    noted_part,
    opens_part,
    part,
    read_notes,
    reported_part,
    taken_part,
    withdrawn_part,
)

OTHER = "ESA-9201"


@pytest.mark.parametrize(
    ("wish", "status", "expected"),
    [
        (PartWish("คำอธิบาย", office_code=OTHER), "acknowledged", None),
        (PartWish("คำอธิบาย", district_code="9209"), "in_progress", None),
        (PartWish("คำอธิบาย", office_code=OTHER), "received", "wrong_status"),
        (PartWish("คำอธิบาย", office_code=OTHER), "closed", "wrong_status"),
        (PartWish(" ", office_code=OTHER), "checking", "briefing_missing"),
        (PartWish("ก" * 4001, office_code=OTHER), "checking", "briefing_too_long"),
        (PartWish("คำอธิบาย"), "checking", "place_missing"),
    ],
)
def test_what_is_wrong_with_a_wish(wish: PartWish, status: str, expected: str | None) -> None:
    assert wish_fault(wish, status) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (OfficeFacts(OTHER, True, AREA), None),
        (OfficeFacts(OTHER, False, AREA), "office_closed"),
        (OfficeFacts(OTHER, True, AREA, barred=frozenset({OTHER})), "office_closed"),
        (OfficeFacts(AREA, True, AREA), "is_lead"),
        (OfficeFacts(OTHER, True, AREA, with_parts=frozenset({OTHER})), "has_part"),
        (
            OfficeFacts(OTHER, True, AREA, frozenset(f"S{one}" for one in range(MOST_PARTS))),
            "too_many_parts",
        ),
    ],
)
def test_which_office_may_have_a_part(facts: OfficeFacts, expected: str | None) -> None:
    assert office_fault(facts) == expected


def test_another_place_is_routed_by_the_same_rules_and_its_operators_are_told(
    runtime: Runtime,
) -> None:
    lead, other = operator(AREA), operator("ESA-9201")
    case_id = taken(lead, AREA)
    part_id = asked_part(case_id, lead, district_code="9201", level="kindergarten_primary")
    found = part(part_id)
    assert (found.assignment.office_code, found.assignment.state) == ("ESA-9201", "offered")
    assert found.place is not None
    assert (found.place.is_lead, found.place.district_code) == (False, "9201")
    assert found.part.briefing == BRIEFING
    assert found.assignment.escalate_at == found.assignment.due_at > NOW
    assert found.assignment.reasons
    assert told("part_asked") == [other.staff_id]


@pytest.mark.parametrize(
    ("place", "rule"),
    [
        ({"office": "NOWHERE"}, "office_closed"),
        ({"office": AREA}, "is_lead"),
        ({"district_code": "0000"}, "place_missing"),
        ({"district_code": "3001", "level": "kindergarten_primary"}, "several_offices"),
    ],
)
def test_a_part_is_refused_with_the_reason(
    place: dict[str, str], rule: str, runtime: Runtime
) -> None:
    lead = operator(AREA)
    case_id = taken(lead, AREA)
    with pytest.raises(PartRefused) as refusal:
        asked_part(case_id, lead, place.pop("office", None), **place)
    assert refusal.value.rule == rule
    assert bool(refusal.value.candidates) == (rule == "several_offices")
    with reading() as session:
        assert parts_of_case(session, case_id) == []


def test_safety_rule_07_an_excluded_office_gets_no_part_and_routing_passes_it(
    runtime: Runtime,
) -> None:
    lead = operator(PROVINCE)
    case_id = taken(lead)
    shut_out(case_id, office="ESA-9201")
    with pytest.raises(PartRefused, match="office_closed"):
        asked_part(case_id, lead, "ESA-9201")
    routed = part(asked_part(case_id, lead, district_code="9201", level="kindergarten_primary"))
    assert routed.assignment.office_code == "OBEC"


def test_an_office_has_one_open_part_and_may_be_asked_once_more_after_it_is_done(
    runtime: Runtime,
) -> None:
    lead, other = operator(AREA), operator(OTHER)
    case_id = taken(lead, AREA)
    first = asked_part(case_id, lead, OTHER)
    with pytest.raises(PartRefused, match="has_part"):
        asked_part(case_id, lead, OTHER)
    taken_part(first, other)
    reported_part(first, other)
    second = asked_part(case_id, lead, OTHER)
    assert (part(first).assignment.state, part(second).assignment.state) == ("done", "offered")


def test_a_part_has_its_own_acknowledgement_people_deadline_and_result(runtime: Runtime) -> None:
    lead, other = operator(AREA), operator(OTHER)
    case_id = taken(lead, AREA)
    part_id = asked_part(case_id, lead, OTHER)
    with pytest.raises(PartRefused, match="begin_first"):
        reported_part(part_id, other)
    taken_part(part_id, other, NOW + HOUR)
    assert part(part_id).assignment.state == "accepted"
    with pytest.raises(StaleCase):
        taken_part(part_id, other)
    with pytest.raises(ResultRefused, match="done_missing"):
        reported_part(part_id, other, Result(" ", ("child",), ("prevent",), "yes"))
    reported_part(part_id, other)
    found = part(part_id)
    assert (found.assignment.state, found.assignment.escalate_at) == ("done", None)
    assert found.part.ended_at == NOW
    assert status_of(case_id) == "acknowledged"
    with reading() as session:
        assert people_of(session, case_id) == [lead.staff_id]
    assert told("part_reported") == [lead.staff_id]
    assert told("result_reported") == []


def test_a_case_closes_only_when_every_part_is_done_or_taken_back(runtime: Runtime) -> None:
    lead, other, third = operator(AREA), operator(OTHER), operator(DISTRICT)
    case_id = taken(lead, AREA)
    done, back = asked_part(case_id, lead, OTHER), asked_part(case_id, lead, DISTRICT)
    taken_part(done, other)
    with transaction() as session:
        report_result(session, case_id, RESULT, viewer=lead, now=NOW)
    for step in (lambda: reported_part(done, other), lambda: withdrawn_part(back, lead)):
        with transaction() as session, pytest.raises(CloseRefused, match="open_parts"):
            close_case(session, case_id, viewer=lead, now=NOW)
        step()
    with transaction() as session:
        close_case(session, case_id, viewer=lead, now=NOW)
    assert status_of(case_id) == "closed"
    assert told("part_withdrawn") == [third.staff_id]


def test_taking_a_part_back_needs_a_reason_and_ends_it_for_its_people(runtime: Runtime) -> None:
    lead, other = operator(AREA), hired(("action_officer", OTHER), ("operator", OTHER))
    case_id = taken(lead, AREA)
    part_id = asked_part(case_id, lead, OTHER)
    taken_part(part_id, other)
    with pytest.raises(PartRefused, match="reason_missing"):
        withdrawn_part(part_id, lead, " ")
    withdrawn_part(part_id, lead)
    found = part(part_id)
    assert (found.assignment.state, found.step) == ("revoked", None)
    with pytest.raises(StaleCase):
        reported_part(part_id, other)
    [entry] = events(case_id, "part_withdrawn")
    assert (entry.words, entry.data["office_code"]) == ("คนละเหตุการณ์", OTHER)


def climbed(hours: int) -> None:
    with transaction() as session:
        escalate_overdue(session, NOW + hours * HOUR, 100)


def test_an_overdue_part_climbs_by_itself_to_its_own_people_and_heads(runtime: Runtime) -> None:
    lead, other = operator(AREA), operator(OTHER)
    own_head, lead_head = head(OTHER), head(AREA)
    case_id = taken(lead, AREA)
    part_id = asked_part(case_id, lead, OTHER)
    with transaction() as session:
        move_case(session, case_id, "checking", now=NOW + 2000 * HOUR, actor="staff:1")
    climbed(200)
    assert told("overdue_head") == [own_head.staff_id]
    taken_part(part_id, other, NOW + 201 * HOUR)
    assert told("overdue_people") == []
    climbed(900)
    assert told("overdue_people") == [other.staff_id]
    assert lead_head.staff_id not in told("overdue_head")
    assert lead.staff_id not in told("overdue_people")


def test_a_step_of_the_lead_silences_no_notice_about_a_part(runtime: Runtime) -> None:
    lead, own_head = operator(AREA), head(OTHER)
    case_id = taken(lead, AREA)
    asked_part(case_id, lead, OTHER)
    climbed(100)
    with transaction() as session:
        move_case(session, case_id, "in_progress", now=NOW + 100 * HOUR, actor="staff:1")
    with reading() as session:
        found = select(Notice).where(Notice.template == "overdue_head")
        assert [(one.recipient_staff_id, one.state) for one in session.scalars(found)] == [
            (own_head.staff_id, "owed")
        ]


def test_parts_rest_while_the_case_is_over_and_are_owed_again_when_it_reopens(
    runtime: Runtime,
) -> None:
    lead = operator(AREA)
    case_id = taken(lead, AREA)
    part_id = asked_part(case_id, lead, OTHER)
    with transaction() as session:
        move_case(session, case_id, "not_a_case", now=NOW, actor="staff:1")
    assert (part(part_id).assignment.escalate_at, part(part_id).is_open) == (None, False)
    with pytest.raises(StaleCase):
        taken_part(part_id, operator(OTHER))
    with transaction() as session:
        move_case(session, case_id, "checking", now=NOW + HOUR, actor="staff:1")
    found = part(part_id)
    assert found.is_open
    assert found.assignment.escalate_at == found.assignment.due_at > NOW + HOUR


def test_a_part_becomes_one_with_the_lead_that_its_office_gets(runtime: Runtime) -> None:
    lead, boss, other = operator(), head(), operator(DISTRICT)
    case_id = taken(lead)
    part_id = asked_part(case_id, lead, DISTRICT)
    taken_part(part_id, other)
    noted_part(part_id, other, "โทรหาครูประจำชั้นแล้ว")
    handover = asked(case_id, to_office(DISTRICT), lead)
    approved(handover, boss)
    accepted(handover, other)
    assert part(part_id).assignment.state == "revoked"
    with reading() as session:
        stands = standing(session, other, case_id)
        [note] = readable_notes(session, case_id, other, stands)
    assert note.text == "โทรหาครูประจำชั้นแล้ว"


def sees_case(viewer: Viewer, case_id: int) -> bool:
    with reading() as session:
        listed = visible(session, viewer, "case.list")
        found = session.scalar(select(Case.id).where(Case.id == case_id, listed)) is not None
        assert standing(session, viewer, case_id).may("case.view") == found
    return found


def test_a_part_opens_that_part_and_neither_the_case_nor_another_part(runtime: Runtime) -> None:
    lead, one, two = operator(AREA), operator(OTHER), operator(DISTRICT)
    case_id = taken(lead, AREA)
    first, second = asked_part(case_id, lead, OTHER), asked_part(case_id, lead, DISTRICT)
    taken_part(first, one)
    assert (opens_part(first, one), opens_part(second, one)) == (True, False)
    assert (opens_part(first, two), opens_part(second, two)) == (False, True)
    assert [sees_case(who, case_id) for who in (lead, one, two)] == [True, False, False]
    assert [opens_part(first, who) for who in (head("OBEC"), head("DOLE"), head("HQ"))] == [
        True,
        False,
        True,
    ]
    assert part(first).others == 2
    with reading() as session:
        assert [row.id for row in parts_for(session, one, limit=9)] == [first]
        assert [row.id for row in parts_for(session, head("HQ"), limit=9)] == [second, first]
        assert list(parts_for(session, lead, limit=9)) == []


def test_notes_of_a_part_are_for_its_office_and_by_visibility_for_those_above(
    runtime: Runtime,
) -> None:
    lead, one, two = operator(AREA), operator(OTHER), operator(DISTRICT)
    above = head("OBEC")
    case_id = taken(lead, AREA)
    first, second = asked_part(case_id, lead, OTHER), asked_part(case_id, lead, DISTRICT)
    for visibility in ("this_office", "chain_above", "everyone_assigned"):
        noted_part(first, one, visibility, visibility)
    with transaction() as session:
        write_note(
            session, case_id, Writing("ของหลัก", "everyone_assigned", AREA), viewer=lead, now=NOW
        )
    assert read_notes(first, one) == ["this_office", "chain_above", "everyone_assigned"]
    assert read_notes(first, above) == ["chain_above"]
    assert read_notes(first, two) == read_notes(second, one) == read_notes(second, two) == []
    with reading() as session:
        on_case = readable_notes(session, case_id, lead, standing(session, lead, case_id))
    assert [file.text for file in on_case] == ["ของหลัก"]


def test_who_has_a_part_keeps_no_case_and_loses_none(runtime: Runtime) -> None:
    """The people of a part are not the case's: nobody's list of the unassigned is fooled."""
    lead, other = operator(AREA), operator(OTHER)
    case_id = taken(lead, AREA)
    part_id = asked_part(case_id, lead, OTHER)
    taken_part(part_id, other)
    with transaction() as session:
        reason = reason_of(session, "handed_over", AREA)
        pass_lead(session, case_id, PROVINCE, reason, accepted=True, due_at=NOW + HOUR, now=NOW)
    assert part(part_id).assignment.state == "accepted"
    with reading() as session:
        assert people_of(session, case_id) == [lead.staff_id]


def test_nobody_is_asked_about_a_case_that_nobody_acknowledged(runtime: Runtime) -> None:
    with pytest.raises(PartRefused, match="wrong_status"):
        asked_part(opened(AREA), operator(AREA), OTHER)
