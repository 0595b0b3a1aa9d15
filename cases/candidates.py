"""Which offices come into question for a case that was not its office's own.

Only proposals: somebody chooses one (cases.sending), or hands the case over.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.answers import CaseAnswers
from cases.choosing import question_of
from cases.holding import lead_of, place_of
from cases.models import Assignment, Case, CasePlace, TimelineEvent
from cases.not_ours_rules import OTHER_AFFILIATION
from cases.queries import exclusions
from cases.senders import NOT_OURS
from routing.directory import Directory, current_directory
from routing.rules import Decision, Question, choose_office
from routing.vocabulary import AFFILIATIONS, HQ, PARTNER, PRIMARY_LEVEL, SECONDARY_LEVEL


def asked_about(
    case: Case, place: CasePlace, *, excluded: frozenset[str] = frozenset(), now: datetime
) -> Question:
    """What routing is asked about a case as it is known now; its school is not looked up yet."""
    answers = CaseAnswers(
        hazard_group=case.hazard_group,
        hazard_type=case.hazard_type,
        quiet=case.quiet,
        conflict=case.conflict,
        level=place.level,
        affiliation=place.affiliation,
        district_code=place.district_code,
        province_code=place.province_code,
        place_confirmed=place.confirmed,
        language=case.language,
    )
    question = question_of(answers, severity=case.severity, excluded=excluded, at=now)
    return replace(question, school_office=place.school_code)


def fitting_candidates(session: Session, case_id: int, decision: Decision) -> list[str]:
    """The offices that a decision of now names, but who has the case and who said "not ours"."""
    directory = current_directory(session)
    left_out = exclusions(session, case_id).offices | said_not_ours(session, case_id)
    left_out |= {lead_of(session, case_id).office_code}
    found = dict.fromkeys((decision.office_code, *decision.candidates))
    return [one for one in found if _is_one(one, left_out, directory)]


def said_not_ours(session: Session, case_id: int) -> set[str]:
    """The offices that have said so of this case."""
    wanted = select(TimelineEvent.data).where(
        TimelineEvent.case_id == case_id, TimelineEvent.kind == NOT_OURS
    )
    return {data["from_code"] for data in session.scalars(wanted)}


def other_candidates(
    session: Session, case: Case, why: str, refused: frozenset[str], *, now: datetime
) -> list[str]:
    """The offices that may be meant instead of `refused`, who are excluded or said "not ours".

    First those that came into question before, then those that the district and the province
    name; where the affiliation was wrong, those of the other ones. Never who is above a refused
    one, for that is where the case goes, nor a body outside the ministry.
    """
    directory = current_directory(session)
    asked = asked_about(case, place_of(session, case.id), excluded=refused, now=now)
    found = [*_before(session, case.id)]
    for question in _questions(replace(asked, school_office=None), why, directory):
        decision = choose_office(question, directory)
        found += [decision.office_code, *decision.candidates]
    above = {one.code for code in refused for one in directory.superiors(code)}
    return [one for one in dict.fromkeys(found) if _is_one(one, refused | above, directory)]


def _questions(asked: Question, why: str, directory: Directory) -> Iterator[Question]:
    district = directory.district(asked.district_code)
    province = district.province_code if district else asked.province_code
    yield asked
    yield replace(asked, district_code=None, province_code=province)
    if why == OTHER_AFFILIATION:
        for affiliation in AFFILIATIONS:
            for level in (PRIMARY_LEVEL, SECONDARY_LEVEL):
                yield replace(asked, affiliation=affiliation, level=level)


def _before(session: Session, case_id: int) -> Iterable[str]:
    """The candidates of the offices that had the case, in their order."""
    wanted = select(Assignment.candidates).where(Assignment.case_id == case_id)
    rows = session.scalars(wanted.order_by(Assignment.id))
    return (code for candidates in rows for code in candidates)


def _is_one(code: str, left_out: frozenset[str], directory: Directory) -> bool:
    office = directory.office(code)
    if office is None or code == HQ or code in left_out:
        return False
    return office.active and office.is_on and office.type != PARTNER
