"""Somebody leaves: every case goes on, its head is told, and nobody learns what they must not."""

import pytest
from sqlalchemy import select

from agents.models import Notice
from cases.leaving import held_by, let_go
from cases.models import CasePerson
from cases.part_access import people_of_part
from cases.part_models import PartPerson
from cases.services import move_case
from core.database import reading, transaction
from core.runtime import Runtime
from tests.cases.hand_over_people import (
    AREA,
    DISTRICT,
    NOW,
    PROVINCE,
    approved,
    asked,
    events,
    head,
    hired,
    operator,
    shut_out,
    taken,
    to_person,
    told,
)
from tests.cases.part_people import asked_part, taken_part


def left(staff_id: int, **successors: int) -> list[int]:
    """Let go of everything; the cases that it was about."""
    named = {int(case.removeprefix("case_")): one for case, one in successors.items()}
    with transaction() as session:
        found = let_go(session, staff_id, named, actor="staff:1", now=NOW)
    return [one.case_id for one in found]


def at_work(case_id: int) -> dict[int, str]:
    """Who has a case, and as what."""
    with reading() as session:
        wanted = select(CasePerson).where(
            CasePerson.case_id == case_id, CasePerson.ended_at.is_(None)
        )
        return {one.staff_id: one.part for one in session.scalars(wanted)}


@pytest.mark.backends("postgresql", "sqlite")
def test_every_case_is_named_and_passed_on_and_its_head_is_told(runtime: Runtime) -> None:
    boss, leaver, heir = head(), operator(), operator()
    cases = [taken(leaver), taken(leaver)]
    with reading() as session:
        assert [one.case_id for one in held_by(session, leaver.staff_id)] == cases
    assert left(leaver.staff_id, **{f"case_{cases[0]}": heir.staff_id}) == cases
    assert [at_work(one) for one in cases] == [{heir.staff_id: "operator"}, {}]
    assert told("person_left") == [boss.staff_id, boss.staff_id]
    assert told("case_given") == [heir.staff_id]
    assert [len(events(one, "person_left")) for one in cases] == [1, 1]
    with reading() as session:
        assert held_by(session, leaver.staff_id) == []


def test_what_was_referred_or_is_to_be_tried_again_is_passed_on_and_a_duplicate_is_not(
    runtime: Runtime,
) -> None:
    leaver = operator()
    cases = {one: taken(leaver) for one in ("referred", "unreachable", "duplicate")}
    with transaction() as session:
        for status, case_id in cases.items():
            move_case(session, case_id, status, now=NOW, actor=leaver.actor)
    assert left(leaver.staff_id) == [cases["referred"], cases["unreachable"]]


def test_who_is_the_head_is_not_told_of_leaving_but_the_on_call_list_is(runtime: Runtime) -> None:
    boss = head()
    on_call = hired(("supervisor", "HQ"), on_call=True)
    taken(boss)
    left(boss.staff_id)
    assert told("person_left") == [on_call.staff_id]


def test_an_offer_that_was_not_answered_counts_too(runtime: Runtime) -> None:
    boss, asker, officer = head(), operator(), hired(("action_officer", DISTRICT))
    case_id = taken(asker)
    approved(asked(case_id, to_person(officer), asker), boss)
    with reading() as session:
        [found] = held_by(session, officer.staff_id)
    assert (found.case_id, found.is_asked) == (case_id, True)
    left(officer.staff_id)
    assert told("person_left") == [boss.staff_id]
    assert at_work(case_id) == {asker.staff_id: "operator"}


def test_safety_rule_07_who_must_not_know_takes_nothing_over_and_is_not_told(
    runtime: Runtime,
) -> None:
    boss, leaver, heir = head(), operator(), operator()
    other = head()
    case_id = taken(leaver)
    for one in (heir, boss):
        shut_out(case_id, staff=one.staff_id)
    left(leaver.staff_id, **{f"case_{case_id}": heir.staff_id})
    assert at_work(case_id) == {}
    assert told("person_left") == [other.staff_id]
    assert told("case_given") == []


def test_an_office_that_must_not_know_is_not_told_by_its_heads(runtime: Runtime) -> None:
    head()
    leaver, on_call = operator(), hired(("supervisor", "HQ"), on_call=True)
    case_id = taken(leaver)
    shut_out(case_id, office=PROVINCE)
    left(leaver.staff_id)
    assert told("person_left") == [on_call.staff_id]


@pytest.mark.backends("postgresql", "sqlite")
def test_a_part_is_named_ended_and_told_to_the_head_of_its_own_office(runtime: Runtime) -> None:
    asker, boss, leaver, heir = operator(), head(AREA), operator(AREA), operator(AREA)
    case_id = taken(asker)
    part_id = asked_part(case_id, asker, AREA)
    taken_part(part_id, leaver)
    with reading() as session:
        [found] = held_by(session, leaver.staff_id)
    assert (found.part_id, found.office_code, found.status) == (part_id, AREA, "in_progress")
    assert left(leaver.staff_id, **{f"case_{case_id}": heir.staff_id}) == [case_id]
    assert (told("part_left"), told("person_left")) == ([boss.staff_id], [])
    [entry] = events(case_id, "part_left")
    assert (entry.data["part_id"], entry.data["office_code"]) == (part_id, AREA)
    assert at_work(case_id) == {asker.staff_id: "operator"}
    with reading() as session:
        assert people_of_part(session, part_id) == held_by(session, leaver.staff_id) == []
        ended = select(PartPerson.ended_at).where(PartPerson.assignment_id == part_id)
        assert session.scalars(ended).one() == NOW


def test_the_notice_of_an_emergency_says_so(runtime: Runtime) -> None:
    head()
    leaver = operator()
    taken(leaver, severity="emergency")
    left(leaver.staff_id)
    with reading() as session:
        wanted = select(Notice.severity).where(Notice.template == "person_left")
        assert session.scalars(wanted).one() == "emergency"


def test_the_office_itself_is_told_where_nobody_else_is(runtime: Runtime) -> None:
    leaver = operator()
    taken(leaver)
    left(leaver.staff_id)
    assert told("person_left") == [PROVINCE]
