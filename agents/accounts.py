"""Passwords: counted before they are looked at, checked one at a time, nobody learns who exists.

A door counts the try and reads the account in one transaction, checks the password with none open,
and opens the session in another.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore, Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, case, delete, or_, select, update
from sqlalchemy.orm import Session

from agents.models import SignInTries, Staff
from agents.person import LONGEST_EMAIL, LONGEST_PASSWORD, SHORTEST_PASSWORD
from agents.sessions import limits
from core import runtime
from core.errors import HotlineError
from core.inserts import insert_unless_there

# Of a password that was thrown away: an unknown account costs the same work as a known one.
NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$SUjymJ2X8SjduI6z3JLCgQ$"
    "wTu9rpsQDtlKx/q1afcr0YFpazRHHprbmshA+w8kaXo"
)
# Each check takes 64 MiB and, on this process's behalf, a core: one works, a few wait, and the
# next is sent away at once, so that no flood of sign-ins holds the threads that answer calls.
MOST_AT_ONCE = 4
FORGET_AFTER = timedelta(days=1)

_checking = Lock()
_places = BoundedSemaphore(MOST_AT_ONCE)


class Crowded(HotlineError):
    """Too many passwords are being checked; the same try may come again in a moment."""


@dataclass(frozen=True)
class Account:
    """What is needed to sign a person in."""

    staff_id: int
    email: str
    password_hash: str


def count_try(session: Session, email: str, address: str, *, now: datetime) -> bool:
    """Count one try for the e-mail and for the network address; False when either must rest.

    Counted before the password is looked at, so that parallel guesses count too. An e-mail that
    nobody has rests like any other.
    """
    session.execute(delete(SignInTries).where(SignInTries.since < now - FORGET_AFTER))
    by_email = _count(session, _email_key(email), now)
    by_address = _count(session, _key("address", address), now)
    return by_email <= limits().account_tries and by_address <= limits().address_tries


def forget_tries(session: Session, email: str) -> None:
    """Start an account's count again, after its password fitted."""
    session.execute(delete(SignInTries).where(SignInTries.key == _email_key(email)))


def find_account(session: Session, email: str, *, now: datetime) -> Account | None:
    """The account of an active person with a password; a temporary one fits only for a while."""
    if len(email) > LONGEST_EMAIL or "\0" in email:
        return None
    in_time = or_(Staff.temporary_until.is_(None), Staff.temporary_until > now)
    return _account(session, Staff.email == email.strip().lower(), in_time)


def account_of(session: Session, staff_id: int) -> Account | None:
    """The account of an active person who is known already."""
    return _account(session, Staff.id == staff_id)


def _account(session: Session, *conditions: ColumnElement[bool]) -> Account | None:
    wanted = select(Staff.id, Staff.email, Staff.password_hash).where(
        *conditions, Staff.active, Staff.password_hash.is_not(None)
    )
    found = session.execute(wanted).first()
    if found is None or not found.password_hash:
        return None
    return Account(found.id, found.email, found.password_hash)


def password_fits(account: Account | None, password: str) -> bool:
    """Whether the password is the account's; as slow for no account. Crowded when it must wait.

    Call it with no transaction open: it takes a tenth of a second and more.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        password = ""
    with _one_at_a_time():
        fits = _verify(account.password_hash if account else NOBODYS_HASH, password)
    return fits and account is not None and bool(password)


def hash_of(password: str) -> str:
    """The hash to keep for a new password. Crowded when it must wait; as slow as a check."""
    with _one_at_a_time():
        return PasswordHasher().hash(password.encode("utf-8", "replace"))


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise Crowded("too many passwords are being checked")
    try:
        with _checking:
            yield
    finally:
        _places.release()


def _verify(password_hash: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(password_hash, password.encode("utf-8", "replace"))
    except (VerificationError, InvalidHashError):
        return False


def _count(session: Session, key: str, now: datetime) -> int:
    """One more try under a key; a window that has passed starts again."""
    insert = insert_unless_there(session.connection(), SignInTries)
    session.execute(insert.values(key=key, tries=0, since=now))
    is_over = SignInTries.since <= now - limits().window
    counted = session.execute(
        update(SignInTries)
        .where(SignInTries.key == key)
        .values(
            tries=case((is_over, 1), else_=SignInTries.tries + 1),
            since=case((is_over, now), else_=SignInTries.since),
        )
        .returning(SignInTries.tries)
        .execution_options(synchronize_session=False)
    )
    return counted.scalar_one()


def _email_key(email: str) -> str:
    return _key("email", email.strip().lower())


def _key(kind: str, value: str) -> str:
    return runtime.current().keyring.fingerprint(f"sign_in.{kind}", value)
