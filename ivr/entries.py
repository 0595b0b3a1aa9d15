"""What the caller pressed: choices of a menu, numbers that were entered and the rules they meet."""

from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Literal

from cases.easy_pins import too_easy
from cases.reference import valid_reference
from core.phones import dialable, normalise
from ivr.nodes import AnyKey, Digits, DynamicMenu, Flow, Go, Menu
from ivr.places import DISTRICTS, FURTHER_DISTRICTS, PLACES, WAS_SAID, PlaceFacts
from ivr.turns import CheckPin, FindDistricts, FindSchool, Question

KEYPAD = frozenset("0123456789")


@dataclass(frozen=True)
class Entry:
    """What an entry of digits amounts to."""

    kind: Literal["silence", "person", "dont_know", "other_way", "digits"]
    digits: str = ""


def chosen(node: Menu | AnyKey | DynamicMenu, key: str, facts: dict[str, Any]) -> Go | None:
    """Where this key of the menu leads, or None; a district that was picked is remembered."""
    if not key:
        return None
    if isinstance(node, AnyKey):
        return node.any
    if isinstance(node, Menu):
        return node.options.get(key)
    if key == node.last_key:
        return node.on_last
    names = PLACES[node.source]
    offered = facts[names.candidates][: node.max_options]
    if len(key) != 1 or key not in KEYPAD or not 1 <= int(key) <= len(offered):
        return None
    facts[names.district] = offered[int(key) - 1]
    return node.on_option


def entered(node: Digits, keys: str, flow: Flow) -> Entry:
    """Tell silence, "I don't know" and the cry for a person from a number."""
    keys = keys.removesuffix(node.finish_on_key) if node.finish_on_key else keys
    if not keys:
        return Entry("silence")
    if flow.entry_keys.person in keys:
        return Entry("person")
    if keys == flow.entry_keys.dont_know:
        return Entry("dont_know")
    if keys == flow.entry_keys.other_way and node.on_other_way is not None:
        return Entry("other_way")
    return Entry("digits", keys)


def judge(
    node: Digits, digits: str, facts: dict[str, Any], own_number: str
) -> Generator[Question, Any, str]:
    """The name of the node's branch for this number; what it proves is put into the facts."""
    shortest, longest = node.num_digits
    whole = KEYPAD.issuperset(digits) and shortest <= len(digits) <= longest
    if node.rule == "thai_dialable_not_premium":
        number = normalise(digits) if whole else None
        if number is None or not dialable(number, frozenset({own_number})):
            return "invalid"
        facts["number"] = number
        return "valid"
    if node.rule == "pin_not_too_easy":
        if not whole or too_easy(digits):
            return "too_easy"
        facts["pin_digits"] = digits
        return "valid"
    if not whole:
        return "unknown"
    return (yield from _LOOKUPS[node.rule](digits, facts))


def _postal_code(
    names: PlaceFacts, digits: str, facts: dict[str, Any]
) -> Generator[Question, Any, str]:
    districts = yield FindDistricts(digits)
    if not districts:
        return "unknown"
    facts.pop(WAS_SAID, None)
    facts[names.postal_code] = digits
    facts[names.candidates] = [asdict(district) for district in districts]
    if len(districts) > 1:
        return "many_districts"
    facts[names.district] = facts[names.candidates][0]
    return "one_district"


def _school(digits: str, facts: dict[str, Any]) -> Generator[Question, Any, str]:
    school = yield FindSchool(digits)
    if school is None:
        return "unknown"
    found = asdict(school)
    facts.pop(WAS_SAID, None)
    facts["district"] = found.pop("district")
    facts["school"] = found
    return "found"


def _reference(digits: str, facts: dict[str, Any]) -> Generator[Question, Any, str]:
    if not valid_reference(digits):
        return "unknown"
    facts["follow_ref"] = digits
    return "valid"
    yield  # a generator like its siblings, though it asks nothing


def _case_pin(digits: str, facts: dict[str, Any]) -> Generator[Question, Any, str]:
    case = yield CheckPin(str(facts["follow_ref"]), digits)
    if case is None:
        return "unknown"
    facts["followed_case_id"] = case.case_id
    facts["followed_status"] = case.status
    facts["followed_since"] = case.since.isoformat()
    return "valid"


_LOOKUPS: dict[str, Callable[[str, dict[str, Any]], Generator[Question, Any, str]]] = {
    "known_postal_code": partial(_postal_code, PLACES[DISTRICTS]),
    "further_postal_code": partial(_postal_code, PLACES[FURTHER_DISTRICTS]),
    "known_school_code": _school,
    "reference_check_digit": _reference,
    "case_pin": _case_pin,
}
# What each rule may say; a flow has a branch for every one of them.
RESULTS: dict[str, frozenset[str]] = {
    "known_postal_code": frozenset({"one_district", "many_districts", "unknown"}),
    "further_postal_code": frozenset({"one_district", "many_districts", "unknown"}),
    "known_school_code": frozenset({"found", "unknown"}),
    "reference_check_digit": frozenset({"valid", "unknown"}),
    "case_pin": frozenset({"valid", "unknown"}),
    "thai_dialable_not_premium": frozenset({"valid", "invalid"}),
    "pin_not_too_easy": frozenset({"valid", "too_easy"}),
}
