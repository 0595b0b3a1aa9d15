"""The pictures of docs/simulation.md: rings by the hour, how long callers waited, who was late."""

import math
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final

from agents.hours import holidays_around
from agents.rules import is_working_day
from core.zones import BANGKOK
from tests.simulation import svg
from tests.simulation.figures import Figures, OfficeLoad, Waits, percentile, span

WIDTH: Final = 900
SAFE: Final = (8, 20)
LEFT, RIGHT, TOP = 150, 30, 64
# The axis of waiting: (seconds, word), spaced by the logarithm.
MARKS: Final = (
    (30, "≤ 30 s"), (60, "1 min"), (300, "5 min"), (900, "15 min"), (3600, "1 h"),
    (14400, "4 h"), (86400, "1 day"), (259200, "3 days"), (604800, "7 days"),
)  # fmt: skip
DASHES: Final = {"emergency": "", "urgent": "8 4", "normal": "2 3"}
MOST_OFFICES: Final = 30


def rings_by_hour(figures: Figures) -> str:
    """A row for each day, a cell for each hour: the darker, the more callers were rung."""
    days = sorted({day for day, _ in figures.by_hour} | set(figures.plan.report_days))
    most = max(figures.by_hour.values(), default=1)
    height = TOP + 30 + 30 * len(days) + 30
    about = f"Up to {most} callers were rung in one hour; the shaded hours are the safe ones."
    shapes = _hours(figures, days, most)
    return svg.picture(WIDTH, height, "Callers rung by the hour", about, shapes)


def _hours(figures: Figures, days: list[date], most: int) -> Iterator[str]:
    cell = (WIDTH - LEFT - RIGHT) / 24
    yield svg.words(20, 28, "Callers rung by the hour", size=17)
    safe = f"the shaded band is the safe hours, {SAFE[0]:02}:00 to {SAFE[1]:02}:00; Thai time"
    yield svg.words(20, 48, f"Each number counts the rings of one hour; {safe}", kind="quiet")
    band = (SAFE[1] - SAFE[0]) * cell
    yield svg.box(LEFT + SAFE[0] * cell, TOP, band, 30 + 30 * len(days), "safe")
    for hour in range(24):
        middle = LEFT + (hour + 0.5) * cell
        yield svg.words(middle, TOP + 20, f"{hour:02}", size=11, anchor="middle", kind="quiet")
    for row, day in enumerate(days):
        top = TOP + 30 + 30 * row
        yield svg.words(20, top + 19, f"{day:%a %d %b}{_rest(day)}", size=12)
        for hour in range(24):
            count = figures.by_hour.get((day, hour), 0)
            if not count:
                continue
            left, part = LEFT + hour * cell, count / most
            yield svg.box(left + 1, top + 1, cell - 2, 28, "mark", 0.25 + 0.75 * part)
            kind = "on-mark" if part > 0.45 else ""
            yield svg.words(
                left + cell / 2, top + 19, str(count), size=11, anchor="middle", kind=kind
            )


def _rest(day: date) -> str:
    noon = datetime.combine(day, time(12), BANGKOK)
    return "" if is_working_day(day, holidays_around(noon)) else ", rest"


def waiting(figures: Figures) -> str:
    """How great a part of the callers was reached after how long, a line for each severity."""
    told = "; ".join(
        f"{one.severity}: half within {span(percentile(one.to_reached, 0.5))},"
        f" nine in ten within {span(percentile(one.to_reached, 0.9))}"
        for one in figures.waits
        if one.to_reached
    )
    shapes = _waiting(figures.waits)
    return svg.picture(WIDTH, 420, "How long until the caller was reached", told, shapes)


def _waiting(waits: tuple[Waits, ...]) -> Iterator[str]:
    left, right, top, bottom = 60, WIDTH - 120, 76, 360
    yield svg.words(20, 28, "How long until the caller was reached", size=17)
    yield svg.words(
        20, 48, "Part of the callers reached, counted from the first moment of their own hours",
        kind="quiet",
    )  # fmt: skip
    for part in range(0, 101, 25):
        y = bottom - (bottom - top) * part / 100
        yield svg.rule(left, y, right, y)
        yield svg.words(left - 8, y + 4, f"{part} %", size=11, anchor="end", kind="quiet")
    for seconds, word in MARKS:
        x = _across(seconds, left, right)
        yield svg.rule(x, top, x, bottom)
        yield svg.words(x, bottom + 18, word, size=11, anchor="middle", kind="quiet")
    taken: list[float] = []
    for one in waits:
        if not one.to_reached:
            continue
        points = _steps(one, left, right, top, bottom)
        yield svg.path(points, one.severity, DASHES[one.severity])
        y = points[-1][1] + 4
        while any(abs(y - other) < 15 for other in taken):
            y += 15
        taken.append(y)
        yield svg.words(right + 8, y, f"{one.severity} ({len(one.to_reached)})", size=12)


def _across(seconds: float, left: float, right: float) -> float:
    first, last = math.log(MARKS[0][0]), math.log(MARKS[-1][0])
    at = (math.log(max(seconds, MARKS[0][0])) - first) / (last - first)
    return left + (right - left) * min(at, 1.0)


def _steps(waits: Waits, left: float, right: float, top: float, bottom: float) -> list[svg.Point]:
    """The part of the promised callbacks that had been reached by then, step by step."""
    points = [(left, bottom)]
    for count, seconds in enumerate(sorted(waits.to_reached), 1):
        x = _across(seconds, left, right)
        points.append((x, points[-1][1]))
        points.append((x, bottom - (bottom - top) * count / max(waits.promised, 1)))
    return [*points, (right, points[-1][1])]


def lateness(figures: Figures) -> str:
    """The offices with the most late callbacks: the late part of those that were reached."""
    owing = [one for one in figures.loads if one.reached]
    shown = sorted(owing, key=lambda one: (-one.late / one.reached, -one.reached, one.code))
    shown = shown[:MOST_OFFICES]
    late = sum(one.late for one in owing)
    about = f"{late} of {sum(one.reached for one in owing)} callers were reached late."
    height = 70 + 20 * len(shown) + 30
    return svg.picture(WIDTH, height, "Late callbacks by office", about, _lateness(shown))


def _lateness(shown: list[OfficeLoad]) -> Iterator[str]:
    yield svg.words(20, 28, "Late callbacks by office", size=17)
    yield svg.words(
        20, 48, "Callers reached after the deadline, of all reached; the latest offices first",
        kind="quiet",
    )  # fmt: skip
    left, right = 260, WIDTH - 110
    for row, one in enumerate(shown):
        y = 66 + 20 * row
        part = one.late / one.reached
        mode = one.mode.replace("_", " ")
        ringing = f"{mode}, {one.people} people" if one.people else "nobody there"
        yield svg.words(20, y + 12, f"{one.code}", size=12)
        yield svg.words(
            left - 10, y + 12, ringing,
            size=11, anchor="end", kind="quiet",
        )  # fmt: skip
        yield svg.box(left, y + 2, right - left, 12, "rest", 0.5)
        if part:
            yield svg.box(left, y + 2, (right - left) * part, 12, "bar")
        yield svg.words(right + 8, y + 12, f"{one.late} of {one.reached}", size=12)
