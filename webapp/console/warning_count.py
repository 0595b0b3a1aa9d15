"""The warnings that wait for somebody in charge: the number in the menu."""

from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from agents.sessions import SignedIn
from calls.warning_list import pressing
from cases.access import Viewer
from core import clock


def waiting_warnings(session: Session, person: SignedIn) -> Select[Any]:
    """What the menu counts beside its entry."""
    return pressing(session, Viewer(person.staff_id, person.roles), now=clock.now())
