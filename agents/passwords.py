"""A person's own new password: what may be wrong with it, and keeping it."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from agents.accounts import Account, forget_tries
from agents.models import Staff
from agents.person import LONGEST_PASSWORD, SHORTEST_PASSWORD
from agents.sessions import end_other_sessions, keep_with_password


def password_fault(new: str, again: str, email: str) -> str | None:
    """What is wrong with a new password: "short", "long", "email", "again"; None for nothing."""
    faults = (
        ("short", len(new) < SHORTEST_PASSWORD),
        ("long", len(new) > LONGEST_PASSWORD),
        ("email", new.strip().lower() == email),
        ("again", new != again),
    )
    return next((rule for rule, holds in faults if holds), None)


def change_password(
    session: Session, account: Account, new_hash: str, *, kept_id: int, now: datetime
) -> bool:
    """Keep the new password's hash; all sessions of the person end but the one kept.

    False, and nothing is changed, when the password is another one by now.
    """
    changed = session.execute(
        update(Staff)
        .where(Staff.id == account.staff_id, Staff.password_hash == account.password_hash)
        .values(password_hash=new_hash, temporary_until=None)
        .returning(Staff.id)
        .execution_options(synchronize_session=False)
    )
    if changed.first() is None:
        return False
    keep_with_password(session, kept_id, password_hash=new_hash)
    end_other_sessions(session, staff_id=account.staff_id, kept_id=kept_id, now=now)
    forget_tries(session, account.email)
    return True
