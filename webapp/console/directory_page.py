"""Puts the page of one office of the directory together, for whoever looks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask import url_for
from sqlalchemy.orm import Session

from agents.names import names_of
from cases.turned_away import TurnedAway, turned_away
from routing.change_log import changes_about
from routing.change_models import DirectoryChange
from routing.directory import Directory, current_directory
from routing.export import dialled
from routing.listing import below, hours_of, links_of, partners_near, way_up
from routing.models import Jurisdiction, Office, OfficeHours
from routing.queries import SCHOOL
from routing.vocabulary import HQ
from webapp.console.directory_door import Opened
from webapp.console.directory_filters import OfficeParameters
from webapp.console.directory_words import columns_changed, day, place, row_name, value, word
from webapp.console.language import gettext, marked
from webapp.console.pages import named

MOST_BELOW = 25
MOST_CHANGES = 10
MOST_PARTNERS = 50
FACTS = (
    *("type", "former_name_th", "province_code", "district_code", "postal_code", "affiliation"),
    *("level", "cluster", "phone", "confirmed", "basis"),
)
BY_COMMAND = marked("the command line")
SOMEBODY = marked("somebody who is no longer here")


@dataclass(frozen=True)
class Named:
    """An office to be linked to."""

    code: str
    name: str
    type: str
    tags: list[str]
    phone: str = ""

    @property
    def address(self) -> str:
        """Its page."""
        return url_for("desk.directory_office", office_code=self.code)


@dataclass(frozen=True)
class LinkShown:
    """One jurisdiction: what and where, from when to when, and what it rests on."""

    id: int
    what: str
    where: str
    dates: str
    basis: str
    is_confirmed: bool


@dataclass(frozen=True)
class ChangeShown:
    """One entry of the log."""

    id: int
    at: datetime
    who: str
    what: str
    row: str
    kind: str
    columns: list[tuple[str, str, str]]
    reason: str


@dataclass(frozen=True)
class DirectoryPage:
    """All that the page shows, in the reader's language."""

    code: str
    name: str
    other_name: str
    is_on: bool
    is_hq: bool
    is_school: bool
    tags: list[str]
    way: list[Named]
    facts: list[tuple[str, str]]
    links: dict[str, list[LinkShown]]
    hours: list[tuple[str, str]]
    below: list[Named]
    more_below: str
    partners: list[Named]
    turned_away: TurnedAway | None
    changes: list[ChangeShown]
    older: int | None


def directory_page(
    session: Session, opened: Opened, asked: OfficeParameters, *, now: datetime
) -> DirectoryPage:
    """The page of an office with a number of queries that does not grow with what it shows."""
    one, directory = opened.office, current_directory(session)
    links = links_of(session, one.code)
    lower = below(session, one.code, after=asked.below, limit=MOST_BELOW + 1)
    changes = changes_about(session, one.code, limit=MOST_CHANGES + 1, before=asked.before)
    counted = turned_away(session, [one.code]) if opened.may_contact else {}
    return DirectoryPage(
        code=one.code,
        name=named(one),
        other_name=_other_name(one),
        is_on=one.is_on,
        is_hq=one.code == HQ,
        is_school=one.type == SCHOOL,
        tags=tags_of(one),
        way=[linked(above) for above in way_up(session, directory, one)],
        facts=_facts(directory, one),
        links=shown_links(directory, links, now),
        hours=_hours(hours_of(session, one.code)),
        below=[linked(found) for found in lower[:MOST_BELOW]],
        more_below=lower[MOST_BELOW - 1].code if len(lower) > MOST_BELOW else "",
        partners=_partners(session, one, links, now),
        turned_away=counted.get(one.code),
        changes=shown_changes(session, directory, changes[:MOST_CHANGES]),
        older=changes[MOST_CHANGES - 1].id if len(changes) > MOST_CHANGES else None,
    )


def linked(one: Office) -> Named:
    """An office as a list shows it."""
    phone = dialled(one.phone) if one.phone else ""
    return Named(one.code, named(one), word("type", one.type), tags_of(one), phone)


def tags_of(one: Office) -> list[str]:
    """What is out of the ordinary with an office: the codes of its states."""
    holds = {"off": not one.is_on, "unconfirmed": not one.confirmed, "closed": not one.active}
    return [state for state, is_so in holds.items() if is_so]


def shown_changes(
    session: Session, directory: Directory, changes: Sequence[DirectoryChange]
) -> list[ChangeShown]:
    """Entries of the log in words; who changed it is named."""
    names = _names(session, {one.actor for one in changes})
    return [
        ChangeShown(
            id=one.id,
            at=one.at,
            who=names[one.actor],
            what=word("what", one.what),
            row=row_name(directory, one),
            kind="added" if one.before is None else "removed" if one.after is None else "changed",
            columns=columns_changed(directory, one.before, one.after),
            reason=word("reason", one.reason),
        )
        for one in changes
    ]


def _names(session: Session, actors: Collection[str]) -> dict[str, str]:
    """By actor the name that people know."""
    ids = {actor: actor.removeprefix("staff:") for actor in actors if actor.startswith("staff:")}
    known = names_of(session, [int(one) for one in ids.values()])
    found = {actor: known.get(int(one), gettext(SOMEBODY)) for actor, one in ids.items()}
    return {actor: found.get(actor, gettext(BY_COMMAND)) for actor in actors}


def _other_name(one: Office) -> str:
    """The name in the other language, where it is another."""
    shown = named(one)
    return next((name for name in (one.name_th, one.name_en) if name != shown), "")


def _facts(directory: Directory, one: Office) -> list[tuple[str, str]]:
    """What is known of an office; of what is not known only the telephone is missed."""
    found = [(name, getattr(one, name)) for name in FACTS]
    return [
        (word("column", name), value(directory, name, given))
        for name, given in found
        if given not in (None, "") or name == "phone"
    ]


def shown_links(
    directory: Directory, links: Sequence[Jurisdiction], now: datetime
) -> dict[str, list[LinkShown]]:
    """Jurisdictions that hold now, that will, and that did."""
    found: dict[str, list[LinkShown]] = {"now": [], "later": [], "past": []}
    for one in links:
        shown = LinkShown(
            id=one.id,
            what=", ".join(
                word(kind, code)
                for kind, code in (("affiliation", one.affiliation), ("level", one.level))
                if code
            ),
            where=place(directory, one.district_code, one.province_code),
            dates=_dates(one),
            basis=value(directory, "basis", one.basis),
            is_confirmed=one.confirmed,
        )
        found[_when(one, now)].append(shown)
    return found


def _when(link: Jurisdiction, now: datetime) -> str:
    if link.valid_to is not None and link.valid_to <= now:
        return "past"
    return "later" if link.valid_from is not None and link.valid_from > now else "now"


def _dates(link: Jurisdiction) -> str:
    parts = (("valid_from", link.valid_from), ("valid_to", link.valid_to))
    return " · ".join(f"{word('column', name)} {day(moment)}" for name, moment in parts if moment)


def _hours(rows: Sequence[OfficeHours]) -> list[tuple[str, str]]:
    """Own hours by weekday."""
    return [
        (word("weekday", weekday), ", ".join(f"{one.opens}–{one.closes}" for one in spans))
        for weekday, spans in groupby(rows, key=lambda one: one.weekday)
    ]


def _partners(
    session: Session, one: Office, links: Sequence[Jurisdiction], now: datetime
) -> list[Named]:
    """Partners of the districts that an office stands in or serves."""
    held = [link for link in links if _when(link, now) == "now"]
    districts = {one.district_code, *(link.district_code for link in held)} - {None}
    provinces = {one.province_code, *(link.province_code for link in held)} - {None}
    if not provinces:
        return []
    found = partners_near(
        session,
        [code for code in districts if code],
        [code for code in provinces if code],
        limit=MOST_PARTNERS,
    )
    return [linked(partner) for partner in found if partner.code != one.code]
