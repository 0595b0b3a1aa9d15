"""Operators with telephones, the callbacks they owe, and what became of calls."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select, update

from agents.models import Staff
from calls import tasks
from calls.models import Call, Callback, CallbackAttempt
from cases.access import Viewer
from core import clock
from core.database import reading, transaction
from tests.console_cases.people import ACCOUNT, Made, hired, opened_case

# A Friday morning, ten o'clock in Thailand.
FRIDAY = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
OFFICE = "ESA-9202"
NUMBER = "+66810000077"
# The task that dials, which app.py makes known to every process.
DIAL = tasks.dial_callback.name
_numbers = count(100)


@dataclass(frozen=True)
class Owed:
    """A callback with its case."""

    id: int
    case: Made


def operator(*roles: tuple[str, str], phone: str | None = "+66810000142", **more: Any) -> Viewer:
    """A person with these (role, office) pairs and a telephone of their own."""
    language = more.pop("language", "th")
    viewer = hired("กมล ทดสอบ", *(roles or (("operator", OFFICE),)), language=language)
    with transaction() as session:
        staff = session.get_one(Staff, viewer.staff_id)
        staff.phone = phone
        for name, value in more.items():
            setattr(staff, name, value)
    return viewer


def owed(
    *,
    office: str = OFFICE,
    state: str = "due",
    case: Made | None = None,
    answers: dict[str, Any] | None = None,
    excluded: str | None = None,
    **values: Any,
) -> Owed:
    """A callback whose own call is over: allowed from 08:00 to 12:00, ready to be made."""
    made = case or opened_case(office=office, answers=answers, excluded=excluded)
    now = clock.now()
    row: dict[str, Any] = {
        "case_id": made.case_id,
        "call_sid": made.call_sid,
        "account_sid": ACCOUNT,
        "office_code": office,
        "state": state,
        "consent": True,
        "number": NUMBER,
        "number_fingerprint": f"line-{next(_numbers)}",
        "window_start": "08:00",
        "window_end": "12:00",
        "language": "th",
        "severity": "normal",
        "waiting_since": now,
        "due_at": now - timedelta(minutes=1) if state in ("due", "retry") else None,
        "late_at": now + timedelta(hours=5),
    }
    with transaction() as session:
        ended = update(Call).where(Call.sid == made.call_sid)
        session.execute(ended.values(ended_at=now, status="completed"))
        callback = Callback(**row | values)
        session.add(callback)
        session.flush()
        return Owed(callback.id, made)


def undecided(reason: str, **values: Any) -> Owed:
    """A callback about which a person must decide, for this reason."""
    state = "stopped" if reason == "stopped" else values.pop("state", "decision")
    return owed(state=state, reason=reason, **values)


def attempt(owed_one: Owed, number: int = 1, **values: Any) -> None:
    """One try at a callback."""
    now = clock.now()
    row = {
        "callback_id": owed_one.id,
        "number": number,
        "token": f"token-{owed_one.id}-{number}",
        "operator_leg_key": f"leg-{owed_one.id}-{number}",
        "intent_at": now,
        "started_at": now,
    }
    with transaction() as session:
        session.add(CallbackAttempt(**row | values))


def ended(owed_one: Owed, number: int, outcome: str) -> None:
    """The try is over."""
    of_this = (CallbackAttempt.callback_id == owed_one.id, CallbackAttempt.number == number)
    with transaction() as session:
        change = update(CallbackAttempt).where(*of_this)
        session.execute(change.values(outcome=outcome, state="ended", ended_at=clock.now()))


def moved(owed_one: Owed, state: str, **values: Any) -> None:
    """The callback as the worker and the telephone leave it."""
    with transaction() as session:
        change = update(Callback).where(Callback.id == owed_one.id)
        session.execute(change.values(state=state, **values))


def row_of(owed_one: Owed) -> Callback:
    """The callback as it is kept now."""
    with reading() as session:
        return session.scalars(select(Callback).where(Callback.id == owed_one.id)).one()
