"""What somebody at the desk does next about a case, by its status; refusals are part of life."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.beginning import begin
from cases.handover_models import Handover, HandoverPerson
from cases.handovers import Wish, accept, approve, ask, may_decide
from cases.results import Result, close_case, report_result
from cases.taking import acknowledge
from core.database import transaction
from tests.simulation.country import Human

WORDS: Final = "Made up for a simulation."
DONE: Final = Result(WORDS, for_whom=("child",), measures=("prevent",), child_safe="yes")
# What begins in one visit: solving at once, or asking for somebody else to solve it.
ASKS: Final = 0.3
Act = Callable[[], None]


def next_act(
    status: str,
    case_id: int,
    human: Human,
    colleagues: Sequence[Human],
    heads: Sequence[Human],
    stream: random.Random,
    *,
    now: datetime,
) -> Act:
    """The next thing that this person would do, in a transaction of its own.

    `heads` are those of the office and of the offices above, who may approve.
    """
    acts: dict[str, Callable[[Session], object]] = {
        "received": partial(acknowledge, case_id=case_id, viewer=human.viewer, now=now),
        "in_progress": partial(
            report_result, case_id=case_id, result=DONE, viewer=human.viewer, now=now
        ),
        "reported": partial(close_case, case_id=case_id, viewer=human.viewer, now=now),
        "waiting_approval": partial(_approve, case_id=case_id, heads=heads, now=now),
        "assigned": partial(_accept, case_id=case_id, now=now),
    }
    do = acts.get(status)
    if do is None and stream.random() < ASKS and len(colleagues) > 1:
        other = stream.choice([one for one in colleagues if one is not human])
        wish = Wish("person", WORDS, people=(other.staff_id,))
        do = partial(ask, case_id=case_id, wish=wish, viewer=human.viewer, now=now)
    elif do is None:
        do = partial(begin, case_id=case_id, viewer=human.viewer, now=now)
    return partial(_in_transaction, do)


def _in_transaction(do: Callable[[Session], object]) -> None:
    with transaction() as session:
        do(session)


def _approve(session: Session, *, case_id: int, heads: Sequence[Human], now: datetime) -> None:
    """The first head who may decides on the page."""
    handover = _open(session, case_id, "requested")
    if handover is None:
        return
    able = (one for one in heads if may_decide(session, handover, one.staff_id, now=now))
    head = next(able, None)
    if head is not None:
        approve(session, handover.id, staff_id=head.staff_id, way="page", now=now)


def _accept(session: Session, *, case_id: int, now: datetime) -> None:
    handover = _open(session, case_id, "offered")
    if handover is None:
        return
    people = select(HandoverPerson.staff_id).where(HandoverPerson.handover_id == handover.id)
    receiver = session.scalar(people.limit(1))
    if receiver is not None:
        accept(session, handover.id, staff_id=receiver, now=now)


def _open(session: Session, case_id: int, state: str) -> Handover | None:
    wanted = select(Handover).where(Handover.case_id == case_id, Handover.state == state)
    return session.scalars(wanted.order_by(Handover.id.desc()).limit(1)).first()
