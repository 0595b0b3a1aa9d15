"""Legs of live calls: the people on duty who are rung while the caller waits."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from agents.models import Staff
from calls.models import Leg

LIVE: Final = "live"
# Longer than any conversation may last: an older leg that nobody closed binds nobody.
FORGOTTEN: Final = timedelta(hours=4)


def take_person(session: Session, staff_id: int, *, now: datetime) -> bool:
    """Hold a person who is about to be rung; False for one who is rung or talks already.

    The row is held, so that two calls at once never ring the same person.
    """
    free = select(Staff.id).where(Staff.id == staff_id).with_for_update(skip_locked=True)
    if session.scalar(free) is None or is_on_the_phone(session, staff_id, now=now):
        return False
    session.execute(
        update(Staff)
        .where(Staff.id == staff_id)
        .values(last_rung_at=now)
        .execution_options(synchronize_session=False)
    )
    return True


def is_on_the_phone(session: Session, staff_id: int, *, now: datetime) -> bool:
    """Whether a leg to this person rings or talks."""
    leg = exists().where(
        Leg.staff_id == staff_id, Leg.state != "ended", Leg.touched_at > now - FORGOTTEN
    )
    return bool(session.scalar(select(leg)))


def create_live_leg(
    session: Session, key: str, *, account_sid: str, call_sid: str, staff_id: int, now: datetime
) -> None:
    """Write the leg down before its number stands in any document."""
    session.add(
        Leg(
            key=key,
            kind=LIVE,
            account_sid=account_sid,
            parent_call_sid=call_sid,
            staff_id=staff_id,
            created_at=now,
            touched_at=now,
        )
    )
    session.flush()


def end_leg(session: Session, key: str, *, now: datetime) -> int | None:
    """The Dial is over: free the person; whoever had taken the call with a key, or None."""
    leg = session.get(Leg, key, populate_existing=True)
    if leg is None:
        return None
    leg.state, leg.touched_at = "ended", now
    session.flush()
    return leg.staff_id if leg.accepted else None


def end_legs_of(session: Session, call_sid: str, *, now: datetime) -> None:
    """The caller's connection is over: nobody is on the phone for it any more."""
    session.execute(
        update(Leg)
        .where(Leg.parent_call_sid == call_sid, Leg.state != "ended")
        .values(state="ended", touched_at=now)
        .execution_options(synchronize_session=False)
    )
