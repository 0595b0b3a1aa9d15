"""Puts the explainer's answer together: the office, every step on the way to it, the ladder."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.choosing import question_of, severity_of
from cases.models import HazardType
from core import runtime
from routing.explaining import Explained, explain
from routing.vocabulary import EMERGENCY
from webapp.console.case_words import in_language, word
from webapp.console.explain_form import AskedCodes
from webapp.console.explain_ladder import Rung, ladder
from webapp.console.language import gettext, marked
from webapp.console.pages import named

# The steps in the order in which they are taken: their heading, how their rules' names begin, and
# what is said where none of them was needed.
STAGES = (
    ("place", marked("The place"), ("place_",)),
    ("told", marked("Affiliation and level"), ("affiliation_", "level_")),
    (
        "serves",
        marked("Which office serves that"),
        (
            *("school_", "found_", "link_", "area_", "province_only", "nothing_found"),
            *("to_desk", "outside_", "partner_"),
        ),
    ),
    (
        "barred",
        marked("Who must not or cannot have it"),
        (
            *("conflict_", "excluded_", "closed_superior", "not_on_", "district_not_on"),
            *("highest_", "nobody_"),
        ),
    ),
    ("rules", marked("Rules that people wrote"), ("rule_",)),
    ("hours", marked("Who is there at that moment"), ("closed_now_",)),
)


@dataclass(frozen=True)
class Stage:
    """One step of the way: its heading and what was found."""

    name: str
    heading: str
    lines: list[str]


@dataclass(frozen=True)
class Answer:
    """What the page shows of an answer, in the reader's language."""

    office: str
    office_code: str
    severity: str
    at: datetime
    rules_version: int
    candidates: list[str]
    stages: list[Stage]
    ladder: tuple[Rung, ...]


def answer(session: Session, codes: AskedCodes, *, now: datetime) -> Answer:
    """Ask exactly what a call with these answers would ask."""
    told, at = codes.answers(), codes.at or now
    practice = runtime.current().settings.is_practice
    question = question_of(
        told,
        severity=severity_of(session, told),
        excluded=frozenset(),
        at=at,
        around_clock=practice,
    )
    found = explain(session, question)
    decision, directory = found.decision, found.directory
    office = directory.office(decision.office_code)
    return Answer(
        office=named(office) if office else decision.office_code,
        office_code=decision.office_code,
        severity=word("severity", question.severity),
        at=at,
        rules_version=directory.rules.version,
        candidates=[named(directory.offices[code]) for code in decision.candidates],
        stages=list(_stages(found)),
        ladder=ladder(decision, directory),
    )


def hazard_types(session: Session) -> list[tuple[str, str]]:
    """The types to choose from, by code."""
    rows = session.scalars(select(HazardType).order_by(HazardType.position, HazardType.code))
    return [(one.code, in_language(one)) for one in rows]


def stage_of(rule: str) -> str | None:
    """The stage to which a reason belongs, by its rule's name."""
    return next((name for name, _, begins in STAGES if rule.startswith(begins)), None)


def _stages(found: Explained) -> Iterator[Stage]:
    for name, heading, _ in STAGES:
        lines = [in_language(one) for one in found.decision.reasons if stage_of(one.rule) == name]
        yield Stage(name, gettext(heading), lines or [_nothing(name, found)])


def _nothing(stage: str, found: Explained) -> str:
    """What is said where a stage had nothing to do."""
    if stage == "barred":
        return gettext("Nothing speaks against the office found.")
    if stage == "rules":
        return _no_rule(found)
    return _no_hours(found) if stage == "hours" else ""


def _no_rule(found: Explained) -> str:
    version = found.directory.rules.version
    if not found.directory.rules.rules:
        return gettext("No rules are in force.")
    return gettext("No rule of version %(version)s holds.") % {"version": version}


def _no_hours(found: Explained) -> str:
    asked, office = found.question, found.decision.office_code
    if asked.severity != EMERGENCY:
        return gettext("This is no emergency: opening hours move nothing.")
    is_open = found.directory.is_open(office, asked.at, asked.usual)
    return gettext("The office is open at that moment.") if is_open else ""
