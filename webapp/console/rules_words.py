"""Routing rules in words: when a rule holds, where it leads, why, and what was changed in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.models import HazardType
from routing.directory import current_directory
from routing.reasons import word as routing_word
from routing.rule_diff import RuleChange
from routing.rulebook import DESK, SUPERIOR, Rule, When
from routing.snapshot import Directory
from webapp.console.case_words import in_language, word
from webapp.console.dates import thai_date, thai_time
from webapp.console.language import gettext, marked
from webapp.console.pages import named

LABELS = {
    "hazard_group": marked("Matter"),
    "hazard_type": marked("Kind of hazard"),
    "severity": marked("Severity"),
    "affiliation": marked("Affiliation of the school"),
    "level": marked("Level of the school"),
    "province": marked("From the province"),
    "district": marked("From the district"),
    "language": marked("Language"),
    "hours": marked("The office is"),
    "conflict": marked("Staff of the school or office"),
}
PARTS = {
    "when": marked("Holds when"),
    "send_to": marked("Sends to"),
    "th": marked("Reason in Thai"),
    "en": marked("Reason in English"),
    "valid_from": marked("In force from"),
    "valid_to": marked("In force before"),
}
PLAIN = {
    "open": marked("open at that moment"),
    "closed": marked("outside its hours at that moment"),
    "yes": marked("may be involved"),
    "no": marked("not involved"),
    SUPERIOR: marked("the office above"),
    DESK: marked("the hotline's desk"),
    "always": marked("In every case"),
}
KINDS = {
    "added": marked("a new rule"),
    "removed": marked("a rule taken away"),
    "changed": marked("a changed rule"),
    "moved": marked("another place in the order"),
}


@dataclass(frozen=True)
class Names:
    """What codes are called; read once for a page."""

    directory: Directory
    types: Mapping[str, str]


@dataclass(frozen=True)
class RuleInWords:
    """One rule as people read it: (what, values) that must all hold, where to, why, how long."""

    position: int
    name: str
    when: list[tuple[str, str]]
    to: str
    th: str
    en: str
    period: str
    is_over: bool


@dataclass(frozen=True)
class ChangeInWords:
    """One rule that differs: (what, how it was, how it is), empty where there was nothing."""

    kind: str
    kind_word: str
    name: str
    parts: list[tuple[str, str, str]]


def read_names(session: Session) -> Names:
    """The names that rules need, with one query beside the directory."""
    types = {one.code: in_language(one) for one in session.scalars(select(HazardType))}
    return Names(current_directory(session), types)


def rules_in_words(rules: Iterable[Rule], names: Names, now: datetime) -> list[RuleInWords]:
    """Rules in their order."""
    return [_in_words(place, rule, names, now) for place, rule in enumerate(rules, 1)]


def changes_in_words(changes: Iterable[RuleChange], names: Names) -> list[ChangeInWords]:
    """What differs between two versions."""
    return [
        ChangeInWords(one.kind, gettext(KINDS[one.kind]), one.name, _parts(one, names))
        for one in changes
    ]


def office_word(code: str, names: Names) -> str:
    """An office by name and code; one that the directory lacks by its code alone."""
    if code in (SUPERIOR, DESK):
        return _plain(code)
    office = names.directory.office(code)
    if office is None:
        return code
    name = named(office)
    return name if f"({code})" in name else f"{name} ({code})"


def _in_words(place: int, rule: Rule, names: Names, now: datetime) -> RuleInWords:
    return RuleInWords(
        position=place,
        name=rule.name,
        when=_conditions(rule.when, names),
        to=office_word(rule.send_to, names),
        th=rule.th,
        en=rule.en,
        period=_period(rule),
        is_over=rule.valid_to is not None and rule.valid_to <= now,
    )


def _conditions(when: When, names: Names) -> list[tuple[str, str]]:
    given = when.given()
    return [(gettext(LABELS[name]), _values(name, given[name], names)) for name in given]


def _values(name: str, value: Any, names: Names) -> str:
    if name == "conflict":
        return _plain("yes" if value else "no")
    if name == "hours":
        return _plain(value)
    return ", ".join(_value(name, one, names) for one in value)


def _value(name: str, code: str, names: Names) -> str:
    if name == "hazard_group":
        return word("group", code)
    if name == "hazard_type":
        return f"{code} {names.types.get(code, '')}".strip()
    if name == "affiliation":
        return in_language(routing_word(code))
    if name in ("province", "district"):
        places: Mapping[str, Any] = getattr(names.directory, f"{name}s")
        return named(places[code]) if code in places else code
    return word(name, code)


def _period(rule: Rule) -> str:
    begin, end = _moment(rule.valid_from), _moment(rule.valid_to)
    if begin and end:
        return gettext("from %(begin)s until %(end)s") % {"begin": begin, "end": end}
    if begin:
        return gettext("from %(begin)s on") % {"begin": begin}
    return gettext("until %(end)s") % {"end": end} if end else ""


def _moment(at: datetime | None) -> str:
    return f"{thai_date(at)} {thai_time(at)}" if at else ""


def _parts(change: RuleChange, names: Names) -> list[tuple[str, str, str]]:
    wanted = change.fields or (() if change.kind == "moved" else tuple(PARTS))
    parts = [
        (gettext(PARTS[name]), _part(change.old, name, names), _part(change.new, name, names))
        for name in wanted
    ]
    if change.old_position and change.new_position:
        order = gettext("Place in the order")
        parts.append((order, str(change.old_position), str(change.new_position)))
    return [one for one in parts if one[1] or one[2]]


def _part(rule: Rule | None, name: str, names: Names) -> str:
    if rule is None:
        return ""
    value = getattr(rule, name)
    if name == "when":
        found = _conditions(value, names)
        return "; ".join(f"{label}: {text}" for label, text in found) or _plain("always")
    if name == "send_to":
        return office_word(value, names)
    return _moment(value) if name in ("valid_from", "valid_to") else str(value)


def _plain(name: str) -> str:
    return gettext(PLAIN[name])
