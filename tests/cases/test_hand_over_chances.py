"""Whatever people do, in whatever order: a case has an owner of its next step, and nobody decides
about their own request or about what they must not know."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from cases import handovers
from cases.access import Viewer
from cases.beginning import begin
from cases.errors import CaseRefused, StaleCase
from cases.handover_models import UNANSWERED, Handover, HandoverPerson
from cases.junk import mark_not_a_case
from cases.models import CaseExclusion
from cases.queries import exclusions, next_step
from cases.result_rules import Result
from cases.results import close_case, reopen_case, report_result
from cases.states import ASSIGNED, IN_PROGRESS, SETTLED, WAITING_APPROVAL
from core.database import reading, transaction
from core.runtime import Runtime
from tests.cases.hand_over_people import (
    DISTRICT,
    MINUTE,
    NOW,
    PROVINCE,
    approved,
    asked,
    file_of,
    handover,
    head,
    hired,
    operator,
    rejected,
    status_of,
    taken,
    to_office,
    to_person,
    turns_of,
)

pytestmark = pytest.mark.backends("postgresql")
WITHIN_S = 30
RESULT = Result("ทำแล้ว", ("child",), ("prevent",), "yes")
ACTIONS = (
    *("ask_office", "ask_person", "ask_person", "approve", "approve", "approve", "reject"),
    *("accept", "accept", "accept", "decline"),
    *("revoke", "begin", "report", "close", "reopen", "put_aside", "climb", "shut_out"),
)
TURNS = {"approve": "approve", "reject": "approve", "accept": "accept", "decline": "accept"}
ROUNDS = 14
# How often somebody acts whose turn it is.
FITS = 0.7


@dataclass
class Play:
    """A case, the people around it, and the time."""

    case_id: int
    people: list[Viewer]
    now: datetime = NOW
    last: int | None = None
    done: list[str] = field(default_factory=list)

    def act(self, action: str, who: Viewer, other: Viewer) -> None:
        """One action; a refusal is an answer like any other."""
        self.now += 7 * MINUTE
        try:
            with transaction() as session:
                getattr(self, f"_{action}")(session, who, other)
        except (CaseRefused, StaleCase):
            return
        self.done.append(action)

    def fitting(self, action: str, who: Viewer) -> Viewer:
        """Somebody whose turn it is, if anybody's: chance alone would seldom get that far."""
        if action not in TURNS:
            return who
        for one in self.people:
            if (self.last, TURNS[action]) in turns_of(one, self.now):
                return one
        return who

    def _ask_office(self, session: Any, who: Viewer, other: Viewer) -> None:
        made = handovers.ask(session, self.case_id, to_office(), viewer=who, now=self.now)
        self.last = made.id

    def _ask_person(self, session: Any, who: Viewer, other: Viewer) -> None:
        made = handovers.ask(session, self.case_id, to_person(other), viewer=who, now=self.now)
        self.last = made.id

    def _approve(self, session: Any, who: Viewer, other: Viewer) -> None:
        one = self._asked()
        handovers.approve(session, one, staff_id=who.staff_id, way="tap", now=self.now)
        self._check_decision(session, one, who)

    def _reject(self, session: Any, who: Viewer, other: Viewer) -> None:
        one = self._asked()
        handovers.reject(session, one, staff_id=who.staff_id, way="tap", words="ก", now=self.now)
        self._check_decision(session, one, who)

    def _accept(self, session: Any, who: Viewer, other: Viewer) -> None:
        one = self._asked()
        handovers.accept(session, one, staff_id=who.staff_id, now=self.now)
        assert who.staff_id not in exclusions(session, self.case_id).staff

    def _decline(self, session: Any, who: Viewer, other: Viewer) -> None:
        handovers.decline(session, self._asked(), staff_id=who.staff_id, words="ก", now=self.now)

    def _revoke(self, session: Any, who: Viewer, other: Viewer) -> None:
        on = select(Handover.id).where(Handover.case_id == self.case_id)
        taken_on = session.scalar(on.where(Handover.state == "accepted"))
        handovers.revoke(session, taken_on or self._asked(), viewer=who, words=None, now=self.now)

    def _begin(self, session: Any, who: Viewer, other: Viewer) -> None:
        begin(session, self.case_id, viewer=who, now=self.now)

    def _report(self, session: Any, who: Viewer, other: Viewer) -> None:
        report_result(session, self.case_id, RESULT, viewer=who, now=self.now)

    def _close(self, session: Any, who: Viewer, other: Viewer) -> None:
        close_case(session, self.case_id, viewer=who, now=self.now)
        # Never without a report since the case was opened for the last time.
        since_opened = "".join(self.done).rpartition("reopen")[2]
        assert "report" in since_opened

    def _reopen(self, session: Any, who: Viewer, other: Viewer) -> None:
        reopen_case(session, self.case_id, reason="ก", viewer=who, now=self.now)

    def _put_aside(self, session: Any, who: Viewer, other: Viewer) -> None:
        mark_not_a_case(session, self.case_id, viewer=who, has_recording=False, now=self.now)

    def _climb(self, session: Any, who: Viewer, other: Viewer) -> None:
        self.now += 20 * MINUTE
        handovers.climb_overdue(session, self.now, 10)

    def _shut_out(self, session: Any, who: Viewer, other: Viewer) -> None:
        session.add(CaseExclusion(case_id=self.case_id, staff_id=other.staff_id))

    def _asked(self) -> int:
        if self.last is None:
            raise StaleCase("nothing was asked yet")
        return self.last

    def _check_decision(self, session: Any, handover_id: int, who: Viewer) -> None:
        made = session.get_one(Handover, handover_id)
        receiver = session.get(HandoverPerson, (handover_id, who.staff_id))
        assert made.asked_by != who.staff_id
        assert receiver is None
        assert who.staff_id not in exclusions(session, self.case_id).staff

    def check(self) -> None:
        """What holds after every action."""
        with reading() as session:
            waiting = session.scalar(
                select(func.count())
                .select_from(Handover)
                .where(Handover.case_id == self.case_id, text(UNANSWERED))
            )
        assert waiting in (0, 1)
        file = file_of(self.case_id)
        step = next_step(file)
        assert (step is None) == (file.case.status in SETTLED)
        if step is not None:
            assert step.office_code
            assert step.due_at > NOW
        state = {WAITING_APPROVAL: "requested", ASSIGNED: "offered"}.get(file.case.status)
        if state is not None:
            assert file.handover is not None
            assert file.handover.state == state
            assert (file.approver_code is not None) == (file.handover is not None)
        if file.handover is not None:
            # Somebody acts already, or the case waits for the answer to just this hand-over.
            assert state is not None or file.case.status == IN_PROGRESS


@pytest.fixture
def people(runtime: Runtime) -> list[Viewer]:
    """Somebody of every kind: askers, deciders near and far, receivers, outsiders."""
    return [
        operator(),
        head(),
        hired(("head_operator", PROVINCE), deputy=True),
        hired(("head_operator", PROVINCE), ("operator", DISTRICT)),
        head("DOLE"),
        head("HQ"),
        operator(DISTRICT),
        hired(("action_officer", DISTRICT)),
        operator("ESA-9202"),
    ]


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_no_order_of_actions_loses_the_next_step_or_lets_the_wrong_person_decide(
    people: list[Viewer], seed: int
) -> None:
    chance = Random(seed)
    play = Play(taken(people[0], severity="emergency"), people)
    play.act(chance.choice(("ask_office", "ask_person")), people[0], people[6])
    for action in chance.choices(ACTIONS, k=ROUNDS):
        who, other = chance.choice(people), chance.choice(people)
        play.act(action, play.fitting(action, who) if chance.random() < FITS else who, other)
        play.check()


def at_once(jobs: list[Callable[[], None]]) -> list[str]:
    """Run jobs at the same moment; "done" or the name of the error of each, sorted."""
    gate = Barrier(len(jobs))

    def run(job: Callable[[], None]) -> str:
        gate.wait(WITHIN_S)
        try:
            job()
        except (CaseRefused, StaleCase) as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(len(jobs)) as pool:
        found = [pool.submit(run, job) for job in jobs]
        return sorted(one.result(WITHIN_S) for one in found)


def test_of_two_heads_who_decide_at_the_same_moment_the_second_learns_of_the_first(
    runtime: Runtime,
) -> None:
    asker, first, second = operator(), head(), head()
    for _ in range(5):
        case_id = taken(asker)
        one = asked(case_id, to_office(), asker)
        jobs = [lambda one=one: approved(one, first), lambda one=one: rejected(one, second)]
        assert at_once(jobs) == ["StaleCase", "done"]
        state = {"offered": "assigned", "rejected": "checking"}
        assert status_of(case_id) == state[handover(one).state]


def test_of_two_who_ask_at_the_same_moment_one_is_told_that_a_hand_over_is_open(
    runtime: Runtime,
) -> None:
    asker, other, _ = operator(), operator(), head()
    for _ in range(5):
        case_id = taken(asker)
        jobs = [
            lambda case_id=case_id: asked(case_id, to_office(), asker),
            lambda case_id=case_id: asked(case_id, to_person(other), other),
        ]
        assert at_once(jobs) == ["HandoverRefused", "done"]
