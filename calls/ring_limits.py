"""Whose turn it is to be rung for: danger first, and in danger who had fewer rings lately.

Looked at when a person is about to be rung, never at a key press; each look is bounded.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from calls.legs import FORGOTTEN, LIVE, is_on_the_phone
from calls.limit_policy import current_limits
from calls.limit_rules import gives_way, must_wait
from calls.models import Call, Leg
from calls.ring_rules import CANCELED
from cases.counting import everything_counts

MOST_WAITING: Final = 50


def waits_in_danger(
    session: Session,
    call_sid: str,
    queues: Collection[str],
    staff_ids: Iterable[int],
    *,
    now: datetime,
) -> bool:
    """Whether this call waits a little: its number was rung for often, or another goes first.

    `queues` are the nodes where danger waits, `staff_ids` who could be rung. A withheld number
    stands for its own call alone.
    """
    limits = current_limits().rings
    # Asked for alone first: nearly every caller in danger is rung for without a second look.
    own = _rings_of(session, call_sid, now)
    if own < limits.yields_after:
        return False
    others = [] if own >= limits.most else _others(session, call_sid, queues, now)
    free = sum(not is_on_the_phone(session, one, now=now) for one in staff_ids) if others else 0
    return must_wait(own, others, free=free, limits=limits)


def lets_graver_calls_first(
    session: Session,
    call_sid: str,
    queues: Collection[str],
    staff_ids: Callable[[], Iterable[int]],
    *,
    taken: int,
    now: datetime,
) -> bool:
    """Whether a call waits a little, or gives a person back, for graver ones.

    `queues` are the nodes where those wait, `staff_ids` tells who could be rung for them,
    `taken` how many of the free ones this call would take. A call of the same number goes first
    too: danger is danger.
    """
    waiting = _waiting(session, call_sid, queues, now, Call.sid != call_sid)
    # Asked for alone first: mostly nobody waits in danger.
    if not waiting:
        return False
    free = sum(not is_on_the_phone(session, one, now=now) for one in staff_ids())
    return gives_way(waiting, free=free - taken, limits=current_limits().rings)


def _rings_of(session: Session, call_sid: str, now: datetime) -> int:
    rings = select(_rings(Call, now)).where(Call.sid == call_sid)
    return int(session.connection().scalar(rings) or 0)


def _others(session: Session, call_sid: str, queues: Collection[str], now: datetime) -> list[int]:
    """The rings of each other number of which a call waits in danger and rings nobody now."""
    own = select(Call.caller_fingerprint).where(Call.sid == call_sid).scalar_subquery()
    another = Call.caller_fingerprint.is_distinct_from(own) | Call.caller_fingerprint.is_(None)
    return _waiting(session, call_sid, queues, now, another)


def _waiting(
    session: Session,
    call_sid: str,
    queues: Collection[str],
    now: datetime,
    which: ColumnElement[bool],
) -> list[int]:
    """The rings of each number of which a call waits at these nodes and rings nobody now."""
    ringing = exists().where(Leg.parent_call_sid == Call.sid, Leg.state != "ended")
    lately = now - timedelta(seconds=current_limits().rings.heard_of_s)
    rows = session.connection().execute(
        select(Call.sid, Call.caller_fingerprint, _rings(Call, now).label("rings"))
        .where(Call.ended_at.is_(None), Call.touched_at > lately, Call.waiting)
        .where(Call.node.in_(queues), Call.sid != call_sid, ~ringing, which)
        .where(_same_world(call_sid))
        .order_by(Call.touched_at)
        .limit(MOST_WAITING)
    )
    return list({row.caller_fingerprint or row.sid: int(row.rings) for row in rows}.values())


def _same_world(call_sid: str) -> ColumnElement[bool]:
    """The condition that a call is practised or real, as this one is: neither waits for the other.

    In a practice service there is one world only.
    """
    if everything_counts():
        return true()
    own = aliased(Call)
    return Call.is_practice == select(own.is_practice).where(own.sid == call_sid).scalar_subquery()


def _rings(call: type[Call], now: datetime) -> ColumnElement[Any]:
    """How many people were rung lately for a call's number, or for the call where it is withheld.

    A ring that gave way to danger was none.
    Older connections than any may be are left out, so that the index of the number bounds it.
    """
    limits, same = current_limits().rings, aliased(Call)
    return (
        select(func.count())
        .select_from(same)
        .join(Leg, Leg.parent_call_sid == same.sid)
        .where(or_(same.sid == call.sid, same.caller_fingerprint == call.caller_fingerprint))
        .where(same.started_at > now - FORGOTTEN, Leg.kind == LIVE)
        .where(or_(Leg.broken_at.is_(None), Leg.status.is_distinct_from(CANCELED)))
        .where(Leg.created_at > now - timedelta(minutes=limits.minutes))
        .correlate(call)
        .scalar_subquery()
    )
