"""Somebody always owns the next step: when its time passes, the next level is told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from agents.models import Notice
from agents.person import Person
from agents.services import add_staff
from cases.answers import CaseAnswers
from cases.exclusions import exclude_office
from cases.models import CaseExclusion
from cases.queries import timeline
from cases.services import escalate_overdue, finish_case, move_case, open_case
from core.database import reading, transaction
from core.runtime import Runtime
from routing.models import Office
from routing.rules import Decision

pytestmark = pytest.mark.backends("postgresql", "sqlite")
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def person(email: str, role: str, office: str, *, on_call: bool = False) -> int:
    """Somebody in the directory; returns the id."""
    named = Person(email, email, role, office, on_call=on_call or None)
    with transaction() as session:
        return add_staff(session, named, now=NOW).id


def urgent_case(call: int = 1, office: str = "ESA-9202") -> int:
    """An urgent case at an office; it must be acknowledged within the hour."""
    answers = CaseAnswers("V", "V1", conflict="no")
    with transaction() as session:
        made = open_case(
            session,
            answers,
            call_sid=f"CA{call:032x}",
            account_sid="AC" + "0" * 32,
            now=NOW,
        )
        finish_case(session, made.id, answers, Decision(office, ()), now=NOW, ended=True)
    return made.id


def sweep(at: datetime, limit: int = 100) -> int:
    """One run of the sweep."""
    with transaction() as session:
        return escalate_overdue(session, at, limit)


def owed() -> list[tuple[str, int | str | None]]:
    """Notices owed so far: template and receiver, in order."""
    with reading() as session:
        rows = session.scalars(select(Notice).order_by(Notice.id)).all()
    return [(row.template, row.recipient_staff_id or row.office_code) for row in rows]


def told(case_id: int) -> Iterator[tuple[str, str]]:
    """The levels and offices on the timeline."""
    with reading() as session:
        for event in timeline(session, case_id):
            if event.kind == "escalated":
                yield event.data["level"], event.data["office_code"]


def test_heads_then_the_office_above_then_the_on_call_list_are_told(runtime: Runtime) -> None:
    head = person("head@example.org", "head_operator", "ESA-9202")
    above = person("above@example.org", "head_operator", "OBEC")
    on_call = person("call@example.org", "agent", "HQ", on_call=True)
    case_id = urgent_case()
    assert sweep(NOW + HOUR - timedelta(seconds=1)) == 0
    for hours in (1, 2, 3):
        assert sweep(NOW + hours * HOUR) == 1
        assert sweep(NOW + hours * HOUR) == 0
    # The next day is a Saturday: nobody is told once more before Monday.
    assert sweep(NOW + 24 * HOUR) == 0
    assert owed() == [
        ("overdue_head", head),
        ("overdue_parent", above),
        ("overdue_on_call", on_call),
    ]
    assert list(told(case_id)) == [("head", "ESA-9202"), ("parent", "OBEC"), ("on_call", "HQ")]


def test_an_office_without_heads_is_told_as_an_office(runtime: Runtime) -> None:
    urgent_case()
    sweep(NOW + HOUR)
    assert owed() == [("overdue_head", "ESA-9202")]


def test_an_acknowledged_case_is_left_alone_until_its_next_step_is_overdue(
    runtime: Runtime,
) -> None:
    case_id = urgent_case()
    sweep(NOW + HOUR)
    with transaction() as session:
        move_case(session, case_id, "acknowledged", now=NOW + HOUR, actor="staff:1")
    assert sweep(NOW + 5 * HOUR - timedelta(seconds=1)) == 0
    assert sweep(NOW + 5 * HOUR) == 1
    assert list(told(case_id)) == [("head", "ESA-9202"), ("head", "ESA-9202")]
    assert owed() == [("overdue_head", "ESA-9202")] * 2


@pytest.mark.parametrize("switch", ["is_on", "active"])
def test_an_office_that_does_not_take_part_is_passed_over(
    switch: str, own_runtime: Runtime
) -> None:
    """Nobody there reads a notice, and the deadline would wait for them."""
    with transaction() as session:
        session.execute(update(Office).where(Office.code == "DOLE-40").values({switch: False}))
    case_id = urgent_case(office="DOLE-4001")
    sweep(NOW + HOUR)
    sweep(NOW + 2 * HOUR)
    assert list(told(case_id)) == [("head", "DOLE-4001"), ("parent", "DOLE")]


def test_a_sweep_is_bounded_and_the_next_goes_on(runtime: Runtime) -> None:
    for call in range(1, 6):
        urgent_case(call)
    assert [sweep(NOW + HOUR, limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_the_desk_has_nobody_above_but_the_on_call_list(runtime: Runtime) -> None:
    case_id = urgent_case(office="HQ")
    sweep(NOW + HOUR)
    sweep(NOW + 2 * HOUR)
    assert list(told(case_id)) == [("head", "HQ"), ("on_call", "HQ")]


def test_safety_rule_07_who_must_not_know_is_never_told(runtime: Runtime) -> None:
    head = person("head@example.org", "head_operator", "ESA-9202")
    other = person("other@example.org", "head_operator", "ESA-9202")
    both = person("both@example.org", "agent", "HQ", on_call=True)
    person("both@example.org", "head_operator", "OBEC")
    case_id = urgent_case()
    with transaction() as session:
        session.add(CaseExclusion(case_id=case_id, staff_id=head))
        exclude_office(session, case_id, "OBEC")
    for hours in (1, 2, 3):
        sweep(NOW + hours * HOUR)
    assert ("overdue_head", other) in owed()
    receivers = {receiver for _, receiver in owed()}
    assert not receivers & {head, both, "OBEC"}
