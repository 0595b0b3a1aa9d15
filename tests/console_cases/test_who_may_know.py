"""Who may know, beyond the plain cells: several offices, schools, offices of the past."""

import pytest
from sqlalchemy import select

from agents.permissions import FORMER
from cases.access import Viewer, standing, visible
from cases.models import Assignment, Case, CaseExclusion
from core import clock
from core.database import reading, transaction
from core.runtime import Runtime
from routing.loading import bump_version
from routing.models import Office
from tests.console_cases.people import Made, hired, opened_case

pytestmark = pytest.mark.backends("postgresql")
SCHOOL = "1092000001"


def knows(viewer: Viewer, made: Made) -> bool:
    """Whether list and page, which must agree, let the person know of the case."""
    with reading() as session:
        seen = visible(session, viewer, "case.list")
        listed = made.case_id in session.scalars(select(Case.id).where(seen))
        opened = standing(session, viewer, made.case_id).may("case.view")
    assert listed == opened
    return listed


def add_part(made: Made, office: str, state: str) -> None:
    with transaction() as session:
        now = clock.now()
        session.add(
            Assignment(
                case_id=made.case_id,
                office_code=office,
                is_lead=False,
                state=state,
                due_at=now,
                reasons=[],
                candidates=[],
                created_at=now,
            )
        )


@pytest.mark.parametrize("state", ["offered", "accepted", "done", "revoked"])
def test_another_office_does_not_know_the_case_by_having_had_or_having_a_part(
    state: str, runtime: Runtime
) -> None:
    """A further part opens its own page alone (tests/cases/test_parts.py)."""
    made, viewer = opened_case(), hired("ครู", ("operator", "DOLE-4001"))
    add_part(made, "DOLE-4001", state)
    assert not knows(viewer, made)


def test_an_office_of_the_past_is_known_as_such(runtime: Runtime) -> None:
    made, viewer = opened_case(), hired("ครู", ("operator", "DOLE-4001"))
    add_part(made, "DOLE-4001", "revoked")
    with reading() as session:
        assert ("operator", FORMER) in standing(session, viewer, made.case_id).pairs


@pytest.fixture
def school(own_runtime: Runtime) -> str:
    """A school below ESA-9202; no snapshot of the directory holds it."""
    with transaction() as session:
        session.add(
            Office(
                code=SCHOOL,
                type="school",
                name_th="โรงเรียนสมมุติ",
                name_en="Made-up School",
                parent_code="ESA-9202",
                active=True,
                confirmed=True,
                basis="",
            )
        )
        bump_version(session)
    return SCHOOL


@pytest.mark.parametrize(
    ("role", "office", "expected"),
    [
        ("operator", SCHOOL, True),
        ("head_operator", "ESA-9202", True),
        ("head_operator", "OBEC", True),
        ("head_operator", "HQ", True),
        ("operator", "ESA-9202", False),
        ("head_operator", "ESA-9201", False),
        ("head_operator", "DOLE", False),
        ("supervisor", "HQ", True),
        ("admin", "HQ", False),
    ],
)
def test_a_case_of_a_school(role: str, office: str, expected: bool, school: str) -> None:
    made = opened_case(office=school)
    assert knows(hired("ครู", (role, office)), made) == expected


def test_a_person_who_is_named_is_shut_out_alone(runtime: Runtime) -> None:
    made = opened_case()
    named, colleague = (hired("ครู", ("head_operator", "ESA-9202")) for _ in range(2))
    with transaction() as session:
        session.add(CaseExclusion(case_id=made.case_id, staff_id=named.staff_id))
    assert (knows(named, made), knows(colleague, made)) == (False, True)


def test_who_holds_no_role_knows_of_nothing(runtime: Runtime) -> None:
    assert not knows(hired("ครู"), opened_case())
