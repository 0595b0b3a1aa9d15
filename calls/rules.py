"""When a callback may ring, when it is late, and whether it may ring by itself at all; all pure."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from agents.roster_rules import Period
from agents.rules import Hours, is_working_day
from core.zones import BANGKOK

# As far ahead as the calendar of holidays is sure to reach (agents.hours.LONGEST_REST).
HORIZON_DAYS: Final = 31
MIDNIGHT: Final = time(tzinfo=BANGKOK)
WINDOW_LENGTH: Final = len("08:00-20:00")
DAY_MINUTES: Final = 24 * 60
# Why a callback that waits is shown to the office's heads before it is late.
NOBODY_THERE: Final = "nobody_there"


@dataclass(frozen=True)
class Span:
    """A part of the day in minutes from midnight in Thailand, the end not included."""

    start: int
    end: int

    def meet(self, other: "Span") -> "Span | None":
        """The part that both share, None when there is none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


@dataclass(frozen=True)
class Limits:
    """What bounds a callback: the caller's window, SAFE_HOURS, the hours that people work.

    `office` None means that somebody is on duty around the clock; `attended`, where it is known,
    says when people are really there, by roster and leave. `immediate` is the "now" of a caller in
    danger, which nothing bounds but the key that was pressed for it (design.md §4). `not_before`
    is the day from which on the caller wants it, where a person was told one.
    """

    window: Span | None
    safe: Span
    office: Hours | None = None
    holidays: Container[date] = frozenset()
    immediate: bool = False
    attended: tuple[Period, ...] = ()
    not_before: datetime | None = None

    def of_caller(self) -> "Limits":
        """The same without anybody's working hours."""
        return replace(self, office=None, attended=())

    def begin(self, now: datetime) -> datetime:
        """From when on the hours count."""
        return max(now, self.not_before) if self.not_before else now


@dataclass(frozen=True)
class Answer:
    """What the caller said about a callback, and what we know about the number."""

    wish: str | None
    window: str | None
    in_danger: bool
    number_given: bool
    number_confirmed: bool
    number_dialable: bool
    number_in_directory: bool


def parse_span(text: str | None) -> Span | None:
    """ "08:00-20:00" as a span; None for anything that is not a forward part of one day."""
    if not text or len(text) != WINDOW_LENGTH or text[5] != "-":
        return None
    start, end = _minutes(text[:5]), _minutes(text[6:])
    return Span(start, end) if start is not None and end is not None and start < end else None


def _minutes(text: str) -> int | None:
    hours, colon, minutes = text.partition(":")
    if colon != ":" or not (hours + minutes).isascii() or not (hours + minutes).isdigit():
        return None
    value = int(hours) * 60 + int(minutes)
    return value if int(minutes) < 60 and value <= DAY_MINUTES else None


def judge(answer: Answer) -> tuple[str, str | None]:
    """The first state of a callback and why: `due`, `decision` or `none` (design.md, callbacks).

    Silence and a hang-up grant nothing; whatever is not wholly clear is a person's decision.
    """
    if answer.wish == "none":
        return "none", None
    if answer.wish not in ("this_number", "other_number"):
        return "decision", "unanswered"
    doubts = (
        ("number_missing", not answer.number_given),
        ("number_unconfirmed", answer.wish == "other_number" and not answer.number_confirmed),
        ("number_not_dialable", not answer.number_dialable),
        ("number_in_directory", answer.number_in_directory),
        ("window_open", answer.window != "now" and parse_span(answer.window) is None),
        ("now_without_danger", answer.window == "now" and not answer.in_danger),
    )
    return next((("decision", why) for why, doubt in doubts if doubt), ("due", None))


def first_moment(now: datetime, limits: Limits) -> datetime | None:
    """The first moment from `now` on that all limits allow; None when no hour can ever suit.

    Where nobody is ever there inside the caller's window the office's hours count, and where those
    do not meet it either the window alone: the callback falls due, nobody is on duty, and its
    deadline climbs.
    """
    if limits.immediate:
        return now
    wish = limits.window.meet(limits.safe) if limits.window else None
    if wish is None:
        return None
    now = limits.begin(now)
    there = _next_attended(now, wish, limits.attended)
    worked = _next(now, wish, limits) if limits.office and not there else None
    return there or worked or _next(now, wish, limits.of_caller())


def nobody_in_time(now: datetime, late_at: datetime, limits: Limits) -> bool:
    """Whether nobody of the office is there at any moment before the callback is late at which its
    caller may be rung.

    Never where somebody is there around the clock, for a "now", and for what is late already: that
    climbs by itself.
    """
    if limits.immediate or limits.office is None or limits.window is None or late_at <= now:
        return False
    wish = limits.window.meet(limits.safe)
    there = _next_attended(limits.begin(now), wish, limits.attended) if wish else None
    return wish is not None and (there is None or there >= late_at)


def _next_attended(now: datetime, wish: Span, attended: Iterable[Period]) -> datetime | None:
    """The first moment at which somebody is there and the caller may be rung."""
    for begins, ends in attended:
        first, last = (moment.astimezone(BANGKOK).date() for moment in (begins, ends))
        for day in (first + timedelta(days=ahead) for ahead in range((last - first).days + 1)):
            opens, closes = on_day(day, wish)
            moment = max(begins, opens, now)
            if moment < min(ends, closes):
                return moment.astimezone(now.tzinfo)
    return None


def _next(now: datetime, wish: Span, limits: Limits) -> datetime | None:
    today = now.astimezone(BANGKOK).date()
    for day in (today + timedelta(days=ahead) for ahead in range(HORIZON_DAYS)):
        worked = office_span(day, limits)
        span = wish.meet(worked) if worked else None
        if span is None:
            continue
        begin, end = on_day(day, span)
        if now < end:
            return max(now, begin.astimezone(now.tzinfo))
    return None


def office_span(day: date, limits: Limits) -> Span | None:
    """When people work on a day: the whole day where nothing bounds it, None when they rest."""
    if limits.office is None:
        return Span(0, DAY_MINUTES)
    working = is_working_day(day, limits.holidays)
    hours = limits.office.working_days if working else limits.office.other_days
    return Span(*(_clock_minutes(moment) for moment in hours)) if hours else None


def _clock_minutes(moment: time) -> int:
    # time.max stands for midnight at the end of the day.
    return DAY_MINUTES if moment == time.max else moment.hour * 60 + moment.minute


def may_ring(now: datetime, limits: Limits, *, margin_s: int) -> bool:
    """Whether the caller's phone may ring from `now` until the margin is over."""
    if limits.immediate:
        return True
    wish = limits.window.meet(limits.safe) if limits.window else None
    if wish is None or limits.begin(now) > now:
        return False
    begin, end = on_day(now.astimezone(BANGKOK).date(), wish)
    return begin <= now < end and now + timedelta(seconds=margin_s) <= end


def on_day(day: date, span: Span) -> tuple[datetime, datetime]:
    """Begin and end of a span on one day in Thailand."""
    midnight = datetime.combine(day, MIDNIGHT)
    return midnight + timedelta(minutes=span.start), midnight + timedelta(minutes=span.end)
