"""Who is on shift, who stands in for whom, who counts as on duty; pure, the moment is an argument.

A shift belongs to the day on which it begins, also when it ends on the next one: a person on leave
from Monday on finishes Sunday's night, and whoever is away on Sunday is not there for any of it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from core.zones import BANGKOK
from routing.opening import END_OF_DAY

OFFICE: Final = "office"
ON_CALL: Final = "on_call"
KINDS: Final = (OFFICE, ON_CALL)
# One gives the own shifts away and goes on working otherwise; every other reason is leave.
SWAP: Final = "swap"
LEAVE: Final = ("vacation", "sick", "personal", "official", "training", "other")
REASONS: Final = (*LEAVE, SWAP)
# What somebody chose with the switch holds until six in the morning: no night shift is cut in two.
DAY_BEGINS: Final = timedelta(hours=6)
ONE_DAY: Final = timedelta(days=1)

Period = tuple[datetime, datetime]


@dataclass(frozen=True)
class Shift:
    """One line of a roster; `weekday` is Monday 1 to Sunday 7, or None for `valid_from` alone."""

    staff_id: int
    starts: time
    ends: time
    valid_from: date
    valid_to: date | None = None
    weekday: int | None = None
    on_holidays: bool = False
    id: int = 0

    def holds_on(self, day: date, holidays: Collection[date]) -> bool:
        """Whether a shift begins on this day."""
        if self.weekday is None:
            return day == self.valid_from
        if day.isoweekday() != self.weekday or (day in holidays and not self.on_holidays):
            return False
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def hours_on(self, day: date) -> Period:
        """From when to when it lasts; as long as a whole day when it ends as it began."""
        return span_on(day, self.starts, self.ends)


@dataclass(frozen=True)
class Absence:
    """Days on which somebody does not come; `cover_id` takes the shifts at `office_code`."""

    staff_id: int
    first_day: date
    last_day: date
    office_code: str
    cover_id: int | None = None
    is_leave: bool = True
    id: int = 0

    def holds_on(self, day: date) -> bool:
        """Whether it is one of these days."""
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True)
class Roster:
    """An office's roster around the days in question; `is_kept` tells whether it has one at all."""

    office_code: str
    shifts: tuple[Shift, ...] = ()
    absences: tuple[Absence, ...] = ()
    is_kept: bool = False
    holidays: Collection[date] = frozenset()

    def is_away(self, staff_id: int, day: date) -> bool:
        """Whether a person is on leave on a day."""
        return any(
            one.is_leave and one.staff_id == staff_id and one.holds_on(day) for one in self.absences
        )

    def reaches(self, day: date) -> bool:
        """Whether a day lies between the roster's first line and its last."""
        ends = [one.valid_to for one in self.shifts]
        begun = any(one.valid_from <= day for one in self.shifts)
        return begun and any(end is None or day <= end for end in ends)

    def stand_in(self, staff_id: int, day: date) -> int | None:
        """Who takes a person's shift of a day: the person, the cover who is there, or nobody."""
        here = [
            one
            for one in self.absences
            if one.staff_id == staff_id
            and one.holds_on(day)
            and (one.is_leave or one.office_code == self.office_code)
        ]
        if not here:
            return staff_id
        covers = (one.cover_id for one in here if one.office_code == self.office_code)
        able = (one for one in covers if one is not None and not self.is_away(one, day))
        return next(able, None)


@dataclass(frozen=True)
class Turn:
    """One shift of one day: who takes it (None: nobody), and whose it is."""

    day: date
    shift: Shift
    begins: datetime
    ends: datetime
    taken_by: int | None


@dataclass(frozen=True)
class Choice:
    """What a person chose with the switch, and when; unknown for who never did since."""

    duty: str
    since: datetime | None = None
    always: bool = False


def span_on(day: date, starts: time, ends: time) -> Period:
    """Two times of a day as moments; an end that is no later than the start is the next day's."""
    begin = datetime.combine(day, starts, BANGKOK)
    if ends == END_OF_DAY:
        return begin, datetime.combine(day, time.min, BANGKOK) + ONE_DAY
    end = datetime.combine(day, ends, BANGKOK)
    return begin, end if begin < end else end + ONE_DAY


def turns(roster: Roster, days: Iterable[date]) -> Iterator[Turn]:
    """Every shift that begins on one of the days, and who takes it."""
    for day in days:
        for shift in roster.shifts:
            if shift.holds_on(day, roster.holidays):
                begins, ends = shift.hours_on(day)
                yield Turn(day, shift, begins, ends, roster.stand_in(shift.staff_id, day))


def on_shift_now(roster: Roster, moment: datetime) -> frozenset[int]:
    """Everybody who is on shift at a moment; the end itself is over."""
    today = moment.astimezone(BANGKOK).date()
    found = turns(roster, (today - ONE_DAY, today))
    return frozenset(
        one.taken_by for one in found if one.taken_by and one.begins <= moment < one.ends
    )


def on_shift(staff_id: int, moment: datetime, roster: Roster) -> bool:
    """Whether a person is on shift at a moment, by the own roster or for somebody else."""
    return staff_id in on_shift_now(roster, moment)


def is_of_today(since: datetime | None, moment: datetime) -> bool:
    """Whether a choice was made since the day began, at six in the morning."""
    if since is None:
        return False
    began = [(at.astimezone(BANGKOK) - DAY_BEGINS).date() for at in (since, moment)]
    return began[0] == began[1]


def holds_duty(
    staff_id: int, choice: Choice, roster: Roster, moment: datetime, *, is_open: bool
) -> bool:
    """Whether a person is on duty at their office.

    Today's own choice comes first; then leave; then "always"; then the roster where the office
    keeps one, else its hours. Without a roster a choice holds until it is changed, but an "on" of
    an earlier day yields to leave. With one it holds for its day, unless nobody knows of which.
    """
    duty, is_fresh = choice.duty, is_of_today(choice.since, moment)
    if roster.is_kept and choice.since is not None and not is_fresh:
        duty = "auto"
    if duty == "off":
        return False
    away = roster.is_away(staff_id, moment.astimezone(BANGKOK).date())
    if duty == "on" and (is_fresh or not away):
        return True
    if choice.always and not away:
        return True
    if roster.is_kept:
        return on_shift(staff_id, moment, roster)
    return is_open and not away


def on_call_now(listed: Sequence[int], roster: Roster, moment: datetime) -> list[int]:
    """Those of the on-call list who are rung now, in its order: whoever is on shift.

    Where that leaves nobody the whole list counts (design.md §3a.9).
    """
    if roster.is_kept:
        there = on_shift_now(roster, moment)
        found = [one for one in listed if one in there]
    else:
        today = moment.astimezone(BANGKOK).date()
        found = [one for one in listed if not roster.is_away(one, today)]
    return found or list(listed)
