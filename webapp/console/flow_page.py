"""Puts the pages of the call flow together: figures, a node, releases, one beside another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from calls.flow_book import FlowCard, current_book
from calls.flow_models import FlowRelease
from calls.flow_releases import all_releases
from calls.node_counts import NodeFigures, counted_versions, node_figures
from core.zones import bangkok
from webapp.console.case_words import word
from webapp.console.flow_differences import NodeChange, differences
from webapp.console.flow_figures import NodeLine, first_day, node_lines, where_stuck
from webapp.console.rules_page import actor_names

BUILT_IN = 0
MOST_VERSIONS = 20


@dataclass(frozen=True)
class ReleaseLine:
    """One time that a version was put in force; number 0 is the built-in flow."""

    number: int
    version: str
    at: datetime | None
    who: str
    note: str
    back_to: int | None
    is_refused: bool
    is_in_force: bool


@dataclass(frozen=True)
class Choice:
    """Which version and how many days are looked at, and which versions there are to choose."""

    version: str
    days: int
    versions: list[str]


@dataclass(frozen=True)
class FlowPage:
    """One version with its figures; not readable where its source does not fit this software."""

    choice: Choice
    calls: int
    lines: list[NodeLine]
    stuck: list[NodeLine]
    is_readable: bool


@dataclass(frozen=True)
class ReleasePage:
    """One release, and how it differs from another; no changes where one cannot be read."""

    line: ReleaseLine
    against: ReleaseLine
    newest: ReleaseLine
    others: list[ReleaseLine]
    changes: list[NodeChange] | None


def choose(session: Session, version: str, days: int, *, now: datetime) -> Choice:
    """The version that was asked for, by itself the one in force."""
    lines = release_lines(session)
    counted = counted_versions(session, first_day(bangkok(now).date(), days))
    known = list(dict.fromkeys([*(line.version for line in lines), *sorted(counted)]))
    wanted = version if version in known else lines[0].version
    shown = known[:MOST_VERSIONS]
    return Choice(wanted, days, shown if wanted in shown else [wanted, *shown])


def flow_page(session: Session, choice: Choice, *, now: datetime) -> FlowPage:
    """The figures of a version."""
    card = current_book().card(session, choice.version)
    if card is None:
        return FlowPage(choice, 0, [], [], is_readable=False)
    lines = _lines_of(session, card, choice, now)
    calls = next((one.figures.came for one in lines if one.card.name == _start(card)), 0)
    return FlowPage(choice, calls, lines, where_stuck(lines), is_readable=True)


def node_line(session: Session, name: str, choice: Choice, *, now: datetime) -> NodeLine | None:
    """One node with its figures; None where the version has no such node."""
    card = current_book().card(session, choice.version)
    if card is None or name not in card.nodes:
        return None
    since = first_day(bangkok(now).date(), choice.days)
    figures = node_figures(session, choice.version, since)
    return NodeLine(card.nodes[name], figures.get(name, NodeFigures()))


def _start(card: FlowCard) -> str:
    return card.settings["start"]


def _lines_of(session: Session, card: FlowCard, choice: Choice, now: datetime) -> list[NodeLine]:
    since = first_day(bangkok(now).date(), choice.days)
    return node_lines(card, node_figures(session, choice.version, since))


def release_lines(session: Session) -> list[ReleaseLine]:
    """Every release, the newest first, and the built-in flow, which is in force without one."""
    releases = all_releases(session)
    names = _who(session, releases)
    lines = [_line(one, names, in_force=one is releases[0]) for one in releases]
    built_in = current_book().built_in()
    return [*lines, ReleaseLine(BUILT_IN, built_in, None, "", "", None, False, not lines)]


def _line(release: FlowRelease, names: dict[str, str], *, in_force: bool) -> ReleaseLine:
    return ReleaseLine(
        number=release.id,
        version=release.version,
        at=release.at,
        who=names[release.by],
        note=release.note,
        back_to=release.back_to,
        is_refused=release.refused_at is not None,
        is_in_force=in_force,
    )


def _who(session: Session, releases: Iterable[FlowRelease]) -> dict[str, str]:
    people = actor_names(session, (one.by for one in releases))
    shell = {one.by for one in releases if one.by.startswith("shell:")}
    return {by: word("actor", "command") if by in shell else name for by, name in people.items()}


def release_page(session: Session, number: int, against: int | None) -> ReleasePage | None:
    """A release beside another: by itself what is in force, or the one before what is in force."""
    lines = release_lines(session)
    by_number = {line.number: line for line in lines}
    if number not in by_number or (against is not None and against not in by_number):
        return None
    line, newest = by_number[number], lines[0]
    before = lines[1] if line is newest and len(lines) > 1 else newest
    other = before if against is None else by_number[against]
    others = [one for one in lines if one is not line][:MOST_VERSIONS]
    return ReleasePage(line, other, newest, others, _changes(session, other, line))


def _changes(session: Session, old: ReleaseLine, new: ReleaseLine) -> list[NodeChange] | None:
    cards = [current_book().card(session, one.version) for one in (old, new)]
    before, after = cards
    return None if before is None or after is None else differences(before, after)
