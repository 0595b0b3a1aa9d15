"""Shifts, nights, leave and cover: who is on duty at a moment, and which hours nobody covers."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.coverage_rules import Gap, gaps, opening, whole_day
from agents.holiday_rules import Change, days_off
from agents.roster_rules import (
    Absence,
    Choice,
    Roster,
    Shift,
    holds_duty,
    is_of_today,
    on_call_now,
    on_shift,
    on_shift_now,
    turns,
)
from core.zones import BANGKOK
from routing.opening import END_OF_DAY, UsualHours

# A Monday, and a holiday on the Wednesday.
MONDAY = date(2026, 11, 16)
TUESDAY, WEDNESDAY = MONDAY + timedelta(1), MONDAY + timedelta(2)
HOLIDAYS = frozenset({WEDNESDAY})
A, B, C = 1, 2, 3
OFFICE = "ESA-9202"

DAY = Shift(A, time(8), time(16), MONDAY, weekday=1)
NIGHT = Shift(A, time(22), time(6), MONDAY, weekday=1)
WEDNESDAYS = Shift(A, time(8), time(16), MONDAY, weekday=3)
ONCE = Shift(A, time(8), time(16), WEDNESDAY, WEDNESDAY)


def at(day: date, clock: str) -> datetime:
    """A moment as people in Thailand write it."""
    return datetime.combine(day, time.fromisoformat(clock), BANGKOK)


def roster(*shifts: Shift, absences: tuple[Absence, ...] = ()) -> Roster:
    """The office's roster with these lines."""
    return Roster(OFFICE, shifts, absences, is_kept=True, holidays=HOLIDAYS)


def away(staff_id: int, first: date, last: date | None = None, **more: object) -> Absence:
    """Leave of a person at the office."""
    return replace(Absence(staff_id, first, last or first, OFFICE), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("shift", "moment", "expected"),
    [
        (DAY, at(MONDAY, "07:59"), False),
        (DAY, at(MONDAY, "08:00"), True),
        (DAY, at(MONDAY, "15:59"), True),
        (DAY, at(MONDAY, "16:00"), False),
        (DAY, at(TUESDAY, "10:00"), False),
        (DAY, at(MONDAY - timedelta(7), "10:00"), False),
        (DAY, at(MONDAY + timedelta(7), "10:00"), True),
        (replace(DAY, valid_to=MONDAY), at(MONDAY + timedelta(7), "10:00"), False),
        (NIGHT, at(MONDAY, "23:00"), True),
        (NIGHT, at(TUESDAY, "05:59"), True),
        (NIGHT, at(TUESDAY, "06:00"), False),
        (NIGHT, at(MONDAY, "05:00"), False),
        (replace(NIGHT, ends=END_OF_DAY), at(MONDAY, "23:59"), True),
        (replace(NIGHT, ends=END_OF_DAY), at(TUESDAY, "00:00"), False),
        (replace(NIGHT, starts=time(8), ends=time(8)), at(TUESDAY, "07:59"), True),
        (WEDNESDAYS, at(WEDNESDAY, "10:00"), False),
        (replace(WEDNESDAYS, on_holidays=True), at(WEDNESDAY, "10:00"), True),
        (ONCE, at(WEDNESDAY, "10:00"), True),
        (ONCE, at(WEDNESDAY + timedelta(7), "10:00"), False),
    ],
)
def test_when_a_shift_holds(shift: Shift, moment: datetime, expected: bool) -> None:
    assert on_shift(A, moment, roster(shift)) is expected


@pytest.mark.parametrize(
    ("absences", "moment", "there"),
    [
        ((), at(MONDAY, "23:00"), {A}),
        ((away(A, MONDAY),), at(MONDAY, "23:00"), set()),
        ((away(A, MONDAY, cover_id=B),), at(MONDAY, "23:00"), {B}),
        # The night belongs to Monday, on whichever day its hours lie.
        ((away(A, MONDAY, cover_id=B),), at(TUESDAY, "05:00"), {B}),
        ((away(A, TUESDAY, cover_id=B),), at(TUESDAY, "05:00"), {A}),
        # A cover who is on leave too covers nothing, and a cover of the cover is none.
        (
            (away(A, MONDAY, cover_id=B), away(B, MONDAY, cover_id=C)),
            at(MONDAY, "23:00"),
            set(),
        ),
        ((away(A, MONDAY, cover_id=B, is_leave=False),), at(MONDAY, "23:00"), {B}),
        # Shifts given away at another office are no matter here; leave is.
        (
            (away(A, MONDAY, cover_id=B, is_leave=False, office_code="HQ"),),
            at(MONDAY, "23:00"),
            {A},
        ),
        ((away(A, MONDAY, cover_id=B, office_code="HQ"),), at(MONDAY, "23:00"), set()),
    ],
)
def test_leave_takes_whole_shifts_and_cover_takes_them_over(
    absences: tuple[Absence, ...], moment: datetime, there: set[int]
) -> None:
    assert on_shift_now(roster(NIGHT, absences=absences), moment) == there


NOON = at(MONDAY, "12:00")
YESTERDAY = NOON - timedelta(days=1)
FRESH = NOON - timedelta(hours=2)
ON_LEAVE = roster(absences=(away(A, MONDAY),))
NO_ROSTER = Roster(OFFICE)
LEAVE_ALONE = Roster(OFFICE, absences=(away(A, MONDAY),))


@pytest.mark.parametrize(
    ("choice", "kept", "is_open", "expected"),
    [
        # Without a roster: as the hours say, and a choice holds until it is changed.
        (Choice("auto"), NO_ROSTER, True, True),
        (Choice("auto"), NO_ROSTER, False, False),
        (Choice("off", YESTERDAY), NO_ROSTER, True, False),
        (Choice("on", YESTERDAY), NO_ROSTER, False, True),
        (Choice("auto", always=True), NO_ROSTER, False, True),
        # With one: the shift, whatever the office's hours.
        (Choice("auto"), roster(DAY), False, True),
        (Choice("auto"), roster(replace(DAY, staff_id=B)), True, False),
        (Choice("auto", always=True), roster(), False, True),
        # Today's choice wins, an older one does not; one that nobody dated holds.
        (Choice("off", FRESH), roster(DAY), True, False),
        (Choice("off", YESTERDAY), roster(DAY), True, True),
        (Choice("on", FRESH), roster(), False, True),
        (Choice("on", YESTERDAY), roster(), True, False),
        (Choice("on"), roster(), False, True),
        (Choice("off"), roster(DAY), True, False),
        # Leave wins over hours, roster, "always" and an old "on", and never over today's.
        (Choice("auto"), LEAVE_ALONE, True, False),
        (Choice("auto", always=True), LEAVE_ALONE, True, False),
        (Choice("on", YESTERDAY), LEAVE_ALONE, True, False),
        (Choice("on"), LEAVE_ALONE, True, False),
        (Choice("on", FRESH), LEAVE_ALONE, True, True),
        (Choice("auto"), replace(ON_LEAVE, shifts=(DAY,)), True, False),
        (Choice("on", FRESH), ON_LEAVE, False, True),
    ],
)
def test_who_is_on_duty(choice: Choice, kept: Roster, is_open: bool, expected: bool) -> None:
    assert holds_duty(A, choice, kept, NOON, is_open=is_open) is expected


def test_a_choice_of_the_night_holds_until_six_in_the_morning() -> None:
    chosen = at(MONDAY, "23:00")
    assert is_of_today(chosen, at(TUESDAY, "05:59"))
    assert not is_of_today(chosen, at(TUESDAY, "06:00"))


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (Roster("HQ"), [A, B]),
        (Roster("HQ", absences=(away(A, MONDAY),)), [B]),
        (Roster("HQ", absences=(away(A, MONDAY), away(B, MONDAY))), [A, B]),
        (roster(DAY), [A]),
        (roster(replace(DAY, staff_id=C)), [A, B]),
        (roster(DAY, absences=(away(A, MONDAY, cover_id=B),)), [B]),
        (roster(), [A, B]),
    ],
)
def test_safety_rule_09_the_on_call_list_never_becomes_empty(
    kept: Roster, expected: list[int]
) -> None:
    assert on_call_now([A, B], kept, NOON) == expected


SHIFTS = st.builds(
    Shift,
    staff_id=st.sampled_from((A, B, C)),
    starts=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    ends=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    valid_from=st.sampled_from([MONDAY + timedelta(one) for one in range(7)]),
    weekday=st.one_of(st.none(), st.integers(1, 7)),
    on_holidays=st.booleans(),
)
ABSENCES = st.builds(
    Absence,
    staff_id=st.sampled_from((A, B, C)),
    first_day=st.sampled_from([MONDAY + timedelta(one) for one in range(4)]),
    last_day=st.sampled_from([MONDAY + timedelta(one) for one in range(3, 7)]),
    office_code=st.sampled_from((OFFICE, "HQ")),
    cover_id=st.one_of(st.none(), st.sampled_from((A, B, C))),
    is_leave=st.booleans(),
)
ROSTERS = st.builds(
    Roster,
    st.just(OFFICE),
    st.lists(SHIFTS, max_size=6).map(tuple),
    st.lists(ABSENCES, max_size=4).map(tuple),
    is_kept=st.booleans(),
    holidays=st.just(HOLIDAYS),
)
MOMENTS = st.integers(0, 7 * 24 * 60).map(lambda one: at(MONDAY, "00:00") + timedelta(minutes=one))


@given(ROSTERS, MOMENTS)
def test_whoever_is_away_takes_no_turn_and_no_list_is_left_empty(
    kept: Roster, moment: datetime
) -> None:
    for turn in turns(kept, [MONDAY + timedelta(one) for one in range(7)]):
        assert turn.begins < turn.ends <= turn.begins + timedelta(days=1)
        assert turn.taken_by is None or not kept.is_away(turn.taken_by, turn.day)
    assert on_call_now([A, B, C], kept, moment)


@given(ROSTERS, MOMENTS)
def test_the_drawn_gaps_are_the_moments_at_which_nobody_is_on_shift(
    kept: Roster, moment: datetime
) -> None:
    days = [MONDAY + timedelta(one) for one in range(-1, 8)]
    found = gaps([span for day in days for span in whole_day(day)], turns(kept, days), fewest=2)
    there = len(on_shift_now(kept, moment))
    here = [gap.people for gap in found if gap.begins <= moment < gap.ends]
    assert here == ([there] if there < 2 else [])


TWO_PARTS = {1: ((time(7), time(12)), (time(13), END_OF_DAY))}
USUAL = UsualHours((time(8, 30), time(16, 30)), None, HOLIDAYS)


@pytest.mark.parametrize(
    ("day", "week", "expected"),
    [
        (MONDAY, None, [("08:30", "16:30")]),
        (WEDNESDAY, None, []),
        (MONDAY + timedelta(5), None, []),
        (
            MONDAY,
            {1: ((time(7), time(12)), (time(13), END_OF_DAY))},
            [("07:00", "12:00"), ("13:00", "00:00")],
        ),
        (WEDNESDAY, {3: ((time(7), time(12)),), 7: ((time(9), time(10)),)}, [("09:00", "10:00")]),
    ],
)
def test_when_an_office_is_open(day: date, week: object, expected: list[tuple[str, str]]) -> None:
    found = opening(day, week, USUAL)  # type: ignore[arg-type]
    assert [(f"{one:%H:%M}", f"{other:%H:%M}") for one, other in found] == expected


def test_hours_with_nobody_and_with_one_person_are_told_apart() -> None:
    wanted = opening(MONDAY, None, USUAL)
    lines = roster(
        replace(DAY, starts=time(9), ends=time(12)), replace(DAY, staff_id=B, starts=time(10))
    )
    assert gaps(wanted, turns(lines, [MONDAY]), fewest=2) == [
        Gap(at(MONDAY, "08:30"), at(MONDAY, "09:00"), 0),
        Gap(at(MONDAY, "09:00"), at(MONDAY, "10:00"), 1),
        Gap(at(MONDAY, "12:00"), at(MONDAY, "16:00"), 1),
        Gap(at(MONDAY, "16:00"), at(MONDAY, "16:30"), 0),
    ]


@pytest.mark.parametrize(
    ("changes", "office", "expected"),
    [
        ((), "", {WEDNESDAY}),
        ((Change(TUESDAY, "", True),), OFFICE, {TUESDAY, WEDNESDAY}),
        ((Change(WEDNESDAY, "", False),), "", set()),
        ((Change(TUESDAY, OFFICE, True),), "", {WEDNESDAY}),
        ((Change(TUESDAY, OFFICE, True),), OFFICE, {TUESDAY, WEDNESDAY}),
        ((Change(TUESDAY, OFFICE, False), Change(TUESDAY, "", True)), OFFICE, {WEDNESDAY}),
        ((Change(TUESDAY, "HQ", True),), OFFICE, {WEDNESDAY}),
    ],
)
def test_what_is_said_of_one_office_outweighs_what_is_said_of_all(
    changes: tuple[Change, ...], office: str, expected: set[date]
) -> None:
    assert days_off(HOLIDAYS, changes, office) == expected
