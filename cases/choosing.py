"""What routing is asked about a case: its answers as a question for `choose_office`."""

from datetime import datetime

from sqlalchemy.orm import Session

from agents.hours import usual_hours
from cases.answers import CaseAnswers
from cases.rules import UNKNOWN_GROUP, severity, staff_involved, type_of
from cases.taxonomy import type_facts
from routing.rules import Question


def severity_of(session: Session, answers: CaseAnswers) -> str:
    """How grave a case with these answers is."""
    return severity(type_facts(session, type_of(answers)), answers)


def question_of(
    answers: CaseAnswers,
    *,
    severity: str,
    excluded: frozenset[str],
    at: datetime,
    around_clock: bool = False,
) -> Question:
    """The question for these answers at this moment; `around_clock` is for practice."""
    return Question(
        hazard_group=answers.hazard_group or UNKNOWN_GROUP,
        hazard_type=answers.hazard_type,
        district_code=answers.district_code,
        province_code=answers.province_code,
        affiliation=answers.affiliation,
        level=answers.level,
        staff_involved=staff_involved(answers),
        district_confirmed=answers.place_confirmed,
        excluded=excluded,
        at=at,
        severity=severity,
        language=answers.language,
        usual=usual_hours(at, around_clock=around_clock),
    )
