"""The notices that a person has not read: the number in the menu."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, exists
from sqlalchemy.orm import Session

from agents.models import Notice
from agents.notice_queries import OFFICE_READERS, unseen
from agents.sessions import SignedIn
from cases.access import Viewer, not_excluded
from cases.models import Case
from core import clock
from webapp.console.menu_count import MenuCounts

LIST: Final = "desk.notices"


def known_to(person: SignedIn) -> ColumnElement[bool]:
    """The condition on Notice that its case is none of which the person must not know (§3a.7)."""
    shut_out = ~not_excluded(Viewer(person.staff_id, person.roles))
    return ~exists().where(Case.reference == Notice.reference, shut_out)


def unread(_session: Session, person: SignedIn) -> Select[Any]:
    """What the menu counts beside its entry."""
    offices = {office for role, office in person.roles if role in OFFICE_READERS}
    return unseen(person.staff_id, offices, now=clock.now(), also=known_to(person))


def unread_text(person: SignedIn) -> str:
    """The same number for a page that is open."""
    return MenuCounts(person, {LIST: unread}).text(LIST)
