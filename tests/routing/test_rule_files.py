"""Files of rules: every fault with its line, in both languages, and a version is a file again."""

import pytest

from routing.rule_files import read_rule_file, write_rule_file
from routing.rulebook import RuleBook, When
from routing.snapshot import Directory
from tests.routing.corpus import BOOKS, rulebook

RULE = """\
rules:
  - name: one
    when: {hazard_type: V3}
    send_to: desk
    th: "หนึ่ง"
    en: "One."
"""


def faults(text: str, directory: Directory) -> list[str]:
    found = read_rule_file("rules.yaml", text, directory)
    assert found.rules == ()
    assert all(one.th and one.en and "{" not in one.th + one.en for one in found.refusals)
    return [f"{one.line} {one.rule}" for one in found.refusals]


def changed(old: str, new: str) -> str:
    assert old in RULE
    return RULE.replace(old, new)


FAULTS = [
    ("nothing", "", ["1 rules_missing"]),
    ("only a comment", "# nothing\n", ["1 rules_missing"]),
    ("no rules", "note: x\n", ["1 rules_missing"]),
    ("no mapping", "- a\n", ["1 mapping_wanted", "1 rules_missing"]),
    ("rules are no list", "rules: yes\n", ["1 list_wanted"]),
    ("a rule is a word", "rules:\n  - one\n", ["2 mapping_wanted", *["2 value_missing"] * 4]),
    ("broken YAML", "rules:\n  - {name: one\n", ["3 not_yaml"]),
    ("a tab", "rules:\n\t- a\n", ["2 not_yaml"]),
    ("unknown key on top", f"rule: x\n{RULE}", ["1 key_unknown"]),
    ("unknown key", changed("    th:", "    priority: 1\n    th:"), ["5 key_unknown"]),
    ("the same key twice", changed("    th:", "    en: a\n    th:"), ["7 key_twice"]),
    ("no name", changed("name: one", "name:"), ["2 value_missing"]),
    ("name with a blank", changed("name: one", "name: one two"), ["2 code_bad"]),
    ("name in Thai", changed("name: one", "name: หนึ่ง"), ["2 code_bad"]),
    ("no Thai reason", changed('"หนึ่ง"', '""'), ["5 value_missing"]),
    ("no English reason", changed('    en: "One."\n', ""), ["2 value_missing"]),
    ("long reason", changed("One.", "x" * 301), ["6 value_long"]),
    ("long note", f"note: {'x' * 301}\n{RULE}", ["1 value_long"]),
    ("reason is a list", changed('"One."', "[a]"), ["6 text_wanted", "6 value_missing"]),
    ("unknown office", changed("desk", "ESA-4099"), ["4 office_unknown"]),
    ("school", changed("desk", "40010001"), ["4 office_unknown"]),
    ("partner", changed("desk", "DLA"), ["4 office_partner"]),
    ("unknown condition", changed("hazard_type: V3", "weather: rain"), ["3 key_unknown"]),
    ("conditions are a word", changed("{hazard_type: V3}", "always"), ["3 mapping_wanted"]),
    ("no value", changed("hazard_type: V3", "hazard_type: []"), ["3 value_missing"]),
    ("bad type", changed("V3", "[V3, three]"), ["3 code_bad"]),
    ("bad group", changed("hazard_type: V3", "hazard_group: B"), ["3 value_unknown"]),
    ("bad severity", changed("hazard_type: V3", "severity: grave"), ["3 value_unknown"]),
    ("bad level", changed("hazard_type: V3", "level: tertiary"), ["3 value_unknown"]),
    ("bad affiliation", changed("hazard_type: V3", "affiliation: circus"), ["3 value_unknown"]),
    ("bad language", changed("hazard_type: V3", "language: xx"), ["3 value_unknown"]),
    ("bad province", changed("hazard_type: V3", "province: 99"), ["3 place_unknown"]),
    ("bad district", changed("hazard_type: V3", "district: [4001, 4099]"), ["3 place_unknown"]),
    ("bad hours", changed("hazard_type: V3", "hours: night"), ["3 value_unknown"]),
    ("two hours", changed("hazard_type: V3", "hours: [open, closed]"), ["3 one_wanted"]),
    ("bad conflict", changed("hazard_type: V3", "conflict: perhaps"), ["3 value_unknown"]),
    ("no date", f"{RULE}    valid_to: soon\n", ["7 moment_bad"]),
    (
        "dates reversed",
        f"{RULE}    valid_from: 2027-01-01\n    valid_to: 2026-01-01\n",
        ["8 moments_reversed"],
    ),
    ("the same name twice", RULE + RULE.partition("\n")[2], ["7 code_twice"]),
]


@pytest.mark.parametrize(("text", "expected"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_every_fault_has_its_line_and_both_languages(
    text: str, expected: list[str], country: Directory
) -> None:
    assert faults(text, country) == expected


def test_closed_office_is_refused(small: Directory) -> None:
    assert faults(changed("desk", "DOLE-6001"), small) == ["4 office_gone"]


def test_values_are_taken_as_they_stand(country: Directory) -> None:
    text = changed("hazard_type: V3", "district: [4001, '9209'], language: en, conflict: no")
    (rule,) = read_rule_file("rules.yaml", text, country).rules
    assert rule.when == When(district=("4001", "9209"), language=("en",), conflict=False)


def test_list_of_rules_may_be_empty(country: Directory) -> None:
    found = read_rule_file("rules.yaml", "note: back to the tree\nrules: []\n", country)
    assert (found.rules, found.note, found.refusals) == ((), "back to the tree", ())


@pytest.mark.parametrize("name", sorted(path.stem for path in BOOKS.glob("*.yaml")))
def test_version_written_as_a_file_is_the_same_when_read(name: str, country: Directory) -> None:
    book = rulebook(name, country)
    found = read_rule_file("again.yaml", write_rule_file(book, "why"), country)
    assert (found.rules, found.note, found.refusals) == (book.rules, "why", ())


def test_no_rules_are_a_file_too(country: Directory) -> None:
    assert read_rule_file("none.yaml", write_rule_file(RuleBook()), country).rules == ()
