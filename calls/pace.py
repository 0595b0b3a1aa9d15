"""How fast the provider is asked to ring: no more in one second than it takes, by all workers."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import case, exists, or_, select, text, update
from sqlalchemy.orm import Session

from calls.models import PRESSING, Callback
from calls.policy import Policy
from calls.queries import ripe
from calls.ring_models import RingPace
from calls.shut_out import held_for
from core.inserts import insert_unless_there

# Clocks of two machines are less apart than this; a second further ahead was a clock set back.
CLOCKS_APART_S: Final = 5
# When a ring that had to let others go first is looked at again.
PACE: Final = timedelta(seconds=1)


class NotNow(Exception):
    """Somebody could be rung, but another ring goes first: look again after `wait`."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(str(wait))
        self.wait = wait


def take_ring(
    session: Session, account_sid: str, policy: Policy, *, pressing: bool, now: datetime
) -> None:
    """Take one of this second's rings; NotNow when they are spent.

    The last lock that a transaction takes: whoever waits for it holds up nobody.
    """
    if not may_ask(session, account_sid, policy, pressing=pressing, now=now):
        raise NotNow(held_for(session, account_sid, now=now) or PACE)


def may_ask(
    session: Session, account_sid: str, policy: Policy, *, pressing: bool, now: datetime
) -> bool:
    """The same as an answer; False too while somebody in danger is due and nobody has taken it.

    `pressing` rings are bound by the same number, and only go first, each on its own account.
    """
    if not pressing and _somebody_is_in_danger(session, account_sid, now):
        return False
    second = int(now.timestamp())
    if _taken(session, account_sid, policy, second, now):
        return True
    insert = insert_unless_there(session.connection(), RingPace)
    row = {"account_sid": account_sid, "second": second, "rings": 1, "last_office": ""}
    made = session.execute(insert.values(row).returning(RingPace.account_sid)).first()
    # Of two that ring first of all, one finds the other's row.
    return made is not None or _taken(session, account_sid, policy, second, now)


def _taken(session: Session, account_sid: str, policy: Policy, second: int, now: datetime) -> bool:
    pause = timedelta(seconds=policy.shut_out_wait_s)
    is_new = or_(RingPace.second < second, RingPace.second > second + CLOCKS_APART_S)
    changed = session.execute(
        update(RingPace)
        .where(
            RingPace.account_sid == account_sid,
            or_(is_new, RingPace.rings < policy.rings_a_second),
            or_(RingPace.ask_at.is_(None), RingPace.ask_at <= now),
        )
        .values(
            rings=case((is_new, 1), else_=RingPace.rings + 1),
            second=case((is_new, second), else_=RingPace.second),
            # While the account is shut out one ring finds out, and the next one after a pause.
            ask_at=case((RingPace.ask_at.is_not(None), now + pause)),
        )
        .returning(RingPace.rings)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None


def _somebody_is_in_danger(session: Session, account_sid: str, now: datetime) -> bool:
    """Whether such a callback is due and nobody has taken it yet: the next look does."""
    waits = exists().where(text(PRESSING), ripe(now), Callback.account_sid == account_sid)
    return bool(session.scalar(select(waits)))
