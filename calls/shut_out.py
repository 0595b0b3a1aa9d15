"""An account that the provider does not let in: nobody is rung until it does, and people see it.

A revoked key or a suspended account concerns every ring alike, so none of them is a refusal of one
call: no try and no attempt is spent, the line holds, and goes on by itself (reliability.md F38).
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Update, func, select, update
from sqlalchemy.orm import Session

from calls.policy import Policy
from calls.ring_models import RingPace
from core.inserts import insert_unless_there

# Rings that are held find out within a second or two of their moment.
LATELY: Final = timedelta(seconds=10)


def shut_out(session: Session, account_sid: str, policy: Policy, *, now: datetime) -> None:
    """The provider did not let the account in: hold its rings for a while."""
    until = now + timedelta(seconds=policy.shut_out_wait_s)
    row = {"account_sid": account_sid, "second": 0, "rings": 0, "last_office": ""}
    session.execute(insert_unless_there(session.connection(), RingPace).values(row))
    since = func.coalesce(RingPace.shut_out_since, now)
    held = update(RingPace).where(RingPace.account_sid == account_sid)
    session.execute(
        held.values(shut_out_since=since, ask_at=until).execution_options(synchronize_session=False)
    )


def let_in(session: Session, account_sid: str) -> None:
    """The provider answered a ring of the account: whatever was held goes on."""
    session.execute(_back(account_sid))


def answered(session: Session, account_sid: str, *, now: datetime) -> None:
    """The provider answered something else: that counts where no ring has found out lately.

    An account may be kept from ringing and still be told of its calls.
    """
    session.execute(_back(account_sid).where(RingPace.ask_at <= now - LATELY))


def held_for(session: Session, account_sid: str, *, now: datetime) -> timedelta | None:
    """How long the account's rings are held yet; None when they are not."""
    wanted = select(RingPace.ask_at).where(RingPace.account_sid == account_sid)
    ask_at = session.scalar(wanted)
    return ask_at - now if ask_at is not None and ask_at > now else None


def shut_out_since(session: Session, account_sid: str) -> datetime | None:
    """Since when the provider does not let the account in; None while it does."""
    wanted = select(RingPace.shut_out_since).where(RingPace.account_sid == account_sid)
    return session.scalar(wanted)


def _back(account_sid: str) -> Update:
    was_out = RingPace.account_sid == account_sid, RingPace.shut_out_since.is_not(None)
    freed = update(RingPace).where(*was_out).values(shut_out_since=None, ask_at=None)
    return freed.execution_options(synchronize_session=False)
