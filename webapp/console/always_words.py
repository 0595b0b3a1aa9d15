"""What the desk may decide for good, in words: which reports, to which office, how it stands."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.access import Viewer, visible
from cases.learning import Decided, Offer, offer_of, who_decided
from cases.models import Case
from cases.queries import CaseFile
from routing.directory import current_directory
from routing.learning import Served, decided_for_good, reference_of
from routing.models import Jurisdiction
from routing.reasons import basis_words, district_name
from routing.reasons import word as routing_word
from routing.snapshot import Directory
from webapp.console.case_words import in_language
from webapp.console.pages import named
from webapp.console.rules_page import actor_names

LEARN = "jurisdiction.learn"
MOST_SHOWN = 100


@dataclass(frozen=True)
class DecidedLine:
    """One thing that the desk decided for good; the case only for who may see it."""

    id: int
    what: str
    office: str
    since: datetime | None
    until: datetime | None
    who: str
    ended_by: str
    reference: str | None


@dataclass(frozen=True)
class Named:
    """An office that the directory names for such reports by now, since when and on what basis."""

    office: str
    since: datetime | None
    basis: str
    is_chosen: bool


@dataclass(frozen=True)
class AlwaysCard:
    """The offer in the reader's language; with `named` there is nothing left to decide."""

    offer: Offer
    what: str
    office: str
    named: list[Named]

    @property
    def is_decided(self) -> bool:
        """Whether such reports go to the office that was chosen here."""
        return len(self.named) == 1 and self.named[0].is_chosen


def always_card(session: Session, file: CaseFile, *, now: datetime) -> AlwaysCard | None:
    """The card of a case, or None where nothing can be decided for good."""
    offer = offer_of(session, file, now=now)
    if offer is None:
        return None
    directory = current_directory(session)
    return AlwaysCard(
        offer=offer,
        what=served_words(offer.served, directory),
        office=_office(offer.office_code, directory),
        named=[
            Named(
                office=_office(link.office_code, directory),
                since=link.valid_from,
                basis=in_language(basis_words(link.basis)),
                is_chosen=link.office_code == offer.office_code,
            )
            for link in offer.named
        ],
    )


def decided_lines(session: Session, viewer: Viewer) -> list[DecidedLine]:
    """What the desk decided for good, the newest first, with who decided and who ended it."""
    found = decided_for_good(session, MOST_SHOWN)
    references = [reference_of(one.basis) or "" for one in found]
    who = who_decided(session, references)
    actors = (actor for one in who.values() for actor in (one.by, one.ended_by))
    names = actor_names(session, actors)
    mine = _on_lists(session, viewer, references)
    directory = current_directory(session)
    return [
        DecidedLine(
            id=one.id,
            what=served_words(_served(one), directory),
            office=_office(one.office_code, directory),
            since=one.valid_from,
            until=one.valid_to,
            who=names.get(who.get(one.id, Decided()).by, ""),
            ended_by=names.get(who.get(one.id, Decided()).ended_by, ""),
            reference=reference if reference in mine else None,
        )
        for one, reference in zip(found, references, strict=True)
    ]


def _on_lists(session: Session, viewer: Viewer, references: list[str]) -> set[str]:
    wanted = select(Case.reference).where(
        Case.reference.in_(references), visible(session, viewer, "case.list")
    )
    return set(session.scalars(wanted))


def _served(link: Jurisdiction) -> Served:
    return Served(link.district_code or "", link.affiliation, link.level)


def served_words(served: Served, directory: Directory) -> str:
    """A district with its affiliation and level."""
    district = directory.district(served.district_code)
    parts = [in_language(district_name(district, directory)) if district else served.district_code]
    parts += [in_language(routing_word(one)) for one in (served.affiliation, served.level) if one]
    return " · ".join(parts)


def _office(code: str, directory: Directory) -> str:
    office = directory.office(code)
    return named(office) if office else code
