"""Puts the pages of the rules together: the version in force, the history, one version, a diff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from agents.names import names_of
from routing.rule_diff import compare
from routing.rule_versions import Published, history, read_rules
from routing.rulebook import RuleBook
from webapp.console.case_words import word
from webapp.console.rules_words import (
    ChangeInWords,
    RuleInWords,
    changes_in_words,
    read_names,
    rules_in_words,
)

# Older ones are found by their number in the address.
MOST_VERSIONS = 100


@dataclass(frozen=True)
class VersionLine:
    """A version in the history, in the reader's language."""

    number: int
    at: datetime
    who: str
    note: str
    rules: int
    restores: int | None


@dataclass(frozen=True)
class RulesPage:
    """The version in force and the history, the newest first."""

    number: int
    rules: list[RuleInWords]
    versions: list[VersionLine]


@dataclass(frozen=True)
class VersionPage:
    """One version, and how it differs from another."""

    number: int
    newest: int
    against: int
    line: VersionLine | None
    rules: list[RuleInWords]
    changes: list[ChangeInWords]


def rules_page(session: Session, *, now: datetime) -> RulesPage:
    """The first page of the rules."""
    book = read_rules(session)
    return RulesPage(
        number=book.version,
        rules=rules_in_words(book.rules, read_names(session), now),
        versions=_lines(session, history(session, MOST_VERSIONS)),
    )


def version_page(
    session: Session, number: int, against: int | None, *, now: datetime
) -> VersionPage | None:
    """A version beside another, by itself the one before it; None where there is no such number.

    Version 0 is the built-in tree alone, and stands beside what is in force.
    """
    newest = read_rules(session).version
    before = number - 1 if number else newest
    other = before if against is None else against
    if not (0 <= number <= newest and 0 <= other <= newest):
        return None
    book, old = version_book(session, number), version_book(session, other)
    names = read_names(session)
    lines = _lines(session, (one for one in history(session) if one.number == number))
    return VersionPage(
        number=number,
        newest=newest,
        against=other,
        line=lines[0] if lines else None,
        rules=rules_in_words(book.rules, names, now),
        changes=changes_in_words(compare(old.rules, book.rules), names),
    )


def version_book(session: Session, number: int) -> RuleBook:
    """The rules of a version; none for 0."""
    return read_rules(session, number=number) if number else RuleBook()


def who_published(session: Session, number: int) -> str:
    """Who published a version, by name."""
    lines = _lines(session, (one for one in history(session) if one.number == number))
    return lines[0].who if lines else ""


def _lines(session: Session, versions: Iterable[Published]) -> list[VersionLine]:
    found = list(versions)
    names = actor_names(session, (one.published_by for one in found))
    return [
        VersionLine(
            number=one.number,
            at=one.published_at,
            who=names.get(one.published_by, ""),
            note=one.note,
            rules=one.rules,
            restores=one.restores,
        )
        for one in found
    ]


def actor_names(session: Session, actors: Iterable[str]) -> dict[str, str]:
    """What people and programs are called, as timelines name them."""
    wanted = set(actors)
    ids = {int(one[6:]) for one in wanted if one.startswith("staff:") and one[6:].isdecimal()}
    people = {f"staff:{one}": name for one, name in names_of(session, ids).items()}
    return {one: people.get(one) or word("actor", one.partition(":")[0]) for one in wanted if one}
