"""What routing is asked about a case: severity, language and the hours of the moment."""

from datetime import datetime

import pytest

from cases.answers import CaseAnswers
from cases.choosing import question_of, severity_of
from core.database import reading
from core.runtime import Runtime
from core.zones import BANGKOK
from routing.directory import current_directory
from routing.rules import choose_office

MORNING = datetime(2026, 11, 20, 10, 0, tzinfo=BANGKOK)
NIGHT = datetime(2026, 11, 20, 23, 0, tzinfo=BANGKOK)
# The day that stands in for 5 December, a Saturday.
HOLIDAY = datetime(2026, 12, 7, 10, 0, tzinfo=BANGKOK)
RATSADA = {"hazard_group": "V", "district_code": "9209", "place_confirmed": True}


def office(answers: CaseAnswers, at: datetime, *, around_clock: bool = False) -> str:
    with reading() as session:
        asked = question_of(
            answers,
            severity=severity_of(session, answers),
            excluded=frozenset(),
            at=at,
            around_clock=around_clock,
        )
        return choose_office(asked, current_directory(session)).office_code


@pytest.mark.parametrize(
    ("more", "at", "expected"),
    [
        ({"danger": True}, MORNING, "ESA-9202"),
        ({"danger": True}, NIGHT, "HQ"),
        ({"danger": True}, HOLIDAY, "HQ"),
        ({"hazard_type": "V3"}, NIGHT, "ESA-9202"),
        ({"quiet": True, "conflict": "no"}, NIGHT, "ESA-9202"),
        ({"danger": True, "conflict": "yes"}, MORNING, "OBEC"),
        ({"danger": True, "conflict": "yes"}, NIGHT, "HQ"),
    ],
)
def test_danger_goes_where_somebody_is_and_nothing_else_moves_with_the_hour(
    more: dict[str, object], at: datetime, expected: str, runtime: Runtime
) -> None:
    assert office(CaseAnswers(**RATSADA, **more), at) == expected


def test_in_practice_the_offices_never_close(runtime: Runtime) -> None:
    in_danger = CaseAnswers(**RATSADA, danger=True)
    assert office(in_danger, NIGHT, around_clock=True) == "ESA-9202"
    assert office(in_danger, HOLIDAY, around_clock=True) == "ESA-9202"


def test_question_carries_what_rules_may_ask_for(runtime: Runtime) -> None:
    answers = CaseAnswers(**RATSADA, danger=True, language="en", hazard_type="V1")
    with reading() as session:
        severity = severity_of(session, answers)
    asked = question_of(answers, severity=severity, excluded=frozenset({"OBEC"}), at=NIGHT)
    assert (asked.severity, asked.language) == ("emergency", "en")
    assert (asked.hazard_type, asked.staff_involved) == ("V1", True)
    assert (asked.excluded, asked.at) == (frozenset({"OBEC"}), NIGHT)
