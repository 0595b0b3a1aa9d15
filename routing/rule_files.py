"""Routing rules as a YAML file: read with the line of every fault, and written so that a published
version is a file that can be edited and published again.

Every value is taken as the text that stands there: 4001 is a district and `no` is a no.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import yaml

from core.zones import bangkok
from routing.cells import (
    NO,
    YES,
    check_choice,
    check_length,
    check_moment,
    check_needed,
    moment,
    yes_no,
)
from routing.csv_tables import Refusal, Row, refuse, refuse_line
from routing.rulebook import CLOSED, CONDITIONS, DESK, OPEN, SUPERIOR, Rule, RuleBook, When
from routing.snapshot import Directory
from routing.vocabulary import (
    AFFILIATIONS,
    LANGUAGES,
    PARTNER,
    PRIMARY_LEVEL,
    SECONDARY_LEVEL,
    SEVERITIES,
)

KEYS = ("name", "when", "send_to", "th", "en", "valid_from", "valid_to")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
TYPE = re.compile(r"[VARU]\d{1,2}")
LONGEST = 300
# Every rule is asked in every call.
MOST_RULES = 500
CHOICES: Mapping[str, tuple[str, ...]] = {
    "hazard_group": tuple("VARUX"),
    "severity": SEVERITIES,
    "affiliation": AFFILIATIONS,
    "level": (PRIMARY_LEVEL, SECONDARY_LEVEL),
    "language": LANGUAGES,
    "hours": (OPEN, CLOSED),
}
SINGLE = ("hours", "conflict")
SURE = (YES | NO) - {""}


@dataclass(frozen=True)
class RuleFile:
    """What a file holds: its rules in their order and a note on why, or what is wrong with it."""

    rules: tuple[Rule, ...] = ()
    note: str = ""
    refusals: tuple[Refusal, ...] = ()


@dataclass
class _Reading:
    """The file while it is read; `seen` knows the line of every name."""

    file: str
    directory: Directory
    refusals: list[Refusal] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def refuse(self, node: yaml.Node, rule: str, **values: Any) -> None:
        self.refusals.append(refuse_line(self.file, _line(node), rule, **values))


def read_rule_file(file: str, text: str, directory: Directory) -> RuleFile:
    """The rules of a file, checked against the directory as it is now."""
    reading = _Reading(file, directory)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        return RuleFile(refusals=(_not_yaml(file, error),))
    except RecursionError:
        return RuleFile(refusals=(refuse_line(file, 1, "too_deep"),))
    if root is None:
        return RuleFile(refusals=(refuse_line(file, 1, "rules_missing"),))
    top = _mapping(reading, root, ("note", "rules"))
    note = _note(reading, top.get("note"))
    rules = tuple(_rules(reading, root, top.get("rules")))
    ordered = sorted(reading.refusals, key=lambda one: one.line)
    return RuleFile(() if ordered else rules, note, tuple(ordered))


def _not_yaml(file: str, error: yaml.YAMLError) -> Refusal:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    return refuse_line(file, line, "not_yaml", why=getattr(error, "problem", None) or str(error))


def write_rule_file(book: RuleBook, note: str = "") -> str:
    """A version as the text of a file."""
    top: dict[str, Any] = {"note": note} if note else {}
    top["rules"] = [_as_entry(rule) for rule in book.rules]
    return yaml.safe_dump(top, allow_unicode=True, sort_keys=False, width=100)


def _as_entry(rule: Rule) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": rule.name, "when": rule.when.given()}
    entry |= {"send_to": rule.send_to, "th": rule.th, "en": rule.en}
    for name, at in (("valid_from", rule.valid_from), ("valid_to", rule.valid_to)):
        if at is not None:
            entry[name] = bangkok(at).isoformat()
    return entry


def _note(reading: _Reading, node: yaml.Node | None) -> str:
    if node is None:
        return ""
    row = Row(reading.file, _line(node), {"note": _text(reading, node)})
    reading.refusals.extend(check_length(row, LONGEST, "note"))
    return row["note"]


def _rules(reading: _Reading, root: yaml.Node, node: yaml.Node | None) -> Iterator[Rule]:
    if node is None:
        reading.refuse(root, "rules_missing")
    elif not isinstance(node, yaml.SequenceNode):
        reading.refuse(node, "list_wanted", column="rules")
    elif len(node.value) > MOST_RULES:
        reading.refuse(node, "rules_many", most=MOST_RULES)
    else:
        yield from (_rule(reading, one) for one in node.value)


def _rule(reading: _Reading, node: yaml.Node) -> Rule:
    top = _mapping(reading, node, KEYS)
    when = _when(reading, top.pop("when")) if "when" in top else When()
    texts = {key: _text(reading, one) for key, one in top.items()}
    rows = {
        key: Row(reading.file, _line(top.get(key, node)), {key: texts.get(key, "")}) for key in KEYS
    }
    reading.refusals.extend(_check_texts(reading, rows))
    reading.refusals.extend(_check_office(reading, rows["send_to"]))
    return Rule(
        name=texts.get("name", ""),
        when=when,
        send_to=texts.get("send_to", ""),
        th=texts.get("th", ""),
        en=texts.get("en", ""),
        **_moments(reading, rows),
    )


def _check_texts(reading: _Reading, rows: Mapping[str, Row]) -> Iterator[Refusal]:
    for key in ("name", "send_to", "th", "en"):
        yield from check_needed(rows[key], key)
    for key in ("th", "en"):
        yield from check_length(rows[key], LONGEST, key)
    row, name = rows["name"], rows["name"]["name"]
    if name and not NAME.fullmatch(name):
        yield refuse(row, "code_bad", column="name", value=name)
    if name in reading.seen:
        yield refuse(row, "code_twice", value=name, where=f"{row.file}:{reading.seen[name]}")
    elif name:
        reading.seen[name] = row.line


def _check_office(reading: _Reading, row: Row) -> Iterator[Refusal]:
    code = row["send_to"]
    if code in ("", SUPERIOR, DESK):
        return
    office = reading.directory.office(code)
    if office is None:
        yield refuse(row, "office_unknown", value=code)
    elif not office.active:
        yield refuse(row, "office_gone", value=code)
    elif office.type == PARTNER:
        yield refuse(row, "office_partner", value=code)


def _moments(reading: _Reading, rows: Mapping[str, Row]) -> dict[str, datetime | None]:
    names = ("valid_from", "valid_to")
    bad = [one for name in names for one in check_moment(rows[name], name)]
    reading.refusals.extend(bad)
    if bad:
        return {}
    begin, end = (moment(rows[name][name]) for name in names)
    if begin and end and end <= begin:
        end_row = rows["valid_to"]
        reading.refusals.append(refuse(end_row, "moments_reversed"))
    return {"valid_from": begin, "valid_to": end}


def _when(reading: _Reading, node: yaml.Node) -> When:
    values: dict[str, Any] = {}
    for name, one in _mapping(reading, node, CONDITIONS).items():
        found = tuple(_several(reading, one))
        for value in found:
            row = Row(reading.file, _line(one), {name: value})
            reading.refusals.extend(_check_condition(reading, row, name))
        if not found or (name in SINGLE and len(found) > 1):
            reading.refuse(one, "one_wanted" if found else "value_missing", column=name)
        elif name == "conflict":
            values[name] = yes_no(found[0])
        else:
            values[name] = found[0] if name in SINGLE else found
    return When(**values)


def _check_condition(reading: _Reading, row: Row, name: str) -> Iterator[Refusal]:
    value = row[name]
    yield from check_needed(row, name)
    yield from check_choice(row, name, CHOICES.get(name, (value,)))
    if name == "conflict" and value.lower() not in SURE:
        yield refuse(row, "value_unknown", column=name, choices="true, false", value=value)
    if name == "hazard_type" and not TYPE.fullmatch(value):
        yield refuse(row, "code_bad", column=name, value=value)
    places = {"province": reading.directory.provinces, "district": reading.directory.districts}
    if value and value not in places.get(name, (value,)):
        yield refuse(row, "place_unknown", column=name, value=value)


def _several(reading: _Reading, node: yaml.Node) -> list[str]:
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return [_text(reading, one) for one in nodes]


def _text(reading: _Reading, node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        reading.refuse(node, "text_wanted")
        return ""
    text = unicodedata.normalize("NFC", str(node.value).strip())
    # An escape brings in what no text holds and no database keeps: NUL, half a letter.
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text if letter not in "\n\t"):
        reading.refuse(node, "text_control")
        return ""
    return text


def _mapping(reading: _Reading, node: yaml.Node, keys: Iterable[str]) -> dict[str, yaml.Node]:
    """The values of a mapping by key; every key that we do not know, or twice, is refused."""
    if not isinstance(node, yaml.MappingNode):
        reading.refuse(node, "mapping_wanted", keys=", ".join(keys))
        return {}
    found: dict[str, yaml.Node] = {}
    for key, value in node.value:
        name = _text(reading, key)
        if name not in keys:
            reading.refuse(key, "key_unknown", value=name, keys=", ".join(keys))
        elif name in found:
            reading.refuse(key, "key_twice", value=name)
        else:
            found[name] = value
    return found


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
