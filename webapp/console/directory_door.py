"""The way to the directory's pages: who may look at an office, and who may change what of it."""

import unicodedata
from dataclasses import dataclass
from enum import IntEnum

from flask import abort, request
from sqlalchemy.orm import Session

from core import clock
from recordings.rules import is_reason
from routing.change_log import LONGEST_REASON, Author
from routing.csv_tables import Refusal, refuse_line
from routing.editing import TYPED
from routing.listing import office
from routing.models import Office
from routing.queries import SCHOOL
from webapp.console.guard import current_person
from webapp.console.office_page import CODE
from webapp.console.office_page import MANAGE as CONTACT
from webapp.console.office_rights import may_at, may_everywhere

VIEW = "directory.view"
MANAGE = "directory.manage"


class Part(IntEnum):
    """What of an office may be changed, each with all before it: its hours and telephone; its
    other facts; whether it takes part, and where it stands. The last is for who looks after the
    office above: nobody switches the own office off."""

    NOTHING = 0
    CONTACT = 1
    FACTS = 2
    STANDING = 3


@dataclass(frozen=True)
class Opened:
    """An office, and how much of it the person may change."""

    office: Office
    may: Part
    may_link: bool

    @property
    def may_contact(self) -> bool:
        """Whether hours and telephone may be changed."""
        return self.may >= Part.CONTACT

    @property
    def may_manage(self) -> bool:
        """Whether its facts may be changed, and offices added below."""
        return self.may >= Part.FACTS

    @property
    def may_switch(self) -> bool:
        """Whether it may be switched, closed and moved."""
        return self.may >= Part.STANDING


def open_office(session: Session, code: str) -> Opened:
    """The office for everybody who is signed in; 404 where there is none."""
    found = office(session, code) if CODE.fullmatch(code) else None
    if found is None:
        abort(404)
    # Who serves what concerns other offices too.
    may_link = manages_country() and found.type != SCHOOL
    return Opened(found, _part(session, found), may_link)


def _part(session: Session, one: Office) -> Part:
    person = current_person()
    if one.parent_code and may_at(session, person, MANAGE, one.parent_code):
        return Part.STANDING
    if may_at(session, person, MANAGE, one.code):
        return Part.FACTS
    return Part.CONTACT if may_at(session, person, CONTACT, one.code) else Part.NOTHING


def open_to_change(session: Session, code: str, part: Part) -> Opened:
    """The office for who may change this much of it; the same 404 for everybody else."""
    opened = open_office(session, code)
    if opened.may < part:
        abort(404)
    return opened


def barred_parent(session: Session, code: str, before: str = "") -> list[Refusal]:
    """A refusal when an office is to hang below one that the person does not look after."""
    is_code = CODE.fullmatch(code) is not None
    if not is_code or code == before or may_at(session, current_person(), MANAGE, code):
        # What is no code is refused as an unknown office by the check itself.
        return []
    values = {"column": "parent_code", "value": before or "-", "parent": code}
    return [refuse_line(TYPED, 1, "parent_unknown", **values)]


def manages_country() -> bool:
    """Whether who asks looks after the directory of the whole country."""
    return may_everywhere(current_person(), MANAGE)


def need_country() -> None:
    """404 for everybody who does not look after the whole directory."""
    if not manages_country():
        abort(404)


def typed_reason() -> str:
    """The reason of a form as the log can keep it: what cannot be read is left out."""
    given = request.form.get("reason", "").strip()
    return "".join(one for one in given if unicodedata.category(one) != "Cc")


def is_good_reason(reason: str) -> bool:
    """Whether a reason says something and fits into the log."""
    return is_reason(reason) and len(reason) <= LONGEST_REASON


def author(reason: str = "") -> Author:
    """Who asks, as the log names them, now."""
    return Author(f"staff:{current_person().staff_id}", clock.now(), reason)
