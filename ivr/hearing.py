"""What the caller said where words are listened to: names of places, never kept as they were said.

How sure the provider says to be is not looked at: what was understood is read back and confirmed
by a key, or it counts for nothing (ivr.facts).
"""

from collections.abc import Generator, Mapping
from dataclasses import asdict
from typing import Any, Final

from ivr.places import DISTRICTS, PLACES, SAID_PROVINCE, WAS_SAID
from ivr.turns import FindSaid, HeardFact, Question

PLACE: Final = "place_by_name"
# What each rule may say; a flow has a branch for every one of them.
HEARD: Final[dict[str, frozenset[str]]] = {
    PLACE: frozenset({"one_named", "several_named", "only_province", "not_understood"})
}


def understood(words: str, facts: dict[str, Any]) -> Generator[Question, Any, str]:
    """The name of the node's branch for these words; what they mean is put into the facts."""
    heard: HeardFact = yield FindSaid(words, said_province(facts))
    if heard.province is not None:
        facts[SAID_PROVINCE] = asdict(heard.province)
        return "only_province"
    if not heard.districts:
        return "not_understood"
    names = PLACES[DISTRICTS]
    facts.pop(names.postal_code, None)
    facts[WAS_SAID] = True
    facts[names.candidates] = [asdict(district) for district in heard.districts]
    if len(heard.districts) > 1:
        return "several_named"
    facts[names.district] = facts[names.candidates][0]
    return "one_named"


def said_province(facts: Mapping[str, Any]) -> str | None:
    """The code of the province that was said without a district."""
    province = facts.get(SAID_PROVINCE)
    return province["code"] if province else None
