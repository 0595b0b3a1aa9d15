"""By when a step must be done: the defaults of `cases/data/deadlines.yaml`, and the rules that
people laid over them (cases.deadline_models.DeadlineRule)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agents.hours import holidays_around, usual_hours
from cases.above import offices_up
from cases.deadline_models import DeadlineRule
from cases.deadline_rules import (
    WORKING_MINUTES,
    Deadline,
    Decided,
    Question,
    Rule,
    decide,
    due_at,
    governing,
    remind_at,
)
from cases.work_clock import WorkClock
from core import yaml_text
from core.zones import bangkok
from routing.directory import current_directory
from routing.opening import ALL_DAY, UsualHours
from routing.vocabulary import HQ

FILE = Path(__file__).parent / "data" / "deadlines.yaml"
CLOCK_FILE = Path(__file__).parent / "data" / "clock.yaml"
ACKNOWLEDGE = "acknowledge"
# When a callback is late, counted from the first moment at which its caller may be rung.
CALLBACK = "callback"
# Longer than the longest rule with its holidays.
HORIZON = timedelta(days=62)
AROUND_THE_CLOCK = dict.fromkeys(range(1, 8), (ALL_DAY,))


class Owed(NamedTuple):
    """What of a case decides how long its office may take."""

    severity: str
    hazard_group: str | None
    hazard_type: str | None
    office_code: str


class Due(NamedTuple):
    """By when a step must be done that is owed `since`; `rule_id` is empty for a default."""

    at: datetime
    since: datetime
    rule_id: int | None = None

    def values(self, *, reminds: bool = True) -> dict[str, Any]:
        """The columns of an Assignment whose clock runs from now on."""
        look_at = reminder_of(self.since, self.at) if reminds else None
        return {
            "due_at": self.at,
            "owed_since": self.since,
            "due_rule_id": self.rule_id,
            "look_at": look_at or self.at,
        }


@dataclass(frozen=True)
class ClockPolicy:
    """The figures of data/clock.yaml, where each is explained."""

    fraction: float
    margin: timedelta
    shortest: timedelta
    repeats: int
    stops: Mapping[str, "StopReason"]


@dataclass(frozen=True)
class StopReason:
    """A reason for which a clock may be stopped: for how long, and whether a head must agree."""

    code: str
    longest: timedelta
    needs_head: bool


@cache
def clock_policy() -> ClockPolicy:
    """The policy in force."""
    raw = yaml_text.load(CLOCK_FILE.read_text(encoding="utf-8"))
    remind = raw["remind"]
    return ClockPolicy(
        fraction=remind["fraction"],
        margin=timedelta(minutes=remind["margin_minutes"]),
        shortest=timedelta(minutes=remind["shortest_minutes"]),
        repeats=raw["repeats"],
        stops={
            code: StopReason(code, timedelta(days=one["days"]), one["head"])
            for code, one in raw["stops"].items()
        },
    )


@cache
def _file() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml_text.load(FILE.read_text(encoding="utf-8"))
    return loaded


@cache
def defaults() -> dict[tuple[str, str], Deadline]:
    """What the product came with, by severity and step."""
    return {
        (severity, step): _deadline(given)
        for severity, row in _file().items()
        for step, given in ({ACKNOWLEDGE: row} | row["steps"]).items()
    }


def _deadline(given: dict[str, Any]) -> Deadline:
    unit = next(one for one in ("minutes", "working_minutes", "working_days") if one in given)
    return Deadline(unit, given[unit])


def step_due(step: str, severity: str, since: datetime) -> datetime:
    """By when a step of cases.states.NEXT_STEPS must be done that is owed since then, by default.

    Where the case and its office are known, `due_of` asks the rules too.
    """
    return _default_due(step, severity, since, "")


def _default_due(step: str, severity: str, since: datetime, office_code: str) -> datetime:
    return due_at(since, defaults()[severity, step], _usual_clock(since, office_code))


def due_of(session: Session, step: str, owed: Owed, since: datetime) -> Due:
    """By when a case's office must do a step that is owed since then, and which rule says so."""
    decided = decided_of(session, step, owed, since)
    return Due(decided.at, since, decided.rule.id if decided.rule else None)


def decided_of(session: Session, step: str, owed: Owed, since: datetime) -> Decided:
    """The same with the rule itself."""
    rules = current_rules(session)
    if not rules:
        default = defaults()[owed.severity, step]
        return Decided(default, _default_due(step, owed.severity, since, owed.office_code))
    offices = offices_up(session, owed.office_code)
    asked = Question(owed.severity, step, owed.hazard_group, owed.hazard_type, offices)
    return decided_by(session, rules, asked, since)


def decided_by(
    session: Session, rules: Iterable[Rule], asked: Question, since: datetime
) -> Decided:
    """The same by these rules, as if there were no others; the nearest office's hours count."""
    default, found = defaults()[asked.severity, asked.step], governing(rules, asked, since)
    works = any(one.deadline and one.deadline.unit == WORKING_MINUTES for one in found)
    office = asked.offices[0]
    clock = work_clock(session, office, since) if works else _usual_clock(since, office)
    return decide(default, found, lambda one: due_at(since, one, clock))


def work_clock(session: Session, office_code: str, since: datetime) -> WorkClock:
    """When an office works in the weeks after a moment; the hotline's desk always does."""
    if office_code == HQ:
        return WorkClock(AROUND_THE_CLOCK, _usual(since))
    week = current_directory(session).hours.get(office_code)
    return WorkClock(week if week and any(week.values()) else None, _usual(since, office_code))


def next_opening(now: datetime) -> datetime:
    """When the offices usually open next, on another day than this one."""
    tomorrow = bangkok(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return _usual_clock(now).after(tomorrow, timedelta())


def _usual_clock(since: datetime, office_code: str = "") -> WorkClock:
    return WorkClock(None, _usual(since, office_code))


def _usual(since: datetime, office_code: str = "") -> UsualHours:
    """The usual hours with the days off of the office, so that no clock runs while it is closed."""
    usual = usual_hours(since).of(office_code)
    holidays = usual.holidays | holidays_around(since + HORIZON, office_code)
    return UsualHours(usual.working_days, usual.other_days, holidays)


def reminder_of(since: datetime, due: datetime) -> datetime | None:
    """When whoever owes a step is reminded; None where its time is short."""
    policy = clock_policy()
    return remind_at(
        since, due, fraction=policy.fraction, margin=policy.margin, shortest=policy.shortest
    )


def escalation_period(severity: str) -> timedelta:
    """How long the next level waits after one was told that the deadline has passed."""
    return timedelta(minutes=_file()[severity]["repeat_minutes"])


class _Kept(NamedTuple):
    mark: tuple[int, str | None]
    rules: tuple[Rule, ...]


_kept: list[_Kept] = []
_MARK = select(func.count(), func.max(DeadlineRule.stamp)).select_from(DeadlineRule)
_RULES = select(
    *(DeadlineRule.id, DeadlineRule.severity, DeadlineRule.step, DeadlineRule.hazard),
    *(DeadlineRule.office_code, DeadlineRule.unit, DeadlineRule.amount),
    *(DeadlineRule.valid_from, DeadlineRule.only_shortens),
)


def current_rules(session: Session) -> tuple[Rule, ...]:
    """All rules that people wrote; read anew only when one was added, as a small look tells.

    Inside a webhook this is one statement while nobody writes: rules are few.
    """
    count, stamp = session.execute(_MARK).one()
    kept = _kept[0] if _kept else None
    if kept is None or kept.mark != (count, stamp):
        rules = tuple(_rule(*row) for row in session.execute(_RULES)) if count else ()
        kept = _Kept((count, stamp), rules)
        _kept[:] = [kept]
    return kept.rules


def _rule(
    id: int,
    severity: str,
    step: str,
    hazard: str,
    office_code: str,
    unit: str | None,
    amount: int | None,
    valid_from: datetime,
    only_shortens: bool,
) -> Rule:
    deadline = Deadline(unit, amount) if unit is not None and amount is not None else None
    return Rule(id, severity, step, hazard, office_code, deadline, valid_from, only_shortens)
