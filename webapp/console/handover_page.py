"""Puts the page of a hand-over together: what it is about, the hand-over itself, what follows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cases.handovers import CaseBrief, HandoverFile
from cases.models import HazardType
from routing.directory import current_directory
from webapp.console.case_words import in_language, word
from webapp.console.dates import thai_moment
from webapp.console.desk import place_words
from webapp.console.handover_card import HandoverCard, handover_card

# How it looks: something waits, something is done, something came to nothing.
LOOKS = {"requested": "warn", "offered": "", "accepted": "good", "done": "good"}


@dataclass(frozen=True)
class HandoverPage:
    """All that the page shows: nothing personal of the case but what the asker wrote."""

    reference: str
    what: str
    place: str
    severity: str
    is_danger: bool
    is_practice: bool
    card: HandoverCard
    follows: str
    look: str


def handover_page(
    session: Session, file: HandoverFile, *, with_words: bool, now: datetime
) -> HandoverPage:
    """The page for who may look at it."""
    case, card = file.case, handover_card(session, file, with_words=with_words, now=now)
    directory = current_directory(session)
    return HandoverPage(
        reference=case.reference,
        what=_what(session, case),
        place=place_words(directory, case.district_code, case.province_code),
        severity=case.severity,
        is_danger=case.danger,
        is_practice=case.is_practice,
        card=card,
        follows=_follows(card),
        look=LOOKS.get(card.state, "warn"),
    )


def _what(session: Session, case: CaseBrief) -> str:
    kind = session.get(HazardType, case.hazard_type) if case.hazard_type else None
    group = word("group", case.hazard_group)
    return f"{group} · {in_language(kind)}" if kind else group


def _follows(card: HandoverCard) -> str:
    return word(
        "follows",
        card.state,
        receiver=", ".join(card.to),
        asker=card.asked_by,
        office=card.from_office,
        moment=thai_moment(card.due_at),
    )
