"""The page that a notice leads to, for who reads it: a hand-over for who must answer it, a case for
some, a part of it for others."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.notice_links import ABOUT
from agents.notice_policy import current_policy
from agents.sessions import SignedIn
from cases.access import Viewer, visible
from cases.handover_conditions import awaited_from
from cases.models import Case
from cases.part_access import parts_opened

VIEW = "case.view"


@dataclass(frozen=True)
class Opens:
    """What a reader may open of a case."""

    address: str
    is_part: bool = False
    is_handover: bool = False


def pages_about(
    session: Session, person: SignedIn, references: Collection[str]
) -> dict[str, Opens]:
    """By reference the case's page for who may open it, else the page of the reader's part of it;
    what is with the reader no more is left out."""
    if not references:
        return {}
    viewer = Viewer(person.staff_id, person.roles)
    seen = visible(session, viewer, VIEW)
    wanted = select(Case.reference).where(Case.reference.in_(references), seen)
    cases = {one: Opens(url_for("desk.one_case", reference=one)) for one in session.scalars(wanted)}
    parts = parts_opened(session, viewer, set(references) - cases.keys())
    return cases | {
        one: Opens(url_for("desk.one_part", part_id=part_id), is_part=True)
        for one, part_id in parts.items()
    }


def answers_owed(
    session: Session, person: SignedIn, references: Collection[str], *, now: datetime
) -> dict[str, Opens]:
    """By reference the hand-over that waits for the reader's answer: it goes before the case."""
    viewer = Viewer(person.staff_id, person.roles)
    owed = awaited_from(session, viewer, references, now=now)
    return {
        one: Opens(url_for("desk.one_handover", handover_id=handover_id), is_handover=True)
        for one, handover_id in owed.items()
    }


def leads_to(template: str, reference: str | None, opened: Mapping[str, Opens]) -> str:
    """The page that a notice is about: the desk, the warnings, what may be opened of the case."""
    if is_warning(template):
        return url_for("desk.warnings")
    if not is_about_case(template):
        return url_for("desk.home")
    found = opened.get(reference or "")
    return found.address if found else ""


def is_about_case(template: str) -> bool:
    """Whether a notice leads to its case, or to what of it waits for the reader."""
    return current_policy().template(template).page in ABOUT


def is_to_answer(template: str) -> bool:
    """Whether a notice leads to a hand-over while that waits for the reader."""
    return current_policy().template(template).page == "handover"


def is_warning(template: str) -> bool:
    """Whether a notice leads to the warnings."""
    return current_policy().template(template).page == "warnings"
