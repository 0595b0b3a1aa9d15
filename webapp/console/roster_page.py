"""Puts the page of a roster together: the week, its lines, who is away, what may be done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from agents.names import names_of
from agents.roster_models import AbsenceRow, ShiftRow
from agents.roster_rules import OFFICE, ON_CALL, REASONS
from agents.rosters import Listed, RosterKey, absences, lines, listed
from agents.sessions import SignedIn
from core.zones import bangkok
from routing.models import Office
from routing.vocabulary import HQ
from webapp.console.dates import long_date, short_day, weekday_name
from webapp.console.language import gettext, marked
from webapp.console.office_page import managed_office
from webapp.console.pages import named
from webapp.console.roster_week import WEEK, Week, monday_of, week_of

VIEW = "roster.view"
MANAGE = "roster.manage"
REASON_TEXTS = {
    "vacation": marked("Holiday leave"),
    "sick": marked("Sick leave"),
    "personal": marked("Personal leave"),
    "official": marked("Official travel"),
    "training": marked("Training"),
    "other": marked("Other"),
    "swap": marked("Gives the shifts to somebody else"),
}
KIND_TEXTS = {OFFICE: marked("The office's roster"), ON_CALL: marked("The on-call list")}
REMOVED = marked("Somebody who has left")


@dataclass(frozen=True)
class LineOf:
    """One line of the roster in words."""

    id: int
    name: str
    when: str
    hours: str
    since: str
    is_weekly: bool


@dataclass(frozen=True)
class AwayOf:
    """One absence in words."""

    id: int
    name: str
    days: str
    reason: str
    cover: str


@dataclass(frozen=True)
class Typed:
    """What stands in the forms, as it was typed."""

    values: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(frozen=True)
class Said:
    """What the page says back: at which form ("shift", "absence", "copy"), and how it went."""

    place: str = ""
    text: str = ""
    is_good: bool = False
    typed: Typed = field(default_factory=Typed)


@dataclass(frozen=True)
class RosterPage:
    """All that the page shows, in the reader's language."""

    code: str
    name: str
    kind: str
    kinds: list[tuple[str, str]]
    week: Week
    week_text: str
    before: date
    after: date
    lines: list[LineOf]
    absences: list[AwayOf]
    people: list[Listed]
    reasons: list[tuple[str, str]]
    weekdays: list[tuple[int, str]]
    may_manage: bool
    today: date


def roster_page(
    session: Session, person: SignedIn, office: Office, key: RosterKey, monday: date, now: datetime
) -> RosterPage:
    """The page of one week."""
    today = bangkok(now).date()
    people = listed(session, key)
    since = min(today, monday)
    shifts = [one for one in lines(session, key, since=since) if one.valid_from < monday + WEEK]
    away = absences(session, key.office_code, since=since)
    names = _names(session, people, shifts, away)
    return RosterPage(
        code=office.code,
        name=named(office),
        kind=key.kind,
        kinds=[(one, gettext(KIND_TEXTS[one])) for one in kinds_of(office.code)],
        week=week_of(session, key, monday),
        week_text=f"{short_day(monday)} – {long_date(monday + WEEK - (WEEK / 7))}",
        before=monday - WEEK,
        after=monday + WEEK,
        lines=[_line(one, names) for one in _in_week(shifts, monday)],
        absences=[_away(one, names) for one in away],
        people=people,
        reasons=[(one, gettext(REASON_TEXTS[one])) for one in REASONS],
        weekdays=[(number, weekday_name(number)) for number in range(1, 8)],
        may_manage=managed_office(session, person, office.code, MANAGE) is not None,
        today=today,
    )


def kinds_of(office_code: str) -> tuple[str, ...]:
    """The rosters of an office: the centre has one of its on-call list too."""
    return (OFFICE, ON_CALL) if office_code == HQ else (OFFICE,)


def week_asked(text: str, now: datetime) -> date:
    """The Monday of the week that an address names; this week for anything strange."""
    today = bangkok(now).date()
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return monday_of(today)
    is_near = abs((asked - today).days) < 2 * 366
    return monday_of(asked if is_near else today)


def _names(
    session: Session,
    people: Iterable[Listed],
    shifts: Iterable[ShiftRow],
    away: Iterable[AbsenceRow],
) -> dict[int, str]:
    names = {one.staff_id: one.name for one in people}
    others = {one.staff_id for one in shifts} | {one.staff_id for one in away}
    others |= {one.cover_id for one in away if one.cover_id is not None}
    return names | names_of(session, others - names.keys())


def _in_week(shifts: Iterable[ShiftRow], monday: date) -> list[ShiftRow]:
    found = [one for one in shifts if one.valid_to is None or one.valid_to >= monday]
    return sorted(found, key=lambda one: (one.weekday or one.valid_from.isoweekday(), one.starts))


def _line(row: ShiftRow, names: Mapping[int, str]) -> LineOf:
    is_weekly = row.weekday is not None
    when = weekday_name(row.weekday) if row.weekday else long_date(row.valid_from)
    since = [long_date(row.valid_from)] if is_weekly else []
    since += [long_date(row.valid_to)] if is_weekly and row.valid_to else []
    return LineOf(
        id=row.id,
        name=names.get(row.staff_id, gettext(REMOVED)),
        when=when,
        hours=f"{row.starts}–{row.ends}",
        since=" – ".join(since),
        is_weekly=is_weekly,
    )


def _away(row: AbsenceRow, names: Mapping[int, str]) -> AwayOf:
    first, last = long_date(row.first_day), long_date(row.last_day)
    return AwayOf(
        id=row.id,
        name=names.get(row.staff_id, gettext(REMOVED)),
        days=first if row.first_day == row.last_day else f"{first} – {last}",
        reason=gettext(REASON_TEXTS[row.reason]),
        cover=names.get(row.cover_id or 0, ""),
    )
