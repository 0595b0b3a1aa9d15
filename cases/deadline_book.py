"""Writing deadline rules: what may be written, what it would change, and who wrote what."""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.above import offices_up
from cases.deadline_models import DeadlineRule
from cases.deadline_rules import (
    EVERY_HAZARD,
    Deadline,
    Decided,
    Question,
    Rule,
    is_shorter,
    lasting,
    rule_fault,
)
from cases.deadlines import current_rules, decided_by, defaults
from cases.errors import DeadlineRefused
from cases.models import HazardType
from cases.rules import EMERGENCY, NORMAL, UNKNOWN_GROUP, URGENT
from core.logs import logger
from core.zones import bangkok

SEVERITIES: Final = (EMERGENCY, URGENT, NORMAL)
LONGEST_NOTE: Final = 300
# A rule may be announced so long before it begins to hold.
LATEST_BEGIN: Final = timedelta(days=366)
# Beginnings for which a head's rule is compared with the level above: two weeks, every few hours.
SAMPLES: Final = tuple(timedelta(hours=5 * count) for count in range(68))
# What the preview shows beside the moment itself: the coming days at ten o'clock.
EXAMPLES: Final = tuple(timedelta(days=day, hours=10) for day in range(1, 6))
LOG_ROWS: Final = 60
HAZARD: Final = re.compile(r"[A-Z][0-9]{0,3}")

log = logger(__name__)


class RuleWish(NamedTuple):
    """A rule that somebody wants to write."""

    severity: str
    step: str
    hazard: str
    office_code: str
    deadline: Deadline
    valid_from: datetime
    note: str


@dataclass(frozen=True)
class Example:
    """A step that begins to be owed at a moment: by when now, and by when with the rule."""

    since: datetime
    before: datetime
    after: datetime


@dataclass(frozen=True)
class Holds:
    """What holds for a step at an office, and the office whose rule it is; none for a default."""

    severity: str
    step: str
    decided: Decided

    @property
    def office_code(self) -> str | None:
        """Whose rule decides."""
        return self.decided.rule.office_code if self.decided.rule else None


def keep_rule(
    session: Session, wish: RuleWish, *, only_shortens: bool, staff_id: int, now: datetime
) -> DeadlineRule:
    """Write a rule down; it holds for steps that begin to be owed from then on.

    `only_shortens` is for head operators: never later than what holds without their own rules.
    DeadlineRefused says why not.
    """
    check_rule(session, wish, only_shortens=only_shortens, now=now)
    row = DeadlineRule(
        severity=wish.severity,
        step=wish.step,
        hazard=wish.hazard,
        office_code=wish.office_code,
        unit=wish.deadline.unit,
        amount=wish.deadline.amount,
        only_shortens=only_shortens,
        valid_from=max(wish.valid_from, now),
        note=wish.note.strip(),
        stamp=secrets.token_hex(16),
        created_by=staff_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    log.info("deadline rule written", rule_id=row.id, staff_id=staff_id)
    return row


def take_back(
    session: Session,
    rule_id: int,
    office_code: str,
    *,
    only_own: bool,
    staff_id: int,
    now: datetime,
) -> None:
    """Take a rule of an office back from now on; the next wider one holds again.

    One that was only announced never begins, and what holds until then goes on.
    `only_own`: a head operator takes back what heads wrote, never what stands above them.
    DeadlineRefused "nothing" where there is no such rule in force.
    """
    rule = next((one for one in in_force(session, [office_code], now) if one.id == rule_id), None)
    if rule is None or (only_own and not rule.only_shortens):
        raise DeadlineRefused("nothing")
    session.add(
        DeadlineRule(
            severity=rule.severity,
            step=rule.step,
            hazard=rule.hazard,
            office_code=office_code,
            only_shortens=rule.only_shortens,
            valid_from=max(now, rule.valid_from),
            note="",
            stamp=secrets.token_hex(16),
            created_by=staff_id,
            created_at=now,
        )
    )
    session.flush()
    log.info("deadline rule taken back", rule_id=rule_id, staff_id=staff_id)


def check_rule(session: Session, wish: RuleWish, *, only_shortens: bool, now: datetime) -> None:
    """DeadlineRefused where somebody may not write this."""
    fault = _form_fault(session, wish, now)
    if fault is None:
        default = defaults()[wish.severity, wish.step]
        fault = rule_fault(wish.severity, wish.step, wish.deadline, default)
    if fault is None and only_shortens and not _shortens(session, wish, now):
        fault = "not_shorter"
    if fault is not None:
        raise DeadlineRefused(fault)


def examples(
    session: Session, wish: RuleWish, *, only_shortens: bool, now: datetime
) -> list[Example]:
    """By when steps would be due that begin now and on the coming days, without and with a rule."""
    begin = max(wish.valid_from, now)
    rules, asked = current_rules(session), _question(session, wish)
    with_it = (*rules, _as_rule(wish, begin, only_shortens))
    midnight = bangkok(begin).replace(hour=0, minute=0, second=0, microsecond=0)
    moments = (begin, *(midnight + one for one in EXAMPLES))
    return [
        Example(
            since,
            decided_by(session, rules, asked, since).at,
            decided_by(session, with_it, asked, since).at,
        )
        for since in moments
    ]


def holding(session: Session, office_code: str, hazard: str, now: datetime) -> list[Holds]:
    """What holds for every step at an office now, for a hazard type, a group or all others."""
    rules, offices = current_rules(session), offices_up(session, office_code)
    group, kind = _hazards(hazard)
    return [
        Holds(
            severity,
            step,
            decided_by(session, rules, Question(severity, step, group, kind, offices), now),
        )
        for severity in SEVERITIES
        for one, step in defaults()
        if one == severity
    ]


def in_force(session: Session, offices: Sequence[str], now: datetime) -> list[Rule]:
    """The rules of these offices that hold now or will, without what was taken back."""
    places: dict[tuple[object, ...], list[Rule]] = {}
    for rule in sorted(current_rules(session), key=lambda one: (one.valid_from, one.id)):
        if rule.office_code in offices:
            place = (rule.office_code, rule.severity, rule.step, rule.hazard, rule.only_shortens)
            places.setdefault(place, []).append(rule)
    return [one for some in places.values() for one in _now_and_later(some, now)]


def written(session: Session, office_code: str) -> Sequence[DeadlineRule]:
    """What was written for an office, the newest first: the log."""
    wanted = select(DeadlineRule).where(DeadlineRule.office_code == office_code)
    return session.scalars(wanted.order_by(DeadlineRule.id.desc()).limit(LOG_ROWS)).all()


def _now_and_later(rules: Sequence[Rule], now: datetime) -> list[Rule]:
    """Of the rules of one place the one that holds and those that are announced."""
    begun = [one for one in rules if one.valid_from <= now]
    return lasting(begun)[-1:] + lasting(one for one in rules if one.valid_from > now)


def _form_fault(session: Session, wish: RuleWish, now: datetime) -> str | None:
    faults = (
        ("severity", wish.severity not in SEVERITIES),
        ("step", (wish.severity, wish.step) not in defaults()),
        ("hazard", not _is_hazard(session, wish.hazard)),
        ("valid_from", wish.valid_from > now + LATEST_BEGIN),
        ("note_missing", not wish.note.strip() or not wish.note.isprintable()),
        ("note_too_long", len(wish.note) > LONGEST_NOTE),
    )
    return next((rule for rule, is_wrong in faults if is_wrong), None)


def _is_hazard(session: Session, hazard: str) -> bool:
    if hazard == EVERY_HAZARD:
        return True
    if not HAZARD.fullmatch(hazard):
        return False
    known = select(HazardType.code).where(
        (HazardType.code == hazard) | (HazardType.hazard_group == hazard)
    )
    return hazard == UNKNOWN_GROUP or session.scalar(known.limit(1)) is not None


def _shortens(session: Session, wish: RuleWish, now: datetime) -> bool:
    """Whether a head's rule is never later than what holds without the heads of this office."""
    begin = max(wish.valid_from, now)
    asked = _question(session, wish)
    others: Iterable[Rule] = [
        one
        for one in current_rules(session)
        if not (one.only_shortens and one.office_code == wish.office_code)
    ]
    alone = [_as_rule(wish, begin, only_shortens=False)]
    moments = [begin + one for one in SAMPLES]
    return is_shorter(
        [decided_by(session, alone, asked, one).at for one in moments],
        [decided_by(session, others, asked, one).at for one in moments],
    )


def _question(session: Session, wish: RuleWish) -> Question:
    group, kind = _hazards(wish.hazard)
    offices = offices_up(session, wish.office_code)
    return Question(wish.severity, wish.step, group, kind, offices)


def _hazards(hazard: str) -> tuple[str | None, str | None]:
    """Group and type of a hazard as a rule names it."""
    return hazard[:1] or None, hazard if len(hazard) > 1 else None


def _as_rule(wish: RuleWish, valid_from: datetime, only_shortens: bool) -> Rule:
    """The rule that a wish would be; of rules that begin together the last one holds."""
    place = (wish.severity, wish.step, wish.hazard, wish.office_code)
    return Rule(2**31, *place, wish.deadline, valid_from, only_shortens)
