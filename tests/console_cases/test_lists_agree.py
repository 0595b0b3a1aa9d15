"""List, count and page follow one rule, whatever people, parts and exclusions there are."""

import random
from datetime import timedelta
from typing import get_args

import pytest
from sqlalchemy import select

from agents.roles import ROLES
from cases.access import Viewer, reach, standing, visible
from cases.desk import DeskFilter, counts, page
from cases.models import Assignment, Case, CaseExclusion
from cases.services import move_case
from cases.states import ASSIGNMENT, NEXT_STEPS, SETTLED
from cases.taking import take_part
from core import clock
from core.database import reading, transaction
from core.runtime import Runtime
from routing.loading import bump_version
from routing.models import Office
from tests.console_cases.people import hired, opened_case, owed_callback
from webapp.console.case_filters import Waiting
from webapp.console.desk import lists

pytestmark = pytest.mark.backends("postgresql", "sqlite")
# Offices near to and far from each other, a school that no snapshot holds, and one that is unknown.
SCHOOL, UNKNOWN = "1092000001", "ESA-0000"
OFFICES = ("HQ", "OBEC", "ESA-9202", "ESA-9201", "DOLE", "DOLE-40", "DOLE-4001", SCHOOL)


@pytest.mark.parametrize("seed", range(3))
def test_list_count_and_page_agree_about_everybody(seed: int, own_runtime: Runtime) -> None:
    """Whatever the roles, parts, exclusions and states: one rule, in three shapes."""
    dice = random.Random(seed)
    open_school()
    people = [any_person(dice) for _ in range(12)]
    made = [any_case(dice, people) for _ in range(20)]
    with reading() as session:
        status = {one.id: one.status for one in session.scalars(select(Case))}
        for viewer in people:
            allowed = {one for one in made if standing(session, viewer, one).may("case.list")}
            seen = select(Case.id).where(visible(session, viewer, "case.list"))
            assert set(session.scalars(seen)) == allowed, viewer
            reached = reach(session, viewer, "case.list")
            every, all_of = lists(session, viewer, clock.now()), DeskFilter()
            assert tuple(every) == get_args(Waiting)
            held = counts(session, reached, every, chosen=all_of)
            for tab, states in (("open", NEXT_STEPS), ("closed", SETTLED)):
                rows = page(session, reached, every[tab], chosen=all_of, after=None, limit=99)
                expected = {one for one in allowed if status[one] in states}
                assert sorted(row.case_id for row in rows) == sorted(expected), (viewer, tab)
                assert held[tab] == len(expected)
            for tab, wanted in every.items():
                rows = page(session, reached, wanted, chosen=all_of, after=None, limit=99)
                assert len({row.case_id for row in rows}) == len(rows) == held[tab], (viewer, tab)
                assert {row.case_id for row in rows} <= allowed


def open_school() -> None:
    with transaction() as session:
        names = {"name_th": "โรงเรียนสมมุติ", "name_en": "Made-up School", "basis": ""}
        below = {"type": "school", "parent_code": "ESA-9202", "active": True, "confirmed": True}
        session.add(Office(code=SCHOOL, **names, **below))
        bump_version(session)


def any_person(dice: random.Random) -> Viewer:
    roles = {(dice.choice(ROLES), dice.choice(OFFICES)) for _ in range(dice.randint(0, 3))}
    return hired("ใครก็ได้", *sorted(roles))


def any_case(dice: random.Random, people: list[Viewer]) -> int:
    """A case somewhere, with parts of other offices, people, exclusions and callbacks."""
    late = clock.now() - timedelta(days=dice.choice((0, 14)))
    made = opened_case(office=dice.choice((*OFFICES, UNKNOWN)), at=late)
    if dice.random() < 0.3:
        owed_callback(made, dice.choice(("retry", "decision", "due", "done")))
    with transaction() as session:
        for one in dice.sample(people, 2):
            take_part(session, made.case_id, one.staff_id, now=clock.now())
        for status in dice.choice(((), ("acknowledged",), ("acknowledged", "not_a_case"))):
            move_case(session, made.case_id, status, now=clock.now(), actor="staff:1")
        moved = session.get_one(Case, made.case_id).status
        for office in dice.sample(OFFICES, dice.randint(0, 2)):
            part = {"state": dice.choice(tuple(ASSIGNMENT)), "due_at": clock.now()}
            more = {"reasons": [], "candidates": [], "created_at": clock.now()}
            row = {"case_id": made.case_id, "office_code": office, "is_lead": False}
            session.add(Assignment(**row, **part, **more, case_status=moved))
        if dice.random() < 0.4:
            session.add(CaseExclusion(case_id=made.case_id, office_code=dice.choice(OFFICES)))
        if dice.random() < 0.4:
            shut_out = dice.choice(people).staff_id
            session.add(CaseExclusion(case_id=made.case_id, staff_id=shut_out))
    return made.case_id
