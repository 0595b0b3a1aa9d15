"""Which office owns a report: a pure decision with every step of its reasoning.

Order (design.md §4 and its settled questions): the place, the affiliation and level, the office
that serves both, then who must not have the report (`routing.climbing`).
"""

from dataclasses import dataclass, field
from datetime import datetime

from routing.climbing import Ban, settle
from routing.matching import Found, Search, find_office
from routing.reasons import Reason, district_name, province_name, reason, word
from routing.snapshot import Directory, District, Office, Province
from routing.vocabulary import (
    AFFILIATIONS,
    BASIC,
    HQ,
    NONFORMAL,
    PRIMARY_LEVEL,
    SECONDARY_LEVEL,
    VOCATIONAL,
)

__all__ = ["Decision", "Question", "Reason", "choose_office"]


@dataclass(frozen=True)
class Question:
    """What is known of a report when its office is chosen; None means not known.

    `school_parent` is the code of the office above `school_office`, which the caller looks up
    (`routing.queries.school`), because schools are not in the directory snapshot. `at` is the
    moment at which jurisdictions must hold; None takes those without an end.
    """

    hazard_group: str = "X"
    hazard_type: str | None = None
    district_code: str | None = None
    province_code: str | None = None
    school_office: str | None = None
    affiliation: str | None = None
    level: str | None = None
    staff_involved: bool = False
    excluded: frozenset[str] = frozenset()
    district_confirmed: bool = True
    school_parent: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Decision:
    """The office, why, and the offices among which a person may have to choose."""

    office_code: str
    reasons: tuple[Reason, ...]
    candidates: tuple[str, ...] = ()


@dataclass
class _Reasoning:
    """The steps so far; lives only while one decision is made."""

    question: Question
    directory: Directory
    steps: list[Reason] = field(default_factory=list)


def choose_office(question: Question, directory: Directory) -> Decision:
    """The office for a report: never none, never an excluded one while another exists."""
    run = _Reasoning(question, directory)
    district, province = _place(run)
    affiliation = _affiliation(run)
    level = _level(run, affiliation)
    found = _school_area(run)
    if found is None:
        search = Search(affiliation, level, district, province, question.at)
        found = find_office(search, directory)
    run.steps.extend(found.reasons)
    if not directory.offices:
        return Decision(HQ, tuple(run.steps))
    ban = Ban(question.staff_involved, question.excluded)
    settled = settle(found, ban, directory)
    steps = (*run.steps, *settled.reasons)
    return Decision(settled.office.code, steps, tuple(one.code for one in settled.candidates))


def _place(run: _Reasoning) -> tuple[District | None, Province | None]:
    question, directory = run.question, run.directory
    district = directory.district(question.district_code)
    if question.district_code and district is None:
        run.steps.append(reason("place_code_unknown", code=question.district_code))
    if district:
        run.steps.append(reason("place_district", place=district_name(district, directory)))
        if not question.district_confirmed:
            run.steps.append(reason("place_unconfirmed"))
        return district, directory.province(district.province_code)
    province = directory.province(question.province_code)
    if question.province_code and province is None:
        run.steps.append(reason("place_code_unknown", code=question.province_code))
    if province:
        run.steps.append(reason("place_province", place=province_name(province)))
    else:
        run.steps.append(reason("place_missing"))
    return None, province


def _affiliation(run: _Reasoning) -> str:
    """The affiliation as given, else what the level implies, else basic education."""
    given, level = run.question.affiliation, run.question.level
    # Basic education has neither vocational nor non-formal schools: the pressed level is right.
    if level in (VOCATIONAL, NONFORMAL) and given in (None, BASIC):
        run.steps.append(reason("affiliation_from_level", affiliation=word(level)))
        return level
    if given is None:
        run.steps.append(reason("affiliation_assumed"))
        return BASIC
    known = given in AFFILIATIONS
    rule = "affiliation_given" if known else "affiliation_unknown"
    run.steps.append(reason(rule, affiliation=word(given)))
    return given


def _level(run: _Reasoning, affiliation: str) -> str | None:
    """The level of basic education, primary when not known; other affiliations have none."""
    if affiliation != BASIC:
        return None
    level = run.question.level
    if level in (PRIMARY_LEVEL, SECONDARY_LEVEL):
        run.steps.append(reason("level_given", level=word(level)))
        return level
    run.steps.append(reason("level_assumed"))
    return PRIMARY_LEVEL


def _school_area(run: _Reasoning) -> Found | None:
    code = run.question.school_office
    if code is None:
        return None
    area: Office | None = run.directory.office(run.question.school_parent)
    if area is None:
        run.steps.append(reason("school_unknown", code=code))
        return None
    return Found(area, (reason("school_known", code=code),), chosen=True)
