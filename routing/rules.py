"""Which office owns a report: a pure decision with every step of its reasoning.

Order (design.md §4 and its settled questions): the place, the affiliation and level, the office
that serves both, who must not have the report or cannot act on it (`routing.climbing`), the rules
that people wrote (`routing.overruling`), and in an emergency who is there.
"""

from dataclasses import dataclass, field
from datetime import datetime

from routing.climbing import Ban, prefer_open, settle
from routing.matching import Found, Search, find_office
from routing.opening import UsualHours
from routing.overruling import overrule
from routing.reasons import Reason, Skipped, district_name, province_name, reason, word
from routing.rulebook import CLOSED, OPEN, Facts
from routing.snapshot import Directory, District, Office, Province
from routing.vocabulary import (
    AFFILIATIONS,
    BASIC,
    EMERGENCY,
    HQ,
    NONFORMAL,
    PRIMARY_LEVEL,
    SECONDARY_LEVEL,
    VOCATIONAL,
)

__all__ = ["Decision", "Question", "Reason", "Skipped", "choose_office", "understood"]


@dataclass(frozen=True)
class Question:
    """What is known of a report when its office is chosen; None means not known.

    `school_parent` is the code of the office above `school_office`, which the caller looks up
    (`routing.queries.school`), because schools are not in the directory snapshot. `at` is the
    moment at which jurisdictions must hold and offices be open; None takes those without an end
    and closes nothing. `usual` are the hours of offices without hours of their own.
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
    severity: str | None = None
    language: str | None = None
    usual: UsualHours | None = None


@dataclass(frozen=True)
class Decision:
    """The office, why, and the offices among which a person may have to choose.

    `complained_of` is the office that the report was kept from because its staff may be involved,
    `meant_for` the one that would have had it if the roll-out had come so far, `skipped` are all
    that it went past, in order.
    """

    office_code: str
    reasons: tuple[Reason, ...]
    candidates: tuple[str, ...] = ()
    complained_of: str | None = None
    meant_for: str | None = None
    skipped: tuple[Skipped, ...] = ()


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
    waits = district if district and not district.is_on else None
    ban = Ban(question.staff_involved, question.excluded, waits)
    settled = settle(found, ban, directory)
    rules = tuple(one for one in directory.rules.rules if one.is_valid(question.at))
    if rules:
        facts = _facts(run, settled.office, (affiliation, level), (district, province))
        settled = overrule(settled, facts, directory, rules)
    if question.severity == EMERGENCY:
        settled = prefer_open(settled, directory, question.at, question.usual)
    return Decision(
        office_code=settled.office.code,
        reasons=(*run.steps, *settled.reasons),
        candidates=tuple(one.code for one in settled.candidates),
        complained_of=settled.complained_of,
        meant_for=settled.meant_for,
        skipped=settled.skipped,
    )


def understood(question: Question) -> tuple[str, str | None]:
    """The affiliation and level by which the tree searches, assumed where nothing was said."""
    run = _Reasoning(question, Directory())
    affiliation = _affiliation(run)
    return affiliation, _level(run, affiliation)


def _facts(
    run: _Reasoning,
    chosen: Office,
    searched: tuple[str, str | None],
    place: tuple[District | None, Province | None],
) -> Facts:
    """What rules are asked about: the answers as the tree understood them, and its answer."""
    question, (district, province) = run.question, place
    is_open = run.directory.is_open(chosen.code, question.at, question.usual)
    return Facts(
        hazard_group=question.hazard_group,
        hazard_type=question.hazard_type,
        severity=question.severity,
        affiliation=searched[0],
        level=searched[1],
        province=province.code if province else None,
        district=district.code if district else None,
        language=question.language,
        hours=OPEN if is_open else CLOSED,
        conflict=question.staff_involved,
    )


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
    return Found(area, (reason("school_known", code=code),), chosen=True, by_place=True)
