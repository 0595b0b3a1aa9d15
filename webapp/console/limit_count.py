"""The short greetings that wait for a second person: the number in the menu."""

from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from agents.sessions import SignedIn
from calls.number_limits import awaiting_review
from core import clock


def limits_to_review(_session: Session, person: SignedIn) -> Select[Any]:
    """What the menu counts beside its entry."""
    return awaiting_review(person.staff_id, now=clock.now())
