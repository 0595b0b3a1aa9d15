"""Days off that an admin adds or takes away: all clocks go by them, at once."""

from collections.abc import Mapping
from datetime import date

import pytest

from agents.attendance import office_is_open
from agents.errors import RosterRefused
from agents.holidays import DayWish, change_day, withdraw_change, year_of
from agents.hours import government_holidays, holidays_around, usual_hours
from agents.queries import operators_on_duty
from cases.deadlines import ACKNOWLEDGE, Owed, due_of, step_due
from core.database import reading, transaction
from core.runtime import Runtime, configure
from routing.directory import current_directory
from routing.rules import Question, choose_office
from tests.agents.roster_people import FRIDAY, OFFICE, TODAY, worker

pytestmark = pytest.mark.backends("postgresql", "sqlite")
MONDAY = date(2026, 11, 23)
FATHERS_DAY = date(2026, 12, 7)


def is_open(office: str) -> bool:
    """Whether an office works on the Friday morning."""
    with reading() as session:
        return office_is_open(current_directory(session), office, FRIDAY)


def changed(day: date = TODAY, *, is_off: bool = True, office: str = "") -> int:
    """Change a day; gives who did it."""
    by = worker("admin", "HQ")
    with transaction() as session:
        wish = DayWish(day, is_off, "วันหยุดพิเศษ", office_code=office)
        change_day(session, wish, by=by, now=FRIDAY)
    return by


def test_a_day_that_is_added_closes_the_offices_and_moves_deadlines(runtime: Runtime) -> None:
    operator = worker()
    due = step_due(ACKNOWLEDGE, "normal", FRIDAY)
    assert due.date() == MONDAY
    with reading() as session:
        assert [one.staff_id for one in operators_on_duty(session, OFFICE, now=FRIDAY)] == [
            operator
        ]
    changed()
    changed(MONDAY)
    assert not is_open(OFFICE)
    assert step_due(ACKNOWLEDGE, "normal", FRIDAY).date() == date(2026, 11, 24)
    with reading() as session:
        assert operators_on_duty(session, OFFICE, now=FRIDAY) == []


def test_a_day_of_one_office_is_nobody_elses(runtime: Runtime) -> None:
    changed(office=OFFICE)
    assert not is_open(OFFICE)
    assert is_open("ESA-9201")


def acknowledged_by(office: str) -> date:
    """By which day an office must take note of an ordinary case of the Friday morning."""
    with reading() as session:
        return due_of(session, ACKNOWLEDGE, Owed("normal", "V", "V3", office), FRIDAY).at.date()


def test_the_clocks_of_an_office_go_by_its_own_days(runtime: Runtime) -> None:
    assert acknowledged_by(OFFICE) == MONDAY
    changed(MONDAY, office=OFFICE)
    assert acknowledged_by(OFFICE) == date(2026, 11, 24)
    assert acknowledged_by("ESA-9201") == MONDAY


def routed_to(severity: str, place: Mapping[str, str]) -> str:
    """Where a report of the Friday morning goes."""
    asked = Question(**place, severity=severity, at=FRIDAY, usual=usual_hours(FRIDAY))
    with reading() as session:
        return choose_office(asked, current_directory(session)).office_code


@pytest.mark.parametrize(
    ("severity", "elsewhere", "office"),
    [("emergency", False, "HQ"), ("urgent", False, OFFICE), ("emergency", True, OFFICE)],
)
def test_danger_goes_past_an_office_on_its_own_day_off(
    severity: str, elsewhere: bool, office: str, runtime: Runtime
) -> None:
    place = {"district_code": "9209"}
    assert routed_to(severity, place) == OFFICE
    for code in ("ESA-9201",) if elsewhere else (OFFICE, "OBEC"):
        changed(office=code)
    assert routed_to(severity, place) == office


def test_a_day_of_the_calendar_can_be_taken_away_and_given_back(runtime: Runtime) -> None:
    assert FATHERS_DAY in government_holidays(2026)
    by = changed(FATHERS_DAY, is_off=False)
    assert FATHERS_DAY not in holidays_around(FRIDAY)
    with transaction() as session:
        (line,) = [one for one in year_of(session, 2026) if one.change_id]
        assert (line.day, line.is_off, line.changed_at) == (FATHERS_DAY, False, FRIDAY)
        assert withdraw_change(session, line.change_id or 0, by=by, now=FRIDAY)
        assert not withdraw_change(session, line.change_id or 0, by=by, now=FRIDAY)
    assert FATHERS_DAY in holidays_around(FRIDAY)
    with reading() as session:
        assert not [one for one in year_of(session, 2026) if one.change_id]


def test_another_process_learns_of_it(runtime: Runtime) -> None:
    """A process that begins anew stands for one that has waited until its knowledge is stale."""
    assert is_open(OFFICE)
    changed()
    configure(runtime.settings, runtime.engine)
    assert not is_open(OFFICE)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"day": FATHERS_DAY}, "off_already"),
        ({"is_off": False}, "not_off"),
        ({"name_th": ""}, "name_missing"),
        ({"name_en": "x" * 121}, "name_missing"),
        ({"office_code": "NOWHERE"}, "office_unknown"),
        ({"day": date(2069, 1, 1)}, "day_far"),
    ],
)
def test_a_change_that_changes_nothing_or_makes_no_sense_is_refused(
    runtime: Runtime, values: dict[str, object], rule: str
) -> None:
    by = worker("admin", "HQ")
    given = {"day": TODAY, "is_off": True, "name_th": "วันหยุดพิเศษ"}
    with transaction() as session, pytest.raises(RosterRefused) as refused:
        change_day(session, DayWish(**(given | values)), by=by, now=FRIDAY)  # type: ignore[arg-type]
    assert refused.value.rule == rule


def test_the_same_day_is_added_once(runtime: Runtime) -> None:
    changed()
    with pytest.raises(RosterRefused):
        changed()
