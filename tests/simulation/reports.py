"""Who phones the hotline, when, about what, with which wish, and how their telephone behaves."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from agents.hours import holidays_around
from agents.rules import is_working_day
from core.zones import BANGKOK
from tests.simulation.chance import Chance, picked
from tests.simulation.country import Country, Place

NOW: Final = "now"
ANY_TIME, MORNING, AFTERNOON = "08:00-20:00", "08:00-12:00", "12:00-16:00"
EVENING, PERSON_DECIDES = "16:00-20:00", "person_decides"
THIS, OTHER, NO_CALL, UNANSWERED = "this_number", "other_number", "none", "unanswered"
HUNG_UP: Final = "hung_up"

# Reports by the hour of a school day, of any other day.
SCHOOL_DAY = (1, 1, 1, 1, 1, 2, 4, 8, 10, 12, 12, 9, 10, 11, 11, 12, 10, 7, 6, 6, 5, 4, 3, 2)
OTHER_DAY = (2, 1, 1, 1, 1, 1, 2, 2, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3, 2)
TYPES = {
    ("V", "V3"): 30, ("V", "V2"): 10, ("V", "V1"): 6, ("A", "A4"): 9, ("A", "A3"): 6,
    ("R", "R3"): 9, ("R", "R1"): 6, ("U", "U1"): 8, ("U", "U3"): 7, ("U", "U5"): 9,
}  # fmt: skip
CONFLICTS = {"no": 0.90, "yes": 0.06, "unanswered": 0.04}
WISHES = {THIS: 0.66, OTHER: 0.12, NO_CALL: 0.09, UNANSWERED: 0.06, HUNG_UP: 0.07}
WINDOWS = {ANY_TIME: 0.50, MORNING: 0.15, AFTERNOON: 0.17, EVENING: 0.12, PERSON_DECIDES: 0.06}
DANGER_WINDOWS = {NOW: 0.8, PERSON_DECIDES: 0.2}
# What a ring at the caller comes to, by the caller's habits.
EASY = {"takes": 0.93, "no_answer": 0.05, "busy": 0.02}
AVERAGE = {
    "takes": 0.52, "no_answer": 0.22, "busy": 0.10, "machine": 0.06, "not_now": 0.04,
    "silent": 0.03, "failed": 0.02, "unknown": 0.01,
}  # fmt: skip
NEVER = {"no_answer": 0.7, "machine": 0.3}
HABITS = {"easy": 0.42, "average": 0.45, "never": 0.06, "wrong_person": 0.03, "stops": 0.04}
REACTIONS = {
    "easy": EASY,
    "average": AVERAGE,
    "never": NEVER,
    "wrong_person": {"wrong_person": 1.0},
    "stops": {"stops": 1.0},
}
# Mobile numbers that ring nobody; the first hundred belong to the practice people.
CALLERS = [f"+66810000{number:03}" for number in range(100, 1000)]


@dataclass(frozen=True)
class Report:
    """One caller's report; `number` tells them apart, `caller` is None where it is withheld.

    `rings_again` is how long after the call the caller phones once more about the same case.
    """

    number: int
    at: datetime
    place: Place
    hazard: tuple[str, str]
    danger: bool
    quiet: bool
    conflict: str
    caller: str | None
    wish: str
    window: str | None
    other_number: str | None
    habit: str
    call_s: int
    by_telephone: bool
    rings_again: timedelta | None
    language: str

    @property
    def granted(self) -> bool:
        """Whether a key was pressed for a call."""
        return self.wish in (THIS, OTHER)

    @property
    def line(self) -> str | None:
        """The number that a callback would ring."""
        return self.other_number if self.wish == OTHER else self.caller

    def facts(self, code: str) -> dict[str, Any]:
        """What the hotline's call flow would know at the end of this call."""
        group, subcat = self.hazard
        facts: dict[str, Any] = {
            "lang": self.language,
            "code": code,
            "given_pin": "8305",
            "group": group,
            "subcat": subcat,
            "danger": self.danger,
            "quiet": self.quiet,
            "conflict": self.conflict,
            "level": self.place.level,
            "place": "district",
            "district": {"code": self.place.district, "province_code": self.place.province},
        }
        if self.caller:
            facts |= {"from": self.caller, "caller": self.caller}
        if self.wish == OTHER:
            facts |= {"other_number": "asked", "number": self.other_number}
        if self.wish != HUNG_UP:
            facts["callback"] = self.wish
        if self.granted:
            facts["callback_window"] = self.window
        return facts


def made_up(
    cases: int, days: Sequence[date], country: Country, chance: Chance, *, by_telephone: float
) -> list[Report]:
    """So many reports spread over the days, the earliest first; some share a number."""
    stream = chance.of("numbers")
    numbers = CALLERS[:]
    stream.shuffle(numbers)
    made = []
    weights = _weights(days)
    for number in range(cases):
        own = chance.of("report", number)
        made.append(_report(number, _moment(weights, own), country, numbers, own, by_telephone))
    return sorted(made, key=lambda one: one.at)


def _weights(days: Sequence[date]) -> dict[tuple[date, int], float]:
    found: dict[tuple[date, int], float] = {}
    for day in days:
        noon = datetime.combine(day, time(12), BANGKOK)
        is_school_day = is_working_day(day, holidays_around(noon))
        for hour, weight in enumerate(SCHOOL_DAY if is_school_day else OTHER_DAY):
            found[day, hour] = weight
    return found


def _moment(weights: dict[tuple[date, int], float], stream: random.Random) -> datetime:
    day, hour = picked(weights, stream)
    seconds = stream.randrange(3600)
    moment = datetime.combine(day, time(hour), BANGKOK) + timedelta(seconds=seconds)
    return moment.astimezone(UTC)


def _report(
    number: int,
    at: datetime,
    country: Country,
    numbers: list[str],
    stream: random.Random,
    by_telephone: float,
) -> Report:
    danger = stream.random() < 0.06
    quiet = not danger and stream.random() < 0.02
    wish = picked(WISHES, stream)
    withheld = wish != THIS and stream.random() < 0.25
    # Every eighth phone is one that somebody else reported from as well.
    shared = number if stream.random() > 0.12 else stream.randrange(max(number, 1))
    if wish not in (THIS, OTHER):
        window = None
    elif danger or quiet:
        window = picked(DANGER_WINDOWS, stream) if wish == THIS else PERSON_DECIDES
    else:
        window = picked(WINDOWS, stream)
    return Report(
        number=number,
        at=at,
        place=stream.choice(country.places),
        hazard=picked(TYPES, stream),
        danger=danger,
        quiet=quiet,
        conflict=picked(CONFLICTS, stream),
        caller=None if withheld else numbers[shared % len(numbers)],
        wish=wish,
        window=window,
        other_number=numbers[-1 - number % 97] if wish == OTHER else None,
        habit=picked(HABITS, stream),
        call_s=stream.randint(45, 300),
        by_telephone=not (danger or quiet) and stream.random() < by_telephone,
        rings_again=timedelta(minutes=stream.randint(5, 240)) if stream.random() < 0.06 else None,
        language="en" if stream.random() < 0.08 else "th",
    )
