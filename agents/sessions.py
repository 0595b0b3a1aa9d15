"""Sign-ins as rows: a random token in the browser, its hash here, looked at on each request.

Roles, the person's state and the session itself are read anew each time, so that a role change, a
disabled account and an ended session hold from the next request on (ASVS 5.0 7.4.2, 8.3.2).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from agents.models import Staff, StaffRole, StaffSession
from agents.undertakings import current_undertaking
from core import yaml_text
from core.crypto import same

FILE = Path(__file__).parent / "data" / "sign_in.yaml"
TOKEN_BYTES = 32
LONGEST_DEVICE = 200
# A page that is looked at often must not write a row each time.
RENEW_EVERY = timedelta(minutes=1)
FORGET_AFTER = timedelta(days=90)
# What stands between a person and the desk: a password that somebody else knows as well, or no
# signature under the undertaking of secrecy in force.
PASSWORD: Final = "password"
UNDERTAKING: Final = "undertaking"


@dataclass(frozen=True)
class Limits:
    """The figures of sign_in.yaml."""

    idle: timedelta
    longest: timedelta
    window: timedelta
    account_tries: int
    address_tries: int
    temporary: timedelta


@dataclass(frozen=True)
class SignedIn:
    """Who asks, as the database says at this very request; roles are (role, office code).

    `gate` is what the person must do first, before anything else opens: PASSWORD, UNDERTAKING or
    "" for nothing. `practises`: a trainee, where practice stands beside a real telephone.
    """

    staff_id: int
    name: str
    language: str
    roles: tuple[tuple[str, str], ...]
    session_id: int = 0
    is_renewal_due: bool = False
    gate: str = ""
    practises: bool = False


@cache
def limits() -> Limits:
    """How long a sign-in holds, and how often a password may be tried."""
    raw = yaml_text.load(FILE.read_text(encoding="utf-8"))
    return Limits(
        idle=timedelta(minutes=raw["idle_minutes"]),
        longest=timedelta(hours=raw["longest_hours"]),
        window=timedelta(minutes=raw["window_minutes"]),
        account_tries=raw["account_tries"],
        address_tries=raw["address_tries"],
        temporary=timedelta(hours=raw["temporary_hours"]),
    )


def open_session(
    session: Session, staff_id: int, *, password_hash: str, device: str, now: datetime
) -> str:
    """Open a session for a person whose password fitted; the token in plain, shown this once."""
    long_over = StaffSession.ends_at < now - FORGET_AFTER
    session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id, long_over))
    plain = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        StaffSession(
            staff_id=staff_id,
            token_hash=_hash(plain),
            password_mark=_hash(password_hash),
            device=device[:LONGEST_DEVICE],
            created_at=now,
            seen_at=now,
            idle_until=now + limits().idle,
            ends_at=now + limits().longest,
        )
    )
    session.flush()
    return plain


def find_signed_in(session: Session, plain: str, *, now: datetime) -> SignedIn | None:
    """The person behind a token while its session holds; None for anything else."""
    held = session.execute(
        select(StaffSession, Staff, StaffRole.role, StaffRole.office_code)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .outerjoin(StaffRole, StaffRole.staff_id == Staff.id)
        .where(StaffSession.token_hash == _hash(plain), Staff.active, *_holds(now))
        .order_by(StaffRole.office_code, StaffRole.role)
    ).all()
    if not held:
        return None
    signed_in, staff, *_ = held[0]
    if not same(signed_in.password_mark, _hash(staff.password_hash or "")):
        return None
    pairs = tuple((row.role, row.office_code) for row in held if row.role is not None)
    is_due = now - signed_in.seen_at >= RENEW_EVERY
    return SignedIn(
        staff_id=staff.id,
        name=staff.name,
        language=staff.language,
        roles=pairs,
        session_id=signed_in.id,
        is_renewal_due=is_due,
        gate=_gate(staff),
        practises=staff.practises,
    )


def renew(session: Session, session_id: int, *, now: datetime) -> None:
    """Move the end of an idle session on; the end of the day stays where it is."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.id == session_id, *_holds(now))
        .values(seen_at=now, idle_until=now + limits().idle)
    )


def live_sessions(session: Session, staff_id: int, *, now: datetime) -> list[StaffSession]:
    """A person's sessions that hold, the one seen last first."""
    wanted = select(StaffSession).where(StaffSession.staff_id == staff_id, *_holds(now))
    newest = wanted.order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())
    return list(session.scalars(newest))


def end_session(session: Session, session_id: int, *, staff_id: int, now: datetime) -> bool:
    """End one of a person's own sessions; False when there is none such."""
    ended = session.execute(
        update(StaffSession)
        .where(StaffSession.id == session_id, StaffSession.staff_id == staff_id, *_holds(now))
        .values(revoked_at=now)
        .returning(StaffSession.id)
    )
    return ended.first() is not None


def end_other_sessions(session: Session, *, staff_id: int, kept_id: int, now: datetime) -> None:
    """End all sessions of a person but one."""
    _end(session, StaffSession.staff_id == staff_id, StaffSession.id != kept_id, now=now)


def keep_with_password(session: Session, session_id: int, *, password_hash: str) -> None:
    """Tie a session to its person's new password, so that it goes on."""
    kept = update(StaffSession).where(StaffSession.id == session_id)
    session.execute(kept.values(password_mark=_hash(password_hash)))


def choose_language(session: Session, staff_id: int, language: str) -> None:
    """Keep the language that a person chose."""
    session.execute(update(Staff).where(Staff.id == staff_id).values(language=language))


def end_sessions(session: Session, staff_id: int, *, now: datetime) -> None:
    """End all sessions of a person."""
    _end(session, StaffSession.staff_id == staff_id, now=now)


def _end(session: Session, *which: ColumnElement[bool], now: datetime) -> None:
    session.execute(update(StaffSession).where(*which, *_holds(now)).values(revoked_at=now))


def _gate(staff: Staff) -> str:
    if staff.temporary_until is not None:
        return PASSWORD
    return "" if staff.undertaking == current_undertaking().version else UNDERTAKING


def _holds(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        StaffSession.revoked_at.is_(None),
        StaffSession.idle_until > now,
        StaffSession.ends_at > now,
    )


def _hash(plain: str) -> str:
    """A fast hash is enough for 256 random bits, and for the mark of what is a hash already."""
    return hashlib.sha256(plain.encode()).hexdigest()
