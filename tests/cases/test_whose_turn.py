"""Lists and pages agree: what a list says a person may decide or accept, the page lets them do."""

import pytest
from sqlalchemy import select, update

from agents.models import Staff, StaffRole
from agents.roster_models import AbsenceRow
from cases.access import Viewer, standing
from cases.desk import are_unassigned, to_accept, to_approve
from cases.models import Assignment, Case, CasePerson
from core.database import reading, transaction
from core.runtime import Runtime, configure
from routing.change_log import Author
from routing.editing import edit_hours
from tests.cases.hand_over_people import (
    DISTRICT,
    HOUR,
    NOW,
    PROVINCE,
    accepted,
    approved,
    asked,
    head,
    hired,
    may_decide,
    opened,
    operator,
    shut_out,
    taken,
    to_committee,
    to_office,
    to_person,
    turns_of,
)
from tests.support.beside import beside

pytestmark = pytest.mark.backends("postgresql", "sqlite")
# A Friday night in Thailand: nobody is on duty who did not say so.
NIGHT = NOW + 12 * HOUR


def listed(viewer: Viewer, *, at: object = NOW) -> set[int]:
    """The cases on the person's list of approvals."""
    with reading() as session:
        wanted = to_approve(session, viewer, now=at)  # type: ignore[arg-type]
        return set(session.scalars(select(Case.id).where(wanted)))


def offered(viewer: Viewer) -> set[int]:
    """The cases on the person's list of offers."""
    with reading() as session:
        return set(session.scalars(select(Case.id).where(to_accept(viewer))))


@pytest.mark.parametrize("severity", ["normal", "emergency"])
@pytest.mark.parametrize("at", [NOW, NIGHT])
@pytest.mark.parametrize("head_duty", ["on", "auto", "off"])
def test_the_list_of_approvals_and_the_rule_agree_about_everybody(
    runtime: Runtime, severity: str, at: object, head_duty: str
) -> None:
    asker = hired(("operator", PROVINCE), ("head_operator", DISTRICT))
    people = {
        "asker": asker,
        "head": hired(("head_operator", PROVINCE), duty=head_duty),
        "deputy": hired(("head_operator", PROVINCE), deputy=True, duty="on"),
        "resting deputy": hired(("head_operator", PROVINCE), deputy=True, duty="off"),
        "gone": hired(("head_operator", PROVINCE), active=False),
        "barred": hired(("head_operator", PROVINCE), duty="on"),
        "barred by an office": hired(("head_operator", PROVINCE), ("agent", "DOLE-93"), duty="on"),
        "receiver": hired(("head_operator", PROVINCE), duty="on"),
        "operator": operator(),
        "below": head(DISTRICT),
        "elsewhere": head("ESA-9202"),
    }
    case_id = taken(asker, severity=severity)
    shut_out(case_id, staff=people["barred"].staff_id)
    shut_out(case_id, office="DOLE-93")
    wish = to_committee(people["receiver"], people["operator"])
    one = asked(case_id, wish, asker)
    by_list = {name: case_id in listed(who, at=at) for name, who in people.items()}
    by_rule = {name: may_decide(one, who, at) for name, who in people.items()}  # type: ignore[arg-type]
    assert by_list == by_rule
    assert by_rule["head"]
    assert not any(by_rule[name] for name in ("asker", "barred", "gone", "receiver", "operator"))


def test_the_deputy_of_a_head_on_leave_has_it_on_the_list_and_may_decide(runtime: Runtime) -> None:
    asker, boss = operator(), head()
    deputy = hired(("head_operator", PROVINCE), deputy=True)
    one = asked(taken(asker), to_office(), asker)
    assert (listed(deputy), may_decide(one, deputy, NOW)) == (set(), False)
    with transaction() as session:
        days = {"first_day": NOW.date(), "last_day": NOW.date()}
        who = {"staff_id": boss.staff_id, "created_by": boss.staff_id, "created_at": NOW}
        session.add(AbsenceRow(office_code=PROVINCE, reason="sick", **days, **who))
    assert len(listed(deputy)) == 1
    assert may_decide(one, deputy, NOW)


def test_a_deputy_decides_while_the_office_is_closed_by_hours_of_its_own(
    own_runtime: Runtime,
) -> None:
    asker, _boss = operator(), head()
    deputy = hired(("head_operator", PROVINCE), deputy=True)
    one = asked(taken(asker), to_office(), asker)
    assert (listed(deputy), may_decide(one, deputy, NOW)) == (set(), False)
    with transaction() as session:
        saturdays = {6: [("09:00", "12:00")]}
        edit_hours(session, PROVINCE, saturdays, by=Author(f"staff:{asker.staff_id}", NOW))
    assert (len(listed(deputy)), may_decide(one, deputy, NOW)) == (1, True)


def test_a_head_who_does_not_practise_stands_in_no_trainees_way(runtime: Runtime) -> None:
    asker, boss = operator(), head()
    deputy = hired(("head_operator", PROVINCE), deputy=True)
    practised, real = taken(asker), taken(asker)
    one, two = asked(practised, to_office(), asker), asked(real, to_office(), asker)
    with transaction() as session:
        session.execute(update(Case).where(Case.id == practised).values(is_practice=True))
    configure(beside(runtime.settings), runtime.engine)
    for trainees, by_deputy, by_boss in (
        ((deputy,), {practised}, {real}),
        ((deputy, boss), set(), {practised, real}),
    ):
        with transaction() as session:
            ids = [who.staff_id for who in trainees]
            session.execute(update(Staff).where(Staff.id.in_(ids)).values(practises=True))
        for who, waits in ((deputy, by_deputy), (boss, by_boss)):
            ruled = {
                case for made, case in ((one, practised), (two, real)) if may_decide(made, who)
            }
            assert (listed(who), ruled) == (waits, waits)
    configure(runtime.settings, runtime.engine)


def test_what_was_not_asked_of_the_office_is_on_no_list_of_it(runtime: Runtime) -> None:
    asker, boss, above = operator(), head(), head("DOLE")
    case_id = taken(asker)
    one = asked(case_id, to_office(), asker)
    assert (listed(boss), listed(above)) == ({case_id}, set())
    assert turns_of(boss) == [(one, "approve")]
    approved(one, boss)
    assert (listed(boss), turns_of(boss)) == (set(), [])


def test_an_offer_is_on_the_list_of_whoever_may_answer_it(runtime: Runtime) -> None:
    asker, boss, below = operator(), head(), operator(DISTRICT)
    chair, member = operator(), hired(("action_officer", PROVINCE))
    agent = hired(("agent", DISTRICT))
    to_an_office, to_some = taken(asker), taken(asker)
    one = asked(to_an_office, to_office(), asker)
    two = asked(to_some, to_committee(chair, member), asker)
    assert offered(below) == offered(chair) == set()
    approved(one, boss)
    approved(two, boss)
    assert [offered(who) for who in (below, chair, member, agent, asker)] == [
        {to_an_office},
        {to_some},
        *(set(), set(), set()),
    ]
    assert turns_of(below) == [(one, "accept")]
    shut_out(to_an_office, staff=below.staff_id)
    assert (offered(below), turns_of(below)) == (set(), [])
    accepted(two, chair)
    assert offered(chair) == set()


def test_an_offer_opens_the_hand_over_and_not_the_case(runtime: Runtime) -> None:
    asker, boss, below = operator(), head(), operator(DISTRICT)
    officer = hired(("action_officer", PROVINCE))
    first, second = taken(asker), taken(asker)
    one, two = asked(first, to_office(), asker), asked(second, to_person(officer), asker)
    with reading() as session:
        assert not standing(session, below, first).may("handover.answer")
    approved(one, boss)
    approved(two, boss)
    with reading() as session:
        for who, case_id in ((below, first), (officer, second)):
            stands = standing(session, who, case_id)
            assert stands.may("handover.answer")
            assert not stands.may("case.view")
            assert not stands.may("case.list")
        assert not standing(session, below, second).may("handover.answer")
    shut_out(first, office=DISTRICT)
    with reading() as session:
        assert not standing(session, below, first).may("handover.answer")


def test_unassigned_is_what_was_acknowledged_and_nobody_has(runtime: Runtime) -> None:
    asker = operator()
    opened()
    has_person, has_none = taken(asker), taken(asker)
    with transaction() as session:
        session.execute(
            update(CasePerson).where(CasePerson.case_id == has_none).values(ended_at=NOW)
        )
    with reading() as session:
        found = set(session.scalars(select(Assignment.case_id).where(are_unassigned())))
    assert found == {has_none}
    assert has_person not in found


def test_a_deputy_is_one_at_the_office_where_the_row_says_so(runtime: Runtime) -> None:
    both = hired(("head_operator", PROVINCE), ("head_operator", "DOLE"), deputy=True)
    head()
    asker = operator()
    one = asked(taken(asker), to_office(), asker)
    assert not may_decide(one, head("DOLE-93"))
    # A full head of the office above may decide, whoever else is on duty below.
    with transaction() as session:
        session.get_one(StaffRole, (both.staff_id, "DOLE", "head_operator")).deputy = False
        assert session.get_one(Staff, both.staff_id).active
    assert may_decide(one, both)
    assert listed(both) == set()
