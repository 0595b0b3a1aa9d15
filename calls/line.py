"""The line of due callbacks: who is looked at next, however many are due and wherever."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, literal, select, text, update
from sqlalchemy.orm import Session

from calls.line_rules import Waiting, in_turn
from calls.models import CLAIMABLE, PRESSING, Callback
from calls.policy import Policy
from calls.queries import ripe
from calls.ring_models import RingPace
from cases.counting import listed_case
from core import runtime
from core.inserts import insert_unless_there

# Up to here all that is due is put in order; beyond, the offices are gone through in turn. No more
# than the sweeps of `all_talking_s` look at, or the youngest would never be: the older ones come
# back after that.
MOST_AT_A_LOOK: Final = 100
IS_PRESSING: Final = Callback.immediate | (Callback.severity == "emergency")
COLUMNS: Final = (Callback.id, Callback.office_code, Callback.place, IS_PRESSING.label("pressing"))


def next_in_line(
    session: Session, policy: Policy, *, account_sid: str, now: datetime
) -> Sequence[int]:
    """Ids of the callbacks to look at now, at most `dials_a_sweep`, the next one first.

    Practice beside a real telephone has a line of its own: it makes no real caller wait.
    The cost follows what is due up to MOST_AT_A_LOOK, and stays there however much more is due.
    """
    limit = policy.dials_a_sweep
    here = ripe(now) & _line_of(account_sid)
    due = _waiting(session, here, limit=MOST_AT_A_LOOK)
    if len(due) < MOST_AT_A_LOOK:
        return in_turn(due, limit)
    # Danger goes first, and leaves half of the looks to the others: its own may wait for people.
    pressing = _waiting(session, text(PRESSING) & here, limit=limit // 2)
    chosen = in_turn(pressing, limit)
    chosen += _offices_in_turn(session, account_sid, limit=limit - len(chosen), now=now)
    chosen += in_turn(due, limit)
    return list(dict.fromkeys(chosen))[:limit]


def _waiting(session: Session, condition: Any, *, limit: int) -> list[Waiting]:
    # In this order alone, so that the index gives the first ones without sorting all that is due.
    rows = select(*COLUMNS).where(condition).order_by(Callback.due_at).limit(limit)
    return [
        Waiting(row.id, row.office_code, row.place, pressing=bool(row.pressing))
        for row in session.execute(rows)
    ]


def _line_of(account_sid: str) -> ColumnElement[bool]:
    """The condition that a callback stands in the practice line, or in the real one.

    By its case, so that what was practised keeps out of the real line for ever.
    """
    is_apart = runtime.current().settings.is_apart(account_sid)
    return listed_case(Callback.case_id, True if is_apart else None)


def _offices_in_turn(session: Session, account_sid: str, *, limit: int, now: datetime) -> list[int]:
    """The first in line of each office whose turn it is, going on where the last sweep stopped."""
    after = _last_office(session, account_sid)
    line = _line_of(account_sid)
    firsts = _first_of_offices(session, after, line, limit=limit, now=now)
    if len(firsts) < limit and after:
        known = {office for office, _ in firsts}
        again = _first_of_offices(session, "", line, limit=limit - len(firsts), now=now)
        firsts += [pair for pair in again if pair[0] not in known]
    if firsts:
        session.execute(
            update(RingPace)
            .where(RingPace.account_sid == account_sid)
            .values(last_office=firsts[-1][0])
        )
    return [callback_id for _, callback_id in firsts if callback_id is not None]


def _last_office(session: Session, account_sid: str) -> str:
    insert = insert_unless_there(session.connection(), RingPace)
    row = {"account_sid": account_sid, "second": 0, "rings": 0, "last_office": ""}
    session.execute(insert.values(row))
    known = select(RingPace.last_office).where(RingPace.account_sid == account_sid)
    return session.scalars(known).one()


def _first_of_offices(
    session: Session, after: str, line: ColumnElement[bool], *, limit: int, now: datetime
) -> list[tuple[str, int | None]]:
    """(office, its first in line) by code: a look at the index for each office, not each row."""
    begun = select(_next_office(literal(after), line, now).label("code")).cte(
        "offices", recursive=True
    )
    offices = begun.union_all(
        select(_next_office(begun.c.code, line, now)).where(begun.c.code.is_not(None))
    )
    first = (
        select(Callback.id)
        .where(ripe(now), line, Callback.office_code == offices.c.code)
        .order_by(Callback.place, Callback.id)
        .limit(1)
        .correlate(offices)
        .scalar_subquery()
    )
    found = select(offices.c.code, first).where(offices.c.code.is_not(None)).limit(limit)
    return [(code, callback_id) for code, callback_id in session.execute(found)]


def _next_office(after: Any, line: ColumnElement[bool], now: datetime) -> ScalarSelect[Any]:
    """The next office by code for which a callback is due."""
    return (
        select(Callback.office_code)
        .where(text(CLAIMABLE), Callback.due_at <= now, line, Callback.office_code > after)
        # One step of the index; the least of all would be looked for among all that is due.
        .order_by(Callback.office_code)
        .limit(1)
        .scalar_subquery()
    )
