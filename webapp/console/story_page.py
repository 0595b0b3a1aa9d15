"""Puts the pages of stories together: names, places, the strip of bars, what looks alike."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.names import names_of
from cases.access import Viewer
from cases.announcement_rules import Announcement
from cases.models import HazardType
from cases.story_files import (
    StoryFile,
    StoryRow,
    counts_of,
    current_bursts,
    list_stories,
    may,
    reports_in,
    suggested,
)
from cases.story_models import Story
from cases.story_rules import Burst, by_hour
from routing.directory import current_directory
from routing.snapshot import Directory
from webapp.console.case_words import in_language, word
from webapp.console.desk import place_words
from webapp.console.language import current_language
from webapp.console.pages import named
from webapp.documents import office_names

HOURS, DAYS = 24, 30
BAR, TALLEST = 12, 60


@dataclass(frozen=True)
class StoryLine:
    """A story on the list."""

    id: int
    title: str
    what: str
    where: str
    opened_at: datetime
    ended_at: datetime | None
    cases: int
    is_announced: bool


@dataclass(frozen=True)
class BurstLine:
    """Reports that look like one thing, and no story holds."""

    what: str
    where: str
    count: int
    first_at: datetime
    last_at: datetime
    reference: str


@dataclass(frozen=True)
class StoryCaseLine:
    """A case of a story, or one that may belong to it."""

    reference: str
    what: str
    where: str
    office: str
    opened_at: datetime
    severity: str
    status: str


@dataclass(frozen=True)
class Bar:
    """One bar of the strip, in units of its drawing; `y` is its top."""

    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Strip:
    """Reports by time: bars from `first_at` on, an hour or a day wide; `most` is the highest."""

    bars: list[Bar]
    first_at: datetime
    by_days: bool
    most: int
    width: int


@dataclass(frozen=True)
class StoryPage:
    """All that a story's page shows to one reader."""

    line: StoryLine
    cases: list[StoryCaseLine]
    near: list[StoryCaseLine]
    offices: list[tuple[str, int]]
    strip: Strip | None
    log: list[tuple[datetime, str, str, dict[str, str]]]
    said: Announcement | None
    said_until: datetime | None
    may_join: bool
    may_manage: bool


@dataclass(frozen=True)
class StoryLists:
    """The page of all stories."""

    running: list[StoryLine]
    ended: list[StoryLine]
    bursts: list[BurstLine]
    may_manage: bool


def story_lists(session: Session, viewer: Viewer, *, now: datetime) -> StoryLists:
    """The stories, and what looks like one without being one yet."""
    running, ended = (list_stories(session, running=one) for one in (True, False))
    counts = counts_of(session, [one.id for one in (*running, *ended)], viewer)
    words = Words.of(session)
    return StoryLists(
        running=[words.line(one, counts.get(one.id, 0), now) for one in running],
        ended=[words.line(one, counts.get(one.id, 0), now) for one in ended],
        bursts=[words.burst(one) for one in current_bursts(session, viewer, now=now)],
        may_manage=may(viewer, "story.manage"),
    )


def story_page(session: Session, file: StoryFile, viewer: Viewer, *, now: datetime) -> StoryPage:
    """One story for one reader."""
    story, words = file.story, Words.of(session)
    may_join = story.ended_at is None and may(viewer, "story.join")
    near = suggested(session, story, viewer, now=now) if may_join else []
    reports = reports_in(session, story.id, viewer)
    codes = {code for _, code in reports} | {one.office_code for one in (*file.cases, *near)}
    offices = office_names(session, codes)
    names = {code: named(office) for code, office in offices.items()}
    is_said = _is_announced(story, now)
    return StoryPage(
        line=words.line(story, len(reports), now),
        cases=[words.case(one, names) for one in file.cases],
        near=[words.case(one, names) for one in near],
        offices=_by_office((code for _, code in reports), names),
        strip=strip([at for at, _ in reports], now),
        log=_log(session, file),
        said=_said(story) if is_said else None,
        said_until=story.announce_until if is_said else None,
        may_join=may_join,
        may_manage=story.ended_at is None and may(viewer, "story.manage"),
    )


@dataclass(frozen=True)
class Words:
    """What kinds and places are called, looked up once for a page."""

    types: dict[str, str]
    directory: Directory

    @classmethod
    def of(cls, session: Session) -> "Words":
        """Look them up."""
        types = {one.code: in_language(one) for one in session.scalars(select(HazardType))}
        return cls(types, current_directory(session))

    def kind(self, group: str, code: str | None) -> str:
        """A hazard type, or its group."""
        return self.types.get(code or "") or word("group", group)

    def place(self, code: str) -> str:
        """A district or a province by its code."""
        is_district = self.directory.district(code) is not None
        return place_words(self.directory, code if is_district else None, code[:2])

    def line(self, story: Story, cases: int, now: datetime) -> StoryLine:
        """A story on a list."""
        return StoryLine(
            id=story.id,
            title=title_of(story),
            what=self.kind(story.hazard_group, story.hazard_type),
            where=", ".join(self.place(one) for one in story.places),
            opened_at=story.opened_at,
            ended_at=story.ended_at,
            cases=cases,
            is_announced=_is_announced(story, now),
        )

    def burst(self, burst: Burst) -> BurstLine:
        """Reports that look like one thing."""
        first, last = burst.reports[0], burst.reports[-1]
        return BurstLine(
            what=self.kind(burst.hazard_group, burst.hazard_type),
            where=place_words(self.directory, burst.district_code, burst.province_code),
            count=len(burst.reports),
            first_at=first.opened_at,
            last_at=last.opened_at,
            reference=last.reference,
        )

    def case(self, row: StoryRow, offices: dict[str, str]) -> StoryCaseLine:
        """A case of a story."""
        return StoryCaseLine(
            reference=row.reference,
            what=self.kind(row.hazard_group, row.hazard_type),
            where=place_words(self.directory, row.district_code, row.province_code),
            office=offices[row.office_code],
            opened_at=row.opened_at,
            severity=row.severity,
            status=row.status,
        )


def title_of(story: Story) -> str:
    """A story's name in the reader's language."""
    return str(getattr(story, f"title_{current_language()}"))


def strip(moments: Sequence[datetime], now: datetime) -> Strip | None:
    """The bars of these moments, up to now: hours of a day, or days of a month; None for none."""
    if not moments:
        return None
    by_days = now - min(moments) > timedelta(hours=HOURS)
    spans, width = (DAYS, timedelta(days=1)) if by_days else (HOURS, timedelta(hours=1))
    first = now - spans * width
    counts = by_hour(moments, first, spans, width)
    most = max(max(counts), 1)
    bars = [
        Bar(place * BAR, TALLEST - height, height)
        for place, count in enumerate(counts)
        if (height := -(-count * TALLEST // most))
    ]
    return Strip(bars, first, by_days, most, spans * BAR)


def _by_office(codes: Iterable[str], names: dict[str, str]) -> list[tuple[str, int]]:
    """How many cases each office leads, the busiest first."""
    return Counter(names[code] for code in codes).most_common()


def _log(session: Session, file: StoryFile) -> list[tuple[datetime, str, str, dict[str, str]]]:
    names = names_of(session, [one.staff_id for one in file.events])
    return [(one.at, one.kind, names[one.staff_id], one.data) for one in file.events]


def _is_announced(story: Story, now: datetime) -> bool:
    return story.announcing and story.announce_until is not None and story.announce_until > now


def _said(story: Story) -> Announcement:
    return Announcement(story.announcement_th or "", story.announcement_en or "")
