"""People of one office with phones, and shifts and leave for them."""

from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from agents.person import Person
from agents.roster_rules import OFFICE as OFFICE_KIND
from agents.roster_wishes import AbsenceWish, ShiftWish
from agents.rosters import RosterKey, add_absence, add_shift
from agents.services import add_staff
from core.database import transaction
from core.zones import BANGKOK

# A Friday morning, ten o'clock in Thailand.
FRIDAY = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
OFFICE = "ESA-9202"
KEY = RosterKey(OFFICE, OFFICE_KIND)
ON_CALL = RosterKey("HQ", "on_call")
_numbers = count(1)


def worker(role: str = "operator", office: str = OFFICE, **more: Any) -> int:
    """Somebody with a phone; the staff id."""
    number = next(_numbers)
    person = Person(
        email=f"worker{number}@example.org",
        name=f"คนที่ {number}",
        role=role,
        office_code=office,
        phone=more.pop("phone", f"+6681000{number % 10000:04d}"),
        **more,
    )
    with transaction() as session:
        return add_staff(session, person, now=FRIDAY).id


def on(staff_id: int, starts: str, ends: str, key: RosterKey = KEY, **more: Any) -> int:
    """A shift on the Friday, or as `more` says; its id."""
    values = {"valid_from": TODAY, "valid_to": TODAY} | more
    wish = ShiftWish(staff_id, starts, ends, **values)
    with transaction() as session:
        return add_shift(session, key, wish, by=staff_id, now=FRIDAY).id


def leave(staff_id: int, first: date = TODAY, key: RosterKey = KEY, **more: Any) -> int:
    """Leave on the Friday, or as `more` says; its id."""
    values = {"last_day": first, "reason": "vacation", "cover_id": None} | more
    with transaction() as session:
        wish = AbsenceWish(staff_id, first, **values)
        return add_absence(session, key, wish, by=staff_id, now=FRIDAY).id


def at(clock: str, day: date = TODAY) -> datetime:
    """A moment of the Friday as people in Thailand write it."""
    return datetime.combine(day, time.fromisoformat(clock), BANGKOK)
