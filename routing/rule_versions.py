"""Published versions of the routing rules: read, published, taken back; the caller commits.

A version is never changed. Taking one back publishes its rules again under a new number, so the
history tells what was in force at every moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select
from sqlalchemy.orm import Session

from core.errors import BadInput
from routing.loading import bump_version, hold_directory
from routing.models import RoutingRule, RoutingRuleVersion
from routing.rulebook import CONDITIONS, Rule, RuleBook, When
from routing.snapshot import Directory


@dataclass(frozen=True)
class Published:
    """One line of the history."""

    number: int
    published_at: datetime
    published_by: str
    note: str
    restores: int | None
    rules: int


class NoSuchVersion(BadInput):
    """There is no version with this number."""


class OvertakenVersion(BadInput):
    """Somebody published another version since; `newest` is its number."""

    def __init__(self, newest: int) -> None:
        super().__init__(f"Version {newest} was published meanwhile.")
        self.newest = newest


def read_rules(
    session: Session | Connection, *, at: datetime | None = None, number: int | None = None
) -> RuleBook:
    """The newest version, the one that was in force at a moment, or the one with this number."""
    wanted = select(RoutingRuleVersion.number, RoutingRuleVersion.published_at)
    if at is not None:
        wanted = wanted.where(RoutingRuleVersion.published_at <= at)
    if number is not None:
        wanted = wanted.where(RoutingRuleVersion.number == number)
    found = session.execute(wanted.order_by(RoutingRuleVersion.number.desc()).limit(1)).first()
    if found is None:
        return RuleBook()
    rows = session.execute(_rules_of(found.number))
    rules = tuple(_rule(row) for row in rows if set(row.conditions) <= set(CONDITIONS))
    return RuleBook(found.number, rules, found.published_at)


def rules_at(session: Session | Connection, directory: Directory, at: datetime) -> Directory:
    """The directory with the version of the rules that was in force at this moment."""
    newest = directory.rules.published_at
    if newest is None or newest <= at:
        return directory
    return replace(directory, rules=read_rules(session, at=at))


def publish(
    session: Session,
    rules: Iterable[Rule],
    *,
    now: datetime,
    note: str = "",
    by: str = "",
    restores: int | None = None,
    expects: int | None = None,
) -> int:
    """Put rules in force as the next version; the answer is its number.

    `expects` is the version that whoever publishes has seen: OvertakenVersion when it is no longer
    the newest. Who publishes at the same time waits, and looks after that.
    """
    hold_directory(session)
    newest = _newest(session)
    if expects is not None and expects != newest:
        raise OvertakenVersion(newest)
    number = newest + 1
    version = RoutingRuleVersion(
        number=number, published_at=now, published_by=by, note=note, restores=restores
    )
    session.add(version)
    session.flush()
    session.add_all(
        RoutingRule(version=number, position=position, **_values(rule))
        for position, rule in enumerate(rules, 1)
    )
    bump_version(session)
    return number


def roll_back(
    session: Session,
    number: int | None,
    *,
    now: datetime,
    by: str = "",
    note: str = "",
    expects: int | None = None,
) -> int:
    """Publish an older version's rules again, without a number those of the one before.

    Before the first version stands the built-in tree alone. NoSuchVersion when there is none,
    OvertakenVersion as in `publish`.
    """
    newest = _newest(session)
    number = newest - 1 if number is None else number
    if not 0 <= number < newest:
        raise NoSuchVersion(f"There is no version {number} before version {newest}.")
    old = read_rules(session, number=number) if number else RuleBook()
    return publish(session, old.rules, now=now, by=by, note=note, restores=number, expects=expects)


def history(session: Session, most: int | None = None) -> list[Published]:
    """All versions, or the newest of them, the newest first."""
    of_each = select(RoutingRule.version, func.count()).group_by(RoutingRule.version)
    counted = {row[0]: row[1] for row in session.execute(of_each)}
    versions = select(RoutingRuleVersion).order_by(RoutingRuleVersion.number.desc()).limit(most)
    return [
        Published(
            *(one.number, one.published_at, one.published_by, one.note, one.restores),
            rules=counted.get(one.number, 0),
        )
        for one in session.scalars(versions)
    ]


def _newest(session: Session) -> int:
    return session.scalar(select(func.max(RoutingRuleVersion.number))) or 0


def _rules_of(number: int) -> Select[Any]:
    columns = (
        *(RoutingRule.name, RoutingRule.conditions, RoutingRule.send_to),
        *(RoutingRule.th, RoutingRule.en, RoutingRule.valid_from, RoutingRule.valid_to),
    )
    return select(*columns).where(RoutingRule.version == number).order_by(RoutingRule.position)


def _rule(row: Row[Any]) -> Rule:
    lists = {name: tuple(one) for name, one in row.conditions.items() if isinstance(one, list)}
    when = When(**{**row.conditions, **lists})
    return Rule(row.name, when, row.send_to, row.th, row.en, row.valid_from, row.valid_to)


def _values(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "conditions": rule.when.given(),
        "send_to": rule.send_to,
        "th": rule.th,
        "en": rule.en,
        "valid_from": rule.valid_from,
        "valid_to": rule.valid_to,
    }
