"""When a callback may ring, when it is late, whether it may ring at all: tables and properties."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.rules import Hours
from agents.rules import parse_span as office_span
from calls.rules import (
    Answer,
    Limits,
    Span,
    first_moment,
    judge,
    may_ring,
    nobody_in_time,
    parse_span,
)
from core.zones import BANGKOK

OFFICE = Hours(office_span("08:30-16:30"), None)
SAFE = Span(8 * 60, 20 * 60)
CLEAR = Answer(
    wish="this_number",
    window="08:00-20:00",
    in_danger=False,
    number_given=True,
    number_confirmed=False,
    number_dialable=True,
    number_in_directory=False,
)


def at(day: int, clock: str) -> datetime:
    """A moment of November 2026 in Thailand; the 20th is a Friday."""
    hours, minutes = clock.split(":")
    return datetime(2026, 11, day, int(hours), int(minutes), tzinfo=BANGKOK).astimezone(UTC)


def shift(begins: str, ends: str, *, last: int = 20) -> tuple[tuple[datetime, datetime], ...]:
    """One shift that begins on the Friday."""
    return ((at(20, begins), at(last, ends)),)


def limits(window: str | None = "08:00-20:00", **more: object) -> Limits:
    """Limits with the office's ordinary hours."""
    return replace(Limits(parse_span(window), SAFE, office=OFFICE), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("08:00-20:00", Span(480, 1200)),
        ("00:00-24:00", Span(0, 1440)),
        ("20:00-08:00", None),
        ("08:00-08:00", None),
        ("8:00-20:00", None),
        ("08:60-20:00", None),
        ("08:00-24:01", None),
        ("๐8:00-20:00", None),
        ("now", None),
        ("", None),
        (None, None),
        ("None-None", None),
    ],
)
def test_only_a_forward_part_of_one_day_is_a_window(text: str | None, span: Span | None) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize(
    ("changes", "state", "reason"),
    [
        ({}, "due", None),
        ({"wish": "none"}, "none", None),
        ({"wish": "unanswered"}, "decision", "unanswered"),
        ({"wish": None}, "decision", "unanswered"),
        ({"wish": "strange"}, "decision", "unanswered"),
        ({"window": None}, "decision", "window_open"),
        ({"window": "person_decides"}, "decision", "window_open"),
        ({"number_given": False, "number_dialable": False}, "decision", "number_missing"),
        ({"wish": "other_number"}, "decision", "number_unconfirmed"),
        ({"wish": "other_number", "number_confirmed": True}, "due", None),
        ({"number_dialable": False}, "decision", "number_not_dialable"),
        ({"number_in_directory": True}, "decision", "number_in_directory"),
        ({"window": "now"}, "decision", "now_without_danger"),
        ({"window": "now", "in_danger": True}, "due", None),
    ],
)
def test_only_a_wholly_clear_permission_falls_due(
    changes: dict[str, object], state: str, reason: str | None
) -> None:
    assert judge(replace(CLEAR, **changes)) == (state, reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "bounds", "expected"),
    [
        (at(20, "10:00"), limits(), at(20, "10:00")),
        (at(20, "07:00"), limits(), at(20, "08:30")),
        (at(20, "17:00"), limits(), at(23, "08:30")),
        (at(20, "17:00"), limits(office=None), at(20, "17:00")),
        (at(20, "20:00"), limits(office=None), at(21, "08:00")),
        (at(20, "10:00"), limits("12:00-16:00"), at(20, "12:00")),
        (at(20, "16:00"), limits("12:00-16:00"), at(23, "12:00")),
        (at(20, "10:00"), limits("16:00-20:00"), at(20, "16:00")),
        # The window begins after the office closed: it alone counts, and the deadline climbs.
        (at(20, "10:00"), limits("17:00-20:00"), at(20, "17:00")),
        (at(20, "10:00"), limits(holidays={date(2026, 11, 20)}), at(23, "08:30")),
        # SAFE_HOURS never widens the caller's window, and the window never widens SAFE_HOURS.
        (at(20, "06:00"), limits("06:00-22:00", office=None), at(20, "08:00")),
        (at(20, "10:00"), limits("21:00-22:00"), None),
        (at(20, "10:00"), limits(None), None),
        (at(21, "02:00"), limits(None, immediate=True), at(21, "02:00")),
        # Where a roster says who is there, people count and the office's hours do not.
        (at(20, "10:00"), limits(attended=shift("13:00", "20:00")), at(20, "13:00")),
        (at(20, "14:00"), limits(attended=shift("13:00", "20:00")), at(20, "14:00")),
        (at(20, "10:00"), limits("17:00-20:00", attended=shift("18:00", "22:00")), at(20, "18:00")),
        (at(20, "10:00"), limits(attended=shift("20:00", "23:00")), at(20, "10:00")),
        (at(20, "19:30"), limits(attended=shift("19:00", "19:30")), at(23, "08:30")),
        # A night shift: its end lies in the caller's morning.
        (at(20, "21:00"), limits(attended=shift("22:00", "08:30", last=21)), at(21, "08:00")),
        (at(20, "10:00"), limits(None, attended=shift("08:00", "20:00")), None),
    ],
)
def test_first_moment_that_wish_safe_hours_and_people_allow(
    now: datetime, bounds: Limits, expected: datetime | None
) -> None:
    assert first_moment(now, bounds) == expected


MINUTES = st.integers(min_value=0, max_value=24 * 60)
SPANS = st.tuples(MINUTES, MINUTES).filter(lambda pair: pair[0] < pair[1]).map(lambda p: Span(*p))
MOMENTS = st.integers(0, 4 * 365 * 24 * 3600).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


Ahead = tuple[timedelta, timedelta]
SHIFTS = st.tuples(
    st.timedeltas(timedelta(days=-1), timedelta(days=29)),
    st.timedeltas(timedelta(minutes=1), timedelta(days=1)),
)


@given(MOMENTS, SPANS, SPANS, st.sampled_from([None, OFFICE]), st.lists(SHIFTS, max_size=3))
def test_a_callback_never_rings_outside_the_window_or_safe_hours(
    now: datetime, window: Span, safe: Span, office: Hours | None, shifts: list[Ahead]
) -> None:
    """3a.1: whatever the hour of the wish, the first moment lies inside both, never before."""
    attended = tuple((now + begins, now + begins + lasts) for begins, lasts in sorted(shifts))
    moment = first_moment(now, Limits(window, safe, office, attended=attended))
    if window.meet(safe) is None:
        assert moment is None
        return
    assert moment is not None
    assert moment >= now
    local = moment.astimezone(BANGKOK)
    minute = local.hour * 60 + local.minute
    for span in (window, safe):
        assert span.start <= minute < span.end
    assert moment - now < timedelta(days=31)


@given(MOMENTS, SPANS, SPANS, st.integers(min_value=0, max_value=3600))
def test_may_ring_holds_for_the_whole_margin(
    now: datetime, window: Span, safe: Span, margin_s: int
) -> None:
    bounds = Limits(window, safe)
    if may_ring(now, bounds, margin_s=margin_s):
        last = now + timedelta(seconds=margin_s) - timedelta(microseconds=1)
        assert first_moment(now, bounds) == now
        assert first_moment(max(last, now), bounds) == max(last, now)


def test_now_is_bound_by_nothing_but_its_key() -> None:
    assert may_ring(at(20, "03:00"), limits(None, immediate=True), margin_s=120)
    assert not may_ring(at(20, "03:00"), limits(), margin_s=0)


EVENING = "17:00-20:00"
# An ordinary callback that is asked for on the Friday at ten is late on the Monday at 16:30.
LEFT_ALONE = {
    "office hours, and the caller wants the evening": (EVENING, ("08:30", "16:30"), {}, True),
    "an evening shift": (EVENING, ("17:00", "21:00"), {}, False),
    "a shift that ends as the evening begins": (EVENING, ("12:00", "17:00"), {}, True),
    "nobody at all": ("08:00-20:00", None, {}, True),
    "somebody in the morning": ("08:00-12:00", ("08:30", "16:30"), {}, False),
    "the shift of today is over for the caller": ("08:00-10:00", ("08:30", "16:30"), {}, True),
    "somebody is there around the clock": (EVENING, None, {"office": None}, False),
    "a now, which nothing bounds": (EVENING, None, {"immediate": True}, False),
    "no hour at all, which a person decides about": (None, None, {}, False),
    "an hour that is never safe": ("21:00-22:00", None, {}, False),
}


@pytest.mark.parametrize(
    ("window", "there", "more", "alone"), LEFT_ALONE.values(), ids=LEFT_ALONE.keys()
)
def test_a_callback_is_left_alone_when_nobody_is_there_before_it_is_late(
    window: str | None, there: tuple[str, str] | None, more: dict[str, object], alone: bool
) -> None:
    attended = shift(*there) if there else ()
    bounds = limits(window, attended=attended, **more)
    assert nobody_in_time(at(20, "10:00"), at(23, "16:30"), bounds) is alone


def test_who_comes_back_too_late_is_nobody_and_what_is_late_climbs_by_itself() -> None:
    back = limits(attended=((at(24, "08:30"), at(24, "16:30")),))
    assert nobody_in_time(at(20, "10:00"), at(23, "16:30"), back)
    assert not nobody_in_time(at(20, "10:00"), at(24, "16:30"), back)
    assert not nobody_in_time(at(23, "17:00"), at(23, "16:30"), back)
