"""Pure rules of deadlines: how long a step may take, which rule decides, what may be written.

The most specific rule wins: of the offices the nearest, there the hazard type before its group
before all. What a head operator wrote stands in a layer of its own, which only ever makes a time
shorter than everything else would.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, product
from typing import Final

from agents.rules import next_working_day
from cases.rules import EMERGENCY
from cases.work_clock import WorkClock
from core.zones import BANGKOK
from routing.opening import END_OF_DAY

MINUTES: Final = "minutes"
WORKING_MINUTES: Final = "working_minutes"
WORKING_DAYS: Final = "working_days"
# From the shortest to the longest that may be written, by unit; holidays are known no further.
RANGES: Final = {MINUTES: (5, 43_200), WORKING_MINUTES: (5, 9_600), WORKING_DAYS: (1, 20)}
# What an emergency waits for counts around the clock, and never longer than the product came with
# (design.md §3a.10).
NEVER_LONGER: Final = frozenset({"acknowledge", "approve", "accept", "callback"})
EVERY_HAZARD: Final = ""


@dataclass(frozen=True)
class Deadline:
    """How long a step may take: minutes around the clock, minutes or days of work."""

    unit: str
    amount: int


@dataclass(frozen=True)
class Rule:
    """A deadline for a step: of a hazard type (V1), group (V) or all (""), at an office and below.

    `deadline` None takes back in the same place and layer (`lasting`): the next wider one holds
    again. `only_shortens` is the layer of the head operators.
    """

    id: int
    severity: str
    step: str
    hazard: str
    office_code: str
    deadline: Deadline | None
    valid_from: datetime
    only_shortens: bool = False


@dataclass(frozen=True)
class Question:
    """What decides how long a step may take; `offices` from the nearest up to the top."""

    severity: str
    step: str
    hazard_group: str | None
    hazard_type: str | None
    offices: tuple[str, ...]


@dataclass(frozen=True)
class Decided:
    """The deadline that holds, the moment it gives, and its rule; None is the default."""

    deadline: Deadline
    at: datetime
    rule: Rule | None = None


def due_at(since: datetime, deadline: Deadline, clock: WorkClock) -> datetime:
    """By when a step must be done that is owed since then.

    A working day ends when the offices usually close; the day on which it began does not count.
    """
    if deadline.unit == MINUTES:
        return since + timedelta(minutes=deadline.amount)
    if deadline.unit == WORKING_MINUTES:
        return clock.after(since, timedelta(minutes=deadline.amount))
    day = since.astimezone(BANGKOK).date()
    for _ in range(deadline.amount):
        day = next_working_day(day, clock.usual.holidays)
    usual = clock.usual.working_days
    return datetime.combine(day, usual[1] if usual else END_OF_DAY, BANGKOK)


def lasting(rules: Iterable[Rule]) -> list[Rule]:
    """The rules of one place and layer as they follow each other, without what was taken back.

    Of those that begin together the last one counts. One that takes back what was only announced
    begins with it, and what held before goes on; else it ends what stands before it.
    """
    kept: list[Rule] = []
    begins = groupby(sorted(rules, key=lambda one: (one.valid_from, one.id)), _begin)
    for together in (list(group) for _, group in begins):
        if together[-1].deadline is not None:
            kept.append(together[-1])
        elif all(one.deadline is None for one in together):
            kept.clear()
    return kept


def governing(rules: Iterable[Rule], asked: Question, since: datetime) -> list[Rule]:
    """The rules that speak about this step, the highest office first, its heads' after its own."""
    begun: dict[tuple[str, str, bool], list[Rule]] = {}
    for rule in rules:
        is_meant = (rule.severity, rule.step) == (asked.severity, asked.step)
        if is_meant and rule.valid_from <= since:
            place = (rule.office_code, rule.hazard, rule.only_shortens)
            begun.setdefault(place, []).append(rule)
    newest = {place: kept[-1] for place, some in begun.items() if (kept := lasting(some))}
    hazards = (asked.hazard_type or EVERY_HAZARD, asked.hazard_group or EVERY_HAZARD, EVERY_HAZARD)
    found: list[Rule] = []
    for office, layer in product(reversed(asked.offices), (False, True)):
        here = (newest.get((office, hazard, layer)) for hazard in hazards)
        rule_here = next((one for one in here if one is not None), None)
        if rule_here is not None:
            found.append(rule_here)
    return found


def decide(
    default: Deadline, found: Iterable[Rule], due: Callable[[Deadline], datetime]
) -> Decided:
    """Which deadline holds: a rule replaces what stands before it, a head's only shortens it."""
    decided = Decided(default, due(default))
    for rule in found:
        if rule.deadline is None:
            continue
        at = due(rule.deadline)
        if not rule.only_shortens or at < decided.at:
            decided = Decided(rule.deadline, at, rule)
    return decided


def rule_fault(severity: str, step: str, wanted: Deadline, default: Deadline) -> str | None:
    """Why nobody may write this: "unit", "amount", "emergency_clock", "emergency_longer"."""
    if wanted.unit not in RANGES:
        return "unit"
    shortest, longest = RANGES[wanted.unit]
    if not shortest <= wanted.amount <= longest:
        return "amount"
    if severity == EMERGENCY and step in NEVER_LONGER:
        if wanted.unit != MINUTES:
            return "emergency_clock"
        if wanted.amount > default.amount:
            return "emergency_longer"
    return None


def is_shorter(wanted: Sequence[datetime], above: Sequence[datetime]) -> bool:
    """Whether moments that a rule gives are never later than those of the level above, and once
    earlier; both for the same beginnings."""
    pairs = list(zip(wanted, above, strict=True))
    return all(one <= other for one, other in pairs) and any(one < other for one, other in pairs)


def remind_at(
    since: datetime, due: datetime, *, fraction: float, margin: timedelta, shortest: timedelta
) -> datetime | None:
    """When to remind whoever owes a step: at a fraction of its span, a margin before it is late.

    None for a span so short that the reminder would only be one more message.
    """
    span = due - since
    if span < shortest:
        return None
    return min(since + span * fraction, due - margin)


def _begin(rule: Rule) -> datetime:
    return rule.valid_from
