"""Whoever holds a case keeps nobody from writing on its timeline: so no two wait for each other."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from calls.services import follow_case
from calls.work_list import call_now
from cases.answers import CaseAnswers
from cases.escalation import escalate_overdue
from cases.handovers import climb_overdue
from cases.holding import hold_case, hold_handover
from cases.services import finish_case, note_event
from cases.taking import acknowledge
from core.database import transaction
from core.runtime import Runtime
from routing.rules import Decision
from tests.calls.callback_world import World
from tests.cases.hand_over_people import (
    HOUR,
    NOW,
    PROVINCE,
    asked,
    head,
    opened,
    operator,
    status_of,
    taken,
    to_office,
)

WITHIN_S = 20
LATER = NOW + 300 * HOUR
Holder = Callable[[Session, int, int], object]


def _finish(session: Session, case_id: int, _: int) -> None:
    answers = CaseAnswers("V", "V3", quiet=True)
    finish_case(session, case_id, answers, Decision(PROVINCE, ()), now=NOW, ended=True)


HOLDERS: dict[str, Holder] = {
    "hold_case": lambda session, case_id, _: hold_case(session, case_id),
    "hold_handover": lambda session, _, handover_id: hold_handover(session, handover_id),
    "finish_case": _finish,
    "climb_overdue": lambda session, *_: climb_overdue(session, LATER, 100),
    "escalate_overdue": lambda session, *_: escalate_overdue(session, LATER, 100),
}


@pytest.mark.parametrize("name", HOLDERS)
def test_the_timeline_is_free_while_somebody_holds_the_case(runtime: Runtime, name: str) -> None:
    asker, _ = operator(), head()
    case_id = opened() if name == "escalate_overdue" else taken(asker)
    handover_id = 0 if name == "escalate_overdue" else asked(case_id, to_office(), asker)

    def write() -> None:
        with transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '2s'"))
            note_event(session, case_id, "followed_up", {}, NOW)

    with transaction() as session, ThreadPoolExecutor(1) as pool:
        HOLDERS[name](session, case_id, handover_id)
        pool.submit(write).result(WITHIN_S)


def _both(first: Callable[[Session], None], other: Callable[[], None], case_id: int) -> None:
    """One holds the case, the other begins and may wait, the first one goes on."""
    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            hold_case(session, case_id)
            running: Future[None] = pool.submit(other)
            wait([running], 1)
            first(session)
        running.result(WITHIN_S)


def test_an_acknowledgement_and_the_sweep_do_not_lock_crosswise(runtime: Runtime) -> None:
    who, case_id = operator(), opened()

    def sweep() -> None:
        with transaction() as session:
            assert escalate_overdue(session, LATER, 100) == 0

    def take(session: Session) -> None:
        acknowledge(session, case_id, viewer=who, now=LATER)

    _both(take, sweep, case_id)
    assert status_of(case_id) == "acknowledged"


def test_a_case_that_goes_to_another_office_and_a_call_now_do_not_lock_crosswise(
    runtime: Runtime,
) -> None:
    world = World()
    staff_id = world.operator(1)
    world.owe()

    def ring() -> None:
        with transaction() as session:
            call_now(session, world.callback_id, staff_id=staff_id, now=world.now)

    def follow(session: Session) -> None:
        follow_case(session, world.case_id, "ESA-9201", now=world.now)

    _both(follow, ring, world.case_id)
    assert world.callback.office_code == "ESA-9201"
