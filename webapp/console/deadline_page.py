"""Puts the page of an office's deadlines together: what holds, whose rules, what was late."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.names import names_of
from agents.sessions import SignedIn
from cases.above import offices_up
from cases.access import Viewer
from cases.deadline_book import (
    SEVERITIES,
    Example,
    Holds,
    RuleWish,
    examples,
    holding,
    in_force,
    written,
)
from cases.deadline_models import DeadlineRule
from cases.deadline_rules import RANGES, Deadline, Rule
from cases.deadlines import CALLBACK
from cases.lateness import late_counts
from cases.states import NEXT_STEPS
from routing.models import Office
from webapp.console.case_words import word
from webapp.console.deadline_words import deadline_text, hazard_names
from webapp.console.language import gettext, marked
from webapp.console.office_page import MOST_BELOW, managed_office
from webapp.console.pages import named
from webapp.documents import office_names

SHORTEN, MANAGE = "deadline.shorten", "deadline.manage"
UNITS = {
    "minutes": marked("Minutes around the clock"),
    "working_minutes": marked("Minutes of office hours"),
    "working_days": marked("Working days"),
}


@dataclass(frozen=True)
class StepTime:
    """How long a step may take here, and whose rule says so; empty for the usual time."""

    step: str
    time: str
    source: str


@dataclass(frozen=True)
class RuleLine:
    """A rule that holds or will; `may_take_back` is for this reader."""

    id: int
    what: str
    hazard: str
    time: str
    since: datetime
    is_heads: bool
    may_take_back: bool


@dataclass(frozen=True)
class LogLine:
    """One thing that somebody wrote."""

    what: str
    hazard: str
    time: str
    since: datetime
    at: datetime
    who: str
    note: str


@dataclass(frozen=True)
class LateLine:
    """How many steps an office had late lately."""

    code: str
    name: str
    count: int


@dataclass(frozen=True)
class DeadlinesPage:
    """All that the page shows, in the reader's language."""

    code: str
    name: str
    hazard: str
    hazards: dict[str, str]
    tables: list[tuple[str, list[StepTime]]]
    rules: list[RuleLine]
    log: list[LogLine]
    late: list[LateLine]
    may_write: bool
    only_shortens: bool
    choices: dict[str, list[tuple[str, str]]]
    preview: Sequence[Example]


@dataclass(frozen=True)
class Writer:
    """What a person may write about an office's deadlines."""

    may_write: bool
    only_shortens: bool


def writer_of(session: Session, person: SignedIn, code: str) -> Writer:
    """Whether a person writes rules for an office, and whether only such as shorten a time."""
    manages = managed_office(session, person, code, MANAGE) is not None
    shortens = managed_office(session, person, code, SHORTEN) is not None
    return Writer(manages or shortens, not manages)


def deadlines_page(
    session: Session,
    office: Office,
    person: SignedIn,
    hazard: str,
    *,
    wish: RuleWish | None,
    now: datetime,
) -> DeadlinesPage:
    """The page of an office; `wish` is a rule that is only looked at."""
    writer, hazards = writer_of(session, person, office.code), hazard_names(session)
    hazard = hazard if hazard in hazards else ""
    log = written(session, office.code)
    offices = {office.code: named(office)} | _names(session, offices_up(session, office.code))
    only = writer.only_shortens
    return DeadlinesPage(
        code=office.code,
        name=named(office),
        hazard=hazard,
        hazards=hazards,
        tables=_tables(holding(session, office.code, hazard, now), offices),
        rules=[_rule(one, writer, hazards) for one in in_force(session, [office.code], now)],
        log=_log(session, log, hazards),
        late=_late(session, office, person, now),
        may_write=writer.may_write,
        only_shortens=only,
        choices=_choices(hazards),
        preview=examples(session, wish, only_shortens=only, now=now) if wish else (),
    )


def _tables(held: Iterable[Holds], offices: dict[str, str]) -> list[tuple[str, list[StepTime]]]:
    found: dict[str, list[StepTime]] = {one: [] for one in SEVERITIES}
    for one in held:
        source = offices.get(one.office_code, one.office_code) if one.office_code else ""
        text = deadline_text(one.decided.deadline)
        found[one.severity].append(StepTime(word("step", one.step), text, source))
    return [(word("severity", severity), rows) for severity, rows in found.items()]


def _rule(rule: Rule, writer: Writer, hazards: dict[str, str]) -> RuleLine:
    return RuleLine(
        id=rule.id,
        what=_what(rule.severity, rule.step),
        hazard=hazards.get(rule.hazard, rule.hazard),
        time=deadline_text(rule.deadline) if rule.deadline else "",
        since=rule.valid_from,
        is_heads=rule.only_shortens,
        may_take_back=writer.may_write and (rule.only_shortens or not writer.only_shortens),
    )


def _log(session: Session, rows: Sequence[DeadlineRule], hazards: dict[str, str]) -> list[LogLine]:
    names = names_of(session, [one.created_by for one in rows])
    return [
        LogLine(
            what=_what(one.severity, one.step),
            hazard=hazards.get(one.hazard, one.hazard),
            time=_written_time(one),
            since=one.valid_from,
            at=one.created_at,
            who=names.get(one.created_by, ""),
            note=one.note,
        )
        for one in rows
    ]


def _written_time(row: DeadlineRule) -> str:
    if row.unit is None or row.amount is None:
        return gettext("taken back")
    return deadline_text(Deadline(row.unit, row.amount))


def _what(severity: str, step: str) -> str:
    return f"{word('severity', severity)} · {word('step', step)}"


def _late(session: Session, office: Office, person: SignedIn, now: datetime) -> list[LateLine]:
    """The office and those right below it, the one with the most late steps first."""
    below = select(Office).where(Office.parent_code == office.code, Office.active)
    near = [office, *session.scalars(below.order_by(Office.code).limit(MOST_BELOW))]
    viewer = Viewer(person.staff_id, person.roles)
    counts = late_counts(session, [one.code for one in near], viewer, now=now)
    lines = [LateLine(one.code, named(one), counts.get(one.code, 0)) for one in near]
    return [lines[0], *sorted((one for one in lines[1:] if one.count), key=lambda one: -one.count)]


def _choices(hazards: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    return {
        "severity": [(code, word("severity", code)) for code in SEVERITIES],
        "step": [(code, word("step", code)) for code in (*NEXT_STEPS.values(), CALLBACK)],
        "hazard": list(hazards.items()),
        "unit": [(code, gettext(UNITS[code])) for code in RANGES],
    }


def _names(session: Session, codes: Iterable[str]) -> dict[str, str]:
    return {code: named(name) for code, name in office_names(session, codes).items()}
