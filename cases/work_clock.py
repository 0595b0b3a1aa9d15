"""Pure: time that counts only while an office is open (its own hours, holidays), in Bangkok."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from core.zones import BANGKOK
from routing.opening import END_OF_DAY, UsualHours, Week, spans_on

# An office that opens one hour a week still gets to the end of the longest rule; then it is enough.
LONGEST: Final = timedelta(days=400)
A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class WorkClock:
    """When an office works: its own week where it has one, else the usual hours.

    `usual.holidays` must cover the weeks that are counted.
    """

    week: Week | None
    usual: UsualHours

    def after(self, since: datetime, span: timedelta) -> datetime:
        """The moment at which the office has been open for `span` since then.

        A span of nothing ends at once while the office is open, else when it opens next.
        """
        left = span
        for opens, closes in self._spans(since, since + LONGEST):
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        return since + LONGEST

    def between(self, start: datetime, end: datetime) -> timedelta:
        """For how long the office is open between two moments; nothing when the end comes first."""
        spans = self._spans(start, min(end, start + LONGEST))
        return sum((closes - opens for opens, closes in spans), timedelta())

    def _spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The spans of opening between two moments, cut to them, in order."""
        day = start.astimezone(BANGKOK).date()
        while datetime.combine(day, time.min, BANGKOK) < end:
            for span in spans_on(day, self.week, self.usual):
                opens, closes = (_moment(day, one) for one in span)
                opens, closes = max(opens, start), min(closes, end)
                if opens < closes:
                    yield opens, closes
            day += A_DAY


def _moment(day: date, at: time) -> datetime:
    """A time of a day; the end of the day is the next midnight, so that no instant is lost."""
    if at == END_OF_DAY:
        return datetime.combine(day + A_DAY, time.min, BANGKOK)
    return datetime.combine(day, at, BANGKOK)
