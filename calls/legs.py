"""Legs: which kinds there are, who is on the phone, and the people rung while a caller waits."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from agents.models import Staff
from calls.models import Leg
from calls.ring_rules import CANCELED, GAVE_WAY
from core import runtime

LIVE, APPROVAL, NOTICE = "live", "approval", "notice"
OPERATOR, CALLER = "callback_operator", "callback_caller"
# Longer than any conversation may last: an older leg that nobody closed binds nobody.
FORGOTTEN: Final = timedelta(hours=4)
# A person whose ring gave way is kept for danger so long: the call that waits looks again by then.
KEPT_FREE: Final = timedelta(seconds=15)
# No ring lasts longer: who was last rung before had none that gave way just now.
LONGEST_RING: Final = timedelta(minutes=3)


def take_person(
    session: Session, staff_id: int, account_sid: str, kind: str, *, now: datetime
) -> bool:
    """Hold a person who is about to be rung; False for one who is rung or talks already.

    Whoever was freed for danger a moment ago is left to live calls. The row is held, so that two
    calls at once never ring the same person. Practice beside a real telephone rings nobody's
    (calls.stand_ins), and holds nobody.
    """
    if runtime.current().settings.is_apart(account_sid):
        return True
    held = select(Staff.id, Staff.last_rung_at).where(Staff.id == staff_id)
    person = session.execute(held.with_for_update(skip_locked=True)).first()
    if person is None or is_on_the_phone(session, staff_id, now=now):
        return False
    rung_lately = person.last_rung_at is not None and person.last_rung_at > now - LONGEST_RING
    if kind != LIVE and rung_lately and _was_freed(session, staff_id, now=now):
        return False
    session.execute(
        update(Staff)
        .where(Staff.id == staff_id)
        .values(last_rung_at=now)
        .execution_options(synchronize_session=False)
    )
    return True


def _was_freed(session: Session, staff_id: int, *, now: datetime) -> bool:
    """Whether a ring at this person gave way to danger just now (calls.breaking)."""
    given = exists().where(Leg.staff_id == staff_id, Leg.broken_at > now - KEPT_FREE)
    return bool(session.scalar(select(given)))


def is_on_the_phone(session: Session, staff_id: int, *, now: datetime) -> bool:
    """Whether a leg to this person rings or talks; legs of practice beside it bind nobody."""
    leg = exists().where(
        Leg.staff_id == staff_id,
        Leg.state != "ended",
        Leg.touched_at > now - FORGOTTEN,
        Leg.account_sid == runtime.current().settings.twilio_account_sid,
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


def rung_in(session: Session, call_sids: Collection[str]) -> Sequence[Leg]:
    """The people who were rung while the callers of these calls waited, in order."""
    wanted = select(Leg).where(Leg.parent_call_sid.in_(call_sids), Leg.kind == LIVE)
    return session.scalars(wanted.order_by(Leg.created_at, Leg.key)).all()


def ring_result(leg: Leg) -> str:
    """What a ring at one of them came to: "took", "open" while it lasts, "missed", or "gave_way"
    where it was broken off for danger."""
    if leg.accepted:
        return "took"
    if leg.broken_at is not None and leg.status == CANCELED:
        return GAVE_WAY
    return "missed" if leg.state == "ended" else "open"


def end_legs_of(session: Session, call_sid: str, *, now: datetime) -> None:
    """The caller's connection is over: nobody is on the phone for it any more."""
    session.execute(
        update(Leg)
        .where(Leg.parent_call_sid == call_sid, Leg.state != "ended")
        .values(state="ended", touched_at=now)
        .execution_options(synchronize_session=False)
    )
