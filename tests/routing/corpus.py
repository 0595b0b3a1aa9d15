"""How a row of corpus.csv is read: words for the answers, marks on the public tree.

Answers: a district (4001) or province (40), `level=secondary` and the like, `staff`, `unconfirmed`,
`-CODE` for an office that must not know, `school=CODE@AREA`.
Marks: `off:CODE` (an office or district that is not on yet), `gone:CODE` (an office that exists no
more), `hours:CODE=1-5/08:30-16:30`, `link:OFFICE@DISTRICT/FROM..TO` (one of the ministry's list),
`rules:NAME` (a book of the folder rulebooks; it stands before marks that take its offices away).
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from core.zones import BANGKOK
from routing.opening import UsualHours, clock_time
from routing.rule_files import read_rule_file
from routing.rulebook import RuleBook
from routing.rules import Question
from routing.snapshot import Directory, Link

FILE = Path(__file__).with_name("corpus.csv")
BOOKS = Path(__file__).with_name("rulebooks")
# Constitution Day and the day that stands in for 5 December, a Saturday.
HOLIDAYS = frozenset({date(2026, 12, 10), date(2026, 12, 7)})
USUAL = UsualHours((time(8, 30), time(16, 30)), None, HOLIDAYS)


@dataclass(frozen=True)
class Row:
    """One line of the corpus; `rules` must stand in the reasons, `absent` must not."""

    asked: str
    marks: str
    at: datetime | None
    office: str
    rules: frozenset[str]
    absent: frozenset[str]
    candidates: frozenset[str]
    shows: str


def rows() -> list[Row]:
    """The whole corpus."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return [_row(line) for line in csv.DictReader(file)]


def _row(line: dict[str, str]) -> Row:
    words = line["rules"].split()
    return Row(
        asked=line["asked"],
        marks=line["marks"],
        at=moment(line["at"]),
        office=line["office"],
        rules=frozenset(word for word in words if word[0] != "!"),
        absent=frozenset(word[1:] for word in words if word[0] == "!"),
        candidates=frozenset(line["candidates"].split()),
        shows=line["shows"],
    )


def moment(text: str) -> datetime | None:
    """A time in Bangkok, or None."""
    return datetime.fromisoformat(text).replace(tzinfo=BANGKOK) if text else None


def question(text: str, at: datetime | None = None) -> Question:
    """The answers of a row as a question."""
    values: dict[str, Any] = {"at": at, "usual": USUAL, "excluded": frozenset()}
    for word in text.split():
        if word.isdigit():
            values["district_code" if len(word) == 4 else "province_code"] = word
        elif word.startswith("-"):
            values["excluded"] |= {word[1:]}
        elif word == "staff":
            values["staff_involved"] = True
        elif word == "unconfirmed":
            values["district_confirmed"] = False
        else:
            name, value = word.split("=")
            values.update(_school(value) if name == "school" else {name: value})
    return Question(**values)


def _school(text: str) -> dict[str, str | None]:
    code, _, area = text.partition("@")
    return {"school_office": code, "school_parent": area or None}


def marked(directory: Directory, marks: str) -> Directory:
    """The directory with the marks of a row."""
    for mark in marks.split():
        kind, _, value = mark.partition(":")
        directory = MARKS[kind](directory, value)
    return directory


def _off(directory: Directory, code: str) -> Directory:
    if code in directory.districts:
        waiting = replace(directory.districts[code], is_on=False)
        return replace(directory, districts={**directory.districts, code: waiting})
    return _with_office(directory, code, is_on=False)


def _gone(directory: Directory, code: str) -> Directory:
    return _with_office(directory, code, active=False)


def _with_office(directory: Directory, code: str, **changes: bool) -> Directory:
    changed = replace(directory.offices[code], **changes)
    return replace(directory, offices={**directory.offices, code: changed})


def _hours(directory: Directory, value: str) -> Directory:
    code, _, spans = value.partition("=")
    days, _, times = spans.partition("/")
    first, last = (int(day) for day in days.split("-"))
    opens, closes = (clock_time(one) for one in times.split("-"))
    week = dict(directory.hours.get(code, {}))
    for day in range(first, last + 1):
        week[day] = (*week.get(day, ()), (opens, closes))
    return replace(directory, hours={**directory.hours, code: week})


def _link(directory: Directory, value: str) -> Directory:
    office, _, rest = value.partition("@")
    district, _, period = rest.partition("/")
    begin, _, end = period.partition("..")
    made = Link(
        office,
        "basic",
        "kindergarten_primary",
        district_code=district,
        basis="corpus",
        valid_from=moment(begin),
        valid_to=moment(end),
    )
    key = ("basic", district)
    links = {**directory.links, key: (*directory.links.get(key, ()), made)}
    return replace(directory, links=links)


def rulebook(name: str, directory: Directory, version: int = 7) -> RuleBook:
    """A book of tests/routing/rulebooks, read as a person's file would be."""
    path = BOOKS / f"{name}.yaml"
    found = read_rule_file(path.name, path.read_text(encoding="utf-8"), directory)
    assert found.refusals == ()
    return RuleBook(version, found.rules)


# The books are read against the plain tree; marks may then take an office of theirs away.
def _rules(directory: Directory, name: str) -> Directory:
    return replace(directory, rules=rulebook(name, directory))


MARKS: dict[str, Callable[[Directory, str], Directory]] = {
    "off": _off,
    "gone": _gone,
    "hours": _hours,
    "link": _link,
    "rules": _rules,
}
