"""Whatever a case is, somebody owes its next step, and others are told when its time has passed."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update

from agents.models import Notice, Staff
from cases.deadlines import next_opening
from cases.escalation import escalate_overdue, overdue_assignments
from cases.models import WAITING, Assignment
from cases.result_rules import Result
from cases.results import close_case, reopen_case, report_result
from cases.sending import send_to_candidate
from cases.services import move_case
from cases.states import CASE, SETTLED, WATCHED
from core.database import reading, transaction
from core.runtime import Runtime
from tests.cases.hand_over_people import (
    AREA,
    DISTRICT,
    MINUTE,
    NOW,
    PROVINCE,
    accepted,
    approved,
    asked,
    begun,
    climbed,
    declined,
    events,
    file_of,
    head,
    hired,
    opened,
    operator,
    rejected,
    revoked,
    status_of,
    taken,
    to_committee,
    to_office,
    to_person,
    told,
)

pytestmark = pytest.mark.backends("postgresql")
DAY = timedelta(days=1)
RESULT = Result("ทำแล้ว", ("child",), ("prevent",), "yes")


class World:
    """People of three levels, and a case of theirs."""

    def __init__(self, status: str = "acknowledged") -> None:
        self.asker, self.boss = operator(), head()
        self.above = head("DOLE")
        self.on_call = hired(("agent", "HQ"), on_call=True)
        self.below = operator(DISTRICT)
        if status == "received":
            self.case_id = opened(severity="emergency")
            return
        self.case_id = taken(self.asker, severity="emergency")
        getattr(self, status)()

    def moved(self, *statuses: str) -> None:
        """Give the case these statuses."""
        with transaction() as session:
            for status in statuses:
                move_case(session, self.case_id, status, now=NOW, actor=self.asker.actor)

    def acknowledged(self) -> None:
        """As it is taken."""

    def checking(self) -> None:
        self.moved("checking")

    def waiting_approval(self) -> None:
        asked(self.case_id, to_office(), self.asker)

    def assigned(self) -> None:
        approved(asked(self.case_id, to_office(), self.asker), self.boss)

    def in_progress(self) -> None:
        begun(self.case_id, self.asker)

    def reported(self) -> None:
        begun(self.case_id, self.asker)
        with transaction() as session:
            report_result(session, self.case_id, RESULT, viewer=self.asker, now=NOW)

    def closed(self) -> None:
        self.reported()
        with transaction() as session:
            close_case(session, self.case_id, viewer=self.boss, now=NOW)

    def referred(self) -> None:
        self.moved("referred")

    def unreachable(self) -> None:
        self.moved("unreachable")

    def duplicate(self) -> None:
        self.moved("duplicate")

    def not_a_case(self) -> None:
        self.moved("not_a_case")


def swept(at: datetime) -> int:
    """One run of the sweep."""
    with transaction() as session:
        return escalate_overdue(session, at, 100)


def swept_for_days(start: datetime = NOW) -> None:
    """Every six hours for five days."""
    for count in range(20):
        swept(start + count * timedelta(hours=6))


def notices() -> int:
    """How many are owed."""
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Notice)) or 0


def levels(case_id: int) -> list[str]:
    """The levels told on the case's own deadline."""
    return [one.data["level"] for one in events(case_id, "escalated")]


@pytest.mark.parametrize("status", sorted(WATCHED))
def test_after_the_deadline_of_a_step_one_level_after_another_is_told(
    runtime: Runtime, status: str
) -> None:
    world = World(status)
    due_at = file_of(world.case_id).assignment.due_at
    assert (status_of(world.case_id), swept(due_at - MINUTE)) == (status, 0)
    people = [] if status == "received" else ["people"]
    wanted = [*people, "head", "parent", "on_call"]
    for count, _ in enumerate(wanted):
        assert swept(due_at + count * 15 * MINUTE) == 1
        assert swept(due_at + count * 15 * MINUTE) == 0
        assert levels(world.case_id) == wanted[: count + 1]
    # The last level hears of it again on every working day, until somebody acts.
    first = next_opening(due_at + (len(wanted) - 1) * 15 * MINUTE)
    second = next_opening(first)
    moments = (first - MINUTE, first, first, second - MINUTE, second)
    assert [swept(one) for one in moments] == [0, 1, 0, 0, 1]
    assert levels(world.case_id) == wanted
    assert told("overdue_people") == [world.asker.staff_id] * len(people)
    assert told("overdue_head") == [world.boss.staff_id]
    assert told("overdue_parent") == [world.above.staff_id]
    assert told("overdue_on_call") == [world.on_call.staff_id] * 3


@pytest.mark.parametrize("status", ["waiting_approval", "assigned"])
def test_while_a_hand_over_waits_it_climbs_in_the_stead_of_the_case(
    runtime: Runtime, status: str
) -> None:
    world = World(status)
    before = notices()
    assert file_of(world.case_id).assignment.escalate_at is None
    assert swept(NOW + 100 * DAY) == 0
    assert climbed(NOW + 100 * DAY) == 1
    assert notices() > before


@pytest.mark.parametrize("status", sorted(SETTLED))
def test_nobody_is_told_about_a_case_that_is_over(runtime: Runtime, status: str) -> None:
    world = World()
    swept(NOW + 1 * DAY)
    getattr(world, status)()
    before = notices()
    assert file_of(world.case_id).assignment.escalate_at is None
    assert swept(NOW + 100 * DAY) == 0
    assert notices() == before


def test_every_status_is_one_of_these() -> None:
    assert set(CASE) == WATCHED | SETTLED | {"waiting_approval", "assigned"}


def _accepted_by_an_office(world: World) -> None:
    one = asked(world.case_id, to_office(), world.asker)
    approved(one, world.boss)
    accepted(one, world.below)


def _declined(world: World) -> None:
    one = asked(world.case_id, to_office(), world.asker)
    approved(one, world.boss)
    declined(one, world.below)


def _rejected(world: World) -> None:
    rejected(asked(world.case_id, to_office(), world.asker), world.boss)


def _revoked(world: World) -> None:
    revoked(asked(world.case_id, to_office(), world.asker), world.asker)


def _accepted_by_a_person(world: World) -> None:
    one = asked(world.case_id, to_person(world.below), world.asker)
    approved(one, world.boss)
    accepted(one, world.below)


def _accepted_after_it_was_begun(world: World) -> None:
    chair = hired(("action_officer", PROVINCE))
    one = asked(world.case_id, to_committee(chair, world.below), world.asker)
    begun(world.case_id, world.asker)
    approved(one, world.boss)
    swept_for_days()
    accepted(one, chair, NOW + 5 * DAY)


def _reopened(world: World) -> None:
    world.not_a_case()
    with transaction() as session:
        reopen_case(session, world.case_id, reason="ก", viewer=world.asker, now=NOW)


@pytest.mark.parametrize(
    "way",
    [
        *(_accepted_by_an_office, _accepted_by_a_person, _accepted_after_it_was_begun),
        *(_declined, _rejected, _revoked, _reopened),
    ],
)
def test_whichever_way_a_case_goes_on_it_is_watched(
    runtime: Runtime, way: Callable[[World], None]
) -> None:
    world = World()
    way(world)
    lead = file_of(world.case_id).assignment
    assert (lead.state, lead.escalation, lead.escalate_at) == ("accepted", 0, lead.due_at)
    before = len(levels(world.case_id))
    swept_for_days(start=lead.due_at)
    assert levels(world.case_id)[before:] == ["people", "head", "parent", "on_call"]


def test_each_step_is_told_of_anew_and_the_one_before_is_settled(runtime: Runtime) -> None:
    world = World()
    swept_for_days()
    assert told("overdue_head") == [world.boss.staff_id]
    before = len(told("overdue_on_call"))
    with reading() as session:
        assert session.scalar(select(Notice.state).where(Notice.template == "overdue_head"))
    later = NOW + 5 * DAY
    with transaction() as session:
        session.execute(update(Notice).values(state="sent"))
        move_case(session, world.case_id, "checking", now=later, actor="staff:1")
    swept_for_days(start=later)
    assert told("overdue_head") == [world.boss.staff_id] * 2
    assert len(told("overdue_on_call")) > before


def test_the_on_call_list_is_told_again_after_a_case_was_sent_to_another_office(
    runtime: Runtime,
) -> None:
    desk = hired(("operator", "HQ"), on_call=True)
    case_id = opened("HQ", severity="emergency", candidates=(AREA, "ESA-9201"))
    swept_for_days()
    before = len(told("overdue_on_call"))
    assert before
    with transaction() as session:
        session.execute(update(Notice).values(state="sent"))
        send_to_candidate(session, case_id, AREA, viewer=desk, now=NOW + 5 * DAY)
    swept_for_days(start=NOW + 5 * DAY)
    assert len(told("overdue_on_call")) > before


def test_who_left_or_must_not_know_is_not_reminded(runtime: Runtime) -> None:
    world = World()
    with transaction() as session:
        session.get_one(Staff, world.asker.staff_id).active = False
    swept(NOW + 100 * DAY)
    assert levels(world.case_id) == ["head"]
    assert told("overdue_people") == []


def test_the_index_and_the_sweep_say_the_same_words(runtime: Runtime) -> None:
    [index] = [
        one
        for one in Assignment.metadata.tables["assignments"].indexes
        if one.name == "ix_assignments_waiting"
    ]
    assert str(index.dialect_options["postgresql"]["where"]) == WAITING
    assert all(f"'{state}'" in WAITING for state in ("offered", "accepted"))


def test_the_sweep_looks_at_the_partial_index_alone(runtime: Runtime) -> None:
    taken(operator())
    with reading() as session:
        engine = runtime.engine.dialect.name
        if engine == "postgresql":
            session.execute(text("SET LOCAL enable_seqscan = off"))
        wanted = overdue_assignments(NOW).limit(100)
        words = str(wanted.compile(runtime.engine, compile_kwargs={"literal_binds": True}))
        explain = "EXPLAIN" if engine == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = session.execute(text(f"{explain} {words.replace(':', chr(92) + ':')}")).all()
    assert "ix_assignments_waiting" in str(plan)
