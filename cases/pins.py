"""Following a case up by telephone: its reference and a PIN, and a lock against guessing."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cases.counting import alike
from cases.models import Case
from cases.pin import LOCK, MOST_FAILURES, pin_mac
from cases.timeline import note_event
from core.crypto import same

NO_PIN = "0" * 64


class FoundCase(NamedTuple):
    """What a caller who knows reference and PIN may be told of: the status and since when."""

    id: int
    reference: str
    status: str
    status_since: datetime


def set_pin(session: Session, case_id: int, pin: str, *, now: datetime) -> None:
    """Give a case its PIN, of which only a keyed HMAC is kept; the same PIN again is no change."""
    wanted = select(Case.reference, Case.pin_mac).where(Case.id == case_id)
    case = session.connection().execute(wanted).one()
    mac = pin_mac(case.reference, pin)
    if case.pin_mac is not None and same(mac, case.pin_mac):
        return
    _set(session, case_id, pin_mac=mac, pin_failures=0, pin_locked_until=None)
    note_event(session, case_id, "pin_set", {}, now, actor="caller")


def check_pin(
    session: Session, reference: str, pin: str, *, now: datetime, practice: bool = False
) -> FoundCase | None:
    """The case, or None for a wrong pair, a case without PIN and a locked one alike.

    Who practises follows up practised cases alone, and a real caller real ones.
    Five wrong tries lock for 15 minutes, in which the right PIN is refused too. The work is the
    same whether or not the reference exists, so that time tells nothing.
    """
    wanted = select(Case.__table__).where(
        Case.reference == reference, alike(Case.is_practice, practice)
    )
    wanted = wanted.with_for_update()
    case = session.connection().execute(wanted).first()
    mac = pin_mac(reference, pin)
    is_right = same(mac, (case.pin_mac if case else None) or NO_PIN)
    if case is None or (case.pin_locked_until and now < case.pin_locked_until):
        return None
    if not is_right:
        _count_failure(session, case.id, case.pin_failures + 1, now)
        return None
    if case.pin_failures:
        _set(session, case.id, pin_failures=0, pin_locked_until=None)
    return FoundCase(case.id, case.reference, case.status, case.status_since)


def _count_failure(session: Session, case_id: int, failures: int, now: datetime) -> None:
    if failures < MOST_FAILURES:
        _set(session, case_id, pin_failures=failures)
        return
    _set(session, case_id, pin_failures=0, pin_locked_until=now + LOCK)
    note_event(session, case_id, "pin_locked", {}, now)


def _set(session: Session, case_id: int, **values: object) -> None:
    session.connection().execute(update(Case).where(Case.id == case_id).values(**values))
