"""Pure rules of stories: what is wrong with one, and when many reports look like one thing.

Joining merges and closes nothing: each report keeps its office, its callbacks and who may know of
it (design.md §3a.7, 8).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LONGEST_TITLE: Final = 120
# Reports that may belong to a story come this close to it in time …
NEAR: Final = timedelta(hours=24)
# … and so many within this time about one kind of thing at one place are told as one.
BURST: Final = 3
WITHIN: Final = timedelta(hours=1)


@dataclass(frozen=True)
class StoryWish:
    """What a story is called in both languages, and of what kind and where it is."""

    title_th: str
    title_en: str
    hazard_group: str
    hazard_type: str | None = None
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """What of a case counts for likeness."""

    case_id: int
    reference: str
    opened_at: datetime
    hazard_group: str
    hazard_type: str | None
    district_code: str | None
    province_code: str | None


@dataclass(frozen=True)
class Burst:
    """Reports of one kind at one place that came within an hour, the first one first."""

    hazard_group: str
    hazard_type: str | None
    district_code: str | None
    province_code: str | None
    reports: tuple[Report, ...]


def tidy_title(text: str) -> str:
    """A name on one line, without what nobody sees."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def title_fault(wish: StoryWish) -> str | None:
    """What is wrong with a story's tidied names, as a rule of StoryRefused."""
    titles = (wish.title_th, wish.title_en)
    if not all(titles):
        return "title_missing"
    return "title_too_long" if max(map(len, titles)) > LONGEST_TITLE else None


def places_of(report: Report) -> tuple[str, ...]:
    """Where a story is that begins with this report: its district, else its province."""
    known = report.district_code or report.province_code
    return (known,) if known else ()


def is_alike(wish: StoryWish, report: Report) -> bool:
    """Whether a report is of a story's kind and place; a story without places is everywhere."""
    is_kind = report.hazard_group == wish.hazard_group and (
        wish.hazard_type is None or report.hazard_type in (None, wish.hazard_type)
    )
    where = {report.district_code, report.province_code}
    return is_kind and (not wish.places or bool(where & set(wish.places)))


def bursts(reports: Iterable[Report]) -> list[Burst]:
    """Three or more reports of one kind at one place within an hour, the newest burst first.

    A report without a place is in none: nobody knows what it has in common with another.
    """
    alike: dict[tuple[str | None, ...], list[Report]] = {}
    for one in sorted(reports, key=lambda report: (report.opened_at, report.case_id)):
        if one.district_code or one.province_code:
            where = (one.district_code, one.province_code)
            alike.setdefault((one.hazard_group, one.hazard_type, *where), []).append(one)
    found = [burst for group in alike.values() if (burst := _densest(group)) is not None]
    return sorted(found, key=lambda burst: burst.reports[-1].opened_at, reverse=True)


def _densest(group: list[Report]) -> Burst | None:
    """All reports of a kind and place of which some BURST came within the time."""
    close = any(
        last.opened_at - first.opened_at <= WITHIN
        for first, last in zip(group, group[BURST - 1 :], strict=False)
    )
    if not close:
        return None
    one = group[0]
    where = (one.district_code, one.province_code)
    return Burst(one.hazard_group, one.hazard_type, *where, tuple(group))


def by_hour(moments: Iterable[datetime], first: datetime, bars: int, width: timedelta) -> list[int]:
    """How many of these moments fall into each of so many spans of time from the first on."""
    counts = [0] * bars
    for one in moments:
        place = (one - first) // width
        if 0 <= place < bars:
            counts[place] += 1
    return counts
