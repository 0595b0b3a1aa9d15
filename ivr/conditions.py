"""The conditions that a flow file may name, as one table over what the call knows."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ivr.nodes import Flow
from ivr.places import FURTHER_PLACES, MOST_FURTHER

Facts: TypeAlias = Mapping[str, Any]
Condition: TypeAlias = Callable[[Facts, Flow], bool]


def _without_type(group: str) -> Condition:
    return lambda facts, _flow: facts.get("group") == group and "subcat" not in facts


CONDITIONS: dict[str, Condition] = {
    "quiet": lambda facts, _: bool(facts.get("quiet")),
    "danger": lambda facts, _: bool(facts.get("danger")),
    "quiet_or_danger": lambda facts, _: bool(facts.get("quiet") or facts.get("danger")),
    "urgent_or_danger": lambda facts, _: bool(
        facts.get("danger") or facts.get("priority") == "urgent"
    ),
    "caller_id_present": lambda facts, _: bool(facts.get("caller")),
    "recording_consent": lambda facts, _: facts.get("recording_consent") is True,
    "recording_refused": lambda facts, _: facts.get("recording_consent") is False,
    "recorded": lambda facts, _: bool(facts.get("recorded")),
    "group_known": lambda facts, _: "group" in facts,
    "no_group": lambda facts, _: "group" not in facts,
    "group_V_without_type": _without_type("V"),
    "group_A_without_type": _without_type("A"),
    "group_R_without_type": _without_type("R"),
    "group_U_without_type": _without_type("U"),
    "partly_spoken": lambda facts, flow: flow.languages[facts["lang"]].partial,
    "callback_answered": lambda facts, _: "callback" in facts,
    "level_answered": lambda facts, _: "level" in facts,
    "place_answered": lambda facts, _: "place" in facts,
    "fight": lambda facts, _: (
        facts.get("subcat") == "V2" and not facts.get("quiet") and not facts.get("danger")
    ),
    "places_full": lambda facts, _: len(facts.get(FURTHER_PLACES, ())) >= MOST_FURTHER,
    "conflict_answered": lambda facts, _: "conflict" in facts,
    "conflict_not_asked": lambda facts, flow: facts.get("subcat") in flow.conflict.not_asked,
    "followed_case": lambda facts, _: bool(facts.get("followed_case")),
    "reference_told_or_followed_case": lambda facts, _: bool(
        facts.get("reference_told") or facts.get("followed_case")
    ),
}


def holds(name: str, facts: Facts, flow: Flow) -> bool:
    """Whether a named condition is true for this call."""
    return CONDITIONS[name](facts, flow)
